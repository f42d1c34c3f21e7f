"""``pilot data``: bring material in, prove it sound, give it out."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pilot.cli.options import day
from pilot.progress import at_work

data_commands = typer.Typer(no_args_is_help=True, help="Bring material in, prove it sound, give it out.")


@data_commands.command("import")
def import_command(
    source: Annotated[Path, typer.Argument(help="Folder or file; for the known sets, the set's folder.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="table (Excel, CSV), docx, html, text, beir; phapdien, alqac, traffic, enterprise, vilegalnli.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Dataset folder to write.")],
    passages: Annotated[
        Path | None, typer.Option(help="Folder of the articles that the gold refers to.")
    ] = None,
    columns: Annotated[
        Path | None, typer.Option(help="YAML, `heading: column`, for headings of a table that are not known.")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="Deal train, dev and test by group, date or document; default: as they are."),
    ] = None,
) -> None:
    """Bring material in as a dataset folder; the source stays as it is, every changed row is listed.

    Example: pilot data import cau_hoi.xlsx --format table --out state/cau-hoi

    Example: pilot data import SETS/enterprise --format enterprise --passages SETS/phapdien --out state/enterprise
    """
    from pilot.quality.freeze import read_earlier
    from pilot.quality.prepare import prepare, write_imported
    from pilot.quality.redacted_copy import record_access
    from pilot.sources.formats import OFFICE, read_source

    with at_work(f"importing {source.name}"):
        imported = prepare(
            read_source(source, form, passages, columns), way=split, earlier=read_earlier(out), on=date.today(),
            private=form in OFFICE,
        )  # fmt: skip
        if form in OFFICE:
            record_access(source)
        write_imported(imported, out, f"{source.name} ({form})")
    data = imported.dataset
    typer.echo(
        f"{out}: {len(data.questions)} questions, {len(data.passages)} passages, {len(data.judgments)} judgments"
    )
    for line in imported.account.summary():
        typer.echo(f"  {line}")
    for name, (_, rows) in imported.tables.items():
        typer.echo(f"  {out / name}: {len(rows)} rows to look at")


@data_commands.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A dataset folder.")],
    as_of: Annotated[
        str | None,
        typer.Option(help="Day, YYYY-MM-DD, on which answers must rest on law in force; default today."),
    ] = None,
    snapshots: Annotated[
        Path | None,
        typer.Option(help="documents_2025_2026.csv: names documents the codification has dropped."),
    ] = None,
) -> None:
    """Prove a dataset sound; exit 1 if it has faults.

    Example: pilot data check data/sample
    """
    from pilot.quality.currency import vanished_documents
    from pilot.quality.validate import check as validate
    from pilot.sources import Dataset

    with at_work(f"checking {folder.name}"):
        data = Dataset.load(folder)
        vanished = vanished_documents(snapshots) if snapshots else ()
        findings = validate(data, day(as_of) or date.today(), vanished)
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding.where}: {finding.message}")
    faults = sum(finding.severity == "error" for finding in findings)
    typer.echo(
        f"{data.name}: {len(data.questions)} questions, {len(data.passages)} passages, "
        f"{len(data.documents)} documents, {len(data.judgments)} judgments; "
        f"{faults} faults, {len(findings) - faults} notes"
    )
    raise typer.Exit(1 if faults else 0)


@data_commands.command()
def citations(
    folder: Annotated[Path, typer.Argument(help="A dataset.")],
    against: Annotated[
        Path, typer.Option(help="The codification as a dataset (pilot data import --format phapdien).")
    ],
) -> None:
    """Look up every document and article cited; exit 1 if one is neither there nor admitted as unchecked.

    Example: pilot data citations data/sample --against state/datasets/phapdien
    """
    from pilot.quality.lawcheck import check_citations
    from pilot.sources import Dataset

    with at_work("looking up what is cited"):
        looked_up, found, unfound = check_citations(Dataset.load(folder), Dataset.load(against))
    faults = [one for one in unfound if not one.admitted]
    for one in unfound:
        place = f"Điều {one.article} of {one.document_id}" if one.article else one.document_id
        typer.echo(f"{'note' if one.admitted else 'error'}: {one.where}: {place}: {one.why}")
    typer.echo(
        f"{looked_up} documents and articles cited: {found} found, {len(unfound) - len(faults)} admitted as unchecked, "
        f"{len(faults)} neither"
    )
    raise typer.Exit(1 if faults else 0)


@data_commands.command()
def facts(
    folder: Annotated[Path, typer.Argument(help="A dataset folder.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the page; default state/facts/NAME.")] = None,
) -> None:
    """Print the datasheet as JSON, write it with a Vietnamese page, and log both to MLflow.

    Example: pilot data facts data/sample
    """
    from pilot import project, track
    from pilot.quality.facts import facts as find
    from pilot.quality.facts_page import PAGE, facts_page
    from pilot.sources import Dataset

    with at_work(f"describing {folder.name}"):
        found = find(Dataset.load(folder))
        home = out or project.state("facts", found["name"])
        home.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, ensure_ascii=False, indent=1)
        project.write_whole(home / "facts.json", text + "\n")
        project.write_whole(home / PAGE, facts_page(found))
        track.log_datasheet(found, home)
    typer.echo(text)
    typer.echo(f"{home / PAGE}", err=True)


@data_commands.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A dataset.")],
    form: Annotated[str, typer.Option("--format", help="beir, hf, jsonl or csv.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
) -> None:
    """Give a dataset out; says what the form could not hold.

    Example: pilot data export data/sample --format beir --out state/sample_beir
    """
    from pilot.quality.export import export as give
    from pilot.sources import Dataset

    with at_work(f"writing {out}"):
        left_out = give(Dataset.load(folder), form, out)
    typer.echo(
        f"{out}: written as {form}; " + ("nothing is lost" if not left_out else "the form does not hold")
    )
    for line in left_out:
        typer.echo(f"  {line}")


@data_commands.command()
def get(
    name: Annotated[str, typer.Argument(help="A name in data/sources.yaml.")],
    out: Annotated[Path | None, typer.Option(help="Dataset folder; default state/datasets/NAME.")] = None,
) -> None:
    """Fetch a public set through the datasets library; the only command that goes to the network.

    Example: pilot data get zalo
    """
    from pilot import project
    from pilot.quality.prepare import prepare, write_imported
    from pilot.sources.fetch import fetch, sources

    imported = prepare(fetch(name))
    home, source = out or project.state("datasets", name), sources()[name]
    write_imported(imported, home, f"{source.repository} (licence: {source.licence})")
    typer.echo(
        f"{home}: {len(imported.dataset.questions)} questions, {len(imported.dataset.passages)} passages"
    )
    if source.unverified:
        found = imported.dataset.fingerprint
        typer.echo(f"  not verified: {source.unverified}")
        typer.echo(
            f"  these rows hash to {found}; compare, then enter it as sha256 of {name} in data/sources.yaml"
        )


@data_commands.command("redact")
def redact_command(
    source: Annotated[Path, typer.Argument(help="A .txt, .csv, .tsv or .jsonl file, or a dataset folder.")],
    out: Annotated[Path, typer.Option(help="File or folder to write.")],
) -> None:
    """Write a copy without personal data; the source stays, and reading it is put on record.

    Example: pilot data redact questions.csv --out state/questions_redacted.csv
    """
    from pilot.quality.redacted_copy import redact_copy

    with at_work(f"reading {source.name} for personal data"):
        report = redact_copy(source, out)
    total = report.pop("all", {"read": 0, "texts": 0, "findings": 0})
    typer.echo(
        f"{out}: {total['read']} texts, {total['texts']} with personal data, {total['findings']} values replaced"
    )
    for kind, count in report.items():
        typer.echo(f"  {kind}: {count['findings']} in {count['texts']} texts")
