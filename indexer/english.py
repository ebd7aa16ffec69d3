"""English words of a question: where they stand, their base forms, and those that say nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

STOP_WORDS = frozenset((files("indexer") / "data" / "stop_words_en.txt").read_text("utf-8").split())
"""What a question is built of, and the words for a place's level, which its name already tells."""

_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]*|[0-9]+(?:\+[0-9x]\+?[0-9]*|(?:st|nd|rd|th)\b)?")
_POSSESSIVE = re.compile(r"(?<=[A-Za-z])['’]s?(?![A-Za-z0-9])")
_FULL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
_IRREGULAR = {
    "children": "child", "men": "man", "women": "woman", "people": "person", "built": "build",
    "rebuilt": "rebuild", "spent": "spend", "paid": "pay", "fell": "fall", "fallen": "fall",
    "rose": "rise", "risen": "rise", "grew": "grow", "grown": "grow", "taught": "teach",
    "kept": "keep", "brought": "bring", "bought": "buy", "held": "hold", "met": "meet",
    "left": "leave", "leaving": "leave", "ran": "run", "chose": "choose", "chosen": "choose",
    "went": "go", "gone": "go", "found": "find", "gave": "give", "given": "give", "taken": "take",
    "took": "take", "ate": "eat", "eaten": "eat", "slept": "sleep", "drove": "drive",
    "drowned": "drown", "criteria": "criterion", "data": "data",
}  # fmt: skip


class Token(NamedTuple):
    """A word in lower case and where it stands in the text."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The English words and the numbers of a text, in order; a possessive 's is no part of one."""
    plain = text.translate(_FULL_WIDTH)
    plain = _POSSESSIVE.sub(lambda found: " " * len(found[0]), plain)
    return [Token(found[0].lower(), *found.span()) for found in _TOKEN.finditer(plain)]


def singular(word: str) -> str:
    """The word without a plural ending, if it has one (by rule alone: ethics -> ethic)."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=4096)
def forms(word: str) -> tuple[str, ...]:
    """The word and what it may be a form of, the likeliest first: reducing, reduc, reduce."""
    found = [word, singular(word)]
    stem = ""
    if word.endswith("es") and len(word) > 4:
        found.append(word[:-2])  # buses, campuses
    elif word.endswith("ied") and len(word) > 4:
        found.append(word[:-3] + "y")
    elif word.endswith("ed") and len(word) > 4:
        stem = word[:-2]
    elif word.endswith("ing") and len(word) > 5:
        stem = word[:-3]
    if stem:
        found += [stem, stem + "e"]
        if stem[-1] == stem[-2]:
            found.append(stem[:-1])  # planned, dropping
    return tuple(dict.fromkeys(found))
