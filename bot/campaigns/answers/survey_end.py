"""The end of a survey: thanks; of a quiz the score, and a certificate where pictures can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.booking.asks import asks_something_else
from bot.booking.wants import Want, answer_in, wants_in
from bot.campaigns.answers import survey_store as store
from bot.campaigns.answers.sitting import Messages, Sitting
from bot.campaigns.answers.survey import NAME, SKIPPED, Run, earns_certificate, name_typed, score, target
from bot.campaigns.answers.survey_content import Survey
from bot.citizens import store as citizens
from bot.outbox.channels import CAPABILITIES


async def finish(sitting: Sitting, survey: Survey, run: Run) -> Messages:
    """Keep the answers and thank; of a quiz tell the score, and ask for the name that a certificate should bear."""
    points = score(survey, run.answers)
    values = {"kind": survey.kind, "score": points, "questions": len(survey.questions)}
    await store.submit(sitting.connection, sitting.contact_id, run, values, sitting.now)
    thanks = sitting.say("thanks", thanks=survey.thanks)
    if points is None:
        await store.drop(sitting.connection, sitting.contact_id)
        return (thanks,)
    told = sitting.say("score", points=points, of=len(survey.questions), thanks=survey.thanks)
    if not earns_certificate(points, len(survey.questions)):
        await store.drop(sitting.connection, sitting.contact_id)
        return (replace(told, buttons=(sitting.button("from_the_start", survey.target),)),)
    if not await _shows_pictures(sitting):
        await store.drop(sitting.connection, sitting.contact_id)
        return (told,)
    await store.save(sitting.connection, sitting.contact_id, replace(run, asks=NAME), sitting.now)
    nameless = sitting.button("without_name", target(run, NAME, SKIPPED))
    return (told, replace(sitting.say("ask_name", nameless), once=True))


async def _shows_pictures(sitting: Sitting) -> bool:
    channel = CAPABILITIES.get(await citizens.channel_of(sitting.connection, sitting.contact_id))
    return channel is None or channel.pictures == "upload"  # None: the web chat, which shows all


async def named(sitting: Sitting, survey: Survey, run: Run, said: str) -> Messages | None:
    """Take the name for a certificate; whoever wants none gets it without."""
    wants = wants_in(said)
    if wants & {Want.CANCEL, Want.SKIP} or answer_in(said) is False:
        return await certificate(sitting, survey, run, "")
    if asks_something_else(said, tells=False):
        return None
    name = name_typed(said)
    if not name:
        return (sitting.say("no_name", sitting.button("without_name", target(run, NAME, SKIPPED))),)
    return await certificate(sitting, survey, run, name)


async def certificate(sitting: Sitting, survey: Survey, run: Run, name: str) -> Messages:
    """Show the certificate; the name stands nowhere else."""
    await store.drop(sitting.connection, sitting.contact_id)
    points = score(survey, run.answers)
    shown = {"what": "certificate", "on": sitting.today.isoformat(), "quiz": survey.key, "name": name}
    picture: Mapping[str, str] = {**shown, "points": str(points), "of": str(len(survey.questions))}
    return (replace(sitting.say("certificate"), picture=picture),)
