"""What may be switched in the simulator; figures are those of the providers' documents unless a comment says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from bot.clock import VIETNAM, system_clock
from bot.errors import SetupError


@dataclass(frozen=True, slots=True)
class Switches:
    """One set-up of the simulator; durations are seconds, sizes are characters unless named otherwise."""

    seed: int = 1
    speed: float = 1.0  # simulated seconds in a real one; 0: the clock stands until it is moved
    start: str = ""  # ISO 8601, without a zone meant in Vietnam; empty: the present moment
    truth_file: str = ""  # where each line of the truth is appended as JSON; empty: memory only
    unlimited: bool = False  # no rate limit, quota, window or night; for measuring senders

    telegram_token: str = "1000:SIMULATED-telegram"  # noqa: S105
    telegram_per_second: float = 30.0
    telegram_chat_per_second: float = 1.0
    telegram_chat_burst: int = 5
    telegram_group_per_minute: int = 20

    zalo_bot_token: str = "2000:SIMULATED-zalo-bot"  # noqa: S105
    zalo_bot_daily_quota: int = 0  # 0: none; no figure is documented
    zalo_bot_window: float = 0.0  # how long after a citizen's last word we may write; 0: for ever
    zalo_bot_envelope: bool = True  # whether webhooks come as {"ok", "result"} or bare
    zalo_bot_tries: int = 3  # no ladder is documented

    zalo_oa_id: str = "3886000000000000001"
    zalo_oa_app_id: str = "3608000000000000001"
    zalo_oa_app_secret: str = "SIMULATED-app-secret"  # noqa: S105
    zalo_oa_secret: str = "SIMULATED-oa-secret"  # noqa: S105 – signs webhooks; another secret than the app's
    zalo_oa_webhook: str = ""  # set by the account's owner in a console, not by a call
    zalo_oa_signature: str = "app_id"  # which of the two seen orders: app_id or oa_id first
    zalo_oa_per_minute: int = 4000
    zalo_oa_daily_quota: int = 500
    zalo_oa_promotions_a_month: int = 4  # sources say 4 or 30
    zalo_oa_receipt_after: float = 2.0

    sms_api_key: str = "SIMULATED-sms-key"
    sms_secret_key: str = "SIMULATED-sms-secret"  # noqa: S105
    sms_brandname: str = "ANSINH"
    sms_rejected: str = "vay tiền,cá độ"  # contents with one of these are refused at approval
    sms_price: int = 500  # đồng a part; carriers ask 400 to 800
    sms_balance: int = 1_000_000_000

    def with_changes(self, changes: object) -> Switches:
        """Return these switches with others set; raise SetupError at an unknown name or a wrong type."""
        if not isinstance(changes, Mapping):
            raise SetupError("Switches are a JSON object.")
        known = {field.name for field in fields(self)}
        return replace(self, **{name: self._checked(name, value, known) for name, value in changes.items()})

    def _checked(self, name: str, value: object, known: set[str]) -> Any:
        if name not in known:
            raise SetupError(f"There is no switch {name!r}.")
        kind = type(getattr(self, name))
        if kind is float and type(value) is int:
            value = float(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise SetupError(f"The switch {name} takes {kind.__name__}.")
        if isinstance(value, int | float) and not (0 <= value < 10**12):  # refuses NaN as well
            raise SetupError(f"The switch {name} is out of range.")
        return value

    def began(self) -> float:
        """Return the moment at which the simulated clock starts, in seconds since 1970."""
        return moment_from(self.start) if self.start else system_clock().timestamp()


def moment_from(text: str) -> float:
    """Read an ISO moment; without a zone it is meant in Vietnam."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)).timestamp()
    except (ValueError, OverflowError):
        raise SetupError("A moment is written like 2026-11-22T09:00.") from None
