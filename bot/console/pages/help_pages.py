"""Help, a short page for each page: what it is for, how, and what if."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.visit import Page, Visit
from bot.vn.text import fold_key

FOLDER = Path(__file__).resolve().parent.parent / "help"
FIRSTS = ("first_day", "campaigns_first")  # for whoever begins; the others each belong to a page
_NAME = re.compile(r"[a-z_]{1,40}")


async def _help(visit: Visit) -> Response:
    name = visit.path("name")
    file = FOLDER / f"{name}.md"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise HTTPException(404)
    return visit.show("help.html", blocks=blocks(file.read_text(encoding="utf-8")))


async def _all(visit: Visit) -> Response:
    titles = {file.stem: title(file) for file in FOLDER.glob("*.md")}
    by_name = sorted(
        ((name, said) for name, said in titles.items() if name not in FIRSTS), key=lambda one: fold_key(one[1])
    )
    return visit.show("help_all.html", firsts={name: titles[name] for name in FIRSTS}, titles=dict(by_name))


def title(file: Path) -> str:
    """Return the first heading of a help page."""
    return file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").strip()


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """Return headings, lists and paragraphs in order, as (kind, lines); that is all that help is written in."""
    found: list[tuple[str, list[str]]] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = part.strip().split("\n")
        if lines[0].startswith("#"):
            found.append(("h1" if lines[0].startswith("# ") else "h2", [lines[0].lstrip("# ")]))
            lines = lines[1:]
        if lines and all(line.startswith("- ") for line in lines):
            found.append(("list", [line[2:] for line in lines]))
        elif lines:
            found.append(("text", [" ".join(lines)]))
    return found


PAGES = (
    Page("/help", "Trợ giúp", None, get=_all, help="today"),
    Page("/help/{name}", "Trợ giúp", None, get=_help, help="today"),
)
