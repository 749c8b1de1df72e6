"""Where each act belongs: the places of whoever did it and of what it was done with, for administrators of a place."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE audit ADD COLUMN by_places text[], ADD COLUMN about_places text[],
            ADD CONSTRAINT audit_places_together CHECK ((by_places IS NULL) = (about_places IS NULL));
        CREATE INDEX audit_places_idx ON audit USING gin ((by_places || about_places));
        CREATE INDEX audit_before_places_idx ON audit (by, id) WHERE by_places IS NULL;
        COMMENT ON COLUMN audit.by_places IS
            'where whoever did it worked then; empty: everywhere, or no member of staff; null: written before this was kept';
        COMMENT ON COLUMN audit.about_places IS 'where what it was done with lay then; empty: nowhere in particular';
        COMMENT ON COLUMN audit.chain IS
            'SHA-256 of the line before and this one, its places too where they are kept: a line that is changed or left out shows';
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the fingerprints of new lines hold their places")
