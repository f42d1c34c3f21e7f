"""``pilot report``: what leadership reads, from completed runs."""

from pathlib import Path
from typing import Annotated

import typer

from pilot import project
from pilot.cli.working import at_work
from pilot.records import InputError


def report_command(
    further: Annotated[list[str] | None, typer.Argument(metavar="[RUN]...", help="Further runs.")] = None,
    criteria: Annotated[
        Path | None, typer.Option(help="Criteria of the decision; default experiments/decision.yaml.")
    ] = None,
    runs: Annotated[
        list[str] | None, typer.Option(help="Run id, prefix or experiment name; repeatable.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the report; default state/reports.")] = None,
    require: Annotated[
        str | None, typer.Option(help="go: exit 1 unless the recommendation is to go ahead.")
    ] = None,
    milestone: Annotated[
        str | None, typer.Option(help="baseline, middle or final: later reports are compared with this one.")
    ] = None,
) -> None:
    """Write the decision report: go, extend or stop, with the evidence.

    Without runs named it rests on the newest completed run of each experiment and dataset.

    Example: pilot report

    Example: pilot report --runs rank/default rank/bm25 --out state/reports
    """
    from pilot import track
    from pilot.assist.usage import summary, usage
    from pilot.decide.decision import MILESTONES
    from pilot.decide.evidence import current
    from pilot.decide.report import PAGE, PUBLIC, WORD, write_report

    faults = [f"--require {require}: expected go"] if require not in (None, "go") else []
    if milestone is not None and milestone not in MILESTONES:
        faults.append(f"--milestone {milestone}: expected one of {', '.join(MILESTONES)}")
    if faults:
        raise InputError(*faults)
    named = [*(runs or ()), *(further or ())]
    folder = out or project.state("reports")
    with at_work("reading the runs") as tell:
        chosen = [track.find(name) for name in named] if named else current(track.completed())
        tell(now=f"measuring {len(chosen)} runs again and writing the report")
        decision = write_report(chosen, folder, criteria, milestone, summary(usage()))  # type: ignore[arg-type]
    for name in (PAGE, WORD, PUBLIC):
        typer.echo(str(folder / name))
    typer.echo(f"recommendation: {decision.recommendation}", err=True)
    for obstacle in decision.obstacles:
        typer.echo(f"  in the way: {obstacle.text}", err=True)
    raise typer.Exit(1 if require and decision.recommendation != require else 0)
