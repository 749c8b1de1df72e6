"""Contacts, inbox, ledger, consent, open questions, hand-overs; Procrastinate's own tables; a schema for Rasa."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE contact (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            channel text NOT NULL,
            address text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT contact_channel_address_key UNIQUE (channel, address)
        );

        CREATE TABLE inbox (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            contact_id bigint NOT NULL REFERENCES contact,
            event_id text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('text', 'button')),
            payload text NOT NULL,
            received_at timestamptz NOT NULL DEFAULT now(),
            attempts int NOT NULL DEFAULT 0,
            answered_at timestamptz,
            CONSTRAINT inbox_contact_id_event_id_key UNIQUE (contact_id, event_id)
        );
        CREATE INDEX inbox_waiting_idx ON inbox (contact_id, id) WHERE answered_at IS NULL;

        CREATE TABLE outbox (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text NOT NULL UNIQUE,
            contact_id bigint NOT NULL REFERENCES contact,
            class text NOT NULL CHECK (class IN ('reply', 'reminder', 'campaign')),
            body jsonb NOT NULL,
            state text NOT NULL DEFAULT 'planned'
                CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'unknown', 'excluded', 'expired')),
            reason text,
            attempts int NOT NULL DEFAULT 0,
            leased_until timestamptz,
            created_at timestamptz NOT NULL DEFAULT now(),
            finished_at timestamptz
        );
        CREATE INDEX outbox_contact_idx ON outbox (contact_id, id);
        CREATE INDEX outbox_due_idx ON outbox (class, id) WHERE state IN ('planned', 'sending');

        CREATE TABLE consent (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            contact_id bigint NOT NULL REFERENCES contact,
            purpose text NOT NULL,
            given boolean NOT NULL,
            text_version text NOT NULL,
            proof text NOT NULL,
            at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX consent_contact_idx ON consent (contact_id, purpose, id);
        CREATE FUNCTION consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'consent is append-only'; END $$;
        CREATE TRIGGER consent_append_only BEFORE UPDATE ON consent
            FOR EACH ROW EXECUTE FUNCTION consent_is_append_only();

        CREATE TABLE open_question (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            inbox_id bigint NOT NULL UNIQUE REFERENCES inbox,
            reason text NOT NULL,
            at timestamptz NOT NULL DEFAULT now()
        );

        CREATE TABLE hand_over (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            inbox_id bigint NOT NULL UNIQUE REFERENCES inbox,
            contact_id bigint NOT NULL REFERENCES contact,
            asked_at timestamptz NOT NULL DEFAULT now(),
            closed_at timestamptz
        );

        CREATE SCHEMA rasa;
        """
    )
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose messages")
