"""Booking: offices, consultants, when they work, field days, appointments and their history, the wait list, drafts."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE office (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text NOT NULL UNIQUE,
            kind text NOT NULL CHECK (kind IN ('social_insurance', 'collection_point', 'post_office')),
            name text NOT NULL,
            address text NOT NULL,
            province text NOT NULL,
            commune text NOT NULL,
            serves text[] NOT NULL DEFAULT '{}',
            latitude double precision,
            longitude double precision,
            phone text,
            active boolean NOT NULL DEFAULT true,
            CHECK ((latitude IS NULL) = (longitude IS NULL))
        );
        CREATE INDEX office_province_idx ON office (province) WHERE active;
        COMMENT ON COLUMN office.serves IS 'codes of communes of today; empty: the whole province';

        CREATE TABLE consultant (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text NOT NULL UNIQUE,
            office_id bigint NOT NULL REFERENCES office,
            name text NOT NULL,
            topics text[] NOT NULL DEFAULT '{}',
            languages text[] NOT NULL DEFAULT '{vi}',
            kinds text[] NOT NULL DEFAULT '{office}',
            video_url text,
            contact_id bigint UNIQUE REFERENCES contact,
            feed_hash text UNIQUE,
            active boolean NOT NULL DEFAULT true
        );
        CREATE INDEX consultant_office_idx ON consultant (office_id) WHERE active;
        COMMENT ON COLUMN consultant.topics IS 'empty: all';

        CREATE TABLE consultant_code (
            hash text PRIMARY KEY,
            consultant_id bigint NOT NULL REFERENCES consultant,
            expires_at timestamptz NOT NULL
        );

        CREATE TABLE working_plan (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            consultant_id bigint NOT NULL REFERENCES consultant,
            weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
            starts time NOT NULL,
            ends time NOT NULL CHECK (ends > starts),
            from_day date NOT NULL DEFAULT '-infinity',
            to_day date NOT NULL DEFAULT 'infinity'
        );
        CREATE INDEX working_plan_consultant_idx ON working_plan (consultant_id);
        COMMENT ON TABLE working_plan IS 'one unbroken stretch of a weekday (0 is Monday); a break is the gap between two';

        CREATE TABLE plan_exception (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            consultant_id bigint NOT NULL REFERENCES consultant,
            day date NOT NULL,
            works boolean NOT NULL,
            starts time NOT NULL DEFAULT '00:00',
            ends time NOT NULL DEFAULT '24:00' CHECK (ends > starts),
            reason text
        );
        CREATE INDEX plan_exception_consultant_idx ON plan_exception (consultant_id, day);
        COMMENT ON TABLE plan_exception IS 'leave (works is false) or time added to the plan of one day';

        CREATE TABLE special_day (
            day date PRIMARY KEY,
            works boolean NOT NULL,
            like_weekday smallint CHECK (like_weekday BETWEEN 0 AND 6),
            name text NOT NULL,
            CHECK (works OR like_weekday IS NULL)
        );
        COMMENT ON TABLE special_day IS 'what the Government decided of one day: off, or a weekend worked in exchange';
        COMMENT ON COLUMN special_day.like_weekday IS 'whose plans hold as well on a weekend worked in exchange';

        CREATE TABLE field_day (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text NOT NULL UNIQUE,
            office_id bigint NOT NULL REFERENCES office,
            name text NOT NULL,
            address text NOT NULL,
            province text NOT NULL,
            commune text NOT NULL,
            latitude double precision,
            longitude double precision,
            day date NOT NULL,
            starts time NOT NULL,
            ends time NOT NULL CHECK (ends > starts),
            seats integer NOT NULL CHECK (seats > 0),
            walk_ins boolean NOT NULL DEFAULT true,
            cancelled boolean NOT NULL DEFAULT false
        );
        CREATE INDEX field_day_day_idx ON field_day (day, province);

        CREATE TABLE field_day_team (
            field_day_id bigint NOT NULL REFERENCES field_day,
            consultant_id bigint NOT NULL REFERENCES consultant,
            PRIMARY KEY (field_day_id, consultant_id)
        );

        CREATE TABLE appointment (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            code text NOT NULL UNIQUE,
            state text NOT NULL,
            contact_id bigint NOT NULL REFERENCES contact,
            consultant_id bigint NOT NULL REFERENCES consultant,
            office_id bigint NOT NULL REFERENCES office,
            field_day_id bigint REFERENCES field_day,
            kind text NOT NULL,
            topic text NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
            taken int8range NOT NULL,
            held_until timestamptz,
            name text NOT NULL DEFAULT '',
            phone text NOT NULL DEFAULT '',
            brief jsonb NOT NULL DEFAULT '{}',
            note text,
            note_kind text,
            confirm_key text UNIQUE,
            moved_to bigint REFERENCES appointment,
            evening_reminded_at timestamptz,
            hour_reminded_at timestamptz,
            told_at timestamptz,
            version integer NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL DEFAULT now(),
            CHECK ((state = 'held') <= (held_until IS NOT NULL)),
            CONSTRAINT appointment_one_at_a_time
                EXCLUDE USING gist (taken WITH &&) WHERE (state IN ('held', 'booked', 'confirmed'))
        );
        CREATE INDEX appointment_contact_idx ON appointment (contact_id, starts_at);
        CREATE INDEX appointment_day_idx ON appointment (consultant_id, starts_at);
        CREATE INDEX appointment_taken_idx ON appointment (consultant_id, starts_at)
            INCLUDE (ends_at, taken, state, held_until) WHERE state IN ('held', 'booked', 'confirmed');
        CREATE INDEX appointment_held_idx ON appointment (held_until) WHERE state = 'held';
        CREATE INDEX appointment_coming_idx ON appointment (starts_at) WHERE state IN ('booked', 'confirmed');
        CREATE INDEX appointment_field_day_idx ON appointment (field_day_id) WHERE field_day_id IS NOT NULL;
        COMMENT ON COLUMN appointment.taken IS
            'minutes since 1970 from start to end and buffer, shifted by consultant_id * 2^32: one range per consultant';

        CREATE TABLE appointment_change (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            appointment_id bigint NOT NULL REFERENCES appointment,
            at timestamptz NOT NULL DEFAULT now(),
            by text NOT NULL,
            old_state text,
            new_state text NOT NULL,
            detail jsonb NOT NULL DEFAULT '{}'
        );
        CREATE INDEX appointment_change_idx ON appointment_change (appointment_id, id);
        COMMENT ON COLUMN appointment_change.by IS 'citizen, consultant:<id>, clock';

        CREATE TABLE wait_list (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            contact_id bigint NOT NULL REFERENCES contact,
            wish jsonb NOT NULL,
            province text NOT NULL,
            until_day date NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            looked_at timestamptz,
            offered_at timestamptz,
            closed_at timestamptz
        );
        CREATE INDEX wait_list_open_idx ON wait_list (province, id) WHERE closed_at IS NULL;
        CREATE UNIQUE INDEX wait_list_contact_idx ON wait_list (contact_id) WHERE closed_at IS NULL;

        ALTER TABLE inbox DROP CONSTRAINT inbox_kind_check;
        ALTER TABLE inbox ADD CONSTRAINT inbox_kind_check CHECK (kind IN ('text', 'button', 'location'));

        CREATE TABLE booking_draft (
            contact_id bigint PRIMARY KEY REFERENCES contact,
            draft jsonb NOT NULL,
            touched_at timestamptz NOT NULL DEFAULT now()
        );
        """
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose appointments")
