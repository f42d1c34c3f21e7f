"""What several commands share: options, days, and how they speak to people."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pilot.records import InputError

if TYPE_CHECKING:
    from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Answering = Annotated[Path | None, typer.Option(help="Whose passages answer; default data/sample.")]
AsOf = Annotated[str | None, typer.Option(help="The day asked about, YYYY-MM-DD; default today.")]
Sources = Annotated[list[Path] | None, typer.Argument(help="Dataset folders; default data/sample.")]


def day(text: str | None) -> date | None:
    """Return a day given on the command line; raises `InputError` if it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"--as-of {text!r}: expected a day as YYYY-MM-DD, such as 2026-01-15") from None


def say(line: str) -> None:
    """Tell the person at the terminal, beside what goes to standard output."""
    typer.echo(f"pilot: {line}", err=True)


def wide_console() -> "Console":
    """Return a console as wide as the terminal, or 120 columns where the output goes to a file."""
    import sys

    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120)
