"""The steps of asking for an appointment: what is needed next, offers, the hold, the confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answers.library import Library
from bot.booking import ask, brief, drafts, limit, news, offers, service, store, words
from bot.booking.draft import LEFT, Draft, needed
from bot.booking.rules import HORIZON, Appointment, Kind, Offer
from bot.campaigns.answers import attribution
from bot.campaigns.answers.rules import Kind as Counted
from bot.clock import VIETNAM, day_in_vietnam
from bot.outbox.rules import Message

SHOWN = 3  # offers at a time
Messages = tuple[Message, ...]
Chosen = tuple[int, Kind, datetime]  # whose time, how, and from when


@dataclass(frozen=True, slots=True)
class Talk:
    """A turn of one person's booking dialogue, in the transaction that answers it."""

    connection: AsyncConnection
    contact_id: int
    library: Library
    now: datetime
    most: int | None = None  # open appointments that a person may make by themselves; None: any number

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return day_in_vietnam(self.now)

    @property
    def hotline(self) -> object:
        """The number that is always answered."""
        return self.library.law.at(self.today)["service.hotline"]

    async def tell(self, found: Appointment, what: str) -> None:
        """Tell the consultant."""
        await news.tell(self.connection, self.library, found, what, now=self.now)

    async def keep(self, draft: Draft) -> None:
        """Write the draft."""
        await drafts.save(self.connection, self.contact_id, draft, self.now)


async def go_on(
    talk: Talk, draft: Draft, *, lead: str = "offers", again: bool = False, why: str = "", timed: bool = False
) -> Messages:
    """Ask for what is needed next, or show what is free; `timed`: a day or time was told just now, and may be taken at once."""
    draft = replace(draft, asks=needed(draft))
    if (met := await _limit_met(talk, draft)) is not None:
        return await _full(talk, draft, met)
    if draft.asks in {"topic", "day", "offer"} and not await drafts.served(talk.connection, draft.province):
        await talk.keep(replace(draft, asks="place", province=""))
        return (ask.told(talk.library, "nobody", hotline=talk.hotline),)
    if draft.asks == "offer":
        return await _offer(talk, draft, lead, timed=timed)
    await talk.keep(draft)
    if draft.asks == "confirm":
        return await _read_back(talk, draft)
    return (ask.question(talk.library, draft, again=again, why=why),)


async def _limit_met(talk: Talk, draft: Draft) -> limit.Met | None:
    """Tell early whether one more may not be made; whoever moves one makes none, and the number matters when all is known."""
    if draft.moving or talk.most is None:
        return None
    phone = draft.number if draft.asks == "confirm" else ""
    return await limit.met(talk.connection, talk.contact_id, phone, talk.most, now=talk.now)


async def _full(talk: Talk, draft: Draft, met: limit.Met) -> Messages:
    """Say that one more may not be made, and what can be done; what was told is kept for when there is room again."""
    if met is limit.Met.NUMBER:
        await talk.keep(replace(draft, phone="", asks="phone"))
        values = {"phone": words.phone(draft.number), "most": talk.most, "hotline": talk.hotline}
        return (ask.told(talk.library, met, **values),)
    await talk.keep(replace(await release(talk, draft), asks=LEFT))
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    coming = [each for each in coming if not each.by_staff]  # to cancel one of the others makes no room
    values = {"count": len(coming), "most": talk.most, "hotline": talk.hotline}
    return (ask.several(talk.library, met, coming, now=talk.now, **values),)


async def _offer(talk: Talk, draft: Draft, lead: str, *, timed: bool) -> Messages:
    """Show the best times; or keep the one that is just what was asked for."""
    wish = draft.wish()
    if wish.days and min(wish.days) > talk.today + HORIZON:
        await talk.keep(replace(draft, asks="day", dated=False, days=()))
        return (ask.told(talk.library, "too_far", days=HORIZON.days),)
    found = await offers.find(talk.connection, wish, now=talk.now, most=SHOWN, skip=draft.skip)
    if not found and draft.skip:
        return await _offer(talk, replace(draft, skip=0), "offers_all", timed=False)
    if not found:
        await talk.keep(draft)
        full = ask.told(talk.library, "no_more", place=draft.place, days=HORIZON.days)
        return (ask.told(talk.library, "taken"), full) if lead == "offers_taken" else (full,)
    if timed and lead == "offers" and not draft.skip and _just_so(draft, found):
        return await take(talk, draft, (found[0].consultant_id, found[0].kind, found[0].starts_at))
    await talk.keep(replace(draft, shown=tuple(offer.key for offer in found)))
    if lead == "offers" and not any(_as_wished(draft, offer) for offer in found):
        lead = "offers_instead"
    return (ask.offered(talk.library, draft, found, lead),)


def _local(offer: Offer) -> datetime:
    return offer.starts_at.astimezone(VIETNAM)


