"""Sending through channels: accounts with their pace and lease, the ledger's columns for it, and what came by link."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE channel_account (
            channel text PRIMARY KEY,
            stopped text,
            sender text,
            leased_until timestamptz,
            rate double precision NOT NULL,
            slowed_at timestamptz,
            paced_until timestamptz NOT NULL DEFAULT now(),
            bulk_paced_until timestamptz NOT NULL DEFAULT now(),
            blocked_until timestamptz NOT NULL DEFAULT now(),
            tokens jsonb
        );

        ALTER TABLE contact
            ADD COLUMN paced_until timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN unreachable text,
            ADD COLUMN spoke_at timestamptz;

        ALTER TABLE outbox
            ADD COLUMN channel text NOT NULL DEFAULT 'web',
            ADD COLUMN due_at timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN expires_at timestamptz,
            ADD COLUMN sender text,
            ADD COLUMN provider_id text,
            ADD COLUMN receipt text;
        CREATE INDEX outbox_planned_idx ON outbox (channel, class, id) WHERE state = 'planned';
        CREATE INDEX outbox_of_contact_idx ON outbox (contact_id, class, id) WHERE state IN ('planned', 'sending');
        CREATE INDEX outbox_sending_idx ON outbox (channel, sender) WHERE state = 'sending';
        CREATE INDEX outbox_provider_idx ON outbox (channel, provider_id) WHERE provider_id IS NOT NULL;
        CREATE INDEX outbox_unknown_idx ON outbox (channel, id) WHERE state = 'unknown';

        CREATE TABLE arrival (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            contact_id bigint NOT NULL REFERENCES contact,
            link text NOT NULL,
            at timestamptz NOT NULL DEFAULT now()
        );

        CREATE TABLE button_key (
            key text PRIMARY KEY,
            target text NOT NULL
        );
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose messages")
