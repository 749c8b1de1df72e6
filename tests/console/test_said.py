"""No word of the program's own language reaches staff: no code, no key, no English, outside of boxes where a key is meant."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from enum import StrEnum
from types import SimpleNamespace

import pytest

from bot.campaigns.answers.work import ACTS as WORK
from bot.campaigns.rules import Act
from bot.campaigns.waves.rules import Measure
from bot.console.audit_words import said_about, said_act, said_line
from bot.console.campaign_words import REASONS, said_reason
from bot.console.visit import HOME
from bot.console.words import WORDS
from bot.settings import ROOT
from bot.staff import audit
from bot.staff.rules import Role
from tests.conftest import fresh_database
from tests.console.browsing import PATHS, furnish, one_of_each
from tests.console.conftest import NOW, Console, running_console

ENGLISH = re.compile(
    r"\b(the|and|not|was|were|is|are|of|with|for|from|this|that|error|errors|failed|sent|unknown|blocked|timeout|approve"
    r"|resume|refuse|submit|stopped|expired|planned|excluded|reply|reminder|campaign|answer|everywhere|rows|found|takes"
    r"|people|clock|true|false|none|null)\b", re.IGNORECASE,
)  # fmt: skip
KEY = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")
VIETNAMESE = {
    "web",
    "no",
    "a",
    "b",
    "on",
    "in",
    "do",
    "to",
    "phone",
    "video",
    "sms",
    "telegram",
}  # or the name of a thing
NOT_READ = re.compile(
    r'<(script|style|code|textarea|svg)\b.*?</\1>|<div class="bubble sms">.*?</div>', re.DOTALL
)  # SMS is written without diacritics, and «thẻ» without its own is English


def visible(page: str) -> str:
    """Return what somebody reads of a page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", NOT_READ.sub(" ", page))))


def codes() -> set[str]:
    """Return the values of all enumerations of ours that are written in English."""
    found: list[type[StrEnum]] = list(StrEnum.__subclasses__())
    values = {str(one) for each in found if each.__module__.startswith("bot.") for one in each}
    return {value for value in values if value.isascii() and len(value) > 3 and value not in VIETNAMESE}


@pytest.fixture(scope="module")
async def town(postgres: str) -> AsyncIterator[tuple[Console, str]]:
    async with running_console(fresh_database(postgres, "console_said")) as console:
        token = await furnish(console)
        await every_act(console)
        await every_reason(console)
        yield console, token


async def every_act(console: Console) -> None:
    """Write a line of each kind into the account of acts, as the program notes it."""
    async with console.parts.engine.begin() as connection:
        for act, about, note in LINES:
            await audit.write(connection, by="root", act=act, about=about, note=note, now=NOW)


async def every_reason(console: Console) -> None:
    """Let messages of a campaign end for each reason that there is."""
    rows = await console.rows("SELECT id FROM outbox WHERE campaign_id IS NOT NULL AND state = 'excluded' ORDER BY id")
    reasons = [*REASONS, "zalo_-213", "esms_99", "status_409", "unreachable: blocked"]
    for row, reason in zip(rows, reasons, strict=False):
        await console.do("UPDATE outbox SET reason = :reason WHERE id = :id", reason=reason, id=row.id)
    await console.do("UPDATE campaign SET why = 'errors 60/200' WHERE state = 'paused'")


LINES = [
    *((act, "campaign:nong_dan", "") for act in (*Act, "try")),
    ("settle", "campaign:nong_dan", "12: failed; gọi hỏi rồi"), ("pause", "campaign:nong_dan", "errors 60/200"),
    *((f"work_{what}", "work/3", "") for what in WORK), ("work_export", "", "question rumour report: 12"),
    ("add_staff", "staff:lan", "admin, author; everywhere"), ("change_staff", "staff:lan", "roles: viewer; scope: phu_tho; active: False"),
    ("restart_channel", "channel:zalo_oa", "refresh_token"), ("search_people", "", "found: 3"),
    *((act, "talk:1", "") for act in ("open_talk", "take_talk", "answer_talk", "give_back_talk")),
    ("forward_talk", "talk:1", "to: binh_xuyen"), ("open_person", "person:5", ""), ("open_personal", "appointment:1", ""),
    ("appointment_note", "appointment:1", "advised"), ("appointment_move", "appointment:1", "2-0-office-202611271000"),
    ("bring_in_list", "list:0f3a", "12 rows, 3 refused"), ("wave_hand_in", "wave:dot_1", "report viet_tri"),
    ("wave_enter", "wave:dot_1", "12: viet_tri advice_groups 4"), ("wave_take_back", "wave:dot_1", "13 takes back 12"),
    ("wave_report", "dot_1/viet_tri", "4"), ("enrol", "", ""), ("sign_in", "", ""), ("invite", "invitation:ab12", ""),
]  # fmt: skip


