"""The order in which a provider says that a person did things, for web hooks that overtake each other."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE inbox ADD COLUMN sequence bigint;
        DROP INDEX inbox_waiting_idx;
        CREATE INDEX inbox_waiting_idx ON inbox (contact_id, sequence NULLS FIRST, id) WHERE answered_at IS NULL;
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose the order of what waits")
