"""All pages of the console, one module a part of the menu; whoever adds a module names it here."""

from __future__ import annotations

from bot.console.pages import help_pages, people, settings, staff, today
from bot.console.visit import Page

PAGES: tuple[Page, ...] = (*today.PAGES, *people.PAGES, *settings.PAGES, *staff.PAGES, *help_pages.PAGES)
