"""Every version of a campaign that was submitted: what an approver compares a new one with."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE campaign_version (
            campaign_id bigint NOT NULL REFERENCES campaign,
            version int NOT NULL,
            at timestamptz NOT NULL,
            digest text NOT NULL,
            plan jsonb NOT NULL,
            texts jsonb NOT NULL,
            PRIMARY KEY (campaign_id, version)
        );
        COMMENT ON TABLE campaign_version IS 'plan and texts of each submission, as the digest binds them; nothing of a person';
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
