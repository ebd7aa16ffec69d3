"""The figures of a sentence held against the passages that it cites.

A figure must stand there with its unit. Where it does, it may still be said of something else: a
digit changed by chance gives another figure of the same passage, or two have changed places. That
shows by the words beside it, and is only told where they leave no doubt.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import combinations

from indexer.figures import figures_in, units
from indexer.records import Number
from indexer.verify.cut import CITATION
from indexer.verify.stated import plain_digits, same, stated

_CLAUSE_END = re.compile(r"[，,。；;：:、！？!?\n|（）()]")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_HERE = "#"
_ENOUGH_WORDS = 3
_PLAINLY = ((0.9, 0.6), (0.6, 0.2))
"""A figure is said of something else if this share of the words beside it stands beside another
figure of the passage, and no more than that beside the same one."""

_CROSSED, _OWN = 1.2, 0.4
_INSTEAD = 0.3
_YEAR = "calendar year"
_DATES = {"年", "月", "日"}
_COMPARED = re.compile(r"[比较与]$")
_FROM = re.compile(r"[由从自][^，,。；;\n]{0,14}$|\bfrom [^,;\n]{0,14}$", re.IGNORECASE)
_TO = re.compile(
    r"[^，,。；;\n]{0,14}(?:至|到|为|成)\D{0,2}|[^,;\n]{0,24}\bto \D{0,4}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A number of a text and the words beside it, as pairs of characters.

    `clause` is the number of its clause; `next` the next number of the line that is no date, up to
    another year;
    `compared`: the text says 比 or 与 right before it.
    """

    number: Number
    words: frozenset[str]
    clause: int
    next: Number | None
    compared: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A text as it is compared: its numbers, and its changes (由A降至B) as pairs of them."""

    text: str
    numbers: tuple[Stated, ...]
    changes: tuple[tuple[Number, Number], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A number of a sentence that its passages do not bear out, and what stands there instead."""

    code: str
    number: Number
    instead: str


def read(text: str, source: bool) -> Read:
    """The numbers of a sentence, or of a passage (`source`), which is read more widely."""
    masked = CITATION.sub(lambda found: " " * len(found[0]), text) if not source else text
    numbers = list(stated(masked, every=source))
    if source:  # a figure of a table has its unit from the head of the table
        known = {(each.start, each.unit) for each in numbers}
        numbers += [f for f in figures_in(text) if (f.start, f.unit) not in known]
        numbers += [end for each in numbers for end in _ends(each)]
    return Read(text, _with_words(masked, numbers), _changes(masked, numbers))


def faults(sentence: Read, within: Sequence[Stated], cited: Sequence[Read]) -> list[Fault]:
    """What is wrong with some numbers of a sentence, by the passages cited for them."""
    known = [each for passage in cited for each in passage.numbers]
    found: list[Fault] = []
    placed: list[tuple[Stated, Stated]] = []
    for each in within:
        alike = [other for other in known if same(each.number, other.number)]
        if not alike:
            if not _loosely(each.number, known, cited):
                found.append(Fault("figure_not_found", each.number, _instead(each, known)))
            continue
        placed.append((each, max(alike, key=lambda other: _shared(each, other))))
        other = _elsewhere(each, alike, sentence, known) or _of_another_year(each, known)
        if other is not None:
            found.append(Fault("figure_misplaced", each.number, other.number.text))
    return found + _crossed(placed) + _reversed(sentence, within, cited)


def _ends(number: Number) -> list[Number]:
    """The two ends of a span of years or dates, each for itself."""
    if number.high is None or number.unit not in _DATES:
        return []
    return [replace(number, value=value, high=None) for value in (number.value, number.high)]


def _loosely(number: Number, known: Sequence[Stated], cited: Sequence[Read]) -> bool:
    """Whether a number is borne out in another form: a span of years that is given as two, or a
    bare number of a table whose unit stands elsewhere in the passage."""
    ends = _ends(number)
    if ends:
        return all(any(same(end, each.number) for each in known) for end in ends)
    bare = any(
        each.number.value == number.value
        and each.number.high == number.high
        and not each.number.unit
        and each.number.text[:1].isdecimal()
        for each in known
    )
    unit = number.unit_text
    return bool(bare and unit and any(unit in passage.text for passage in cited))


