"""What Rasa calls: /rasa/webhook runs an action, /rasa/nlg gives a text. JSON in, JSON out."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.answers.library import Library
from bot.conversation.actions import ACTIONS, say
from bot.conversation.turn import Outcome, Turn
from bot.errors import ContentError
from bot.rasa.client import FALLBACK

log = logging.getLogger(__name__)

SECRET_HEADER = "x-an-sinh-secret"  # noqa: S105 - the header's name


def turn_from(body: Mapping[str, Any]) -> Turn:
    """Read Rasa's call of an action (captured in tests/rasa/payloads) as a turn."""
    tracker = body["tracker"]
    message = tracker.get("latest_message") or {}
    ranking = [rank["name"] for rank in message.get("intent_ranking", []) if rank["name"] != FALLBACK]
    slots = {name: value for name, value in tracker.get("slots", {}).items() if isinstance(value, str)}
    spoken = {entity["entity"]: str(entity["value"]) for entity in message.get("entities", [])}
    return Turn(
        text=str(message.get("text") or "").removeprefix("/"),
        topic=str((message.get("intent") or {}).get("name") or ""),
        candidates=tuple(ranking),
        facts={**slots, **spoken},
        last_topic=slots.get("last_topic", ""),
    )


def outcome_to(outcome: Outcome, action: str = "") -> dict[str, Any]:
    """Write an outcome as Rasa's answer: each message whole, as custom JSON, so that Rasa splits nothing.

    Rasa expects its default fallback to take the misunderstood message back; else it predicts the fallback again and again.
    """
    bubbles = [{"custom": message.body()} for message in outcome.messages]
    if outcome.effects:
        carrier = bubbles[-1]["custom"] if bubbles else {}
        carrier["effects"] = sorted(outcome.effects)
        bubbles = bubbles or [{"custom": carrier}]
    events = [
        {"event": "slot", "name": name, "value": value, "timestamp": None} for name, value in outcome.remember.items()
    ]
    taken_back = [{"event": "rewind", "timestamp": None}] if action == "action_default_fallback" else []
    return {"events": taken_back + events, "responses": bubbles}


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
            return JSONResponse(outcome_to(action(library, turn_from(body), today()), name))
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
