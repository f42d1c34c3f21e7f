"""The command ``pilot``: parses and prints, decides nothing."""

import json
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from pilot import project
from pilot.cli_assist import ask_command, brief_command, model_commands, usage_commands
from pilot.cli_bench import bench_commands
from pilot.cli_data import data_commands
from pilot.cli_label import label_commands
from pilot.cli_report import report_command
from pilot.cli_runs import compare_command, results_command, wide_console
from pilot.cli_text import text_commands
from pilot.mishaps import explained
from pilot.records import InputError

if TYPE_CHECKING:
    from pilot.config import Config
    from pilot.experiment import Result
    from pilot.plan import Plan

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Research and pilot workbench for Vietnamese legal question answering.",
)
app.add_typer(data_commands, name="data")
app.add_typer(label_commands, name="label")
app.add_typer(text_commands, name="text")
app.add_typer(bench_commands, name="bench")
app.command("compare")(compare_command)
app.command("results")(results_command)
app.command("ask")(ask_command)
app.command("brief")(brief_command)
app.add_typer(usage_commands, name="usage")
app.add_typer(model_commands, name="model")
app.command("report")(report_command)
SAMPLE = Path("data") / "sample"
SUITES = ("smoke", "quick", "full")


def main() -> None:
    """Run the command line and turn what goes wrong into an exit code.

    0 done, 1 a check found faults, 2 wrong input, 3 internal error, 130 interrupted.
    """
    project.stay_private()
    try:
        code = app(standalone_mode=False)
    except InputError as error:
        _stop("pilot: " + "\npilot: ".join(error.faults), 2)
    except TyperException as error:
        _stop(
            f"pilot: {error.format_message()}\npilot: `pilot --help` lists the commands and what they take", 2
        )
    except (typer.Abort, KeyboardInterrupt, BrokenPipeError):
        _stop("pilot: interrupted; completed runs are kept, the same command goes on with the rest", 130)
    except Exception as error:  # the last edge: nobody above can handle what nobody below foresaw
        if said := explained(error):
            _stop(f"pilot: {said}; what was completed is kept", 2)
        _stop(f"pilot: internal error ({type(error).__name__}); the log is {_logged()}", 3)
    sys.exit(code if isinstance(code, int) else 0)


@app.command("run")
def run_command(
    experiments: Annotated[list[Path] | None, typer.Argument(help="YAML files; none = the suite.")] = None,
    suite: Annotated[
        str | None, typer.Option(help="smoke, quick or full; quick when no YAML is named.")
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
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per experiment on standard output.")
    ] = False,
) -> None:
    """Train, evaluate and track experiments.

    Examples: pilot run --suite quick · pilot run experiments/rank/bm25.yaml --dataset DIR --json
    · pilot run --suite full --cluster tcp://10.0.0.5:8786
    """
    from pilot.config import load_experiment
    from pilot.experiment import run_all, suite_experiments
    from pilot.parallel import on_cluster

    if experiments and suite:
        raise InputError("both YAML files and --suite are given; name experiments or a suite")
    if not experiments and (suite or "quick") not in SUITES:
        raise InputError(f"unknown suite {suite!r}; expected {', '.join(SUITES)}")
    chosen = _loaded(experiments, load_experiment) if experiments else suite_experiments(suite or "quick")
    plans = _plans(chosen, dataset, train_on or [], folds, suite or "quick")
    with on_cluster(cluster):
        results = run_all(plans, _say, resume=not experiments)
    if as_json:
        for result in results:
            typer.echo(json.dumps(result.summary(), ensure_ascii=False))
    else:
        _print_tables(results)


@app.command()
def ui() -> None:
    """Serve MLflow's pages on this project's runs, on this machine only unless mlflow.yaml says otherwise.

    Example: pilot ui
    """
    import subprocess

    from pilot.track import settings, ui_command

    command, environment = ui_command()
    chosen = settings()
    typer.echo(f"MLflow: http://{chosen.host}:{chosen.port} (Ctrl+C ends it)", err=True)
    raise typer.Exit(
        subprocess.run([sys.executable, "-m", *command], env=environment, check=False).returncode
    )


@app.command()
def doctor() -> None:
    """Say what is installed, reachable and writable, and how to mend what is not.

    Example: pilot doctor
    """
    from pilot.doctor import checks

    faults = 0
    for check in checks():
        typer.echo(f"{'ok   ' if check.well else 'FAULT'} {check.name}: {check.finding}")
        faults += not check.well
    raise typer.Exit(1 if faults else 0)


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
    from pilot.plan import Plan
    from pilot.sources import Dataset

    data = Dataset.load(dataset or project.root() / SAMPLE)
    data = data.thinned() if suite == "smoke" else data
    others = tuple(Dataset.load(path) for path in train_on)
    return [Plan(config, data, others, folds, suite) for config in configs]


def _say(plan: "Plan", result: "Result", taken_over: bool) -> None:
    how = "taken over from an earlier run" if taken_over else f"{result.seconds:.1f} s"
    typer.echo(
        f"{result.experiment} on {result.dataset} ({result.supervision}): run {result.run_id[:8]}, {how}",
        err=True,
    )
    for alarm in result.alarms:
        typer.echo(f"  ALARM: {alarm}", err=True)


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


def _logged() -> Path:
    """Write the current traceback below the state folder, or the working directory's, and return its path."""
    try:
        folder = project.state("logs")
        folder.mkdir(parents=True, exist_ok=True)
    except (InputError, OSError):
        folder = Path.cwd()
    path = folder / f"error-{datetime.now():%Y%m%d-%H%M%S}.log"
    path.write_text(traceback.format_exc(), encoding="utf-8")
    return path


def _stop(message: str, code: int) -> None:
    print(message, file=sys.stderr)  # noqa: T201
    sys.exit(code)
