"""People: what they told themselves, lists they stand on, what they were asked, invitations by link."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE person
            ADD COLUMN told text[] NOT NULL DEFAULT '{}',
            ADD COLUMN merged_into bigint REFERENCES person;
        COMMENT ON COLUMN person.told IS 'columns that the person told themselves: no list writes over them';
        COMMENT ON COLUMN person.merged_into IS 'whom they turned out to be; then nothing else stands here';

        CREATE TABLE people_list (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            digest text NOT NULL,
            purpose text NOT NULL,
            proof text NOT NULL,
            rows_done int NOT NULL DEFAULT 0,
            counts jsonb NOT NULL DEFAULT '{}',
            made_at timestamptz NOT NULL,
            finished_at timestamptz,
            UNIQUE (digest, purpose, proof)
        );
        COMMENT ON TABLE people_list IS 'a file of people that staff brought in; digest is of its bytes';
        COMMENT ON COLUMN people_list.proof IS 'where it is kept that the people of the list consented; empty: each row says';

        CREATE TABLE people_list_row (
            list_id bigint NOT NULL REFERENCES people_list,
            person_id bigint NOT NULL REFERENCES person,
            row int NOT NULL,
            PRIMARY KEY (list_id, person_id)
        );
        CREATE INDEX people_list_row_person_idx ON people_list_row (person_id);

        CREATE TABLE people_question (
            contact_id bigint NOT NULL REFERENCES contact,
            what text NOT NULL,
            asked_at timestamptz NOT NULL,
            closed_at timestamptz,
            PRIMARY KEY (contact_id, what)
        );
        COMMENT ON TABLE people_question IS 'what a person was asked about themselves, each once; closed: answered or refused';

        CREATE TABLE invitation (
            code text PRIMARY KEY,
            event text NOT NULL,
            agent text NOT NULL DEFAULT '',
            wave text NOT NULL DEFAULT '',
            made_at timestamptz NOT NULL,
            UNIQUE (event, agent, wave)
        );
        COMMENT ON TABLE invitation IS 'a link and its QR code, printed for an event and an agent';
        CREATE INDEX arrival_contact_idx ON arrival (contact_id, id);
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose on whose word people are written to")
