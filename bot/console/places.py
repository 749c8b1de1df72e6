"""The field in which staff say places by name: what is ticked and typed, how that is understood, and what they have to choose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.staff.rules import Staff
from bot.vn.communes import communes
from bot.vn.place_choices import Choice, as_codes, gathered, place_choices, place_name
from bot.vn.places import gazetteer

MOST_CHOICES = 12  # of one name; who means another says more
LONGEST = 2000  # signs that are looked at while somebody types
MOST_KNOWN = 400  # names that a list to choose from holds
UNKNOWN = "Không tìm thấy nơi «{}». Hãy ghi tên xã, phường, tỉnh hoặc huyện cũ, ví dụ: Huyện Bình Xuyên, Vĩnh Phúc."
SEVERAL = "Có nhiều nơi tên «{}». Hãy chọn ở dưới, hoặc ghi thêm tỉnh."


@dataclass(frozen=True, slots=True)
class Line:
    """A place that was typed, what it may mean, and of that what is ticked."""

    typed: str
    choices: tuple[Choice, ...]
    ticked: frozenset[str] = frozenset()

    @property
    def meant(self) -> tuple[str, ...]:
        """Return the codes of the one place that it means; of several that are chosen by ticks nothing."""
        return self.choices[0].codes if len(self.choices) == 1 else ()

    @property
    def shown(self) -> tuple[Choice, ...]:
        """Return what is offered of what it may mean."""
        return self.choices[:MOST_CHOICES]

    @property
    def fault(self) -> str:
        """Return what is to be mended; "" is nothing."""
        if not self.choices:
            return UNKNOWN.format(self.typed)
        return "" if len(self.choices) == 1 or self.ticked else SEVERAL.format(self.typed)


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in the field of places `name`: the codes, the lines that were typed, and what a page shows of both."""

    name: str
    ticked: tuple[str, ...]
    typed: str
    lines: tuple[Line, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Return all places that are ticked, or typed without a doubt."""
        ticked = (code for value in self.ticked for code in as_codes(value))
        return tuple(sorted({*ticked, *(code for line in self.lines for code in line.meant)}))

    @property
    def chosen(self) -> list[Choice]:
        """Return what is ticked, by name, but for what is offered again below the field."""
        offered = {value for line in self.lines for value in line.ticked}
        return gathered([code for value in self.ticked if value not in offered for code in as_codes(value)])

    @property
    def faults(self) -> list[str]:
        """Return what is to be mended."""
        return [line.fault for line in self.lines if line.fault]


def said_places(staff: Staff, name: str, ticked: Sequence[str], typed: str) -> Said:
    """Read a field; of several places of a name those are offered that somebody answers for, if there are any."""
    lines = [" ".join(line.split())[:200] for line in re.split(r"[\n;]", typed)]
    read = tuple(_line(staff, line, ticked) for line in dict.fromkeys(lines) if line)
    return Said(name, tuple(ticked), typed, read)


def _line(staff: Staff, typed: str, ticked: Sequence[str]) -> Line:
    found = place_choices(typed)
    choices = tuple(one for one in found if staff.answers_for(one.codes)) or found
    return Line(typed, choices, frozenset(ticked) & {one.value for one in choices} if len(choices) > 1 else frozenset())


def known_places(staff: Staff) -> list[str]:
    """Return names to choose from: the provinces where somebody works, and for who does not work everywhere the communes too."""
    provinces = sorted(one.name for key, one in gazetteer().provinces.items() if staff.answers_for([key]))
    inside = sorted(place_name(code) for code in communes() if staff.scope and staff.answers_for([code]))
    return [*provinces, *inside][:MOST_KNOWN]
