"""What tests do who have a keyboard and no mouse."""

from __future__ import annotations

from playwright.async_api import Page

FARTHEST = 120  # presses of the tabulator


async def focused(page: Page) -> str:
    """Return the words of what has the focus."""
    return str(await page.evaluate("document.activeElement.textContent.trim()"))


async def tab_to(page: Page, words: str = "", *, selector: str = "*") -> None:
    """Press the tabulator until what bears these words, or is what a selector says, has the focus."""
    for _ in range(FARTHEST):
        await page.keyboard.press("Tab")
        fits = await page.evaluate("(selector) => document.activeElement.matches(selector)", selector)
        if fits and (not words or await focused(page) == words):
            return
    raise AssertionError(f"«{words or selector}» cannot be reached by the keyboard")
