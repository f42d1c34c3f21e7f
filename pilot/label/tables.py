"""The tables. ``answers``, ``decisions`` and ``events`` are append-only: triggers refuse every change and deletion.

Times are seconds since 1970, UTC. Rows of question, passage and document are kept as JSON in the form of
``records.to_row``, frozen when a task is made.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
    update,
)  # fmt: skip

ROLES = ("expert", "adjudicator", "administrator", "viewer")
FRESH, LACKING, FULL = 0, 1, 2
"""States of a task: no expert has it, some but not all wanted, as many as wanted."""
HELD, SUBMITTED, SKIPPED, LAPSED = "held", "submitted", "skipped", "lapsed"
"""States of a claim: being worked on, answered, passed over with a reason, lease run out."""
SUSPICIOUS, CONFLICTS = "suspicious", "conflicts"
"""Why an adjudicator is asked to look at a question, besides experts who differ."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(map(repr, values))})", name=column)


users = Table(
    "users",
    metadata,
    Column("user_id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("display", String(120), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    _one_of("role", ROLES),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("user_id", ForeignKey(users.c.user_id), nullable=False, index=True),
    Column("expires_at", Float, nullable=False, index=True),
)
attempts = Table(
    "attempts",
    metadata,
    Column("attempt_id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", Float, nullable=False, index=True),
)
label_sets = Table(
    "label_sets",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
)
passages = Table(
    "passages",
    metadata,
    Column("passage_key", String(16), primary_key=True),
    Column("passage_id", String(200), nullable=False, index=True),
    Column("content", JSON, nullable=False),
    Column("current", Boolean, nullable=False),
)
tasks = Table(
    "tasks",
    metadata,
    Column("task_id", Integer, primary_key=True),
    Column("question_id", String(200), nullable=False),
    Column("label_set", ForeignKey(label_sets.c.version), nullable=False),
    Column("dataset", String(64), nullable=False),
    Column("batch", String(80), nullable=False),
    Column("content", JSON, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("submitted", Integer, nullable=False),
    Column("state", Integer, nullable=False),
    Column("in_slice", Boolean, nullable=False),
    Column("priority", Float, nullable=False),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("question_id", "label_set"),
    CheckConstraint("taken BETWEEN 0 AND wanted", name="taken"),
    Index("ix_tasks_next", "state", "in_slice", "priority"),
    Index("ix_tasks_next_in_batch", "batch", "state", "in_slice", "priority"),
)
claims = Table(
    "claims",
    metadata,
    Column("claim_id", Integer, primary_key=True),
    Column("task_id", ForeignKey(tasks.c.task_id), nullable=False),
    Column("user_id", ForeignKey(users.c.user_id), nullable=False),
    # A place among the wanted experts; empty once skipped or lapsed. Unique, so a third expert cannot exist.
    Column("slot", Integer, nullable=True),
    Column("status", String(12), nullable=False),
    Column("leased_until", Float, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("hints", Boolean, nullable=False),
    Column("drawn", String(12), nullable=False),
    Column("draft", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("claimed_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("submitted_at", Float, nullable=True),
    UniqueConstraint("task_id", "user_id"),
    UniqueConstraint("task_id", "slot"),
    CheckConstraint("slot >= 1", name="slot"),
    _one_of("status", (HELD, SUBMITTED, SKIPPED, LAPSED)),
    Index("ix_claims_of_user", "user_id", "status", "changed_at"),
    Index("ix_claims_lease", "status", "leased_until"),
)
answers = Table(
    "answers",
    metadata,
    Column("answer_id", Integer, primary_key=True),
    Column("claim_id", ForeignKey(claims.c.claim_id), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content", JSON, nullable=False),
    Column("seconds", Float, nullable=True),
    Column("submitted_at", Float, nullable=False),
    # Digest of the guideline shown at the time; see `content.GUIDELINE`.
    Column("guideline", String(12), nullable=True),
    UniqueConstraint("claim_id", "revision"),
)
flags = Table(
    "flags",
    metadata,
    Column("flag_id", Integer, primary_key=True),
    Column("task_id", ForeignKey(tasks.c.task_id), nullable=False),
    Column("queue", String(12), nullable=False),
    Column("why", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("task_id", "queue"),
    _one_of("queue", (SUSPICIOUS, CONFLICTS)),
)
# An adjudicator's decision: the whole answer as it shall stand, with a reason. The newest revision counts.
decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", Integer, primary_key=True),
    Column("task_id", ForeignKey(tasks.c.task_id), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("user_id", ForeignKey(users.c.user_id), nullable=False),
    Column("content", JSON, nullable=False),
    # What lay before the adjudicator: claim -> revision of the answer.
    Column("seen", JSON, nullable=False),
    Column("decided_at", Float, nullable=False),
    UniqueConstraint("task_id", "revision"),
)
events = Table(
    "events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("user_id", ForeignKey(users.c.user_id), nullable=True),
    Column("claim_id", ForeignKey(claims.c.claim_id), nullable=True, index=True),
    Column("kind", String(16), nullable=False),
    # What the browser calls this operation; a second arrival of the same one changes nothing.
    Column("save_id", String(64), nullable=True),
    Column("content", JSON, nullable=False),
    UniqueConstraint("user_id", "save_id"),
)

APPEND_ONLY = (answers, decisions, events)


def create_tables(connection: Connection) -> None:
    """Make every table in an empty database, with the triggers of those that are append-only."""
    metadata.create_all(connection, checkfirst=False)
    for table in APPEND_ONLY:
        guard(connection, table.name)


def guard(connection: Connection, table: str) -> None:
    """Let the database itself refuse changes to a table that is append-only."""
    refusal = (
        "CREATE TRIGGER {0}_no_{1} BEFORE {1} ON {0} BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END"
    )
    statements = [refusal.format(table, action) for action in ("update", "delete")]
    if connection.dialect.name == "postgresql":
        statements = [
            "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
        ]
    for statement in statements:
        connection.execute(text(statement))


def change_row(connection: Connection, table: Table, key: int, **values: Any) -> None:
    """Give the row with this key other values."""
    (column,) = table.primary_key.columns
    connection.execute(update(table).where(column == key).values(**values))
