"""All pages of the console, one module a part of the menu; whoever adds a module names it here."""

from __future__ import annotations

from bot.console.pages import bookings, bookings_field, bookings_new, bookings_people, help_pages, staff, talks, today
from bot.console.visit import Page

PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *bookings.PAGES,
    *bookings_new.PAGES,
    *bookings_people.PAGES,
    *bookings_field.PAGES,
    *talks.PAGES,
    *staff.PAGES,
    *help_pages.PAGES,
)
