"""What pages of the console are found and counted by: the words of what people wrote, how campaigns stand, their kept numbers."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION plain_words(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
            regexp_replace(lower(translate(
                regexp_replace(normalize(said, NFD), '[\\u0300-\\u036f]', '', 'g'), 'đĐ', 'dd')), '[^a-z0-9]+', ' ', 'g');
        COMMENT ON FUNCTION plain_words IS 'the words of a text in small letters without marks, one space between';
        ALTER TABLE inbox ADD COLUMN words tsvector GENERATED ALWAYS AS (
            CASE WHEN kind = 'text' THEN to_tsvector('pg_catalog.simple', plain_words(payload)) END) STORED;
        CREATE INDEX inbox_words_idx ON inbox USING gin (words);
        COMMENT ON COLUMN inbox.words IS 'by which staff find who wrote them; gone when the text is erased';
        CREATE INDEX appointment_phone_idx ON appointment (phone) WHERE phone <> '';

        CREATE INDEX outbox_campaign_state_idx ON outbox (campaign_id, state, channel) INCLUDE (reason, finished_at)
            WHERE campaign_id IS NOT NULL;
        CREATE INDEX outbox_sent_idx ON outbox (finished_at, channel) WHERE state = 'sent';

        CREATE TABLE campaign_numbers (
            campaign_id bigint PRIMARY KEY REFERENCES campaign,
            at timestamptz NOT NULL,
            numbers jsonb NOT NULL
        );
        COMMENT ON TABLE campaign_numbers IS 'what became of a large campaign, as counted last: nobody can wait for it';
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
