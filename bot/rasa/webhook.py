"""What Rasa calls: /rasa/webhook runs an action, /rasa/nlg gives a text. JSON in, JSON out."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.answers.library import Library
from bot.conversation.actions import ACTIONS, say
from bot.conversation.told import ABOUT_THE_PERSON, FACTS, merged, told
from bot.conversation.turn import Outcome, Turn
from bot.errors import ContentError
from bot.rasa.client import FALLBACK

log = logging.getLogger(__name__)

SECRET_HEADER = "x-an-sinh-secret"  # noqa: S105 - the header's name


def turn_from(body: Mapping[str, Any], day: date) -> Turn:
    """Read Rasa's call of an action (captured in tests/rasa/payloads) as a turn."""
    tracker = body["tracker"]
    message = tracker.get("latest_message") or {}
    ranking = [rank["name"] for rank in message.get("intent_ranking", []) if rank["name"] != FALLBACK]
    known = facts_kept(message.get("metadata"))
    slots = known | {name: value for name, value in tracker.get("slots", {}).items() if isinstance(value, str)}
    text = str(message.get("text") or "")
    requested = slots.pop("requested_slot", "")
    pressed = pressed_fact(message) if text.startswith("/") else {}
    heard = pressed if text.startswith("/") else told(text, day, requested).facts
    return Turn(
        text=text.removeprefix("/"),
        topic=str((message.get("intent") or {}).get("name") or ""),
        candidates=tuple(ranking),
        facts=merged(slots, heard),
        last_topic=slots.get("last_topic", ""),
        slots=slots,
        pressed=pressed,
        requested=requested,
        form=str((tracker.get("active_loop") or {}).get("name") or ""),
    )


def facts_kept(metadata: Any) -> dict[str, str]:
    """Return what the person allowed us to keep, which the worker hands through Rasa with each message."""
    kept = metadata.get("known") if isinstance(metadata, Mapping) else None
    return {name: str(value) for name, value in kept.items() if name in FACTS} if isinstance(kept, Mapping) else {}


def pressed_fact(message: Mapping[str, Any]) -> dict[str, str]:
    """Return the fact that a pressed button carries as an entity of the intent `inform`."""
    return {
        str(entity["entity"]): str(entity["value"])
        for entity in message.get("entities", [])
        if entity.get("entity") in FACTS
    }


def outcome_to(outcome: Outcome, action: str = "") -> dict[str, Any]:
    """Write an outcome as Rasa's answer: each message whole, as custom JSON, so that Rasa splits nothing.

    Rasa expects its default fallback to take the misunderstood message back; else it predicts the fallback again and again.
    """
    bubbles = [{"custom": message.body()} for message in outcome.messages]
    if outcome.effects or outcome.keep:
        carrier = bubbles[-1]["custom"] if bubbles else {}
        carrier["effects"], carrier["keep"] = sorted(outcome.effects), dict(outcome.keep)
        bubbles = bubbles or [{"custom": carrier}]
    events = [
        {"event": "slot", "name": name, "value": value, "timestamp": None} for name, value in outcome.remember.items()
    ]
    if outcome.follow_up:
        events.append({"event": "followup", "name": outcome.follow_up, "timestamp": None})
    taken_back = [{"event": "rewind", "timestamp": None}] if action == "action_default_fallback" else []
    return {"events": taken_back + events, "responses": bubbles}


def remembering(turn: Turn, outcome: Outcome) -> Outcome:
    """Add what the turn told about the person to what the dialogue remembers."""
    told_now = {name: value for name, value in turn.facts.items() if name in ABOUT_THE_PERSON}
    new = {name: value for name, value in told_now.items() if turn.slots.get(name) != value}
    return replace(outcome, remember={**told_now, **outcome.remember}, keep=outcome.keep or new)


def rasa_routes(library: Library, today: Callable[[], date], secret: str) -> list[Route]:
    """Return the two routes, open only to who knows the secret."""

    def allowed(request: Request) -> bool:
        return hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode())

    async def webhook(request: Request) -> Response:
        if not allowed(request):
            return Response(status_code=403)
        body = await request.json()
        name = str(body.get("next_action", ""))
        action = ACTIONS.get(name)
        if action is None:
            return JSONResponse({"error": f"no action {name}"}, status_code=404)
        try:
            turn = turn_from(body, today())
            outcome = action(library, turn, today())
            if not name.startswith("validate_"):  # a form sees to its facts itself; more would hide that it heard none
                outcome = remembering(turn, outcome)
            return JSONResponse(outcome_to(outcome, name))
        except ContentError as error:
            log.error("A page could not be rendered", extra={"reason": str(error)})
            return JSONResponse(outcome_to(Outcome((say(library, "our_fault"),)), name))

    async def nlg(request: Request) -> Response:
        if not allowed(request):
            return Response(status_code=403)
        body = await request.json()
        key = str(body.get("response", "")).removeprefix("utter_")
        return JSONResponse({"text": "", "custom": say(library, key).body()})

    return [
        Route("/rasa/webhook", webhook, methods=["POST"]),
        Route("/rasa/nlg", nlg, methods=["POST"]),
    ]
