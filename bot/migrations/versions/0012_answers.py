"""What comes back: answers to campaigns, series that end, surveys, rumours, and what editors have to look at."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE campaign_answer (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text NOT NULL UNIQUE,
            outbox_id bigint NOT NULL REFERENCES outbox,
            campaign_id bigint NOT NULL REFERENCES campaign,
            person_id bigint REFERENCES person,
            contact_id bigint REFERENCES contact,
            kind text NOT NULL CHECK (kind IN
                ('pressed', 'replied', 'booked', 'calculated', 'stopped', 'resumed', 'paid')),
            what text NOT NULL DEFAULT '',
            at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX campaign_answer_campaign_idx ON campaign_answer (campaign_id, kind);
        CREATE INDEX campaign_answer_person_idx ON campaign_answer (person_id);
        CREATE INDEX campaign_answer_contact_idx ON campaign_answer (contact_id);
        COMMENT ON TABLE campaign_answer IS 'what somebody did on a campaign''s message; several a person: count people, not rows';
        COMMENT ON COLUMN campaign_answer.key IS 'of what it was: the same event, however often it comes, has one row';
        COMMENT ON COLUMN campaign_answer.what IS 'the target of the button, what was booked or calculated, for paid the day it was due';

        CREATE TABLE series_paid (
            campaign_id bigint NOT NULL REFERENCES campaign,
            person_id bigint NOT NULL REFERENCES person,
            due text NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (campaign_id, person_id, due)
        );
        CREATE INDEX series_paid_person_idx ON series_paid (person_id);
        COMMENT ON TABLE series_paid IS 'who says that they have paid: the steps still to come for that due day pass them over';
        COMMENT ON COLUMN series_paid.due IS 'the part before the colon of campaign_step.step: 2026-12-31 of 2026-12-31:-7';

        CREATE TABLE survey_run (
            contact_id bigint PRIMARY KEY REFERENCES contact,
            run jsonb NOT NULL,
            touched_at timestamptz NOT NULL
        );
        COMMENT ON TABLE survey_run IS 'a survey or quiz that somebody is answering now';

        CREATE TABLE survey_submission (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            survey text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('survey', 'quiz')),
            version text NOT NULL,
            person_id bigint NOT NULL REFERENCES person,
            province text,
            commune text,
            situation text,
            answers jsonb NOT NULL,
            score int,
            questions int NOT NULL,
            at timestamptz NOT NULL,
            UNIQUE (survey, person_id)
        );
        CREATE INDEX survey_submission_person_idx ON survey_submission (person_id);
        COMMENT ON COLUMN survey_submission.version IS 'of the text as it was shown, numbers of the law included';
        COMMENT ON COLUMN survey_submission.province IS 'the place and the situation are those known when it was answered';

        CREATE TABLE rumour (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            theme text,
            province text,
            commune text,
            snippet text NOT NULL DEFAULT '',
            at timestamptz NOT NULL DEFAULT now(),
            inbox_id bigint UNIQUE REFERENCES inbox
        );
        CREATE INDEX rumour_theme_idx ON rumour (theme, at);
        COMMENT ON TABLE rumour IS 'what people say they heard; the theme is one of content/rumours.yaml, null: none fits yet';
        COMMENT ON COLUMN rumour.snippet IS 'what was said, without names and numbers';

        CREATE TABLE work_item (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL CHECK (kind IN ('question', 'rumour', 'report')),
            ref bigint NOT NULL,
            state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'done', 'dismissed')),
            by text,
            at timestamptz NOT NULL DEFAULT now(),
            note text NOT NULL DEFAULT '',
            UNIQUE (kind, ref)
        );
        CREATE INDEX work_item_open_idx ON work_item (id) WHERE state IN ('open', 'taken');
        COMMENT ON COLUMN work_item.ref IS 'of open_question, of rumour, of inbox';
        COMMENT ON COLUMN work_item.at IS 'of the last change';

        CREATE FUNCTION is_work_for_editors() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO work_item (kind, ref) VALUES (TG_ARGV[0], NEW.id) ON CONFLICT DO NOTHING; RETURN NULL; END $$;
        CREATE TRIGGER open_question_is_work AFTER INSERT ON open_question
            FOR EACH ROW EXECUTE FUNCTION is_work_for_editors('question');
        CREATE TRIGGER rumour_is_work AFTER INSERT ON rumour
            FOR EACH ROW WHEN (NEW.theme IS NULL) EXECUTE FUNCTION is_work_for_editors('rumour');
        INSERT INTO work_item (kind, ref, at) SELECT 'question', id, at FROM open_question;
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose what people answered")
