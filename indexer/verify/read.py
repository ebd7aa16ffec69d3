"""A text -> its numbers with the words beside them, to be compared with those of another text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os.path import commonprefix

from indexer.figures import figures_in, units
from indexer.figures.numerals import fold
from indexer.records import Number
from indexer.verify.cut import CITATION
from indexer.verify.stated import plain_digits, stated

YEAR = "calendar year"
DATES = {"年", "月", "日"}
_CLAUSE_END = re.compile(r"[，,。；;：:、！？!?\n|（）()]")
_HERE = "#"
_NUMBER = re.compile("#+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_SIDE = 8
_COMPARED = re.compile(r"[比较与]$")
_FROM = re.compile(r"[由从自][^，,。；;\n]{0,14}$|\bfrom [^,;\n]{0,14}$", re.IGNORECASE)
_TO = re.compile(
    r"[^，,。；;\n]{0,14}(?:至|到|为|成)\D{0,2}|[^,;\n]{0,24}\bto \D{0,4}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A number of a text and the words beside it, as pairs of characters.

    `clause` is the number of its clause; `next` the next number of the line that is no date, up to
    another year; `before` and `behind` the characters around it, with each number as one.
    """

    number: Number
    words: frozenset[str]
    clause: int
    next: Number | None
    before: str
    behind: str

    @property
    def compared(self) -> bool:
        """Whether the text says 比 or 与 right before it."""
        return bool(_COMPARED.search(self.before))


@dataclass(frozen=True, slots=True)
class Read:
    """A text as it is compared: its numbers, and its changes (由A降至B) as pairs of them."""

    text: str
    numbers: tuple[Stated, ...]
    changes: tuple[tuple[Number, Number], ...]


def read(text: str, source: bool) -> Read:
    """The numbers of a sentence, or of a passage (`source`), which is read more widely."""
    masked = CITATION.sub(lambda found: " " * len(found[0]), text) if not source else text
    numbers = list(stated(masked, every=source))
    if source:  # a figure of a table has its unit from the head of the table
        known = {(each.start, each.unit) for each in numbers}
        numbers += [f for f in figures_in(text) if (f.start, f.unit) not in known]
        numbers += [end for each in numbers for end in ends(each)]
    return Read(text, _with_words(masked, numbers), _changes(masked, numbers))


def ends(number: Number) -> list[Number]:
    """The two ends of a span of years or dates, each for itself."""
    if number.high is None or number.unit not in DATES:
        return []
    return [replace(number, value=value, high=None) for value in (number.value, number.high)]


def kind(number: Number) -> str:
    """What a number counts, for one to be mistaken for another: a year is no span of years."""
    calendar = number.unit == "年" and 1900 <= number.value < 2100
    return YEAR if calendar else units.kind(number.unit)


def touching(each: Stated, other: Stated) -> int:
    """How many characters before and behind two numbers are the same."""
    before = commonprefix([each.before[::-1], other.before[::-1]])
    return len(before) + len(commonprefix([each.behind, other.behind]))


def shared(each: Stated, other: Stated) -> float:
    """The share of the words beside one number that stand beside the other."""
    return len(each.words & other.words) / len(each.words) if each.words else 0.0


def _with_words(text: str, numbers: Sequence[Number]) -> tuple[Stated, ...]:
    masked = list(text)
    for number in numbers:
        masked[number.start : number.end] = _HERE * (number.end - number.start)
    plain = fold("".join(masked))
    cuts = [0, *(found.end() for found in _CLAUSE_END.finditer(plain)), len(plain)]
    pairs = [frozenset(_pairs(plain[a:b])) for a, b in zip(cuts, cuts[1:], strict=False)]
    found: list[Stated] = []
    following: Number | None = None
    line = len(plain)
    for number in sorted(numbers, key=lambda each: -each.start):
        before, after = plain[: number.start][-1:], plain[number.end :][:1]
        beside = {pair for pair in (before + _HERE, _HERE + after) if _HAN.search(pair)}
        clause = min(bisect_right(cuts, number.start), len(pairs)) - 1
        if "\n" in plain[number.end : line]:
            following = None
        line = number.start
        sides = (plain[: number.start][-4 * _SIDE :], plain[number.end :][: 4 * _SIDE])
        left, right = (_NUMBER.sub(_HERE, side) for side in sides)
        words = pairs[clause] | beside
        found.append(Stated(number, words, clause, following, left[-_SIDE:], right[:_SIDE]))
        if number.unit not in DATES:
            following = number
        elif kind(number) == YEAR:
            following = None
    return tuple(reversed(found))


def _pairs(text: str) -> list[str]:
    return [run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)]


def _changes(text: str, numbers: Sequence[Number]) -> tuple[tuple[Number, Number], ...]:
    plain = plain_digits(text)
    ordered = sorted(numbers, key=lambda each: each.start)
    return tuple(
        (first, last)
        for first, last in zip(ordered, ordered[1:], strict=False)
        if first.end <= last.start
        and units.kind(first.unit) == units.kind(last.unit)
        and _FROM.search(plain, max(0, first.start - 20), first.start)
        and _TO.fullmatch(plain, first.end, last.start)
    )
