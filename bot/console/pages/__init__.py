"""All pages of the console, one module a part of the menu; whoever adds a module names it here."""

from __future__ import annotations

from bot.console.pages import (
    bookings,
    bookings_field,
    bookings_new,
    bookings_people,
    campaigns,
    campaigns_approve,
    campaigns_people,
    campaigns_write,
    content,
    heard,
    help_pages,
    law,
    people,
    reports,
    settings,
    staff,
    talks,
    today,
    wave_files,
    wave_reports,
    waves,
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
    *campaigns.PAGES,
    *campaigns_write.PAGES,
    *campaigns_approve.PAGES,
    *campaigns_people.PAGES,
    *waves.PAGES,
    *wave_files.PAGES,
    *heard.PAGES,
    *content.PAGES,
    *law.PAGES,
    *work.PAGES,
    *reports.PAGES,
    *wave_reports.PAGES,
    *people.PAGES,
    *settings.PAGES,
    *staff.PAGES,
    *help_pages.PAGES,
)
