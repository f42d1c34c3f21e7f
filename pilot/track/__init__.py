"""The only room that speaks to MLflow: a run is started, then completed, and only completed runs are read back."""

from pilot.track.frozen import FROZEN, fetch_frozen, frozen_origin, frozen_version, log_frozen, point
from pilot.track.reading import FRAMES, FURTHER, Run, completed, find, frames, newest
from pilot.track.store import Settings, measure_name, metric_name, settings, ui_command
from pilot.track.writing import ActiveRun, log_datasheet, log_report, started

__all__ = [
    "FRAMES", "FROZEN", "FURTHER", "ActiveRun", "Run", "Settings", "completed", "fetch_frozen", "find", "frames",
    "frozen_origin", "frozen_version", "log_datasheet", "log_frozen", "log_report", "measure_name", "metric_name",
    "newest", "point", "settings", "started", "ui_command",
]  # fmt: skip
