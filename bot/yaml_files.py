"""Reading YAML written by people: every complaint names file, key and reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from reprlib import Repr
from typing import Any, TypeVar

import yaml

from bot.errors import ContentError

T = TypeVar("T")
DEEPEST = 1_000  # collections in one another; some ten thousands would end the process
_SHORT = Repr()
_SHORT.maxstring, _SHORT.maxother, _SHORT.maxlevel = 200, 200, 2
_PLACE = re.compile(r"[a-z_]+(?:\[\d+\]|\.[a-z_]+)*")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, except that a key written twice is an error."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = next((key for key, times in Counter(keys).items() if times > 1), None)
    if len(set(keys)) < len(keys):
        raise yaml.constructor.ConstructorError(None, None, f"key written twice: {twice}", node.start_mark)
    return dict(zip(keys, (loader.construct_object(value, deep=True) for _, value in node.value), strict=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse_yaml(text: str, where: str) -> Any:
    """Parse YAML text; raise ContentError naming the place."""
    try:
        if _too_deep(text):
            raise ContentError(f"{where}: not valid YAML: more than {DEEPEST} lists and mappings in one another")
        return yaml.load(text, _Loader)  # noqa: S506 - _Loader is a SafeLoader
    except (yaml.YAMLError, TypeError, ValueError) as error:
        # TypeError: a key that is itself a mapping, as in «a: {{ b }}»; ValueError: a day that is none, as 2026-02-30
        raise ContentError(f"{where}: not valid YAML: {' '.join(str(error).split())}") from None


def _too_deep(text: str) -> bool:
    """Tell whether too much is laid into one another; nothing is deeper than its brackets and its longest line."""
    if text.count("[") + text.count("{") + max(map(len, text.splitlines()), default=0) <= DEEPEST:
        return False
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False


def read_yaml(path: Path) -> Any:
    """Read one YAML file; raise ContentError when it is missing, not UTF-8 or not YAML."""
    return parse_yaml(read_text(path), str(path))


def shown(found: Any) -> str:
    """Return what was found as a complaint names it: short, however much it is."""
    return _SHORT.repr(found)


def read_text(path: Path) -> str:
    """Read one UTF-8 file; raise ContentError when it is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(f"{path}: missing") from None
    except UnicodeDecodeError:
        raise ContentError(f"{path}: not UTF-8; save it as UTF-8") from None


def checked_keys(found: Any, where: str, *, needed: Collection[str], allowed: Collection[str] = ()) -> dict[str, Any]:
    """Return the mapping if it has all needed keys and no unknown one; raise ContentError otherwise."""
    if not isinstance(found, Mapping):
        raise ContentError(f"{where}: expected keys and values, found {type(found).__name__}")
    unknown = sorted(str(key) for key in found if key not in {*needed, *allowed})
    missing = sorted(key for key in needed if key not in found)
    if unknown:
        raise ContentError(f"{where}: unknown key {', '.join(unknown)}")
    if missing:
        raise ContentError(f"{where}: missing key {', '.join(missing)}")
    return dict(found)


def as_date(found: Any, where: str) -> date:
    """Return a YAML date; raise ContentError when it is anything else."""
    if type(found) is not date:
        raise ContentError(f"{where}: must be a date like 2026-07-01, found {shown(found)}")
    return found


def as_text(found: Any, where: str) -> str:
    """Return a non-empty text; raise ContentError when it is anything else."""
    if not isinstance(found, str) or not found.strip():
        raise ContentError(f"{where}: must be a text, found {shown(found)}")
    return found.strip()


def as_list(found: Any, where: str, one: Callable[[Any, str], T]) -> tuple[T, ...]:
    """Return each item read by `one`; raise ContentError when it is not a list."""
    if not isinstance(found, list):
        raise ContentError(f"{where}: must be a list, found {shown(found)}")
    return tuple(one(item, f"{where}[{number}]") for number, item in enumerate(found))


def raise_faults(faults: Iterable[str], text: str, where: str) -> None:
    """Raise all faults as one ContentError, each with the line at which its entry begins; without faults do nothing."""
    found = list(faults)
    if found:
        lines = dict(_lines(yaml.compose(text, yaml.SafeLoader), ""))
        raise ContentError("\n".join(_located(fault, lines, where) for fault in found))


def _located(fault: str, lines: Mapping[str, int], where: str) -> str:
    read = _PLACE.match(fault)
    place = read[0] if read else ""
    while place and place not in lines:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return f"{where}: line {lines[place]}: {fault}" if place else f"{where}: {fault}"


def _lines(node: yaml.Node | None, place: str) -> Iterator[tuple[str, int]]:
    """Yield the line of each place in the file: «consultants[0].plans[1].hours»."""
    if node is None:
        return
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, f"{place}.{key.value}".lstrip("."))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, f"{place}[{number}]")
