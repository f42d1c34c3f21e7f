"""``pilot label``: the labelling service and its data."""

import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pilot.records import InputError

if TYPE_CHECKING:
    from pilot.label.accounts import User
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

    Example: pilot label serve --host 0.0.0.0 --certificate may-chu.pem --key may-chu.key
    """
    from pilot.label.serve import serve

    serve(host, port, database, certificate, key, behind_proxy, lambda line: typer.echo(line, err=True))


@label_commands.command("import")
def import_command(
    dataset: Annotated[Path, typer.Argument(help="A dataset with questions and passages.")],
    experts: Annotated[int, typer.Option(help="Experts wanted for each question.")] = 2,
    database: Database = None,
) -> None:
    """Make a task of every question; questions that are tasks already stay as they are.

    Example: pilot label import data/sample
    """
    from pilot.label.importing import import_tasks
    from pilot.sources import Dataset

    with _opened(database) as store:
        made = import_tasks(store, Dataset.load(dataset), time.time(), experts)
    typer.echo(
        f"{made.tasks} tasks made, {made.known} were there; {made.passages} passages new in the corpus"
    )


@label_commands.command("export")
def export_command(
    out: Annotated[Path, typer.Option(help="Dataset folder to write.")], database: Database = None
) -> None:
    """Write submitted answers as a dataset folder with the raw votes.

    Example: pilot label export --out state/release
    """
    from pilot.label.release import export

    with _opened(database) as store:
        data = export(store, out)
    typer.echo(f"{out}: {len(data.questions)} questions, {len(data.judgments)} judgments")


@label_commands.command("backup")
def backup_command(
    out: Annotated[Path, typer.Option(help="File to write; must not exist.")], database: Database = None
) -> None:
    """Write everything to one file while the service goes on.

    Example: pilot label backup --out state/backup-2026-11-30.zip
    """
    from pilot.label.backup import backup

    with _opened(database) as store:
        _print_rows(out, backup(store, out))


@label_commands.command("restore")
def restore_command(
    source: Annotated[Path, typer.Argument(help="A file written by backup.")], database: Database = None
) -> None:
    """Fill an empty database from a backup; also moves from SQLite to PostgreSQL.

    Example: pilot label restore state/backup.zip --database postgresql://pilot@localhost/label
    """
    from pilot.label.backup import restore

    with _opened(database) as store:
        _print_rows(source, restore(store, source))


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
    with _opened(database) as store:
        user_id = _found(store, name).user_id
        with store.writing() as connection:
            set_password(connection, user_id, password, True, time.time())
    typer.echo(f"{name}: password set")


@user_commands.command("delete")
def user_delete(name: Name, database: Database = None) -> None:
    """Take a person out of the data; submitted answers stay, without a name.

    Example: pilot label user delete an
    """
    from pilot.label.accounts import delete_user

    with _opened(database) as store:
        user_id = _found(store, name).user_id
        with store.writing() as connection:
            delete_user(connection, user_id, time.time())
    typer.echo(f"{name}: deleted")


def _opened(database: str | None) -> "closing[Store]":
    from pilot.label.store import open_store

    return closing(open_store(database))


def _found(store: "Store", name: str) -> "User":
    from pilot.label.accounts import list_users

    with store.reading() as connection:
        for user in list_users(connection):
            if user.name == name.strip().lower():
                return user
    raise InputError(f"no account {name!r}; `pilot label user list` shows those there are")


def _password() -> str:
    if sys.stdin.isatty():
        chosen: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return chosen
    return sys.stdin.readline().rstrip("\r\n")


def _print_rows(file: Path, rows: dict[str, int]) -> None:
    typer.echo(f"{file}: " + ", ".join(f"{count} {table}" for table, count in rows.items()))
