"""From an experiment and its data to a completed run: the plan, its parts carried out, what they leave, and alarms."""

from pilot.experiment.running import Result, run, run_all, suite_experiments

__all__ = ["Result", "run", "run_all", "suite_experiments"]
