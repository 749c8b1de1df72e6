"""Counts for reports, by day and month; indexes by which what happened in a period, and the people of a commune, are found."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE report_count (
            grain text NOT NULL CHECK (grain IN ('day', 'month')),
            what text NOT NULL,
            day date NOT NULL,
            before date NOT NULL,
            province text NOT NULL,
            people int NOT NULL,
            times int NOT NULL,
            PRIMARY KEY (grain, day, what, province, before) INCLUDE (people, times)
        );
        COMMENT ON TABLE report_count IS 'how many people did what on a day or in a month; made anew by the clock from the other tables';
        COMMENT ON COLUMN report_count.day IS 'of a month: its first';
        COMMENT ON COLUMN report_count.before IS
            'when these people had done it last before: the day, of long ago its month, -infinity: never';
        COMMENT ON COLUMN report_count.province IS 'where they live today; empty: nobody knows';
        COMMENT ON COLUMN report_count.people IS 'of a month: only who had not done it in that month before';

        CREATE TABLE report_counted (
            whole_at timestamptz NOT NULL,
            at timestamptz NOT NULL
        );
        COMMENT ON TABLE report_counted IS 'when all days were counted last, and when the present one was; one row, or none yet';

        CREATE INDEX inbox_received_idx ON inbox (received_at) INCLUDE (contact_id);
        CREATE INDEX outbox_reply_idx ON outbox (created_at) WHERE class = 'reply';
        CREATE INDEX contact_created_idx ON contact (created_at);
        CREATE INDEX appointment_created_idx ON appointment (created_at);
        CREATE INDEX hand_over_asked_idx ON hand_over (asked_at);
        CREATE INDEX person_commune_idx ON person (commune);
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
