"""``pilot run``: train, evaluate and track."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pilot import project
from pilot.cli.options import AsJson, wide_console
from pilot.progress import at_work
from pilot.records import InputError

if TYPE_CHECKING:
    from pilot.config import Config
    from pilot.experiment import Result
    from pilot.experiment.plan import Plan


def run_command(
    experiments: Annotated[list[Path] | None, typer.Argument(help="YAML files; none = the suite.")] = None,
    suite: Annotated[
        Literal["smoke", "quick", "full"] | None, typer.Option(help="Default quick when no YAML is named.")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(help="Folder or file that is scored; default data/sample.")
    ] = None,
    train_on: Annotated[
        list[Path] | None, typer.Option(help="What is trained on instead; repeatable.")
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Score out of fold, by group, in this many parts.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="A Dask scheduler, tcp://host:port, whose workers fit and predict.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train, evaluate and track experiments.

    Example: pilot run --suite quick

    Example: pilot run experiments/rank/bm25.yaml --dataset data/sample --json

    Example: pilot run experiments/classify/default.yaml --folds 5

    Example: pilot run --suite full --cluster tcp://10.0.0.5:8786
    """
    from pilot.config import load_experiment
    from pilot.experiment import run_all, suite_experiments
    from pilot.parallel import on_cluster

    if experiments and suite:
        raise InputError("both YAML files and --suite are given; name experiments or a suite")
    chosen = _loaded(experiments, load_experiment) if experiments else suite_experiments(suite or "quick")
    with at_work("reading the data") as tell, on_cluster(cluster):
        plans = _plans(chosen, dataset, train_on or [], folds, suite or "quick")
        waiting = [f"{plan.config.name}, {number} of {len(plans)}" for number, plan in enumerate(plans, 1)]

        def heard(plan: "Plan", result: "Result", taken_over: bool) -> None:
            tell(*_told(result, taken_over), now=waiting.pop(0) if waiting else "")

        tell(*([] if experiments else _about_resuming()), now=waiting.pop(0))
        results = run_all(plans, heard, resume=not experiments)
    if as_json:
        for result in results:
            typer.echo(json.dumps(result.summary(), ensure_ascii=False))
    else:
        _print_tables(results)


def _loaded(paths: list[Path], load: Any) -> "list[Config]":
    """Load every experiment, gathering the faults of all before giving up."""
    configs: list[Config] = []
    faults: list[str] = []
    for path in paths:
        try:
            configs.append(load(path))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return configs


def _plans(
    configs: "list[Config]", dataset: Path | None, train_on: list[Path], folds: int | None, suite: str
) -> "list[Plan]":
    from pilot.experiment.plan import Plan
    from pilot.sources import Dataset

    data = Dataset.load(dataset or project.sample())
    data = data.thinned() if suite == "smoke" else data
    others = tuple(Dataset.load(path) for path in train_on)
    return [Plan(config, data, others, folds, suite) for config in configs]


def _about_resuming() -> list[str]:
    """Return what keeps a suite from going on where it stopped, if something does."""
    from pilot.checkout import source_state

    if not source_state()[1]:
        return []
    return [
        "pilot: not everything is committed, so these runs are drafts and none is taken over from earlier ones"
    ]


def _told(result: "Result", taken_over: bool) -> list[str]:
    """Return what is said of a run when it is there."""
    how = "taken over from an earlier run" if taken_over else f"{result.seconds:.1f} s"
    done = f"{result.experiment} on {result.dataset} ({result.supervision}): run {result.run_id[:8]}, {how}"
    return [done, *(f"  ALARM: {alarm}" for alarm in result.alarms)]


def _print_tables(results: "list[Result]") -> None:
    from rich import box
    from rich.table import Table

    for task in dict.fromkeys(result.task for result in results):
        shown = [result for result in results if result.task == task]
        measures = list(dict.fromkeys(measure for result in shown for measure in result.metrics))
        table = Table(
            title=f"{task} on {shown[0].dataset}, 95 % intervals", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
        )
        table.add_column("experiment", no_wrap=True)
        for heading in (*measures, "n"):
            table.add_column(heading, justify="right", overflow="fold")
        for result in shown:
            found = [result.metrics.get(measure) for measure in measures]
            cells = [f"{e.value:.3f}\n[dim]{e.low:.3f}–{e.high:.3f}[/dim]" if e else "–" for e in found]
            n = next(iter(result.metrics.values())).n
            table.add_row(result.experiment.removeprefix(f"{task}/"), *cells, str(n))
        wide_console().print(table)
