"""The words of a text in one spelling for hoà/hòa, quy/qui, mỹ/mĩ, đăk/đắc, with and without diacritics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.vn.text import fold, nfc

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_APOSTROPHE = re.compile("['’]")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_FINAL_Y = re.compile(r"^(qu|[hklmstv])y$")
_FINAL_K = re.compile(r"(?<=\w)k$")
_DAK = {"đac", "đăc", "đăc\u0301", "đac\u0301"}  # «Đắk», «Đăk», «Đắc», «Đak» are one word of the Highlands


class Word(NamedTuple):
    """A word of a text: `typed` keeps the diacritics (the tone behind the letters), `folded` does not.

    Capital: it begins with a capital as names do; in «CHÀO» that tells nothing.
    """

    typed: str
    folded: str
    start: int
    end: int
    capital: bool

    @property
    def plain(self) -> bool:
        """Tell whether it was typed without any diacritic."""
        return self.typed == self.folded


def spelled_words(text: str) -> list[Word]:
    """Return the words and numbers of the NFC form of a text, each in its one spelling."""
    return [
        Word(*spelled(word), found.start(), found.end(), word[0].isupper() and not (len(word) > 1 and word.isupper()))
        for found in _WORD.finditer(nfc(text))
        for word in [found[0]]
    ]


@lru_cache(maxsize=16384)
def spelled(word: str) -> tuple[str, str]:
    """Return a word in its one spelling with diacritics and without: «Hoà» and «Hòa» are both «hoa» + grave, and «hoa»."""
    if word.isdecimal():
        number = word.lstrip("0") or "0"
        return number, number
    marks = unicodedata.normalize("NFD", _APOSTROPHE.sub("", word.lower()))
    tone = next((mark for mark in marks if mark in _TONES), "")
    base = nfc("".join(mark for mark in marks if mark not in _TONES))
    base = _FINAL_K.sub("c", _FINAL_Y.sub(r"\1i", base))
    return ("đăc", "dac") if base + tone in _DAK else (base + tone, fold(base))


@lru_cache(maxsize=16384)
def joined(name: str) -> tuple[str, str]:
    """Return the words of a name with one space between: with diacritics and without."""
    words = [spelled(word) for word in _WORD.findall(nfc(name))]
    return " ".join(typed for typed, _ in words), " ".join(folded for _, folded in words)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A few words to look for; they need their diacritics only in a text that has any."""

    typed: frozenset[str]
    folded: frozenset[str]

    @classmethod
    def of(cls, words: str) -> Vocabulary:
        """Return the words of a text as a vocabulary."""
        typed, folded = joined(words)
        return cls(frozenset(typed.split()), frozenset(folded.split()))

    def has(self, word: Word, marked: bool) -> bool:
        """Tell whether it holds the word of a text with (marked) or without diacritics."""
        return word.typed in self.typed or (not marked and word.folded in self.folded)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in NFC cut into words; marked: the writer used diacritics."""

    text: str
    words: Sequence[Word]
    marked: bool

    @classmethod
    def of(cls, text: str) -> Text:
        """Return a text cut into words."""
        words = spelled_words(text)
        return cls(nfc(text), words, any(not word.plain for word in words))

    def gap(self, at: int) -> str:
        """Return what stands between a word and the one before it; behind the last word, what is left."""
        end = self.words[at].start if at < len(self.words) else len(self.text)
        return self.text[self.words[at - 1].end : end]

    def has(self, at: int, words: Vocabulary) -> bool:
        """Tell whether the word is one of these."""
        return 0 <= at < len(self.words) and words.has(self.words[at], self.marked)

    def folded(self, at: int) -> str:
        """Return a word without diacritics; nothing where there is none."""
        return self.words[at].folded if 0 <= at < len(self.words) else ""
