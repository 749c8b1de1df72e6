"""Finds numbers that stand in a template itself, where they should come from content/law. Pure."""

from __future__ import annotations

import re

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_ALLOWED = re.compile(
    r"\b\d{1,2}/\d{1,2}/\d{4}\b|\bLu[ậa]t BHXH \d{4}\b|\b(?:Điều|Dieu) \d+\b|\b\d+/\d{4}/[A-ZĐ-]+\d*\b|\b\d+/\d{4}\b"
)  # days, names of laws, articles, numbers of documents


def number_in(template: str) -> str:
    """Return the first number written out, other than a day's, an article's or a document's; empty: there is none."""
    found = re.search(r"\S*\d\S*", _ALLOWED.sub("", without_blocks(template)))
    return found[0] if found else ""


def without_blocks(template: str) -> str:
    """Return what stands in a template itself, without its {{ }}, {% %} and {# #}."""
    return _TEMPLATE.sub("", template)
