"""All pages of the console, one module a part of the menu; whoever adds a module names it here."""

from __future__ import annotations

from bot.console.pages import (
    bookings,
    bookings_field,
    bookings_new,
    bookings_people,
    content,
    help_pages,
    law,
    people,
    reports,
    settings,
    staff,
    talks,
    today,
    work,
)
from bot.console.visit import Page

PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *bookings.PAGES,
    *bookings_new.PAGES,
    *bookings_people.PAGES,
    *bookings_field.PAGES,
    *talks.PAGES,
    *content.PAGES,
    *law.PAGES,
    *work.PAGES,
    *reports.PAGES,
    *people.PAGES,
    *settings.PAGES,
    *staff.PAGES,
    *help_pages.PAGES,
)