async def of_things(console: Console) -> set[str]:
    """Return the keys that people gave to things, which they read as names."""
    queries = ["staff", "campaign", "consultant", "wave", "office", "field_day"]
    rows = [row.key for table in queries for row in await console.rows(f"SELECT key FROM {table}")]
    events = [row.event for row in await console.rows("SELECT event FROM invitation")]
    noted = {"binh_xuyen", "viet_tri", "nong_dan", "dot_1"}
    return {*rows, *events, *noted}


def foreign(words: str, names: set[str]) -> set[str]:
    """Return the words that staff should not see."""
    for name in sorted(names, key=len, reverse=True):
        words = words.replace(name, " ")
    said = set(re.findall(r"[A-Za-z_]+", words))
    return set(ENGLISH.findall(words)) | set(KEY.findall(words)) | (said & codes())


async def test_no_page_of_the_demonstration_shows_a_word_of_the_program(town: tuple[Console, str]) -> None:
    console, token = town
    names, seen = await of_things(console), dict[str, set[str]]()
    client = await console.as_("lan.nguyen", Role.VIEWER)
    client.cookies.set("an_sinh_staff", token)
    links: set[str] = set()
    for path in PATHS:
        page = (await client.get(path)).text
        seen[path] = foreign(visible(page), names)
        links |= set(re.findall(rf'href="({HOME}/[^"?#]+)', page))
    campaigns = [link for link in links if re.fullmatch(rf"{HOME}/campaigns/\w+", link)]
    for link in [*one_of_each(links), *campaigns, *(f"{link}/people" for link in campaigns)]:
        answer = await client.get(link)
        if "text/html" in answer.headers["content-type"]:
            seen[link] = foreign(visible(answer.text), names)
    assert {path: words for path, words in seen.items() if words} == {}


@pytest.mark.parametrize("line", LINES, ids=str)
def test_each_line_of_the_account_is_said_in_vietnamese(line: tuple[str, str, str]) -> None:
    act, about, note = line
    shown = SimpleNamespace(act=act, about=about, note=note)
    words = " ".join([said_act(shown), said_about(about)[0], said_line(shown)])
    assert foreign(words, {"nong_dan", "binh_xuyen", "viet_tri", "dot_1", "lan", "0f3a"}) == set()
    assert said_act(shown) != act


def acts() -> Iterator[str]:
    """Yield each act that the program writes down under a name of its own."""
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.write"):
                yield from (
                    str(word.value.value)
                    for word in node.keywords
                    if word.arg == "act" and isinstance(word.value, ast.Constant)
                )


def test_there_are_words_for_each_act_and_measure() -> None:
    assert [act for act in acts() if act not in WORDS] == []
    assert [one for one in Measure if f"measure_{one}" not in WORDS] == []


@pytest.mark.parametrize("reason", ["zalo_-213", "esms_99", "status_409", "unreachable: blocked", "ReadTimeout", None])
def test_a_reason_that_nobody_has_named_is_not_shown_as_it_is(reason: str | None) -> None:
    assert foreign(said_reason(reason), set()) == set()


async def test_an_error_of_content_is_told_in_vietnamese_with_the_line_for_whoever_mends_it(
    town: tuple[Console, str],
) -> None:
    console, token = town
    client = await console.as_("lan.nguyen", Role.VIEWER)
    client.cookies.set("an_sinh_staff", token)
    pages = console.parts.library.pages
    assert isinstance(pages, dict)
    name, page = next(iter(pages.items()))
    pages[name] = replace(page, body="{{ law.nothing.at_all | dong }}", valid_from=NOW.date(), valid_to=None)
    shown = (await client.get(f"{HOME}/content/answers/{name}")).text
    pages[name] = page
    assert "Ngày này không trả lời được" in shown
    assert foreign(visible(shown), {"moi_quyen"}) == set()
