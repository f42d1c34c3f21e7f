"""The tables. ``answers``, ``decisions`` and ``events`` are append-only: triggers refuse every change and deletion.

Times are seconds since 1970, UTC. Rows of question, passage and document are kept as JSON in the form of
``records.to_row``, frozen when a task is made.
"""

import sqlalchemy as sa

ROLES = ("expert", "adjudicator", "administrator", "viewer")
FRESH, LACKING, FULL = 0, 1, 2
"""States of a task: no expert has it, some but not all wanted, as many as wanted."""
HELD, SUBMITTED, SKIPPED, LAPSED = "held", "submitted", "skipped", "lapsed"
"""States of a claim: being worked on, answered, passed over with a reason, lease run out."""
SUSPICIOUS, CONFLICTS = "suspicious", "conflicts"
"""Why an adjudicator is asked to look at a question, besides experts who differ."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(map(repr, values))})", name=column)


users = sa.Table(
    "users",
    metadata,
    sa.Column("user_id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("display", sa.String(120), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    _one_of("role", ROLES),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.ForeignKey(users.c.user_id), nullable=False, index=True),
    sa.Column("expires_at", sa.Float, nullable=False, index=True),
)
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("attempt_id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
)
label_sets = sa.Table(
    "label_sets",
    metadata,
    sa.Column("version", sa.String(64), primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
)
passages = sa.Table(
    "passages",
    metadata,
    sa.Column("passage_key", sa.String(16), primary_key=True),
    sa.Column("passage_id", sa.String(200), nullable=False, index=True),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
)
tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("task_id", sa.Integer, primary_key=True),
    sa.Column("question_id", sa.String(200), nullable=False),
    sa.Column("label_set", sa.ForeignKey(label_sets.c.version), nullable=False),
    sa.Column("dataset", sa.String(64), nullable=False),
    sa.Column("batch", sa.String(80), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("taken", sa.Integer, nullable=False),
    sa.Column("submitted", sa.Integer, nullable=False),
    sa.Column("state", sa.Integer, nullable=False),
    sa.Column("in_slice", sa.Boolean, nullable=False),
    sa.Column("priority", sa.Float, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.UniqueConstraint("question_id", "label_set"),
    sa.CheckConstraint("taken BETWEEN 0 AND wanted", name="taken"),
    sa.Index("ix_tasks_next", "state", "in_slice", "priority"),
    sa.Index("ix_tasks_next_in_batch", "batch", "state", "in_slice", "priority"),
)
claims = sa.Table(
    "claims",
    metadata,
    sa.Column("claim_id", sa.Integer, primary_key=True),
    sa.Column("task_id", sa.ForeignKey(tasks.c.task_id), nullable=False),
    sa.Column("user_id", sa.ForeignKey(users.c.user_id), nullable=False),
    # A place among the wanted experts; empty once skipped or lapsed. Unique, so a third expert cannot exist.
    sa.Column("slot", sa.Integer, nullable=True),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("leased_until", sa.Float, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("hints", sa.Boolean, nullable=False),
    sa.Column("drawn", sa.String(12), nullable=False),
    sa.Column("draft", sa.JSON, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("claimed_at", sa.Float, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("submitted_at", sa.Float, nullable=True),
    sa.UniqueConstraint("task_id", "user_id"),
    sa.UniqueConstraint("task_id", "slot"),
    sa.CheckConstraint("slot >= 1", name="slot"),
    _one_of("status", (HELD, SUBMITTED, SKIPPED, LAPSED)),
    sa.Index("ix_claims_of_user", "user_id", "status", "changed_at"),
    sa.Index("ix_claims_lease", "status", "leased_until"),
)
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("answer_id", sa.Integer, primary_key=True),
    sa.Column("claim_id", sa.ForeignKey(claims.c.claim_id), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("seconds", sa.Float, nullable=True),
    sa.Column("submitted_at", sa.Float, nullable=False),
    # Digest of the guideline shown at the time; see `content.GUIDELINE`.
    sa.Column("guideline", sa.String(12), nullable=True),
    sa.UniqueConstraint("claim_id", "revision"),
)
flags = sa.Table(
    "flags",
    metadata,
    sa.Column("flag_id", sa.Integer, primary_key=True),
    sa.Column("task_id", sa.ForeignKey(tasks.c.task_id), nullable=False),
    sa.Column("queue", sa.String(12), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.UniqueConstraint("task_id", "queue"),
    _one_of("queue", (SUSPICIOUS, CONFLICTS)),
)
# An adjudicator's decision: the whole answer as it shall stand, with a reason. The newest revision counts.
decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("decision_id", sa.Integer, primary_key=True),
    sa.Column("task_id", sa.ForeignKey(tasks.c.task_id), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("user_id", sa.ForeignKey(users.c.user_id), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    # What lay before the adjudicator: claim -> revision of the answer.
    sa.Column("seen", sa.JSON, nullable=False),
    sa.Column("decided_at", sa.Float, nullable=False),
    sa.UniqueConstraint("task_id", "revision"),
)
events = sa.Table(
    "events",
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("user_id", sa.ForeignKey(users.c.user_id), nullable=True),
    sa.Column("claim_id", sa.ForeignKey(claims.c.claim_id), nullable=True, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    # What the browser calls this operation; a second arrival of the same one changes nothing.
    sa.Column("save_id", sa.String(64), nullable=True),
    sa.Column("content", sa.JSON, nullable=False),
    sa.UniqueConstraint("user_id", "save_id"),
)

APPEND_ONLY = (answers, decisions, events)


def create_tables(connection: sa.Connection) -> None:
    """Make every table in an empty database, with the triggers of those that are append-only."""
    metadata.create_all(connection, checkfirst=False)
    for table in APPEND_ONLY:
        guard(connection, table.name)


def guard(connection: sa.Connection, table: str) -> None:
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
        connection.execute(sa.text(statement))
