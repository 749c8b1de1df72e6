"""Bodies that no provider sends: anything at all, and known bodies with one place spoilt."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

_atoms = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(["\ud800", "\u0000", "9" * 30, "²"])
)  # fmt: skip
values = st.recursive(
    _atoms, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8
)  # fmt: skip
NO_BODIES = [b"", b"{", b"null", b"[]", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}", b'{"a":"' + b"x" * 2**20 + b'"}']  # fmt: skip
raw_bodies = st.one_of(st.binary(max_size=200), values.map(lambda value: json.dumps(value).encode()))


def _paths(found: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    return [path, *(deeper for key, value in inner for deeper in _paths(value, (*path, key)))]


def spoilt(*samples: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """One of the samples with anything at all in one of its places."""
    places = [(sample, path) for sample in samples for path in _paths(sample) if path]
    return st.builds(_with, st.sampled_from(places), values)


def _with(place: tuple[dict[str, Any], tuple[Any, ...]], value: Any) -> bytes:
    sample, path = copy.deepcopy(place[0]), place[1]
    inner: Any = sample
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return json.dumps(sample).encode()
