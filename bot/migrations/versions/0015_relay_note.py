"""What a consultant says to whoever answers next, when a person is passed on to another place."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE hand_over ADD COLUMN note text;
        COMMENT ON COLUMN hand_over.note IS 'what whoever passed the person on says to whoever answers next';
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose what was said on passing on")
