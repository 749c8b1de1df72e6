"""A draft of a campaign that corrects a rumour, for those who are likely to have heard it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.campaigns.answers.rumours import counted
from bot.clock import VIETNAM
from bot.errors import AnSinhError

LOOK_BACK = timedelta(days=30)
FREQUENT = 5  # times of late; then a province is spoken to as a whole
LASTS = timedelta(days=3)
LONGEST_KEY = 64  # signs
AT = 9  # o'clock, of the next day
CHANNELS = ("zalo_oa", "telegram", "zalo_bot")


async def start_correction(
    connection: AsyncConnection, library: Library, theme: str, *, now: datetime, codes: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return the plan of a draft: where the rumour is frequent the whole province, else those who asked about the topic.

    `codes`: only what was heard in these places, and nobody elsewhere is meant; None: everywhere. Where no template is written for the rumour, the plan names one that is to be written, and cannot be submitted before.
    """
    if theme not in library.rumours:
        raise AnSinhError(f"There is no rumour {theme!r}; rumours: {', '.join(sorted(library.rumours))}")
    found = library.rumours[theme]
    places: Counter[str] = Counter()
    for heard in await counted(connection, now=now, within=LOOK_BACK, codes=codes):
        if heard.theme == theme and heard.province:
            places[heard.province] += heard.times
    frequent = sorted(place for place, times in places.items() if times >= FREQUENT)
    if codes is not None:
        frequent = [place for place in frequent if place in codes] or list(codes)
    asked = {"asked": [found.about], "within_days": LOOK_BACK.days}
    begins = (now.astimezone(VIETNAM) + timedelta(days=1)).replace(hour=AT, minute=0, second=0, microsecond=0)
    return {
        "campaign": f"dinh_chinh_{theme}_{begins:%d_%m_%Y}"[:LONGEST_KEY],
        "title": found.says.title,
        "template": found.campaign or f"dinh_chinh_{theme}",
        "audience": {"places": frequent} if frequent else asked,
        "channels": list(CHANNELS),
        "schedule": {"at": f"{begins:%Y-%m-%d %H:%M}"},
        "ends": f"{begins + LASTS:%Y-%m-%d %H:%M}",
    }
