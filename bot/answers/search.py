"""Finds the page that fits words no topic fits: BM25 over folded text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import bm25s

from bot.vn.text import fold_key

ENOUGH = 0.5  # share of what the words weigh that the best page must hold; below it we say that we do not know
_EMPTY = frozenset(
    [
        "a",
        "ad",
        "admin",
        "ai",
        "anh",
        "ban",
        "bac",
        "bay",
        "cac",
        "cai",
        "can",
        "chao",
        "chi",
        "cho",
        "chu",
        "co",
        "con",
        "cua",
        "da",
        "dang",
        "de",
        "di",
        "do",
        "duoc",
        "e",
        "em",
        "gi",
        "gio",
        "giup",
        "ha",
        "hay",
        "hoi",
        "khi",
        "khong",
        "ko",
        "la",
        "lai",
        "lam",
        "mot",
        "minh",
        "moi",
        "muon",
        "nay",
        "nen",
        "nghe",
        "ngay",
        "nguoi",
        "nhe",
        "nhi",
        "nhieu",
        "nhu",
        "nhung",
        "nha",
        "o",
        "oi",
        "qua",
        "ra",
        "rang",
        "roi",
        "sao",
        "se",
        "ta",
        "thay",
        "the",
        "thi",
        "toi",
        "tra",
        "trong",
        "tu",
        "va",
        "vay",
        "ve",
        "vi",
        "viec",
        "voi",
        "xin",
    ]
)


ENOUGH_TO_SUGGEST = 1.0  # of BM25: below it only words that many pages have are shared
_LONG = {"bao hiem xa hoi": "bhxh", "bao hiem y te": "bhyt", "bao hiem that nghiep": "bhtn"}


def abbreviated(text: str) -> str:
    """Return the folded text with the insurances as pages call them: «bảo hiểm xã hội» is «bhxh»."""
    text = fold_key(text)
    for name, short in _LONG.items():
        text = text.replace(name, short)
    return text


@dataclass(frozen=True, slots=True)
class Found:
    """A page and how much of the words' weight it holds, 0 to 1."""

    page: str
    share: float


def terms(text: str) -> list[str]:
    """Return the folded words that carry meaning, single and in pairs."""
    single = [word for word in fold_key(text).split() if word not in _EMPTY]
    return single + [f"{first} {second}" for first, second in zip(single, single[1:], strict=False)]


class PageSearch:
    """An index over pages; `texts` maps a page's name to all its words."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._names = list(texts)
        corpus = [terms(text) for text in texts.values()]
        self._sets = [set(words) for words in corpus]
        self._index = bm25s.BM25()
        self._index.index(corpus, show_progress=False)

    def best(self, text: str) -> Found | None:
        """Return the best page if it holds enough of the words, else None."""
        words = terms(text)
        known = [word for word in words if any(word in page for page in self._sets)]
        if not known:
            return None
        scores = self._index.get_scores(known)
        best = int(scores.argmax())
        share = self._share([word for word in words if " " not in word], self._sets[best])
        return Found(self._names[best], share) if share >= ENOUGH else None

    def ranked(self, text: str, most: int) -> list[str]:
        """Return the pages that fit best, for somebody who chooses among them; of those far behind the best none."""
        known = [word for word in terms(text) if any(word in page for page in self._sets)]
        if not known:
            return []
        scores = self._index.get_scores(known)
        best = sorted(range(len(self._names)), key=lambda page: -scores[page])[:most]
        bar = max(ENOUGH_TO_SUGGEST, scores[best[0]] / 2)
        return [self._names[page] for page in best if scores[page] >= bar]

    def _share(self, words: list[str], page: set[str]) -> float:
        weights = {word: self._weight(word) for word in words}
        return sum(weight for word, weight in weights.items() if word in page) / sum(weights.values())

    def _weight(self, word: str) -> float:
        holding = sum(word in page for page in self._sets)
        return log(1 + (len(self._sets) - holding + 0.5) / (holding + 0.5))
