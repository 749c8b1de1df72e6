"""All pages of the console, one module a part of the menu; whoever adds a module names it here."""

from __future__ import annotations

from bot.console.pages import content, help_pages, law, reports, staff, today, work
from bot.console.visit import Page

PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *content.PAGES,
    *law.PAGES,
    *work.PAGES,
    *reports.PAGES,
    *staff.PAGES,
    *help_pages.PAGES,
)
