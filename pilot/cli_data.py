"""``pilot data``: bring material in, prove it sound, give it out."""

from pathlib import Path
from typing import Annotated

import typer

data_commands = typer.Typer(no_args_is_help=True, help="Bring material in, prove it sound, give it out.")


@data_commands.command()
def check(folder: Annotated[Path, typer.Argument(help="A dataset folder.")]) -> None:
    """Prove a dataset sound; exit 1 if it has faults."""
    from pilot.quality.validate import check as validate
    from pilot.sources import Dataset

    data = Dataset.load(folder)
    findings = validate(data)
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding.where}: {finding.message}")
    faults = sum(finding.severity == "error" for finding in findings)
    typer.echo(
        f"{data.name}: {len(data.questions)} questions, {len(data.passages)} passages, "
        f"{len(data.documents)} documents, {len(data.judgments)} judgments; "
        f"{faults} faults, {len(findings) - faults} notes"
    )
    raise typer.Exit(1 if faults else 0)
