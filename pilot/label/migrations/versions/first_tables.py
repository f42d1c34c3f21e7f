"""Where databases begin: the first tables. New databases get today's tables at once (`pilot.label.store`)."""

revision = "first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing: a database at this revision has its tables already."""
