"""Reports as they were handed in; of a question nobody answered, its topic and how it is said as an example."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE wave_handed_file (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            handed_in_id bigint NOT NULL REFERENCES wave_handed_in,
            at timestamptz NOT NULL,
            by text NOT NULL,
            report_id bigint REFERENCES wave_report,
            form text NOT NULL CHECK (form IN ('pdf', 'xlsx', 'docx')),
            data bytea NOT NULL
        );
        CREATE INDEX wave_handed_file_of_idx ON wave_handed_file (handed_in_id);
        COMMENT ON TABLE wave_handed_file IS 'a report to the letter as it was handed in; the newest stands, the others are kept';
        COMMENT ON COLUMN wave_handed_file.report_id IS 'the report made here that it is; null: it came from outside';
        ALTER TABLE wave_handed_file ALTER COLUMN data SET STORAGE EXTERNAL;
        CREATE TRIGGER wave_handed_file_append_only BEFORE UPDATE OR DELETE ON wave_handed_file
            FOR EACH ROW EXECUTE FUNCTION wave_is_append_only();

        ALTER TABLE work_item ADD COLUMN topic text, ADD COLUMN line text;
        COMMENT ON COLUMN work_item.topic IS 'the topic that an editor chose for a question';
        COMMENT ON COLUMN work_item.line IS 'how the question is said as an example of that topic, without whoever asked';
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose what was handed in")
