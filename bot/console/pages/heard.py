"""What comes back: rumours by theme and place with a way to set them right, and what people answered in surveys."""

from __future__ import annotations

from collections import Counter, defaultdict

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.campaigns import service
from bot.campaigns.answers import survey_results
from bot.campaigns.answers.correction import LOOK_BACK, start_correction
from bot.campaigns.answers.rumours import Heard, counted
from bot.campaigns.answers.survey_content import on_day
from bot.campaigns.answers.survey_results import ALL, FEWEST, PROVINCE, SITUATION, Cell
from bot.campaigns.plan import read_plan
from bot.console.visit import Page, Visit
from bot.staff.rules import Right


async def _rumours(visit: Visit) -> Response:
    async with visit.house.engine.connect() as connection:
        found = await counted(connection, now=visit.now, within=LOOK_BACK, codes=visit.staff.codes())
    times: Counter[str] = Counter()
    places: dict[str, list[Heard]] = defaultdict(list)
    for heard in found:
        times[heard.theme or ""] += heard.times
        places[heard.theme or ""].append(heard)
    return visit.show(
        "campaigns/rumours.html", themes=visit.house.library.rumours, times=times, places=places, days=LOOK_BACK.days
    )  # fmt: skip


async def _correct(visit: Visit) -> Response:
    """Begin the draft of a campaign that sets a rumour right."""
    theme = visit.path("name")
    if theme not in visit.house.library.rumours:
        raise HTTPException(404)
    async with visit.house.engine.begin() as connection:
        raw = await start_correction(
            connection, visit.house.library, theme, now=visit.now, codes=sorted(visit.staff.scope) or None
        )  # fmt: skip
        plan = read_plan(raw, visit.house.library.topics)
        campaign = await service.create(connection, plan, by=visit.staff, now=visit.now)
    return visit.go(f"/campaigns/{campaign.key}/edit", said="corrects")


async def _surveys(visit: Visit) -> Response:
    return visit.show("campaigns/surveys.html", surveys=visit.house.library.surveys.values())


async def _survey(visit: Visit) -> Response:
    library = visit.house.library
    if visit.path("name") not in library.surveys:
        raise HTTPException(404)
    survey = on_day(library.surveys[visit.path("name")], library.law.at(visit.today))
    async with visit.house.engine.connect() as connection:
        cells = await survey_results.results(connection, survey, visit.staff.codes())
    return visit.show(
        "campaigns/survey.html", survey=survey, all=_by(cells, ALL), by={PROVINCE: _by(cells, PROVINCE), SITUATION: _by(cells, SITUATION)},
        values={kind: sorted({cell.value for cell in cells if cell.by == kind}) for kind in (PROVINCE, SITUATION)},
        fewest=FEWEST,
    )  # fmt: skip


def _by(cells: list[Cell], kind: str) -> dict[tuple[str, str, str], int | None]:
    return {(cell.question, cell.choice, cell.value): cell.people for cell in cells if cell.by == kind}


PAGES = (
    Page("/rumours", "Tin đồn", Right.SEE_CAMPAIGNS, get=_rumours, menu="campaigns", help="rumours"),
    Page("/rumours/{name}", "Tin đồn", Right.WRITE_CAMPAIGNS, post=_correct),
    Page("/surveys", "Khảo sát", Right.SEE_CAMPAIGNS, get=_surveys, menu="campaigns", help="surveys"),
    Page("/surveys/{name}", "Khảo sát", Right.SEE_CAMPAIGNS, get=_survey, menu="campaigns", help="surveys"),
)
