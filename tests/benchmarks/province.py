"""A province's full data for the benchmark of the console: what `make demo` makes, grown by sets to a year of everybody."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text

from bot.vn.communes import communes
from tests.console.browsing import furnish
from tests.console.conftest import NOW, Console

PEOPLE, ASKED, CONSULTANTS, LARGE = 200_000, 400_000, 340, "ca_nuoc"
TOPICS = ("contribution_amount", "state_subsidy", "who_can_join", "how_to_register", "retirement_age", "lump_sum_withdrawal",
          "si_book_issues", "health_insurance_contribution", "local_subsidy", "missing_years", "payment_methods", "maternity",
          "vssid_lookup", "pension_amount", "social_pension", "calculate_contribution")  # fmt: skip
BEGIN = ("mức đóng", "nhà nước hỗ trợ", "thủ tục", "tuổi nghỉ hưu", "rút một lần", "mất sổ", "thẻ bảo hiểm y tế", "đóng thiếu",
         "thai sản", "tra cứu", "cho em hỏi", "bác ơi", "lương hưu", "đại lý thu")  # fmt: skip
END = ("bao nhiêu tiền một tháng", "cần giấy tờ gì", "ở xã mình", "của chồng em", "năm sau thế nào", "có được không",
       "cho người làm ruộng", "khi chuyển tỉnh", "qua ngân hàng", "mấy ngày thì xong", "vậy ạ", "trên điện thoại", "cho mẹ tôi",
       "sau khi nghỉ việc", "nếu ốm nặng", "ở bưu điện", "hộ cận nghèo", "đợt này", "bị sai tên", "từ năm 2015")  # fmt: skip

# One in fifty has said nothing of where they live. `replica`: triggers do for each row what is done here for all.
_GROWTH = """
    SET LOCAL session_replication_role = replica;
    SELECT setseed(0.5);
    INSERT INTO person (id, province, commune, situation, joined, name, birth_year, phone, created_at)
    SELECT 1000000 + n, CASE WHEN n % 50 <> 0 THEN province END, CASE WHEN n % 50 <> 0 THEN commune END,
        (ARRAY['nong_dan', 'tieu_thuong', 'khac'])[1 + n % 3], (ARRAY['no', 'no', 'voluntary', 'left'])[1 + n % 4],
        'Người dân ' || n, 1950 + n % 60, CASE WHEN n % 4 = 0 THEN '+8495' || lpad(n::text, 7, '0') END,
        cast(:now AS timestamptz) - random() * interval '365 days'
    FROM generate_series(1001, 1000 + cast(:people AS bigint)) AS n,
        LATERAL (SELECT (cast(:provinces AS text[]))[at] AS province, (cast(:codes AS text[]))[at] AS commune
                 FROM (SELECT 1 + n * 7919 % :communes AS at) AS drawn) AS home;
    INSERT INTO contact (channel, address, person_id, outreach, created_at)
    SELECT (ARRAY['telegram', 'zalo_bot', 'web', 'telegram'])[1 + id % 4], 'b' || id, id,
        CASE WHEN id % 20 = 0 THEN false WHEN id % 10 <> 1 THEN true END, created_at FROM person WHERE id > 1000000
    UNION ALL SELECT 'sms', phone, id, true, created_at FROM person WHERE id > 1000000 AND phone IS NOT NULL;
    INSERT INTO consent (contact_id, purpose, given, text_version, proof, at)
    SELECT id, 'outreach', outreach, 'b', 'b', created_at FROM contact WHERE outreach IS NOT NULL AND person_id > 1000000;
    INSERT INTO inbox (contact_id, event_id, kind, payload, received_at, answered_at)
    SELECT c.id, 'b' || n, 'text', begins || ' ' || ends || ' ' || n % 977, at, at
    FROM (SELECT n, cast(1000001 + :people * power(random(), 1.5) AS bigint) AS who, 1 + floor(random() * 14)::int AS b,
                 1 + floor(random() * 20)::int AS e,
                 cast(:now AS timestamptz) - (:asked - n) * interval '365 days' / :asked AS at
          FROM generate_series(1, cast(:asked AS bigint)) AS n) AS drawn
    JOIN contact c ON c.person_id = drawn.who + 1000 AND c.channel <> 'sms',
        LATERAL (SELECT (cast(:begin AS text[]))[b] AS begins, (cast(:end AS text[]))[e] AS ends) AS words
    ORDER BY n;
    INSERT INTO outbox (key, contact_id, class, body, state, channel, created_at, due_at, finished_at)
    SELECT 'reply:' || i.id || '\\:0', i.contact_id, 'reply', jsonb_build_object('text', repeat(i.payload || ' ', 12),
            'buttons', '[]'::jsonb, 'topic', (cast(:topics AS text[]))[1 + floor(power(random(), 2) * 16)::int]),
        'sent', c.channel, i.received_at + interval '1 s', i.received_at, i.received_at + interval '2 s'
    FROM inbox i JOIN contact c ON c.id = i.contact_id WHERE i.event_id LIKE 'b%' ORDER BY i.id;
    UPDATE contact SET spoke_at = last FROM (SELECT contact_id, max(received_at) AS last FROM inbox GROUP BY 1) AS said
    WHERE said.contact_id = contact.id;
    INSERT INTO behaviour (person_id, kind, topic, times, first_at, last_at)
    SELECT c.person_id, CASE WHEN o.body->>'topic' LIKE 'calculate%' THEN 'calculated' ELSE 'asked' END, o.body->>'topic',
        count(*), min(o.created_at), max(o.created_at)
    FROM outbox o JOIN contact c ON c.id = o.contact_id WHERE c.person_id > 1000000 GROUP BY 1, 2, 3;
    INSERT INTO office (key, kind, name, address, province, commune)
    SELECT 'b' || n, 'social_insurance', 'Cơ sở ' || n, 'a', (cast(:provinces AS text[]))[1 + n * :communes / 35],
        (cast(:codes AS text[]))[1 + n * :communes / 35] FROM generate_series(0, 33) AS n;
    INSERT INTO consultant (key, office_id, name)
    SELECT 'b' || n, o.id, 'Tư vấn viên ' || n FROM generate_series(1, :consultants) AS n JOIN office o ON o.key = 'b' || n % 34;
    INSERT INTO working_plan (consultant_id, weekday, starts, ends)
    SELECT id, weekday, '7:30', '17:00' FROM consultant, generate_series(0, 4) AS weekday WHERE key ~ '^b[0-9]';
    INSERT INTO appointment (code, state, contact_id, consultant_id, office_id, kind, topic, starts_at, ends_at, taken, name, phone,
        created_at)
    SELECT 'b' || row_number() OVER (), CASE WHEN day > 0 THEN 'booked' WHEN day % 5 = 0 THEN 'absent' ELSE 'done' END, k.id,
        c.id, c.office_id, 'office', 'voluntary', at, at + interval '30 min',
        int8range(c.id * 4294967296 + minute, c.id * 4294967296 + minute + 35), 'Người dân', '+84950000000',
        least(at, :now) - (1 + (c.id * 7 + day) % 20) * interval '1 day'
    FROM consultant c, generate_series(-85, 10) AS day, generate_series(1, 2) AS turn,
        LATERAL (SELECT (cast(:today AS date) + cast(day AS int) + make_time(8 + cast(turn AS int) * 2, 0, 0))
                 AT TIME ZONE 'Asia/Ho_Chi_Minh' AS at) AS times,
        LATERAL (SELECT extract(epoch FROM at)::bigint / 60 AS minute) AS minutes,
        LATERAL (SELECT id FROM contact WHERE person_id = 1001001 + (c.id * 997 + day * 31 + turn) % :people AND channel <> 'sms') AS k
    WHERE c.key ~ '^b[0-9]';
    INSERT INTO hand_over (inbox_id, contact_id, asked_at, waits_since, closed_at, province, taken_by, taken_at, said_at)
    SELECT i.id, i.contact_id, i.received_at, i.received_at, i.received_at + interval '2 h', p.province, t.id,
        i.received_at + i.id % 180 * interval '1 min', i.received_at + interval '2 h'
    FROM inbox i JOIN contact c ON c.id = i.contact_id JOIN person p ON p.id = c.person_id
    JOIN consultant t ON t.key = 'b' || 1 + i.id % :consultants WHERE i.event_id LIKE 'b%' AND i.id % 20 = 0;
    INSERT INTO hand_over (inbox_id, contact_id, asked_at, waits_since, province)
    SELECT DISTINCT ON (i.contact_id) i.id, i.contact_id, i.received_at, i.received_at, p.province
    FROM inbox i JOIN contact c ON c.id = i.contact_id JOIN person p ON p.id = c.person_id
    WHERE i.event_id LIKE 'b%' AND i.id % 20 = 1 AND i.id > (SELECT max(id) - 3000 FROM inbox) ORDER BY i.contact_id, i.id;
    INSERT INTO open_question (inbox_id, reason, at)
    SELECT id, 'no_answer', received_at FROM inbox WHERE event_id LIKE 'b%' AND id % 40 = 3;
    INSERT INTO work_item (kind, ref, at, state)
    SELECT 'question', id, at, CASE WHEN id % 10 = 0 THEN 'open' ELSE 'done' END FROM open_question ON CONFLICT DO NOTHING;
    INSERT INTO rumour (theme, province, commune, snippet, at)
    SELECT CASE WHEN n % 3 > 0 THEN 'fund_broke' END, 'phu_tho', '08935', 'nghe nói ' || n,
        cast(:now AS timestamptz) - n * interval '1 h' FROM generate_series(1, 5000) AS n;
    INSERT INTO audit (at, by, act, about, chain)
    SELECT cast(:now AS timestamptz) - (100000 - n) * interval '1 min', 'quantri', 'open_talk', 'talk:' || n, ''
    FROM generate_series(1, 100000) AS n;
    INSERT INTO arrival (contact_id, link, at) SELECT id, 'nong_dan', created_at FROM contact WHERE id % 5 = 0;
    INSERT INTO campaign (key, title, state, plan, version, digest, author, begins_at, ends_at, created_at)
    SELECT key || n, title, CASE n WHEN 0 THEN 'done' WHEN 1 THEN 'running' WHEN 2 THEN 'draft' WHEN 3 THEN 'submitted' ELSE 'done' END,
        plan || jsonb_build_object('campaign', key || n) #- '{audience,places}', 1, digest, 'soanthao',
        cast(:now AS timestamptz) - interval '20 days', cast(:now AS timestamptz) + interval '5 days', created_at
    FROM (SELECT :large AS key, title, plan, digest, created_at FROM campaign WHERE key = 'nong_dan_da_xong') AS like_it,
        generate_series(0, 60) AS n;
    INSERT INTO campaign_step (campaign_id, step, due_at, frozen_at, people)
    SELECT id, 'once', begins_at, begins_at, CASE WHEN key = :large || 0 THEN :people ELSE 1000 END FROM campaign
    WHERE key LIKE :large || '%' AND state IN ('done', 'running');
    INSERT INTO campaign_text (campaign_id, step, arm, situation, channel, body, personal)
    SELECT k.id, t.step, t.arm, t.situation, t.channel, t.body, t.personal FROM campaign k, campaign_text t
    JOIN campaign d ON d.id = t.campaign_id AND d.key = 'nong_dan_da_xong' WHERE k.key LIKE :large || '%';
    INSERT INTO outbox (key, contact_id, class, body, state, reason, channel, campaign_id, person_id, step, variant, created_at,
        due_at, started_at, finished_at, receipt)
    SELECT 'b' || k.id || '\\:' || c.id, c.id, 'campaign', jsonb_build_object('text', repeat('mời bà con ', 30)),
        CASE WHEN c.id % 10 = 0 THEN 'excluded' WHEN c.id % 33 = 0 THEN 'failed' WHEN c.id % 900 = 0 THEN 'unknown' ELSE 'sent' END,
        CASE WHEN c.id % 10 = 0 THEN 'stopped' WHEN c.id % 33 = 0 THEN 'blocked' END, c.channel, k.id, c.person_id, 'once', 'a/',
        at, at, at, at, CASE WHEN c.id % 2 = 0 THEN 'delivered' END
    FROM campaign k, contact c, LATERAL (SELECT k.begins_at + (c.person_id % 40000) * interval '1 s' AS at) AS times
    WHERE c.channel <> 'sms' AND c.person_id > 1000000
      AND (k.key = :large || 0 OR k.key LIKE :large || '%' AND c.person_id % 200 = k.id % 200);
    UPDATE outbox SET state = 'planned', started_at = NULL, finished_at = NULL, reason = NULL FROM campaign k
    WHERE k.id = campaign_id AND k.key = :large || 1 AND outbox.id % 2 = 0;
    INSERT INTO campaign_answer (key, outbox_id, campaign_id, person_id, contact_id, kind, at)
    SELECT 'b' || id, id, campaign_id, person_id, contact_id, 'pressed', finished_at + interval '1 h'
    FROM outbox WHERE campaign_id IS NOT NULL AND state = 'sent' AND id % 9 = 0
"""


async def fill(console: Console) -> str:
    """Fill the console; return the session of somebody who may see all there is."""
    token = await furnish(console)
    await console.do(
        "UPDATE staff SET consultant_id = NULL WHERE key = 'moi_quyen'"
    )  # whoever is a consultant sees one office
    homes = [(code, unit.province) for code, unit in communes().items()]
    values: dict[str, Any] = {
        "now": NOW, "today": date(NOW.year, NOW.month, NOW.day), "people": PEOPLE, "asked": ASKED, "consultants": CONSULTANTS,
        "large": LARGE, "codes": [code for code, _ in homes], "provinces": [province for _, province in homes],
        "communes": len(homes), "topics": list(TOPICS), "begin": list(BEGIN), "end": list(END),
    }  # fmt: skip
    async with console.parts.engine.begin() as connection:
        for statement in _GROWTH.split(";\n"):
            await connection.execute(text(statement), values)
    await settle(console)
    return token


async def settle(console: Console) -> None:
    """Do what the database does by itself after a while."""
    async with console.parts.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE"))
