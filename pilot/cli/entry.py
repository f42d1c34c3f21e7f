"""The command ``pilot``: parses and prints, decides nothing."""

import sys
import traceback
from datetime import datetime
from pathlib import Path

import typer
from typer.exceptions import TyperException

from pilot import project
from pilot.cli.assist import ask_command, brief_command, model_commands, usage_commands
from pilot.cli.bench import bench_commands
from pilot.cli.data import data_commands
from pilot.cli.label import label_commands
from pilot.cli.mishaps import explained
from pilot.cli.report import report_command
from pilot.cli.results import compare_command, results_command
from pilot.cli.runs import run_command
from pilot.cli.text import text_commands
from pilot.records import InputError

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
app.command("run")(run_command)
app.command("compare")(compare_command)
app.command("results")(results_command)
app.command("ask")(ask_command)
app.command("brief")(brief_command)
app.add_typer(usage_commands, name="usage")
app.add_typer(model_commands, name="model")
app.command("report")(report_command)
INTERRUPTED = 130


def main() -> None:
    """Run the command line and turn what goes wrong into an exit code.

    0 done, 1 a check found faults, 2 wrong input, 3 internal error, 130 interrupted.
    """
    project.stay_private()
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:  # what typer makes of Ctrl+C
            raise KeyboardInterrupt
    except InputError as error:
        _stop("pilot: " + "\npilot: ".join(error.faults), 2)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "pilot"
        _stop(
            f"pilot: {error.format_message()}\npilot: `{path} --help` says what it takes, with an example", 2
        )
    except (typer.Abort, KeyboardInterrupt, BrokenPipeError):
        _stop(
            "pilot: interrupted; completed runs are kept, the same command goes on with the rest", INTERRUPTED
        )
    except Exception as error:  # the last edge: nobody above can handle what nobody below foresaw
        if said := explained(error):
            _stop(f"pilot: {said}; what was completed is kept", 2)
        _stop(f"pilot: internal error ({type(error).__name__}); the log is {_logged()}", 3)
    sys.exit(code if isinstance(code, int) else 0)


@app.command()
def ui() -> None:
    """Serve MLflow's pages on this project's runs, on this machine only unless mlflow.yaml says otherwise.

    Example: pilot ui
    """
    import subprocess

    from pilot.ports import refuse_taken
    from pilot.track import settings, ui_command

    chosen = settings()
    refuse_taken(
        chosen.host,
        chosen.port,
        "perhaps these pages are open already; else give another: MLFLOW_PORT=5050 pilot ui",
    )
    command, environment = ui_command()
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
