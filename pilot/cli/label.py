"""``pilot label``: the labelling service and its data."""

import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pilot.cli.options import AsJson
from pilot.progress import at_work
from pilot.records import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pilot.label.store import Store

label_commands = typer.Typer(no_args_is_help=True, help="The labelling service and its data.")
user_commands = typer.Typer(no_args_is_help=True, help="Accounts of the labelling service.")
label_commands.add_typer(user_commands, name="user")
Database = Annotated[
    str | None,
    typer.Option(
        envvar="PILOT_LABEL_DATABASE", help="sqlite:///… or postgresql://…; default SQLite in state/label."
    ),
]
Name = Annotated[str, typer.Argument(help="The name used to log in.")]


@label_commands.command("serve")
def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8600,
    database: Database = None,
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="TLS ends at a proxy on this machine.")] = False,
) -> None:  # fmt: skip
    """Serve the labelling pages, on this machine only unless told otherwise.

    Example: pilot label serve

    Example: pilot label serve --host 0.0.0.0 --certificate may-chu.pem --key may-chu.key
    """
    from pilot.label.serve import serve

    serve(host, port, database, certificate, key, behind_proxy, lambda line: typer.echo(line, err=True))


@label_commands.command("import")
def import_command(
    dataset: Annotated[Path, typer.Argument(help="A dataset with questions and passages.")],
    experts: Annotated[int, typer.Option(help="Experts wanted for each question.")] = 2,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="The questions asked of the assistant instead of the dataset's own.")
    ] = False,
    database: Database = None,
) -> None:  # fmt: skip
    """Make a task of every question; questions that are tasks already stay as they are.

    With --feedback the questions of the assistant's log become tasks, what it answered among the candidates; DATASET is
    the one it answered from. Left out: answers a person took as they are, and questions asked before in the same words.

    Example: pilot label import data/sample
    """
    from pilot.label.importing import import_tasks
    from pilot.sources import Dataset

    with at_work("reading the questions") as tell:
        data, shown = Dataset.load(dataset), None
        if feedback:
            from pilot.assist.usage import as_dataset, to_label

            uses = to_label()
            data, shown = as_dataset(uses, data), {use.ask_id: use.answers for use in uses}
        with _opened(database) as store:
            tell(now=f"finding candidates for {len(data.questions)} questions")
            made = import_tasks(store, data, time.time(), experts, shown=shown)
    typer.echo(
        f"{made.tasks} tasks made, {made.known} were there; {made.passages} passages new in the corpus"
    )


@label_commands.command("flag")
def flag_command(
    queue: Annotated[str, typer.Argument(help="suspicious or conflicts.")],
    source: Annotated[
        str,
        typer.Argument(
            help="CSV as `pilot data import` writes conflicts; for suspicious also a run of a classifier."
        ),
    ],
    database: Database = None,
) -> None:
    """Put the questions of a list before adjudicators, even where experts agree.

    Example: pilot label flag conflicts state/hoi-dap/conflicts.csv
    """
    from pilot.label.flags import flag, read_list

    rows = read_list(queue, source)
    with _opened(database) as store, store.writing() as connection:
        found = flag(connection, queue, rows, time.time())
    typer.echo(f"{found.new} questions flagged, {found.known} were already, {found.unknown} are no tasks")


@label_commands.command("agreement")
def agreement_command(
    as_json: AsJson = False,
    database: Database = None,
) -> None:
    """Print how far experts agree with each other and with what was decided.

    Example: pilot label agreement --json
    """
    import json
    from dataclasses import asdict

    from pilot.label.agreement import agreement, as_text
    from pilot.label.votes import load

    with at_work("measuring agreement"), _opened(database) as store, store.reading() as connection:
        found = agreement(load(connection))
    if not found:
        raise InputError("nobody has submitted an answer yet; `pilot label serve` is where experts do")
    typer.echo(json.dumps(found, default=asdict, ensure_ascii=False, indent=1) if as_json else as_text(found))


