"""Wishes for a person: for which province, who took them and when, to whom they were shown, every change kept."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE hand_over
            ADD COLUMN province text,
            ADD COLUMN old_province text,
            ADD COLUMN waits_since timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN taken_by bigint REFERENCES consultant,
            ADD COLUMN taken_at timestamptz,
            ADD COLUMN answered_at timestamptz,
            ADD COLUMN said_at timestamptz,
            ADD COLUMN passed_by bigint REFERENCES consultant,
            ADD COLUMN told_at timestamptz,
            ADD CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
            ADD CHECK ((taken_by IS NULL) = (said_at IS NULL)),
            ADD CHECK (answered_at IS NULL OR taken_by IS NOT NULL);
        COMMENT ON COLUMN hand_over.waits_since IS 'when it was asked, or given back to the queue';
        COMMENT ON COLUMN hand_over.answered_at IS 'when whoever has it now first wrote to the person';
        COMMENT ON COLUMN hand_over.said_at IS 'the last word of either side since it was taken';
        COMMENT ON COLUMN hand_over.passed_by IS 'who had it last and gave it back to the queue';
        COMMENT ON COLUMN hand_over.told_at IS 'when the person was told that it takes long, once';

        UPDATE hand_over SET closed_at = now() WHERE closed_at IS NULL
            AND EXISTS (SELECT FROM hand_over newer WHERE newer.contact_id = hand_over.contact_id
                        AND newer.closed_at IS NULL AND newer.id > hand_over.id);
        UPDATE hand_over SET told_at = now(), waits_since = asked_at WHERE closed_at IS NULL;

        CREATE UNIQUE INDEX hand_over_contact_idx ON hand_over (contact_id) WHERE closed_at IS NULL;
        CREATE UNIQUE INDEX hand_over_taken_idx ON hand_over (taken_by) WHERE closed_at IS NULL;
        CREATE INDEX hand_over_waiting_idx ON hand_over (id) WHERE closed_at IS NULL AND taken_by IS NULL;

        CREATE TABLE hand_over_notice (
            hand_over_id bigint NOT NULL REFERENCES hand_over,
            consultant_id bigint NOT NULL REFERENCES consultant,
            at timestamptz NOT NULL,
            open boolean NOT NULL DEFAULT true,
            PRIMARY KEY (hand_over_id, consultant_id)
        );
        CREATE INDEX hand_over_notice_open_idx ON hand_over_notice (consultant_id) WHERE open;
        COMMENT ON TABLE hand_over_notice IS 'to whom a wish was shown; open is false when it is to be shown anew';

        CREATE TABLE hand_over_change (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            hand_over_id bigint NOT NULL REFERENCES hand_over,
            at timestamptz NOT NULL,
            by text NOT NULL,
            what text NOT NULL
        );
        CREATE INDEX hand_over_change_idx ON hand_over_change (hand_over_id, id);
        COMMENT ON COLUMN hand_over_change.by IS 'citizen, consultant:<id>, clock';
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose who spoke to whom")
