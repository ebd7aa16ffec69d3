"""Text -> words: what keyword search compares.

Both sides go through the same steps: widths and case folded, traditional characters to simplified
ones, thousands joined, then the words of rjieba's search mode, with the terms of education policy
known to it as whole words. A figure is a word as written and, so that 3.5亿元 finds 三点五亿元, by
its value (`values`).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import rjieba

from indexer.english import STOP_WORDS
from indexer.figures import numbers_in
from indexer.figures.units import kind
from indexer.records import Number

if TYPE_CHECKING:
    from opencc import OpenCC

VERSION = "2"
"""Part of the version of the terms index: words of another version are not comparable."""

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CALENDAR = ("年", "月", "日", "号")
_WORD = re.compile(r"\w")
_PERCENT = re.compile(r"\d+(?:\.\d+)?(?=%$)")


def simplified(text: str) -> str:
    """The text in simplified characters; of the same length."""
    converted: str = _converter().convert(text)
    return converted


@cache
def stop_words() -> frozenset[str]:
    """Words of a question, Chinese or English, that no passage is found by."""
    source = resources.files("indexer").joinpath("data", "stop_words_zh.txt")
    return STOP_WORDS | frozenset(source.read_text(encoding="utf-8").split())


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def fold(text: str) -> str:
    """Widths, case and traditional characters folded, thousands joined: 1，200 is 1200."""
    return _THOUSANDS.sub("", simplified(unicodedata.normalize("NFKC", text).lower()))


def segmentation(terms: Iterable[str]) -> str:
    """Names a segmentation: words made with other terms, or by other rules, are not comparable."""
    digest = hashlib.blake2b("\n".join(sorted(terms)).encode(), digest_size=8).hexdigest()
    return f"{VERSION}-{digest}"


def has_value(number: Number) -> bool:
    """Whether a number counts something, so that it may be written in other ways; no year does."""
    return bool(number.unit) and number.unit not in _CALENDAR


def value_word(number: Number) -> str:
    """The word that stands for a number whatever way it is written; no text holds it."""
    return f"={number.value.normalize():f}{kind(number.unit)}"


@lru_cache(maxsize=2)
def _cutter(terms: tuple[str, ...]) -> rjieba.Jieba:
    """The dictionary with these terms; to read it takes a tenth of a second."""
    cutter = rjieba.Jieba()
    for term in terms:
        if not cutter.has_word(term):
            cutter.add_word(term, None, None)
    return cutter


class Segmenter:
    """Cuts text into words; `terms` are kept whole."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._jieba = _cutter(tuple(terms))

    def words(self, text: str) -> list[str]:
        """The words of a text in order, the shorter words inside a longer one among them."""
        found: list[str] = []
        for word in self._jieba.cut_for_search(fold(text)):
            if not _WORD.search(word):
                continue
            found.append(word)
            if percent := _PERCENT.match(word):
                found.append(percent[0])
        return found

    def values(self, text: str) -> list[str]:
        """A word for each number with its unit, the same for 3.5亿元 and 三点五亿元."""
        return [value_word(number) for number in numbers_in(text) if has_value(number)]

    def whole_words(self, text: str) -> tuple[str, ...]:
        """The words of a term, without the shorter ones inside them."""
        return tuple(word for word in self._jieba.cut(fold(text)) if _WORD.search(word))

    def question_words(self, question: str) -> dict[str, tuple[str, ...]]:
        """The words of a question that say what it is about, each with the shorter ones in it."""
        found: dict[str, tuple[str, ...]] = {}
        for word in self.whole_words(question):
            if word not in stop_words():
                inside = dict.fromkeys(self.words(word))
                found[word] = tuple(each for each in inside if each != word)
        return found
