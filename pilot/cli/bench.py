"""``pilot bench``: speed, memory and quality against peers, as ratios within one run."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pilot import project
from pilot.cli.options import AsJson, Sources
from pilot.progress import at_work

if TYPE_CHECKING:
    from pilot.bench.text import BenchRow

bench_commands = typer.Typer(invoke_without_command=True)


@bench_commands.callback()
def bench(context: typer.Context, as_json: AsJson = False) -> None:
    """Measure speed, memory and quality beside peers, as ratios within one run; all on the sample, or the one named.

    Example: pilot bench
    """
    if context.invoked_subcommand is None:
        text(None, as_json=as_json)
        classify(None, as_json=as_json)
        rank(None, as_json=as_json)
        ask(None, as_json=as_json)


@bench_commands.command()
def text(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="Dataset folders, .jsonl or .txt files (.gz or not); default data/sample."),
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Take one text of this many, for large corpora.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Segmentation against pyvi and underthesea; accents restored; what they are worth in ranking.

    Example: pilot bench text data/sample --json
    """
    from pilot.bench.text import missing_peers, tables

    _tell_missing(missing_peers())
    for title, rows in _one_by_one("text", tables(sources or [project.sample()], every)):
        _tell(title, rows, as_json)


@bench_commands.command()
def rank(
    sources: Sources = None,
    most: Annotated[int, typer.Option(min=1, help="Ask so many questions at most.")] = 200,
    as_json: AsJson = False,
) -> None:
    """Indexing and answering by the default ranker, BM25, bm25s, tantivy and rank_bm25.

    Example: pilot bench rank data/sample --most 50
    """
    from pilot.bench.rank import missing_peers, tables

    _tell_missing(missing_peers())
    for title, rows in _one_by_one("rank", tables(sources or [project.sample()], most)):
        _tell(title, rows, as_json)


@bench_commands.command()
def scale(
    source: Annotated[
        Path | None, typer.Argument(help="A dataset with passages; default data/sample.")
    ] = None,
    sizes: Annotated[
        list[int] | None,
        typer.Option("--size", min=20, help="Passages, repeatable; more than there are are generated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure what larger corpora cost: segmentation, index, query, training, scoring.

    Example: pilot bench scale data/sample --size 100 --size 1000
    """
    from pilot.bench.scale import curve

    chosen = source or project.sample()
    for row in curve(chosen, sizes or [100, 380]):
        _tell(f"cost of size: {chosen.name}", [row], as_json)


@bench_commands.command()
def classify(
    sources: Sources = None,
    as_json: AsJson = False,
) -> None:
    """Learning and answering by the default classifier, beside TF-IDF with a linear SVM.

    Example: pilot bench classify data/sample --json
    """
    from pilot.bench.classify import tables

    for title, rows in _one_by_one("classify", tables(sources or [project.sample()])):
        _tell(title, rows, as_json)


def _tell_missing(peers: list[tuple[str, str]]) -> None:
    for name, remedy in peers:
        typer.echo(f"{name} is left out, it is not installed; to compare with it: {remedy}", err=True)


def _one_by_one(name: str, found: Iterable[Any]) -> Iterator[Any]:
    """Yield what a benchmark finds, and show that it works until the next is there."""
    waiting = iter(found)
    while True:
        with at_work(f"measuring {name}"):
            one = next(waiting, None)
        if one is None:
            return
        yield one


def _tell(title: str, rows: "list[BenchRow]", as_json: bool) -> None:
    if not as_json:
        _print_table(title, rows)
        return
    for row in rows:
        typer.echo(json.dumps({"table": title, **row._asdict()}, ensure_ascii=False))


@bench_commands.command()
def ask(
    dataset: Annotated[
        Path | None, typer.Argument(help="Whose passages answer, and whose questions; default data/sample.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Ask so many questions warm.")] = 100,
    starts: Annotated[int, typer.Option(min=1, help="Start the command so many times.")] = 10,
    as_json: AsJson = False,
) -> None:
    """How long an answer of the assistant takes, warm and as a whole process.

    Example: pilot bench ask --starts 20 --json
    """
    from pilot.bench.ask import waiting

    with at_work("measuring ask"):
        rows = waiting(dataset, most, starts)
    _tell("ask: wall time on this machine, at its load", rows, as_json)


@bench_commands.command()
def label(
    database: Annotated[
        str | None, typer.Option(help="An empty database; default SQLite in a temporary folder.")
    ] = None,
    writers: Annotated[int, typer.Option(min=1, max=64, help="Experts saving at once.")] = 16,
    each: Annotated[int, typer.Option(min=1, help="Saves of each expert.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Measure saves per second of the labelling service, and how long one takes.

    Example: pilot bench label --writers 16 --json
    """
    from pilot.bench.label import saves

    with at_work("measuring label"):
        rows = saves(database, writers, each)
    _tell(f"label: {writers} experts, {each} saves each", rows, as_json)


def _print_table(title: str, rows: "list[BenchRow]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title)
    table.add_column("")
    for row in rows:
        table.add_column(row.name, justify="right")
    if any(row.ratio for row in rows):
        table.add_row("ratio", *(f"{row.ratio:.2f}×" if row.ratio else "–" for row in rows))
    for name in dict.fromkeys(name for row in rows for name in row.figures):
        cells = [f"{row.figures[name]:,.4g}" if name in row.figures else "–" for row in rows]
        table.add_row(name.replace("_", " "), *cells)
    Console().print(table)
