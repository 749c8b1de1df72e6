"""All pages of the console, one module a part of the menu; whoever adds a module names it here."""

from __future__ import annotations

from bot.console.pages import (
    campaigns,
    campaigns_approve,
    campaigns_people,
    campaigns_write,
    heard,
    help_pages,
    staff,
    today,
    waves,
)
from bot.console.visit import Page

PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *campaigns.PAGES,
    *campaigns_write.PAGES,
    *campaigns_approve.PAGES,
    *campaigns_people.PAGES,
    *waves.PAGES,
    *heard.PAGES,
    *staff.PAGES,
    *help_pages.PAGES,
)
