"""People and campaigns are never deleted, which the database says once instead of asking for every message of the ledger."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION is_never_deleted() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '% is never deleted: the ledger goes on naming it', TG_TABLE_NAME; END $$;
        CREATE TRIGGER person_is_never_deleted BEFORE DELETE ON person
            FOR EACH ROW EXECUTE FUNCTION is_never_deleted();
        CREATE TRIGGER campaign_is_never_deleted BEFORE DELETE ON campaign
            FOR EACH ROW EXECUTE FUNCTION is_never_deleted();
        ALTER TABLE outbox DROP CONSTRAINT outbox_campaign_id_fkey, DROP CONSTRAINT outbox_person_id_fkey;
        COMMENT ON COLUMN outbox.person_id IS
            'of person, without a foreign key: that would lock each person of a campaign for as long as it is frozen';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE outbox ADD FOREIGN KEY (campaign_id) REFERENCES campaign, ADD FOREIGN KEY (person_id) REFERENCES person;
        DROP TRIGGER campaign_is_never_deleted ON campaign;
        DROP TRIGGER person_is_never_deleted ON person;
        DROP FUNCTION is_never_deleted;
        """
    )
