"""Where the account of acts ends, so that lines cut off at its end show; and no emptying of it."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE audit_end (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            line bigint NOT NULL,
            chain text NOT NULL
        );
        COMMENT ON TABLE audit_end IS 'the last line of audit; one row, written by the trigger below alone';
        INSERT INTO audit_end (line, chain)
            SELECT coalesce(max(id), 0), coalesce((SELECT chain FROM audit ORDER BY id DESC LIMIT 1), repeat('0', 64)) FROM audit;

        CREATE FUNCTION audit_goes_on() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN UPDATE audit_end SET line = NEW.id, chain = NEW.chain; RETURN NULL; END $$;
        CREATE TRIGGER audit_goes_on AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_goes_on();
        CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_is_append_only();

        CREATE FUNCTION audit_end_goes_on() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN
                IF TG_OP <> 'UPDATE' OR NEW.line <= OLD.line OR pg_trigger_depth() < 2 THEN
                    RAISE EXCEPTION 'audit_end is written with audit alone';
                END IF;
                RETURN NEW;
            END $$;
        CREATE TRIGGER audit_end_goes_on BEFORE INSERT OR UPDATE OR DELETE ON audit_end
            FOR EACH ROW EXECUTE FUNCTION audit_end_goes_on();
        CREATE TRIGGER audit_end_no_truncate BEFORE TRUNCATE ON audit_end EXECUTE FUNCTION audit_is_append_only();
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose where the account of acts ends")
