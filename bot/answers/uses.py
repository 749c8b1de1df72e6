"""Who uses a number of the law: answers, corrections of rumours, campaigns and calculators."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, nodes

from bot.answers.library import Library
from bot.calculators.catalogue import CALCULATORS
from bot.campaigns.templates import load_templates
from bot.campaigns.written import Template
from bot.law.parameters import Law

FOLDER = Path(__file__).resolve().parents[1] / "calculators"
_PREFIX = "bot.calculators."
_GAP = r"[a-z0-9_.]+"


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """Something that reads a number: its kind (answer, rumour, campaign, calculator), its name and its title."""

    kind: str
    name: str
    title: str


def uses(library: Library, templates: Mapping[str, Template]) -> Mapping[str, tuple[Use, ...]]:
    """Return, by the number's name, all that may read it on any day."""
    found: defaultdict[str, set[Use]] = defaultdict(set)
    for use, names in _readers(library, templates):
        for name in names:
            found[name].add(use)
    return {name: tuple(sorted(each)) for name, each in found.items()}


def _readers(library: Library, templates: Mapping[str, Template]) -> Iterator[tuple[Use, frozenset[str]]]:
    for page in library.pages.values():
        yield Use("answer", page.name, page.title), in_templates((page.body, page.short), library.law)
    for key, theme in library.rumours.items():
        yield Use("rumour", key, theme.says.title), in_templates((theme.says.body,), library.law)
    for key, template in templates.items():
        sources = [source for words in template.words.values() for source in (words.text, words.sms)]
        yield Use("campaign", key, template.title), in_templates(sources, library.law)
    for name in CALCULATORS:
        yield Use("calculator", name, name), in_calculator(name, library.law)


def in_templates(sources: Iterable[str], law: Law) -> frozenset[str]:
    """Return the numbers that templates read on any day, also in parts that are left out on some."""
    chains = {chain for source in sources for chain in _chains(Environment().parse(source))}  # noqa: S701 - only read
    return frozenset(name for chain in chains for name in _below(chain, law))


def _below(chain: str, law: Law) -> Iterator[str]:
    if chain in law.parameters:
        yield chain
    else:
        yield from (name for name in law.parameters if name.startswith(f"{chain}."))


def _chains(node: nodes.Node) -> Iterator[str]:
    """Yield «a.b» for each law.a.b and law_on(day).a.b, the longest only."""
    parts, root = list[str](), node
    while isinstance(root, nodes.Getattr):
        parts.insert(0, root.attr)
        root = root.node
    whose = root.node if isinstance(root, nodes.Call) else root
    if parts and isinstance(whose, nodes.Name) and whose.name in ("law", "law_on"):
        yield ".".join(parts)
    for child in root.iter_child_nodes():
        yield from _chains(child)


def in_calculator(name: str, law: Law) -> frozenset[str]:
    """Return the numbers that a calculator may read, itself or through the functions that it calls."""
    module = CALCULATORS[name].question.__module__.removeprefix(_PREFIX)
    patterns = [re.compile(one) for one in _reached(module, name) if "\\." in one]
    return frozenset(one for one in law.parameters if any(pattern.fullmatch(one) for pattern in patterns))


@dataclass(frozen=True, slots=True)
class _Module:
    """A module of calculators: what it defines by name, which names come from where, and its texts by their names."""

    defined: Mapping[str, ast.stmt]
    imported: Mapping[str, str]
    known: Mapping[str, str]


@lru_cache(maxsize=64)
def _module(name: str) -> _Module:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    defined: dict[str, ast.stmt] = {}
    imported, known = dict[str, str](), dict[str, str]()
    for each in tree.body:
        if isinstance(each, ast.FunctionDef | ast.ClassDef):
            defined[each.name] = each
        elif isinstance(each, ast.ImportFrom) and (each.module or "").startswith(_PREFIX):
            imported |= {alias.name: str(each.module).removeprefix(_PREFIX) for alias in each.names}
        elif isinstance(each, ast.Assign | ast.AnnAssign):
            names = [one.id for one in ast.walk(each) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
            defined |= dict.fromkeys(names, each)
            if isinstance(each.value, ast.Constant) and isinstance(each.value.value, str):
                known |= dict.fromkeys(names, each.value.value)
    return _Module(defined, imported, known)


@lru_cache(maxsize=64)
def _reached(module: str, name: str) -> frozenset[str]:
    """Return patterns of the names of numbers that a function writes out or puts together, and all that it calls."""
    found, seen, left = set[str](), set[tuple[str, str]](), [(module, name)]
    while left:
        place = left.pop()
        if place in seen:
            continue
        seen.add(place)
        inside = _module(place[0])
        if place[1] in inside.imported:
            left.append((inside.imported[place[1]], place[1]))
        elif place[1] in inside.defined:
            node = inside.defined[place[1]]
            found.update(_written(node, inside.known))
            left += [(place[0], one.id) for one in ast.walk(node) if isinstance(one, ast.Name)]
    return frozenset(found)


def _written(tree: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            whole = "".join(_part(part, known) for part in node.values)
            yield whole + (_GAP if whole.endswith(".") else "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(_GAP, node.value):
            yield re.escape(node.value) + (_GAP if node.value.endswith((".", "_")) else "")


def _part(part: ast.expr, known: Mapping[str, str]) -> str:
    if isinstance(part, ast.Constant):
        return re.escape(str(part.value))
    assert isinstance(part, ast.FormattedValue)
    name = part.value.id if isinstance(part.value, ast.Name) else ""
    return re.escape(known[name]) if name in known else _GAP


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is worked out once of the content of one start of the program: the campaigns' texts, and who uses a number."""

    templates: Mapping[str, Template]
    uses: Mapping[str, tuple[Use, ...]]


def shelf_of(content: Path, library: Library) -> Shelf:
    """Return the shelf of a library."""
    templates = load_templates(content, library)
    return Shelf(templates, uses(library, templates))
