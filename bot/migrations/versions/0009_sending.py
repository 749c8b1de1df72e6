"""Sending campaigns: stops that hold for every channel, people whom none reaches, indexes to claim and watch campaigns by."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE contact ADD COLUMN stopped_elsewhere boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN contact.stopped_elsewhere IS
            'the same person has said stop on another contact since they last allowed messages on this one; kept by triggers';
        CREATE FUNCTION weigh_stops(whose bigint) RETURNS void LANGUAGE sql AS $$
            WITH word AS (
                SELECT c.id, c.outreach, coalesce((SELECT max(k.id) FROM consent k
                    WHERE k.contact_id = c.id AND k.purpose = 'outreach'), 0) AS last
                FROM contact c WHERE c.person_id = whose
            ), stop AS (
                SELECT max(last) AS last FROM word WHERE NOT outreach
            )
            UPDATE contact SET stopped_elsewhere = NOT stopped_elsewhere FROM word, stop
            WHERE contact.id = word.id
              AND contact.stopped_elsewhere <> (coalesce(word.outreach, true) AND coalesce(stop.last > word.last, false))
        $$;
        CREATE OR REPLACE FUNCTION consent_is_the_last_word() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE contact SET outreach = NEW.given WHERE id = NEW.contact_id;
                PERFORM weigh_stops(person_id) FROM contact WHERE id = NEW.contact_id;
                RETURN NULL;
            END $$;
        CREATE FUNCTION contact_of_another_person() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM weigh_stops(NEW.person_id); PERFORM weigh_stops(OLD.person_id); RETURN NULL; END $$;
        CREATE TRIGGER contact_of_another_person AFTER UPDATE OF person_id ON contact
            FOR EACH ROW WHEN (NEW.person_id <> OLD.person_id) EXECUTE FUNCTION contact_of_another_person();
        SELECT weigh_stops(person_id) FROM contact GROUP BY person_id HAVING count(*) > 1;

        ALTER TABLE outbox
            ALTER COLUMN contact_id DROP NOT NULL,
            ADD CONSTRAINT outbox_contact_check CHECK (contact_id IS NOT NULL OR state = 'excluded');
        COMMENT ON COLUMN outbox.contact_id IS 'null: a campaign means a person whom none of its channels reaches';

        DROP INDEX outbox_planned_idx;
        CREATE INDEX outbox_planned_idx ON outbox (channel, class, id) WHERE state = 'planned' AND campaign_id IS NULL;
        DROP INDEX outbox_campaign_planned_idx;
        CREATE INDEX outbox_campaign_planned_idx ON outbox (campaign_id, channel, due_at, id)
            WHERE state = 'planned' AND campaign_id IS NOT NULL;
        CREATE INDEX outbox_campaign_started_idx ON outbox (campaign_id, started_at) WHERE started_at IS NOT NULL;
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose whom campaigns meant")
