"""Accounts of staff, their sessions, tries to sign in, and the chained account of every act."""

from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE staff (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text NOT NULL UNIQUE,
            name text NOT NULL,
            password text NOT NULL,
            password_is_new boolean NOT NULL DEFAULT true,
            totp text,
            totp_step bigint NOT NULL DEFAULT 0,
            roles text[] NOT NULL,
            scope text[] NOT NULL DEFAULT '{}',
            consultant_id bigint REFERENCES consultant,
            active boolean NOT NULL DEFAULT true,
            created_at timestamptz NOT NULL
        );
        COMMENT ON COLUMN staff.password IS 'by Argon2id';
        COMMENT ON COLUMN staff.password_is_new IS 'given by somebody else: to be changed at the first sign-in';
        COMMENT ON COLUMN staff.totp_step IS 'the last half minute whose code was used: none is good twice';
        COMMENT ON COLUMN staff.scope IS 'keys of provinces and codes of communes; empty: everywhere';

        CREATE TABLE staff_session (
            hash text PRIMARY KEY,
            staff_id bigint NOT NULL REFERENCES staff,
            whole boolean NOT NULL,
            made_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL
        );
        CREATE INDEX staff_session_staff_idx ON staff_session (staff_id);
        COMMENT ON COLUMN staff_session.whole IS 'both the password and the code were given';

        CREATE TABLE sign_in_failure (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            who text NOT NULL,
            at timestamptz NOT NULL
        );
        CREATE INDEX sign_in_failure_idx ON sign_in_failure (who, at);
        COMMENT ON COLUMN sign_in_failure.who IS 'account:<key> or address:<address>';

        CREATE TABLE audit (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL,
            by text NOT NULL,
            act text NOT NULL,
            about text NOT NULL DEFAULT '',
            note text NOT NULL DEFAULT '',
            chain text NOT NULL
        );
        CREATE INDEX audit_about_idx ON audit (about, id);
        CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$;
        CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
            FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
        COMMENT ON COLUMN audit.chain IS 'SHA-256 of the line before and this one: a line that is changed or left out shows';
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose accounts and the account of acts")
