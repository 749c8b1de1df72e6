"""Names that stand together and lie in one another («xã X, huyện Y, tỉnh Z»), and whether they are meant as a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.vn.communes import LEVELS, Unit
from bot.vn.meant import cued
from bot.vn.mentions import Mention, mentions_at
from bot.vn.spelling import Text, Vocabulary

Chain = tuple[Mention, ...]

_LONGEST = 4  # commune, district, old province, province
_FEW_OTHER_WORDS = 2  # in an answer to «where?»
_BETWEEN = re.compile(r"[\s,;:.|/()–-]{0,5}")
_STOPS = re.compile(r"[,;:|/()–-]")
_LINKS = Vocabulary.of("thuộc của ở tại nay là giờ")
_ERAS = Vocabulary.of("cũ mới")
_POLITE = Vocabulary.of(
    "dạ vâng ạ em anh chị cô chú bác ông bà tôi tui mình con cháu ở tại quê là nhé nha nhe ơi thưa nhà đang sống thuộc "
    "đó đấy á ah à bên trên dưới tận này xin đây rồi gốc bạn ad"
)
_ORDER = {level: max(0, number - 1) for number, level in enumerate(LEVELS)}  # a commune of today beside an old one


def meant_chain(view: Text, at: int, *, expecting: bool, within: str | None) -> Chain:
    """Return the longest chain of names from a word on that is meant as a place; nothing when none is."""
    chains = sorted(_chains(view, at, ()), key=lambda chain: (len(chain), chain[-1].after), reverse=True)
    return next((chain for chain in chains if _is_meant(view, chain, expecting, within)), ())


def _chains(view: Text, at: int, before: Chain) -> Iterator[Chain]:
    for mention in mentions_at(view, at):
        chain = _fitting((*before, mention))
        if chain and _may_follow(view, before, mention):
            yield chain
            follower = _next(view, mention.after)
            if follower is not None and len(chain) < _LONGEST:
                yield from _chains(view, follower, chain)


def _next(view: Text, at: int) -> int | None:
    """Return the word at which a name that belongs to the one before may begin."""
    for _ in range(3):
        if at >= len(view.words) or not _BETWEEN.fullmatch(view.gap(at)):
            return None
        if not view.has(at, _LINKS):
            return at
        at += 1
    return None


def _may_follow(view: Text, before: Chain, mention: Mention) -> bool:
    """Tell whether a name may belong to those before: «Hà Nội, Ba Vì» but not «Hà Nội Ba Vì»; two provinces need a word."""
    if not before or mention.kind or not before[-1].units[0].is_province:
        return True
    gap = view.gap(mention.first)
    if not mention.units[0].is_province:
        return bool(_STOPS.search(gap))
    return mention.first > before[-1].after or len(before) > 1 or "(" in gap or view.has(before[-1].after - 1, _ERAS)


def _fitting(chain: Chain) -> Chain:
    """Return the names with only those meanings that lie in one another; nothing when a name has none left."""
    for _ in chain[1:]:
        chain = tuple(_fitting_one(mention, chain) for mention in chain)
        if not all(mention.units for mention in chain):
            return ()
    return chain


def _fitting_one(mention: Mention, chain: Chain) -> Mention:
    others = [other.units for other in chain if other.first != mention.first]
    units = tuple(unit for unit in mention.units if all(any(_fits(unit, other) for other in each) for each in others))
    return mention if len(units) == len(mention.units) else replace(mention, units=units)


def _fits(one: Unit, other: Unit) -> bool:
    """Tell whether one of two units lies in the other."""
    low, high = (one, other) if _ORDER[one.level] < _ORDER[other.level] else (other, one)
    if _ORDER[low.level] == _ORDER[high.level] or low.province != high.province:
        return False
    if high.level == "province":
        return True
    if low.old_province != high.old_province or high.level == "old_province":
        return low.old_province == high.old_province
    if not high.communes:  # a district that was gone before: which communes lay in it is not known
        return True
    return low.district == high.district if low.level == "old_commune" else low.communes[0] in high.communes


def _is_meant(view: Text, chain: Chain, expecting: bool, within: str | None) -> bool:
    """Tell whether these names are meant as a place: surely one, borne out by each other, asked for, or behind «ở»."""
    if _is_borne_out(chain):
        return True
    if any(mention.unlikely for mention in chain):
        return False
    common, behind_cue = any(mention.common and not mention.sure for mention in chain), cued(view, chain[0].first)
    if len(chain) > 1:
        sure = any(mention.sure for mention in chain)
        return behind_cue or (sure and not common) or ((sure or not common) and _says_little_else(view, chain))
    if expecting and _says_little_else(view, chain) and (not common or _is_answer(view, chain)):
        return True
    return behind_cue and chain[0].kind is None and not common and _is_certain(chain, within)


def _is_borne_out(chain: Chain) -> bool:
    """Tell whether a place is meant for certain: one sure name, three that fit, or a name with its kind and the province."""
    if len(chain) == 1:
        return chain[0].sure
    kinds, province = [mention.kind for mention in chain if mention.kind], chain[-1].units[0].is_province
    same = {mention.units[0].short for mention in chain}
    return len(chain) > 2 or (province and bool(kinds)) or (province and len(same) == 1)


def _is_answer(view: Text, chain: Chain) -> bool:
    """Tell whether everyday words, being all that is said, are the answer to «where?»; of single ones only districts are."""
    if _others(view, chain):
        return False
    return chain[-1].after - chain[0].first > 1 or _has_district(chain[0])


def _says_little_else(view: Text, chain: Chain) -> bool:
    return _others(view, chain) <= _FEW_OTHER_WORDS


def _others(view: Text, chain: Chain) -> int:
    """Return how many words a text has besides a place and politeness."""
    around = [*range(chain[0].first), *range(chain[-1].after, len(view.words))]
    return sum(not view.has(at, _POLITE) for at in around)


def _is_certain(chain: Chain, within: str | None) -> bool:
    return len({unit.old_province for unit in meant_units(chain, within)}) == 1


def meant_units(chain: Chain, within: str | None) -> list[Unit]:
    """Return what the smallest of the names may mean; a bare name is a district's before it is an old commune's."""
    target = min(chain, key=lambda mention: min(_ORDER[unit.level] for unit in mention.units))
    units = [unit for unit in target.units if within in (unit.old_province, unit.province)] or list(target.units)
    if any(_has_district(mention) for mention in chain if mention is not target):
        # Who names the district names the old commune.
        units = _preferred(units, lambda unit: unit.level == "old_commune")
    if kind := target.kind:
        return _preferred(units, lambda unit: unit.kind == kind.name or unit.is_province)
    return _preferred(units, lambda unit: unit.level != "old_commune") if _has_district(target) else units


def _has_district(mention: Mention) -> bool:
    return any(unit.level == "district" for unit in mention.units)


def _preferred(units: list[Unit], wanted: Callable[[Unit], bool]) -> list[Unit]:
    return [unit for unit in units if wanted(unit)] or units
