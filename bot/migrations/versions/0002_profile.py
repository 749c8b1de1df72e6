"""What people told about themselves and allowed us to keep."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE profile (
            contact_id bigint NOT NULL REFERENCES contact,
            name text NOT NULL,
            value text NOT NULL,
            told_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (contact_id, name)
        );
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose what people told")
