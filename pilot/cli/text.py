"""``pilot text``: segment a file of texts, train what the text layer learns."""

from pathlib import Path
from typing import Annotated

import typer

from pilot.progress import at_work
from pilot.records import InputError

text_commands = typer.Typer(no_args_is_help=True, help="Segment texts; train what the text layer learns.")


@text_commands.callback()
def text() -> None:
    """Segment texts; train what the text layer learns."""


@text_commands.command("segment")
def segment_command(
    source: Annotated[Path, typer.Argument(help="A text file in UTF-8, one text a line.")],
    jobs: Annotated[int, typer.Option(help="Cores to use, -1 for all; one with --keep-numbers.")] = 1,
    keep_numbers: Annotated[
        bool, typer.Option(help="Keep each số hiệu as one token, in its official spelling.")
    ] = False,
) -> None:
    """Print each line segmented, the syllables of a word joined by ``_``: what word-based models are fed.

    Example: pilot text segment questions.txt --jobs -1 > segmented.txt
    """
    from pilot.sources.rows import decoded
    from pilot.text.citations import segment_keeping_numbers
    from pilot.text.segmenter import segment_parallel

    lines = decoded(source).splitlines()
    for line in map(segment_keeping_numbers, lines) if keep_numbers else segment_parallel(lines, jobs):
        typer.echo(line)


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
