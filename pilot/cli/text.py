"""``pilot text``: train what the text layer learns."""

from pathlib import Path
from typing import Annotated

import typer

from pilot.cli.working import at_work
from pilot.records import InputError

text_commands = typer.Typer(no_args_is_help=True, help="Train what the text layer learns.")


@text_commands.callback()
def text() -> None:
    """Train what the text layer learns."""


@text_commands.command()
def train(
    corpora: Annotated[
        list[Path], typer.Argument(help="Dataset folders, .jsonl or .txt files (.gz or not), accented.")
    ],
    out: Annotated[Path, typer.Option(help="Where the model goes.")],
    phrases: Annotated[bool, typer.Option(help="Learn the shipped citizens' phrases too.")] = True,
) -> None:
    """Train a model that restores accents; test questions of dataset folders are left out.

    Example: pilot text train data/sample --out state/accents.bin
    """
    from pilot.text.accent_corpus import train_files
    from pilot.text.accents import VARIABLE

    try:
        with at_work("learning where accents belong"):
            model = train_files(corpora, out, phrases=phrases)
    except ValueError as error:
        raise InputError(*str(error).splitlines()) from None
    size = out.stat().st_size / 1e6
    typer.echo(f"{out}: {len(model.syllables)} syllables, {size:.1f} MB; to use it: export {VARIABLE}={out}")
