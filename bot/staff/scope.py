"""Where a member of staff works, as queries ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.staff.rules import Staff
from bot.vn.communes import communes
from bot.vn.place_choices import gathered
from bot.vn.places import gazetteer

HERE = "(:everywhere OR p.province = ANY(:provinces) OR p.commune = ANY(:communes))"
"""A condition on a person p, with the values of `Places.values`: who lives nobody knows where is seen by those of everywhere."""


@dataclass(frozen=True, slots=True)
class Places:
    """Provinces and communes of today; or everywhere."""

    everywhere: bool
    provinces: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """Return the values of HERE."""
        return {
            "everywhere": self.everywhere,
            "provinces": list(self.provinces),
            "communes": list(self.communes),
        }

    def only(self, province: str) -> Places | None:
        """Return what lies of these places in a province; None: nothing, or there is no such province."""
        if province not in gazetteer().provinces:
            return None
        if self.everywhere or province in self.provinces:
            return Places(False, (province,))
        inside = tuple(code for code in self.communes if communes()[code].province == province)
        return Places(False, (), inside) if inside else None

    @property
    def choices(self) -> list[str]:
        """Return the provinces of which something lies in these places."""
        return [key for key in gazetteer().provinces if self.only(key)]


EVERYWHERE = Places(True)


def places_of(staff: Staff) -> Places:
    """Return where somebody works; a code that is nothing of today is nowhere."""
    if not staff.scope:
        return EVERYWHERE
    return Places(False, _sorted(staff.scope & gazetteer().provinces.keys()), _sorted(staff.scope & communes().keys()))


def _sorted(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(found))


def names_of(staff: Staff) -> list[str]:
    """Return where somebody works, in words; empty: everywhere."""
    return [one.label for one in gathered(staff.scope)]
