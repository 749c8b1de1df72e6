"""What the providers of three channels post in a busy hour: some of it twice, some of it late, all of it signed."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.channels.zalo_oa.parse import signature
from bot.settings import Settings

SECRET = "a-secret-of-24-signs-long"  # noqa: S105
APP, ACCOUNT, KEY = "361", "388", "signing-key"
CHANNELS = ("telegram", "zalo_bot", "zalo_oa")
BEGAN = 1_795_000_000_000  # milliseconds since 1970
DOUBLED, LATE, AFTER_THE_ANSWER = 5, 10, 20  # one in so many is posted twice, overtaken, repeated when all is answered


def hooked(settings: Settings) -> Settings:
    """Return settings with the web hooks of the three channels open."""
    return Settings(
        database_url=settings.database_url,
        rasa_url=settings.rasa_url,
        public_url="https://an-sinh.example",
        hook_secret=SECRET,
        telegram_token="1000:token-of-telegram",  # noqa: S106
        zalo_bot_token="2000:token-of-zalo",  # noqa: S106
        zalo_oa_app_id=APP,
        zalo_oa_id=ACCOUNT,
        zalo_oa_secret=KEY,
        log_level="CRITICAL",
    ).prepared()


@dataclass(frozen=True, slots=True)
class Said:
    """One thing somebody wrote; `number` is its place among all that was written."""

    channel: str
    address: str
    number: int

    @property
    def words(self) -> str:
        return f"câu hỏi thứ {self.number}"

    def posted(self) -> tuple[Mapping[str, str], bytes]:
        """Return headers and body of the provider's call."""
        return {"telegram": self._telegram, "zalo_bot": self._zalo_bot, "zalo_oa": self._zalo_oa}[self.channel]()

    def _telegram(self) -> tuple[Mapping[str, str], bytes]:
        person = {"id": int(self.address), "is_bot": False, "first_name": "Lan"}
        chat, date = {"id": int(self.address), "type": "private"}, (BEGAN + self.number) // 1000
        message = {"message_id": self.number, "date": date, "chat": chat, "from": person, "text": self.words}
        body = json.dumps({"update_id": self.number, "message": message}).encode()
        return {"X-Telegram-Bot-Api-Secret-Token": SECRET}, body

    def _zalo_bot(self) -> tuple[Mapping[str, str], bytes]:
        person = {"id": self.address, "display_name": "Lan", "is_bot": False}
        chat = {"id": self.address, "chat_type": "PRIVATE"}
        message = {
            "message_id": self._id(),
            "date": BEGAN + self.number,
            "from": person,
            "chat": chat,
            "text": self.words,
        }
        event = {"event_name": "message.text.received", "message": message}
        return {"X-Bot-Api-Secret-Token": SECRET}, json.dumps({"ok": True, "result": event}).encode()

    def _zalo_oa(self) -> tuple[Mapping[str, str], bytes]:
        stamp = str(BEGAN + self.number)
        body = {
            "app_id": APP,
            "sender": {"id": self.address},
            "recipient": {"id": ACCOUNT},
            "event_name": "user_send_text",
            "message": {"text": self.words, "msg_id": self._id()},
            "timestamp": stamp,
        }
        raw = json.dumps(body).encode()
        return {"X-ZEvent-Signature": f"mac={signature(APP, raw, stamp, KEY)}"}, raw

    def _id(self) -> str:
        """Zalo's ids tell nothing of the order."""
        return f"{random.Random(self.number).getrandbits(80):020x}"


@dataclass(frozen=True, slots=True)
class Hour:
    """What was written, in order; what is posted for it, in order; and what is repeated when all is answered."""

    written: Sequence[Said]
    posted: Sequence[Said]
    repeated: Sequence[Said]

    def overtaken(self) -> int:
        """Count what is posted first after something that the same person wrote later."""
        latest: dict[str, int] = {}
        count = 0
        for said in dict.fromkeys(self.posted):
            count += said.number < latest.get(said.address, 0)
            latest[said.address] = max(said.number, latest.get(said.address, 0))
        return count


def busy_hour(events: int, people: int, seed: int) -> Hour:
    """Let so many people write so much; every call but the late and the doubled is made in the order of writing."""
    rng = random.Random(seed)
    addresses = [(CHANNELS[who % len(CHANNELS)], str(5_000_000 + who)) for who in range(people)]
    written = [Said(*rng.choice(addresses), number) for number in range(1, events + 1)]
    following = _following(written)
    due = {said: float(said.number) for said in written}
    for said in rng.sample(sorted(following, key=lambda said: said.number), events // LATE):
        due[said] = due[following[said]] + rng.random()
    doubled = rng.sample(written, events // DOUBLED)
    calls = list(due.items()) + [(said, due[said] + rng.uniform(0, people)) for said in doubled]
    posted = [said for said, _ in sorted(calls, key=lambda call: call[1])]
    return Hour(written, posted, rng.sample(written, events // AFTER_THE_ANSWER))


def _following(written: Sequence[Said]) -> dict[Said, Said]:
    """Return what the same person wrote next."""
    last: dict[str, Said] = {}
    found = {}
    for said in written:
        if said.address in last:
            found[last[said.address]] = said
        last[said.address] = said
    return found
