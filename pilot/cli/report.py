"""``pilot report``: what leadership reads, from completed runs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pilot import project
from pilot.progress import at_work


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
        Literal["go"] | None, typer.Option(help="Exit 1 unless the recommendation is to go ahead.")
    ] = None,
    milestone: Annotated[
        Literal["baseline", "middle", "final"] | None,
        typer.Option(help="Later reports are compared with this one."),
    ] = None,
) -> None:
    """Write the decision report: go, extend or stop, with the evidence.

    Without runs named it rests on the newest completed run of each experiment and dataset.

    Example: pilot report

    Example: pilot report --runs rank/default rank/bm25 --out state/reports
    """
    from pilot import track
    from pilot.assist.usage import summary, usage
    from pilot.decide.evidence import current
    from pilot.decide.report import PAGE, PUBLIC, WORD, write_report

    named = [*(runs or ()), *(further or ())]
    folder = out or project.state("reports")
    with at_work("reading the runs") as tell:
        chosen = [track.find(name) for name in named] if named else current(track.completed())
        tell(now=f"measuring {len(chosen)} runs again and writing the report")
        decision = write_report(chosen, folder, criteria, milestone, summary(usage()))
    for name in (PAGE, WORD, PUBLIC):
        typer.echo(str(folder / name))
    typer.echo(f"recommendation: {decision.recommendation}", err=True)
    for obstacle in decision.obstacles:
        typer.echo(f"  in the way: {obstacle.text}", err=True)
    raise typer.Exit(1 if require and decision.recommendation != require else 0)
