"""The house as DESIGN.md draws it: who may import whom, who reads the environment, what the README lists."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings

SOURCES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"), str(path))
    for path in sorted((ROOT / "bot").rglob("*.py"))
}
LANGUAGE = {"vn", "clock", "errors"}  # imported by everybody, import nobody above them
FOUNDATION = {"settings", "yaml_files", "database", "logs", "security"}
SEAMS = {"channels", "rasa", "console"}
SUBJECTS = {
    "answers",
    "booking",
    "calculators",
    "campaigns",
    "citizens",
    "conversation",
    "outbox",
    "reports",
    "sheets",
    "staff",
}
STAND_INS = {"simulator"}  # other people's servers, for tests and demos: they know nothing of ours
MAY_IMPORT = {
    **dict.fromkeys(LANGUAGE, LANGUAGE),
    **dict.fromkeys(FOUNDATION, LANGUAGE | FOUNDATION),
    "migrations": LANGUAGE | FOUNDATION,
    "law": LANGUAGE | {"law", "yaml_files"},
    **dict.fromkeys(SUBJECTS, LANGUAGE | FOUNDATION | SUBJECTS | {"law"}),
    **dict.fromkeys(STAND_INS, LANGUAGE | STAND_INS),
    **{seam: LANGUAGE | FOUNDATION | SUBJECTS | {"law", seam} for seam in SEAMS},
}  # what stands beside the folders (wiring, web, worker, …) puts the parts together and may import them all


def imports(tree: ast.AST) -> set[str]:
    """The dotted names of all modules a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names} if module == "bot" else {module}
    return found


def part(module: str) -> str:
    """bot.answers.render -> answers; bot/answers/render.py -> answers; bot/clock.py -> clock."""
    return module.removesuffix(".py").replace("/", ".").split(".")[1]


def test_imports_point_one_way() -> None:
    wrong = [
        f"{path} imports {module}"
        for path, tree in SOURCES.items()
        for module in imports(tree)
        if module.startswith("bot.") and part(path) in MAY_IMPORT and part(module) not in MAY_IMPORT[part(path)]
    ]
    assert not wrong


def test_every_folder_has_its_place_in_the_order() -> None:
    folders = {path.name for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()}
    assert folders <= MAY_IMPORT.keys()


def test_folders_are_subjects_never_kinds() -> None:
    kinds = {"utils", "util", "helpers", "models", "common", "misc", "core", "lib", "services"}
    assert not [path for path in SOURCES if kinds & {*Path(path).with_suffix("").parts}]


def test_nothing_imports_rasa() -> None:
    assert not [
        path for path, tree in SOURCES.items() if {m.split(".")[0] for m in imports(tree)} & {"rasa", "rasa_sdk"}
    ]


LANGUAGE_FILES = [path for path in SOURCES if part(path) == "vn"]


@pytest.mark.parametrize("path", LANGUAGE_FILES)
def test_what_rasa_imports_too_needs_the_standard_library_and_yaml_only(path: str) -> None:
    outside = {m.split(".")[0] for m in imports(SOURCES[path])} - sys.stdlib_module_names - {"bot"}
    assert outside <= {"yaml"}
    assert all(module.startswith("bot.vn") for module in imports(SOURCES[path]) if module.startswith("bot"))


@pytest.mark.parametrize("path", [*LANGUAGE_FILES, "bot/__init__.py"])
def test_what_rasa_imports_too_is_written_for_its_python(path: str) -> None:
    ast.parse((ROOT / path).read_text(encoding="utf-8"), path, feature_version=(3, 10))


def test_rules_are_pure() -> None:
    unclean = {
        "os",
        "asyncio",
        "httpx",
        "sqlalchemy",
        "psycopg",
        "starlette",
        "procrastinate",
        "random",
        "socket",
        "subprocess",
    }
    for path, tree in SOURCES.items():
        if path.endswith("/rules.py") or part(path) in {"law", "calculators"}:
            assert not {m.split(".")[0] for m in imports(tree)} & unclean, path
            assert not {"bot.clock", "bot.settings", "bot.database"} & imports(tree), path


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        path
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "putenv"})
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & {a.name for a in node.names}
        )
    }
    assert readers == {"bot/settings.py"}


def test_only_the_clock_tells_what_time_it_is() -> None:
    asking = {"now", "today", "utcnow"}
    tellers = {
        path
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in asking
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    }
    assert tellers == {"bot/clock.py"}


def test_every_file_begins_with_a_sentence_on_what_it_is_for() -> None:
    assert not [path for path, tree in SOURCES.items() if not ast.get_docstring(tree)]


def test_every_public_function_says_in_a_sentence_what_it_does() -> None:
    silent = [
        f"{path}: {node.name}"
        for path, tree in SOURCES.items()
        if not path.startswith("bot/migrations/")
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


VARIABLES = ["DATABASE_URL", *(f"AN_SINH_{name.upper()}" for name in Settings.__slots__ if name != "database_url")]


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_setting_stands_in_the_readme(variable: str) -> None:
    assert variable in (ROOT / "README.md").read_text(encoding="utf-8")
