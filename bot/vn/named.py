"""Which of some named things a text means: by its key, its name, or a part of its name, with or without diacritics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.vn.text import fold_key


def meant_by(written: str, names: Mapping[str, str]) -> list[str]:
    """Return the keys of what is meant: of that key or whole name, or else of all names that hold the words; "" means nothing."""
    if written in names:
        return [written]
    wanted = fold_key(written)
    whole = [key for key, name in names.items() if fold_key(name) == wanted]
    return whole or [key for key, name in names.items() if wanted and f" {wanted} " in f" {fold_key(name)} "]


def told_apart(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return names by key, each with its key behind it where another has the same name."""
    listed = list(names)
    once = [name for _, name in listed]
    return {key: name if once.count(name) == 1 else f"{name} ({key})" for key, name in listed}