def _just_so(draft: Draft, found: Sequence[Offer]) -> bool:
    """Tell whether the first offer is the one day and time that was told."""
    wish = draft.wish()
    return len(wish.days) == 1 and len(wish.times) == 1 and _as_wished(draft, found[0])


def _as_wished(draft: Draft, offer: Offer) -> bool:
    wish, begins = draft.wish(), _local(offer)
    on_the_day = not wish.days or begins.date() in wish.days
    return on_the_day and (not wish.times or begins.time() in wish.times)


async def take(talk: Talk, draft: Draft, chosen: Chosen) -> Messages:
    """Keep an offered time for the person; or move their appointment there."""
    if draft.moving:
        return await _move(talk, draft, chosen)
    draft = await release(talk, draft)
    if await _busy(talk, chosen):
        await talk.keep(replace(draft.without("day"), asks="day"))
        return (ask.told(talk.library, "two_at_once"),)
    topic = draft.topic or "other"
    found = await service.hold(talk.connection, talk.contact_id, *chosen, topic, now=talk.now)
    if found is None:
        return await go_on(talk, draft, lead="offers_taken")
    draft = replace(draft, held=found.id)
    return (ask.held(talk.library, found), *await go_on(talk, draft))


async def _busy(talk: Talk, chosen: Chosen) -> bool:
    """Tell whether the person has an appointment of their own at that moment."""
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    return any(each.starts_at <= chosen[2] < each.ends_at for each in coming)


async def _move(talk: Talk, draft: Draft, chosen: Chosen) -> Messages:
    """Move what still stands; the hour it has already is no move."""
    coming = await service.coming(talk.connection, talk.contact_id, now=talk.now)
    old = next((each for each in coming if each.id == draft.moving), None)
    if old is None or old.starts_at == chosen[2]:
        await leave(talk)
        return (ask.mine(talk.library, old) if old else ask.told(talk.library, "unknown"),)
    if old.starts_at <= talk.now:
        await leave(talk)
        return (begun(talk, old),)
    found = await service.move(talk.connection, draft.moving, *chosen, by="citizen", now=talk.now)
    if found is None:
        return await go_on(talk, draft, lead="offers_taken")
    await leave(talk)
    await talk.tell(found, "moved")
    return ask.moved(talk.library, found)


def begun(talk: Talk, found: Appointment) -> Message:
    """Say of an appointment that has begun that it stands, and what somebody can do who met nobody."""
    return ask.mine(talk.library, found, "begun", hotline=talk.hotline)


async def release(talk: Talk, draft: Draft) -> Draft:
    """Give back the time that was kept: the person wants another."""
    await service.release(talk.connection, talk.contact_id, now=talk.now)
    return replace(draft, held=0)


async def leave(talk: Talk) -> None:
    """Forget the draft, and give back what was kept for it."""
    await service.release(talk.connection, talk.contact_id, now=talk.now)
    await drafts.drop(talk.connection, talk.contact_id)


async def _read_back(talk: Talk, draft: Draft) -> Messages:
    found = await store.get(talk.connection, draft.held)
    if found is None or found.contact_id != talk.contact_id:
        return await go_on(talk, replace(draft, held=0))
    return (ask.read_back(talk.library, draft, found),)


async def confirm(talk: Talk, draft: Draft) -> Messages:
    """Make the appointment that was read back."""
    try:
        found = await service.confirm(
            talk.connection, draft.held, name=draft.name, phone=draft.number, brief=await _brief(talk, draft),
            key=f"draft:{draft.held}", most=talk.most, now=talk.now,
        )  # fmt: skip
    except limit.LimitMet as full:
        return await _full(talk, draft, full.met)
    if found is None:
        return await go_on(talk, replace(draft, held=0), lead="offers_taken")
    await attribution.later(talk.connection, talk.contact_id, Counted.BOOKED, key=str(found.id), what=found.topic)
    await drafts.drop(talk.connection, talk.contact_id)
    await drafts.stop_waiting(talk.connection, talk.contact_id, talk.now)
    await talk.tell(found, "booked")
    return ask.done(talk.library, found)


async def _brief(talk: Talk, draft: Draft) -> dict[str, object]:
    also = {"also": list(draft.also)} if draft.also else {}
    return {**await brief.write(talk.connection, talk.contact_id), **also}


async def stay(talk: Talk, appointment: Appointment) -> None:
    """Leave the move of an appointment, if one was begun."""
    draft = await drafts.load(talk.connection, talk.contact_id, talk.now)
    if draft and draft.moving == appointment.id:
        await leave(talk)


async def cancel(talk: Talk, appointment: Appointment) -> Messages:
    """Cancel an appointment of the person's."""
    found = await service.cancel(talk.connection, appointment.id, by="citizen", now=talk.now)
    if found is None:
        return (ask.told(talk.library, "unknown"),)
    await stay(talk, found)
    await talk.tell(found, "cancelled")
    return (ask.cancelled(talk.library, found),)
