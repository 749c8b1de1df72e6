"""How a comparison of texts ends, by the rule that the plan states beforehand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.campaigns.plan import Trial


class Tally(NamedTuple):
    """How one text did: to how many it was sent, and how many of them did what the trial counts."""

    arm: str
    sent: int
    did: int

    @property
    def percent(self) -> float:
        """Return the share that did it, in percent."""
        return 100 * self.did / self.sent if self.sent else 0.0


def better(tallies: Sequence[Tally], trial: Trial) -> str:
    """Return the arm that the rest gets: the one with the largest share, the first one where they differ by too little."""
    ranked = sorted(tallies, key=lambda one: (-one.percent, one.arm))
    apart = ranked[0].percent - ranked[1].percent
    return ranked[0].arm if apart >= trial.least and apart > 0 else min(one.arm for one in tallies)
