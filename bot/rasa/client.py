"""Speaks to the Rasa server over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from bot.conversation.respond import Reply
from bot.conversation.turn import Effect, Understanding
from bot.errors import RasaAway
from bot.outbox.rules import message_from

FALLBACK = "nlu_fallback"
PATIENCE = httpx.Timeout(5.0, connect=1.0)


def open_rasa(url: str) -> httpx.AsyncClient:
    """Return an HTTP client for Rasa; nothing connects yet."""
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=httpx.Limits(max_connections=8), trust_env=False)


class Rasa:
    """The dialogue engine, spoken to through Rasa's REST channel and its parse call."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def converse(self, sender: str, text: str, known: Mapping[str, str]) -> Reply:
        """Hand over one turn and return what the dialogue says; raise RasaAway."""
        body = {"sender": sender, "message": text, "metadata": {"known": dict(known)}}
        found = await self._post("/webhooks/rest/webhook", body)
        bubbles = [bubble["custom"] for bubble in found if isinstance(bubble.get("custom"), dict)]
        effects = {Effect(name) for bubble in bubbles for name in bubble.get("effects", [])}
        keep = {name: str(value) for bubble in bubbles for name, value in bubble.get("keep", {}).items()}
        return Reply(tuple(message_from(bubble) for bubble in bubbles if bubble.get("text")), frozenset(effects), keep)

    async def forget(self, sender: str) -> None:
        """Begin the person's dialogue anew, with nothing remembered; raise RasaAway."""
        await self._post(f"/conversations/{sender}/tracker/events", {"event": "restart"})

    async def understand(self, text: str) -> Understanding:
        """Return the likeliest topic, how sure Rasa is, and whether that is too little; raise RasaAway."""
        found = await self._post("/model/parse", {"text": text})
        ranking: list[dict[str, Any]] = [rank for rank in found.get("intent_ranking", []) if rank["name"] != FALLBACK]
        best: dict[str, Any] = ranking[0] if ranking else {"name": "", "confidence": 0.0}
        return Understanding(
            topic=str(best["name"]),
            confidence=float(best["confidence"]),
            fallback=found["intent"]["name"] in (FALLBACK, None),
            entities=tuple(_entity(entity) for entity in found.get("entities", [])),
        )

    async def ready(self) -> bool:
        """Tell whether Rasa runs and has loaded a model."""
        try:
            response = await self._http.get("/status")
            return response.status_code == 200 and bool(response.json().get("model_file"))
        except (httpx.HTTPError, ValueError):
            return False

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        try:
            response = await self._http.post(path, json=body)
            response.raise_for_status()
            return response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise RasaAway(type(error).__name__) from None


def _entity(found: dict[str, Any]) -> dict[str, str]:
    return {"entity": str(found["entity"]), "value": str(found["value"])}
