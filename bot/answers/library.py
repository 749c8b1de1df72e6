"""Everything we can say, ready to be asked: topics, pages, texts and law together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from bot.answers.local_support import describe
from bot.answers.pages import Button, Page, Topic, load_pages, load_topics
from bot.answers.render import Answer, render, render_short
from bot.answers.search import PageSearch, abbreviated
from bot.answers.texts import Text, load_texts
from bot.campaigns.answers.rumour_content import Theme, load_rumours
from bot.campaigns.answers.survey_content import Survey, load_surveys
from bot.errors import ContentError
from bot.law.load import load_law
from bot.law.local_support import Resolution, load_local_support
from bot.law.parameters import Law
from bot.vn.places import gazetteer


@dataclass(slots=True)
class Library:
    """The content of one start of the program; answers and the search index of a day are kept."""

    topics: Mapping[str, Topic]
    pages: Mapping[str, Page]
    texts: Mapping[str, Text]
    law: Law
    local_support: tuple[Resolution, ...]
    surveys: Mapping[str, Survey]
    rumours: Mapping[str, Theme]
    _answers: dict[tuple[str, date], Answer] = field(default_factory=dict)
    _search: tuple[date, PageSearch] | None = None
    _heads: tuple[date, PageSearch] | None = None

    def answer(self, topic: str, day: date, facts: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a topic or page name; of a topic's pages the one that fits most facts of the asker."""
        return self._rendered(self._page(topic, facts or {}), day)

    def short(self, topic: str, day: date) -> Answer:
        """Return the same in a sentence or two."""
        return render_short(self._page(topic, {}), self.law, day, self.texts)

    def search(self, text: str, day: date) -> Answer | None:
        """Return the page whose words fit best, or None when none fits well enough."""
        if self._search is None or self._search[0] != day:
            self._search = (day, PageSearch({name: self._words(page, day) for name, page in self.pages.items()}))
        found = self._search[1].best(text)
        return self._rendered(self.pages[found.page], day) if found else None

    def suggested(self, text: str, day: date, most: int) -> list[Page]:
        """Return the pages for everybody, in force that day, whose title and short answer fit best, for staff to choose."""
        if self._heads is None or self._heads[0] != day:
            pages = [page for page in self.pages.values() if not page.when]
            self._heads = (day, PageSearch({page.name: self._head(page, day) for page in pages}))
        found = [self.pages[name] for name in self._heads[1].ranked(abbreviated(text), most)]
        return [page for page in found if page.in_force(day)]

    def _head(self, page: Page, day: date) -> str:
        short = self.short(page.name, day).text.partition("\n\n")[0]
        return abbreviated(" ".join([page.title, self.topics[page.topic].title, *page.words, short]))

    def correction(self, theme: Theme, day: date) -> Answer:
        """Return what is right where people heard a rumour, with its sources; its topic is the page that says more."""
        return replace(render(theme.says, self.law, day, self.texts), topic=theme.about)

    def support_in(self, place: str, day: date, old_place: str = "") -> Answer | None:
        """Return what a province, of today or an old one, adds to the contribution; None when there is no such place."""
        province = gazetteer().today(place)
        if province is None:
            return None
        old = place if place not in gazetteer().provinces else old_place if old_place in province.former else None
        return describe(province, old, self.local_support, self.law.at(day), self.texts)

    def text(self, key: str) -> Text:
        """Return a text; raise ContentError when there is none of that key."""
        if key not in self.texts:
            raise ContentError(f"content/messages: no text with the key {key}")
        return self.texts[key]

    def topic_button(self, name: str) -> Button:
        """Return the button that leads to a topic."""
        return Button(self.topics[name].title, name)

    def _page(self, name: str, facts: Mapping[str, str]) -> Page:
        variants = [
            page
            for page in self.pages.values()
            if page.topic == name and page.when and page.when.items() <= facts.items()
        ]
        if variants:
            return max(variants, key=lambda page: len(page.when))
        if name not in self.pages:
            raise ContentError(f"content/answers: no page {name}.md")
        return self.pages[name]

    def _rendered(self, page: Page, day: date) -> Answer:
        key = (page.name, day)
        if key not in self._answers:
            if any(kept_day != day for _, kept_day in self._answers):
                self._answers.clear()
            self._answers[key] = render(page, self.law, day, self.texts)
        return self._answers[key]

    def _words(self, page: Page, day: date) -> str:
        return " ".join([page.title, self.topics[page.topic].title, *page.words, self._rendered(page, day).text])


def load_library(content: Path) -> Library:
    """Read content/; raise ContentError naming the first file that is wrong."""
    topics = load_topics(content / "topics.yaml")
    return Library(
        topics=topics,
        pages=load_pages(content / "answers", topics),
        texts=load_texts(content / "messages", topics),
        law=load_law(content / "law"),
        local_support=load_local_support(content / "subsidies", gazetteer().provinces.values()),
        surveys=load_surveys(content / "surveys"),
        rumours=load_rumours(content / "rumours.yaml", topics),
    )