@label_commands.command("export")
def export_command(
    out: Annotated[Path, typer.Option(help="Dataset folder to write.")],
    since: Annotated[
        Path | None, typer.Option(help="An earlier release; the new one says what changed.")
    ] = None,
    label_set: Annotated[
        str | None, typer.Option(help="Version of the label set; default the newest.")
    ] = None,
    database: Database = None,
) -> None:
    """Write a release: votes, settled labels, datasheet, guideline; and log it to MLflow as a dataset.

    Example: pilot label export --out state/nhan-2 --since state/nhan-1
    """
    from pilot import track
    from pilot.label.release import export

    with at_work("writing the release"):
        with _opened(database) as store:
            made = export(store, out, since, label_set)
        track.log_datasheet(made.facts, out)
    data = made.dataset
    typer.echo(
        f"{out}: {len(data.questions)} questions ({made.settled} settled), {len(data.judgments)} judgments, "
        f"fingerprint {data.fingerprint[:12]}"
    )
    if not data.settled:
        typer.echo(
            "not expert-adjudicated as a whole: some questions still wait for adjudicators or have a single expert",
            err=True,
        )


@label_commands.command("backup")
def backup_command(
    out: Annotated[Path, typer.Option(help="File to write; must not exist.")], database: Database = None
) -> None:
    """Write everything to one file while the service goes on.

    Example: pilot label backup --out state/backup-2026-11-30.zip
    """
    from pilot.label.backup import backup

    with at_work(f"writing {out}"), _opened(database) as store:
        rows = backup(store, out)
    _print_rows(out, rows)


@label_commands.command("restore")
def restore_command(
    source: Annotated[Path, typer.Argument(help="A file written by backup.")], database: Database = None
) -> None:
    """Fill an empty database from a backup; also moves from SQLite to PostgreSQL.

    Example: pilot label restore state/backup.zip --database postgresql://pilot@localhost/label
    """
    from pilot.label.backup import restore

    with at_work(f"reading {source}"), _opened(database) as store:
        rows = restore(store, source)
    _print_rows(source, rows)


@user_commands.command("add")
def user_add(
    name: Name,
    role: Annotated[str, typer.Option(help="expert, adjudicator, administrator or viewer.")],
    display: Annotated[str, typer.Option(help="The person's name as shown.")] = "",
    database: Database = None,
) -> None:
    """Make an account; the password is asked for, or read as one line from standard input.

    Example: pilot label user add an --role administrator --display "Nguyễn Thị An"
    """
    from pilot.label.accounts import add_user

    password = _password()
    with _opened(database) as store, store.writing() as connection:
        add_user(connection, name, display, role, password, time.time(), must_change=role != "administrator")
    typer.echo(f"{name}: {role} added")


@user_commands.command("list")
def user_list(database: Database = None) -> None:
    """List the accounts.

    Example: pilot label user list
    """
    from pilot.label.accounts import list_users

    with _opened(database) as store, store.reading() as connection:
        for user in list_users(connection):
            typer.echo(f"{user.name}\t{user.role}\t{'open' if user.active else 'shut'}\t{user.display}")


@user_commands.command("password")
def user_password(name: Name, database: Database = None) -> None:
    """Give an account another password and end its sessions.

    Example: pilot label user password an
    """
    from pilot.label.accounts import password_faults, set_password

    password = _password()
    if faults := password_faults(password, name):
        raise InputError(*faults)
    with _opened(database) as store, store.writing() as connection:
        set_password(connection, _user_id(connection, name), password, True, time.time())
    typer.echo(f"{name}: password set")


@user_commands.command("delete")
def user_delete(name: Name, database: Database = None) -> None:
    """Take a person out of the data; submitted answers stay, without a name.

    Example: pilot label user delete an
    """
    from pilot.label.accounts import delete_user

    with _opened(database) as store, store.writing() as connection:
        delete_user(connection, _user_id(connection, name), time.time())
    typer.echo(f"{name}: deleted")


def _opened(database: str | None) -> "closing[Store]":
    from pilot.label.store import open_store

    return closing(open_store(database))


def _user_id(connection: "Connection", name: str) -> int:
    from pilot.label.accounts import list_users

    for user in list_users(connection):
        if user.name == name.strip().lower():
            return user.user_id
    raise InputError(f"no account {name!r}; `pilot label user list` shows those there are")


def _password() -> str:
    if sys.stdin.isatty():
        chosen: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return chosen
    return sys.stdin.readline().rstrip("\r\n")


def _print_rows(file: Path, rows: dict[str, int]) -> None:
    typer.echo(f"{file}: " + ", ".join(f"{count} {table}" for table, count in rows.items()))
