"""What stands in a campaign's text as ⟦name⟧, ⟦commune⟧, ⟦province⟧ or ⟦paid_until⟧, filled in by the database for each person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, and_, case, cast, func, literal, literal_column
from sqlalchemy.dialects.postgresql import JSONB

from bot.campaigns.personal import LONGEST, SAID_BY_SMS
from bot.outbox.channels import CAPABILITIES
from bot.vn.communes import communes, province_name
from bot.vn.places import gazetteer

_MARKS = "[\u0300-\u036f]"  # the accents of a letter that is taken apart
_SPACE = "\t\n\r\v\f\u0085\u00a0\u2028\u3000"  # besides the common one


def mark(field: str) -> str:
    """Return how a field is written in a text."""
    return f"⟦{field}⟧"


def filled(texts: FromClause, who: FromClause, fields: Iterable[str]) -> ColumnElement[Any]:
    """Return the body of a text with its fields filled in; what is not known of a person is said in other words.

    `who` has the columns of `known_of`: each value is looked at several times, and cleaning it is what takes longest.
    """
    body: ColumnElement[str] = cast(texts.c.body, Text)
    for field in fields:
        known = _shown(FIELDS[field](who), texts.c.channel)
        told = func.coalesce(known, texts.c.personal.op("->>")(field), "")
        body = func.replace(body, mark(field), _quoted(told))
    return cast(body, JSONB)


def known_of(person: FromClause) -> list[ColumnElement[Any]]:
    """Return what texts go by: the situation, and each field's source, a name without white space that it does not need."""
    written = person.c.name
    odd, single = written.op("~")(f"  |[{_SPACE}]"), func.regexp_replace(written, f"[ {_SPACE}]+", " ", "g")
    name = func.btrim(case((odd, single), else_=written))
    return [name.label("name"), *(person.c[each] for each in ("situation", "commune", "province", "paid_until"))]


def _shown(known: ColumnElement[str], channel: ColumnElement[str]) -> ColumnElement[str]:
    """Return a value as a channel says it, null where it cannot; bot/campaigns/personal.py has the same rules for a preview.

    Without diacritics where a channel shows none: one of them would double what an SMS costs.
    """
    bare = [name for name, shown in CAPABILITIES.items() if not shown.accents]
    fits = and_(known != "", func.length(known) <= LONGEST, func.strpos(known, "⟦") == 0)
    return case((and_(channel.in_(bare), fits), _plain(known)), (and_(channel.not_in(bare), fits), known))


def _plain(known: ColumnElement[str]) -> ColumnElement[Any]:
    """Return a value without diacritics, null where an SMS would cost more with it. A mark that is of no letter stays one."""
    parted = func.translate(func.normalize(known, literal_column("NFD")), "đĐ", "dD")
    bare = func.regexp_replace(parted, _MARKS, "", "g")
    return case((func.normalize(known).op("!~")(_MARKS), func.substring(bare, f"^{SAID_BY_SMS}$")))


def _quoted(told: ColumnElement[str]) -> ColumnElement[str]:
    """Return the words as they stand between the quotation marks of JSON."""
    return func.left(func.right(cast(func.to_json(cast(told, Text)), Text), -1), -1)


def _name_of(code: ColumnElement[str], names: Mapping[str, str]) -> ColumnElement[Any]:
    return cast(literal(json.dumps(names), Text), JSONB).op("->>")(code)


FIELDS: Mapping[str, Callable[[FromClause], ColumnElement[Any]]] = {
    "name": lambda who: who.c.name,
    "commune": lambda who: _name_of(who.c.commune, {code: unit.name for code, unit in communes().items()}),
    "province": lambda who: _name_of(who.c.province, {key: province_name(key) for key in gazetteer().provinces}),
    "paid_until": lambda who: func.to_char(who.c.paid_until, "DD/MM/YYYY"),
}
