"""What the texts of a campaign rest on, so that a number that changes while it runs stops it."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE campaign ADD COLUMN grounds jsonb NOT NULL DEFAULT '{}', ADD COLUMN changed text;
        COMMENT ON COLUMN campaign.grounds IS 'the numbers its texts and pictures were made of, each as it was for a day';
        COMMENT ON COLUMN campaign.changed IS 'which of them the content says otherwise now; an approver has to look again';
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE campaign DROP COLUMN grounds, DROP COLUMN changed")
