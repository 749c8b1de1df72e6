"""Which appointments staff made: they do not count in how many a person may make by themselves."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE appointment ADD COLUMN by_staff boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN appointment.by_staff IS 'made at the counter or on the telephone, wherever it was moved since';
        WITH RECURSIVE made AS (
            SELECT id, moved_to FROM appointment WHERE confirm_key LIKE 'counter:%'
            UNION SELECT n.id, n.moved_to FROM appointment n JOIN made ON n.id = made.moved_to
        ) UPDATE appointment SET by_staff = true WHERE id IN (SELECT id FROM made);
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE appointment DROP COLUMN by_staff")
