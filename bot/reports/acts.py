"""What people did, as reports count it: one row for each thing that somebody did, with where they live today."""

from __future__ import annotations

from bot.citizens.behaviour import PICTURES, RESULTS

_RESULT = (
    f"(starts_with(o.body->>'topic', '{RESULTS}')"
    f" OR o.body->'picture'->>'what' IN ({', '.join(repr(one) for one in sorted(PICTURES))}))"
)
# S608: put together from names of ours.
ACTS = f"""
    SELECT each.what, p.id AS person_id, a.at, p.province, p.commune FROM (
        SELECT 'wrote' AS what, c.person_id, i.received_at AS at FROM inbox i JOIN contact c ON c.id = i.contact_id
        UNION ALL
        SELECT 'new', c.person_id, c.created_at FROM contact c WHERE c.channel <> 'sms'
        UNION ALL
        SELECT answered.what, c.person_id, o.created_at FROM outbox o JOIN contact c ON c.id = o.contact_id,
            LATERAL unnest(ARRAY['asked', 'topic ' || (o.body->>'topic')]
                || CASE WHEN {_RESULT} THEN ARRAY['calculated'] END) AS answered (what)
        WHERE o.class = 'reply' AND o.body->>'topic' <> ''
        UNION ALL
        SELECT made.what, c.person_id, b.created_at FROM appointment b JOIN contact c ON c.id = b.contact_id,
            LATERAL unnest(ARRAY['asked', 'booked']) AS made (what)
        WHERE b.state NOT IN ('held', 'lapsed')
    ) AS a JOIN person p ON p.id = a.person_id,
        LATERAL unnest(ARRAY[a.what] || CASE WHEN a.what = 'asked' AND p.joined = 'voluntary' THEN ARRAY['joined'] END) AS each (what)
"""  # noqa: S608
"""A query of what, person_id, at, province and commune.

what: «wrote», «new» (a contact that can write to us), «topic <name>» (was answered on it), «calculated», «booked», «asked»
(one of the last three), «joined» (asked, and is in voluntary insurance by their own word).
"""

DAY = "cast(at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)"
"""The day of `at` in Vietnam."""
