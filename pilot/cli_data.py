"""``pilot data``: bring material in, prove it sound, give it out."""

from pathlib import Path
from typing import Annotated

import typer

data_commands = typer.Typer(no_args_is_help=True, help="Bring material in, prove it sound, give it out.")


@data_commands.command("import")
def import_command(
    source: Annotated[Path, typer.Argument(help="Folder or file; for the known sets, the set's folder.")],
    form: Annotated[
        str, typer.Option("--format", help="What SOURCE is; a wrong name lists those there are.")
    ],
    out: Annotated[Path, typer.Option(help="Dataset folder to write.")],
    passages: Annotated[
        Path | None, typer.Option(help="Folder of the articles that the gold refers to.")
    ] = None,
) -> None:
    """Bring material in as a dataset folder; the source stays as it is, every changed row is listed.

    Example: pilot data import SETS/enterprise --format enterprise --passages SETS/phapdien --out state/enterprise
    """
    from pilot.quality.prepare import prepare, write_imported
    from pilot.sources.formats import read_source

    imported = prepare(read_source(source, form, passages))
    write_imported(imported, out, f"{source.name} ({form})")
    data = imported.dataset
    typer.echo(
        f"{out}: {len(data.questions)} questions, {len(data.passages)} passages, {len(data.judgments)} judgments"
    )
    for line in imported.account.summary():
        typer.echo(f"  {line}")


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


@data_commands.command("redact")
def redact_command(
    source: Annotated[Path, typer.Argument(help="A .txt, .csv, .tsv or .jsonl file, or a dataset folder.")],
    out: Annotated[Path, typer.Option(help="File or folder to write.")],
) -> None:
    """Write a copy without personal data; the source stays, and reading it is put on record.

    Example: pilot data redact questions.csv --out state/questions_redacted.csv
    """
    from pilot.quality.redacted_copy import redact_copy

    report = redact_copy(source, out)
    total = report.pop("all", {"read": 0, "texts": 0, "findings": 0})
    typer.echo(
        f"{out}: {total['read']} texts, {total['texts']} with personal data, {total['findings']} values replaced"
    )
    for kind, count in report.items():
        typer.echo(f"  {kind}: {count['findings']} in {count['texts']} texts")
