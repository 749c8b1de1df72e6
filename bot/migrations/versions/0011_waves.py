"""Waves with targets, what was done for them, who was counted, what was handed in, the reports as they were made."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE wave (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text NOT NULL UNIQUE,
            version int NOT NULL DEFAULT 1,
            starts_on date NOT NULL,
            ends_on date NOT NULL CHECK (ends_on >= starts_on),
            plan jsonb NOT NULL
        );
        COMMENT ON COLUMN wave.plan IS 'document, units, organisations, targets and due days, as the file says';

        CREATE TABLE wave_version (
            wave_id bigint NOT NULL REFERENCES wave,
            version int NOT NULL,
            at timestamptz NOT NULL,
            by text NOT NULL,
            plan jsonb NOT NULL,
            PRIMARY KEY (wave_id, version)
        );
        COMMENT ON TABLE wave_version IS 'every plan a wave has had, the present one included';

        CREATE TABLE wave_entry (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            wave_id bigint NOT NULL REFERENCES wave,
            unit text NOT NULL,
            organisation text NOT NULL,
            measure text NOT NULL,
            count int NOT NULL CHECK (count <> 0),
            day date NOT NULL,
            agent text NOT NULL,
            note text NOT NULL DEFAULT '',
            row_key text,
            counters bigint UNIQUE REFERENCES wave_entry,
            at timestamptz NOT NULL,
            CHECK ((counters IS NULL) = (count > 0)),
            UNIQUE (wave_id, row_key)
        );
        CREATE INDEX wave_entry_day_idx ON wave_entry (wave_id, agent, day);
        COMMENT ON COLUMN wave_entry.agent IS 'the key of whoever entered it';
        COMMENT ON COLUMN wave_entry.row_key IS 'of a row of a file, so that reading the file again adds nothing';
        COMMENT ON COLUMN wave_entry.counters IS 'the entry that this one takes back';

        CREATE TABLE wave_person (
            entry_id bigint PRIMARY KEY REFERENCES wave_entry,
            wave_id bigint NOT NULL REFERENCES wave,
            measure text NOT NULL,
            phone_key text,
            id_key text,
            CHECK (phone_key IS NOT NULL OR id_key IS NOT NULL)
        );
        CREATE UNIQUE INDEX wave_person_id_idx ON wave_person (wave_id, measure, id_key);
        CREATE UNIQUE INDEX wave_person_phone_idx ON wave_person (wave_id, measure, phone_key) WHERE id_key IS NULL;
        CREATE INDEX wave_person_of_phone_idx ON wave_person (phone_key);
        COMMENT ON TABLE wave_person IS 'who counts now: keyed digests of numbers, from which the numbers cannot be read';

        CREATE TABLE wave_handed_in (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            wave_id bigint NOT NULL REFERENCES wave,
            what text NOT NULL CHECK (what IN ('report', 'list')),
            unit text NOT NULL,
            by text NOT NULL,
            at timestamptz NOT NULL,
            UNIQUE (wave_id, what, unit)
        );

        CREATE TABLE wave_report (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            by text NOT NULL,
            at timestamptz NOT NULL,
            figures jsonb NOT NULL
        );
        COMMENT ON TABLE wave_report IS 'the figures of each report as they were counted, to print it again to the letter';

        CREATE FUNCTION wave_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
        CREATE TRIGGER wave_version_append_only BEFORE UPDATE OR DELETE ON wave_version
            FOR EACH ROW EXECUTE FUNCTION wave_is_append_only();
        CREATE TRIGGER wave_entry_append_only BEFORE UPDATE OR DELETE ON wave_entry
            FOR EACH ROW EXECUTE FUNCTION wave_is_append_only();
        CREATE TRIGGER wave_report_append_only BEFORE UPDATE OR DELETE ON wave_report
            FOR EACH ROW EXECUTE FUNCTION wave_is_append_only();
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose what was reported")
