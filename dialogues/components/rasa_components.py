"""Rasa's view of our parts: the topic model as an intent classifier, the Vietnamese parsers as an entity extractor."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional, Text

import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg.callback import CallbackNaturalLanguageGenerator, nlg_response_format_spec
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.vn.births import find_birth
from bot.vn.durations import find_durations
from bot.vn.facts import Fact, find_facts
from bot.vn.money import find_money
from dialogues.components.topic_model import TopicModel

# On an error this logger writes the citizen's message and every local variable; our side logs that Rasa failed.
logging.getLogger("rasa.core.channels.rest").setLevel(logging.CRITICAL)

RANKED = 10  # how many topics the ranking of a message names


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Classifies a message with TopicModel."""

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, model: TopicModel) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"strength": 1.0, "copies": 1, "sharpness": 5.0}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        model = TopicModel(float(config["strength"]), int(config["copies"]), float(config["sharpness"]))
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        examples = {
            (example.get(TEXT), example.get(INTENT)) for example in training_data.intent_examples if example.get(TEXT)
        }
        texts, topics = zip(*sorted(examples))
        self._model.fit(texts, topics)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, TopicModel.load(folder))

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            ranking = (
                [{"name": name, "confidence": sure} for name, sure in self._model.rank(text)[:RANKED]] if text else []
            )
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def _facts(text: Text) -> List[Fact]:
    """Return what the parsers find in a text typed by a person; a pressed button carries its own entities."""
    if text.startswith("/"):
        return []
    sums = [
        Fact("money", str(amount), money.start, money.end) for money in find_money(text) for amount in money.choices
    ]
    spans = [
        Fact("duration", str(months), span.start, span.end) for span in find_durations(text) for months in span.choices
    ]
    births = [
        Fact("birth", str(birth.year), birth.start, birth.end)
        for birth in find_birth(text, datetime.now(timezone.utc).date())
        if not birth.from_age
    ]
    return [*find_facts(text), *sums, *spans, *births]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactFinder(GraphComponent, EntityExtractorMixin):
    """Finds groups, provinces and other facts with the parsers of bot.vn."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FactFinder:
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            found = [
                {"entity": fact.kind, "value": fact.value, "start": fact.start, "end": fact.end}
                for fact in _facts(message.get(TEXT) or "")
            ]
            entities = [*message.get(ENTITIES, []), *self.add_extractor_name(found)]
            message.set(ENTITIES, entities, add_to_output=True)
        return messages


_ACTION = jsonschema.Draft7Validator(RemoteAction.action_response_format_spec())
_TEXT = jsonschema.Draft7Validator(nlg_response_format_spec())


def _check_action(self: RemoteAction, result: Dict[Text, Any]) -> bool:
    _ACTION.validate(result)
    return True


def _check_text(content: Optional[Dict[Text, Any]]) -> bool:
    _TEXT.validate(content or {})
    return True


# Rasa makes a new validator for each answer it gets, which costs more CPU than all the rest of a turn: ours are made once.
RemoteAction._validate_action_result = _check_action
CallbackNaturalLanguageGenerator.validate_response = staticmethod(_check_text)