def _elsewhere(
    each: Stated, alike: Sequence[Stated], sentence: Read, known: Sequence[Stated]
) -> Stated | None:
    """Another number of the passages that stands where this one is said to."""
    beside = [said for said in sentence.numbers if said.clause == each.clause]
    others = [
        other
        for other in known
        if _kind(other.number) == _kind(each.number)
        and not any(same(said.number, other.number) for said in beside)
    ]
    likely = max(others, key=lambda other: _shared(each, other), default=None)
    if likely is None or len(each.words) < _ENOUGH_WORDS:
        return None
    there, here = _shared(each, likely), max(_shared(each, other) for other in alike)
    return likely if any(there >= a and here <= b for a, b in _PLAINLY) else None


def _of_another_year(each: Stated, known: Sequence[Stated]) -> Stated | None:
    """Another year that the passage gives for the figure that follows this one."""
    if _kind(each.number) != _YEAR or each.next is None:
        return None
    same_next = [
        other
        for other in known
        if _kind(other.number) == _YEAR and other.next and same(each.next, other.next)
    ]
    if any(same(each.number, other.number) for other in same_next):
        return None
    return next((other for other in same_next if not other.compared), None)


def _crossed(placed: Sequence[tuple[Stated, Stated]]) -> list[Fault]:
    """Two figures of one unit that have changed places."""
    found: list[Fault] = []
    for (a, at_a), (b, at_b) in combinations(placed, 2):
        if units.kind(a.number.unit) != units.kind(b.number.unit) or same(a.number, b.number):
            continue
        if min(len(a.words), len(b.words)) < _ENOUGH_WORDS:
            continue
        own = _shared(a, at_a) + _shared(b, at_b)
        if own <= _OWN and _shared(a, at_b) + _shared(b, at_a) >= _CROSSED:
            found.append(Fault("figure_misplaced", a.number, at_b.number.text))
            found.append(Fault("figure_misplaced", b.number, at_a.number.text))
    return found


def _reversed(sentence: Read, within: Sequence[Stated], cited: Sequence[Read]) -> list[Fault]:
    """Changes told the wrong way round: 由8.52%降至21.23%."""
    told = [change for passage in cited for change in passage.changes]
    asked = {each.number.start for each in within}
    found: list[Fault] = []
    for first, last in sentence.changes:
        if first.start not in asked or any(same(first, a) and same(last, b) for a, b in told):
            continue
        if same(first, last) or any(same(first, b) and same(last, a) for a, b in told):
            found.append(Fault("figure_misplaced", first, last.text))
            found.append(Fault("figure_misplaced", last, first.text))
    return found


def _kind(number: Number) -> str:
    """What a number counts, for one to be mistaken for another: a year is no span of years."""
    calendar = number.unit == "年" and 1900 <= number.value < 2100
    return _YEAR if calendar else units.kind(number.unit)


def _instead(each: Stated, known: Sequence[Stated]) -> str:
    """What the passages have in the place of a number; "" where that cannot be told."""
    number = each.number
    alike = [other for other in known if _kind(other.number) == _kind(number)]
    if number.unit not in _DATES:
        for other in known:
            if other.number.value == number.value and other.number.unit not in _DATES:
                return other.number.text  # with another unit
    best = max(
        alike, key=lambda o: (_shared(each, o), _same_digits(number, o.number)), default=None
    )
    return best.number.text if best is not None and _shared(each, best) >= _INSTEAD else ""


def _same_digits(a: Number, b: Number) -> float:
    """How alike two numbers are as they are typed: 8.52 and 85.2 wholly."""
    one, other = ("".join(map(str, n.value.normalize().as_tuple().digits)) for n in (a, b))
    return SequenceMatcher(None, one, other).ratio()


def _shared(each: Stated, other: Stated) -> float:
    """The share of the words beside one number that stand beside the other."""
    return len(each.words & other.words) / len(each.words) if each.words else 0.0


def _with_words(text: str, numbers: Sequence[Number]) -> tuple[Stated, ...]:
    masked = list(text)
    for number in numbers:
        masked[number.start : number.end] = _HERE * (number.end - number.start)
    plain = "".join(masked)
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
        compared = bool(_COMPARED.search(before))
        found.append(Stated(number, pairs[clause] | beside, clause, following, compared))
        if number.unit not in _DATES:
            following = number
        elif _kind(number) == _YEAR:
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
