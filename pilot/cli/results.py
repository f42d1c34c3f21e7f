"""``pilot compare`` and ``pilot results``: runs held against each other, and the ones accepted."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pilot.cli.options import wide_console
from pilot.progress import at_work
from pilot.project import write_whole
from pilot.records import InputError

if TYPE_CHECKING:
    from pilot.decide.compared import Compared


def compare_command(
    runs: Annotated[list[str], typer.Argument(help="Run ids, unique prefixes, or experiment names.")],
    baseline: Annotated[str | None, typer.Option(help="Held against; default the first RUN.")] = None,
    out: Annotated[Path | None, typer.Option(help="Also write .json, .csv or .png (a plot).")] = None,
) -> None:
    """Compare completed runs, paired by question.

    Example: pilot compare rank/default rank/bm25_pairs --baseline rank/bm25 --out state/compared.png
    """
    from pilot.decide.compared import compare

    if out and out.suffix not in WRITERS:
        raise InputError(
            f"--out {out}: cannot write {out.suffix or 'that'}; expected one of {', '.join(WRITERS)}"
        )
    with at_work("comparing the runs"):
        found = compare(runs, baseline)
    _print(found)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        WRITERS[out.suffix](found, out)
        typer.echo(str(out), err=True)


def results_command(
    runs: Annotated[
        list[str] | None, typer.Argument(help="Runs to accept first; none = only the tables.")
    ] = None,
) -> None:
    """Accept runs as results, and write RESULTS.md, BOARD.md and the README's table from all of them.

    Example: pilot results rank/default
    """
    from pilot import track
    from pilot.decide.board import write_board
    from pilot.decide.results import accept, write_tables

    with at_work("reading the runs and writing the tables"):
        written = [*accept([track.find(name) for name in runs or ()]), *write_tables(), write_board()]
    for path in written:
        typer.echo(str(path))


def _print(found: "Compared") -> None:
    from rich import box
    from rich.table import Table

    comparison, console = found.comparison, wide_console()
    title = f"against {comparison.baseline}: {comparison.questions} questions in {comparison.groups} groups"
    table = Table(*COLUMNS, title=title, box=box.SIMPLE_HEAD)
    for one in comparison.differences:
        tally = "–" if one.wins is None else f"{one.wins}/{one.ties}/{one.losses}"
        more = f"\n{one.more_questions:,} more questions would settle it" if one.more_questions else ""
        difference, interval = f"{one.value:+.3f}", f"{one.low:+.3f} … {one.high:+.3f}"
        p, verdict = f"{one.p_holm:.4f}", one.verdict + more
        table.add_row(one.system, one.measure, difference, interval, p, tally, verdict)
    console.print(table)
    for name, slices in found.slices.items():
        few = sum(one.estimate is None for one in slices.slices)
        worst = slices.worst
        if worst is None or worst.estimate is None:
            console.print(f"{name}: every slice has too few questions to judge")
            continue
        console.print(
            f"{name}: weakest slice under {slices.measure} is {worst.attribute} = {worst.value}: "
            f"{worst.estimate.value:.3f} [{worst.estimate.low:.3f}, {worst.estimate.high:.3f}], n = {worst.questions} "
            f"(all: {slices.overall.value:.3f}); {few} slices have too few questions to judge"
        )


def _write_json(found: "Compared", out: Path) -> None:
    content = {
        "baseline": found.comparison.baseline,
        "runs": [run.run_id for run in found.runs],
        "questions": found.comparison.questions,
        "groups": found.comparison.groups,
        "differences": found.comparison.table().to_dict("records"),
        "slices": {
            name: json.loads(one.table().to_json(orient="records")) for name, one in found.slices.items()
        },
    }
    write_whole(out, json.dumps(content, ensure_ascii=False, indent=1))


def _write_csv(found: "Compared", out: Path) -> None:
    write_whole(out, found.comparison.table().to_csv(index=False))


def _write_png(found: "Compared", out: Path) -> None:
    from pilot.evaluate.plots import difference_plot

    difference_plot(found.comparison).savefig(out, dpi=130)


COLUMNS = ("system", "measure", "difference", "95 % interval", "p (Holm)", "win/tie/loss", "verdict")
WRITERS = {".json": _write_json, ".csv": _write_csv, ".png": _write_png}
