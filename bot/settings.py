"""The only reader of the environment."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.clock import VIETNAM
from bot.errors import SetupError

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_SHORT_NUMBER = re.compile(r"[0-9]{3,11}")
MOST_DAYS = 36_500
# What is a number: what of, the least and the most.
# Staff search the words of three months. Nghị định 91/2020/NĐ-CP, Điều 11 khoản 7: what was sent is kept for a year.
_NUMBERS = {
    "telegram_rate": ("a number of messages a second", 1, 1000),
    "port": ("a port", 1, 65535),
    "most_appointments": ("a number of appointments", 1, 20),
    "keep_talks": ("a number of days", 100, MOST_DAYS),
    "keep_campaigns": ("a number of days", 366, MOST_DAYS),
    "keep_appointments": ("a number of days", 100, MOST_DAYS),
}
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may choose. Each field is the variable AN_SINH_<FIELD>, except database_url: DATABASE_URL."""

    database_url: str = ""  # empty: the embedded PostgreSQL under var/
    rasa_url: str = ""  # empty: `up`, `chat`, `ask` and `understand` start a Rasa of their own
    rasa_secret: str = ""  # what Rasa shows when it calls /rasa/…; made anew at each start when empty
    internal_url: str = ""  # where Rasa reaches the web process; empty: the local address
    host: str = "127.0.0.1"
    port: int = 8000
    var: Path = ROOT / "var"  # database, models and logs of a local installation
    public_url: str = ""  # https://… where channels reach us; empty: messages are fetched by polling
    telegram_token: str = field(default="", repr=False)  # from @BotFather; empty: Telegram is off
    telegram_url: str = "https://api.telegram.org"
    telegram_rate: int = 30  # messages a second; Telegram allows more to bots that pay for broadcasts
    zalo_bot_token: str = field(default="", repr=False)  # empty: the Zalo bot is off
    zalo_bot_url: str = "https://bot-api.zaloplatforms.com"
    zalo_oa_app_id: str = ""  # empty: the Zalo Official Account is off
    zalo_oa_app_secret: str = field(default="", repr=False)
    zalo_oa_id: str = ""
    zalo_oa_secret: str = field(default="", repr=False)  # signs what Zalo posts to us
    zalo_oa_refresh_token: str = field(default="", repr=False)  # the first one; later ones are kept in the database
    zalo_oa_url: str = ""  # one address for a stand-in; empty: Zalo's own
    sms_api_key: str = field(default="", repr=False)  # empty: SMS is off
    sms_secret_key: str = field(default="", repr=False)
    sms_brandname: str = ""
    sms_refuse_by: str = ""  # the number that «TC» is sent to; empty: no campaign leaves by SMS
    sms_advertising_type: str = ""  # eSMS's SmsType for a single message of advertising; empty: none leaves by SMS
    sms_url: str = "https://rest.esms.vn"
    campaign_cap: str = "2/7"  # campaigns' messages one person gets in so many days; 0: none; «off»: no cap
    most_appointments: int = 3  # open ones that one person may make by themselves, and as many for one number
    keep_talks: int = 730  # days for which words of talks are kept; then they are forgotten
    keep_campaigns: int = 730  # days for which texts of campaigns are kept; the law asks for a year
    keep_appointments: int = 730  # days after their end for which names of appointments are kept
    hook_secret: str = field(default="", repr=False)  # what channels show when they call us; needed with public_url
    person_secret: str = field(default="", repr=False)  # digests of who was counted in a wave are made with it
    now: str = ""  # rehearse another day, ISO 8601: 2027-01-05 or 2027-01-05T09:00
    log_level: str = "INFO"

    def prepared(self) -> Settings:
        """Return the settings with the values that a single machine can make by itself."""
        return replace(
            self,
            rasa_secret=self.rasa_secret or secrets.token_urlsafe(24),
            internal_url=self.internal_url or f"http://127.0.0.1:{self.port}",
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that give a child process these same settings."""
        names = {name: _variable(name) for name in self.__slots__}
        return {variable: str(getattr(self, name)) for name, variable in names.items() if getattr(self, name)}


def _variable(name: str) -> str:
    return "DATABASE_URL" if name == "database_url" else f"AN_SINH_{name.upper()}"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment; raise SetupError naming the variable that is wrong."""
    source = os.environ if environ is None else environ
    known = {_variable(name): name for name in Settings.__slots__}
    unknown = sorted(v for v in source if v.startswith("AN_SINH_") and v not in known)
    if unknown:
        raise SetupError(f"Unknown setting {', '.join(unknown)}; the README lists the settings.")
    given = {name: source[variable].strip() for variable, name in known.items() if source.get(variable, "").strip()}
    settings = Settings(**{name: _parsed(name, text) for name, text in given.items()})  # type: ignore[arg-type]
    if settings.public_url and not (settings.public_url.startswith("https://") and len(settings.hook_secret) >= 16):
        raise SetupError(
            "AN_SINH_PUBLIC_URL must begin with https:// and needs an AN_SINH_HOOK_SECRET of 16 signs or more."
        )
    if settings.sms_refuse_by and not _SHORT_NUMBER.fullmatch(settings.sms_refuse_by):
        raise SetupError("AN_SINH_SMS_REFUSE_BY must be the 3 to 11 digits of a number that SMS are sent to.")
    if settings.sms_advertising_type and not re.fullmatch(r"\d{1,2}", settings.sms_advertising_type, re.ASCII):
        raise SetupError("AN_SINH_SMS_ADVERTISING_TYPE must be the number of an SmsType, as the provider gave it.")
    if settings.now:
        parse_moment(settings.now)
    return settings


def _parsed(name: str, text: str) -> object:
    if name in _NUMBERS:
        what, least, most = _NUMBERS[name]
        if not (text.isascii() and text.isdigit() and least <= int(text[:6]) <= most):
            raise SetupError(f"{_variable(name)} must be {what} between {least} and {most}.")
        return int(text)
    if name == "campaign_cap" and not re.fullmatch(r"off|0|\d{1,3}/[1-9]\d{0,2}", text, re.ASCII):
        raise SetupError(f"{_variable(name)} must be messages per days such as 2/7, 0 for none, or off for no cap.")
    if name == "log_level" and text.upper() not in LOG_LEVELS:
        raise SetupError(f"{_variable(name)} must be one of {', '.join(LOG_LEVELS)}.")
    return Path(text).resolve() if name == "var" else text


def parse_moment(text: str) -> datetime:
    """Read an ISO day or moment; without a zone it is meant in Vietnam."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SetupError("AN_SINH_NOW must be a day like 2027-01-05 or a moment like 2027-01-05T09:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def inherited_environment() -> dict[str, str]:
    """Return what a child process needs of our environment, without our own settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AN_SINH_", "DATABASE_URL"))}
