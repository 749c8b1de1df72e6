"""Claims: a person's open messages are found by the person alone, however old the statistics; one pace for an account."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        DROP INDEX outbox_due_idx;
        DROP INDEX outbox_of_contact_idx;
        CREATE INDEX outbox_open_idx ON outbox (contact_id) WHERE state IN ('planned', 'sending');
        ALTER TABLE channel_account DROP COLUMN bulk_paced_until;
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose messages")
