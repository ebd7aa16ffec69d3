"""The figures of a sentence held against the passages that it cites.

A figure must stand there with its unit. Where it does, it may still be said of something else: a
digit changed by chance gives another figure of the same passage, or two have changed places. That
shows by the words beside it, and is only told where they leave no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from indexer.figures import units
from indexer.records import Number
from indexer.verify.read import DATES, YEAR, Read, Stated, ends, kind, shared, touching
from indexer.verify.stated import same

_ENOUGH_WORDS = 3
_PLAINLY = ((0.9, 0.6), (0.6, 0.2))
"""A figure is said of something else if this share of the words beside it stands beside another
figure of the passage, and no more than that beside the same one."""

_TIGHT, _LOOSE = 6, 2
"""A figure stands in another one's words if so many characters touch both, and hardly any touch
the same figure in the passage."""

_CROSSED, _OWN = 1.2, 0.4
_INSTEAD = 0.3
_TABLE_CELL = re.compile(r"\|[^|\n]*$")


@dataclass(frozen=True, slots=True)
class Fault:
    """A number of a sentence that its passages do not bear out, and what stands there instead."""

    code: str
    number: Number
    instead: str


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
        placed.append((each, max(alike, key=lambda other: shared(each, other))))
        if _in_place(each, alike, known):
            continue
        other = _elsewhere(each, alike, sentence, known) or _of_another_year(each, known)
        if other is not None:
            found.append(Fault("figure_misplaced", each.number, other.number.text))
    found += _crossed(placed) + _reversed(sentence, within, cited)
    return list({fault.number.start: fault for fault in reversed(found)}.values())[::-1]


def _loosely(number: Number, known: Sequence[Stated], cited: Sequence[Read]) -> bool:
    """Whether a number is borne out in another form: a span of years that is given as two, or a
    bare number of a table whose unit stands elsewhere in the passage."""
    if both := ends(number):
        return all(any(same(end, each.number) for each in known) for end in both)
    return any(
        number.unit_text in passage.text
        for passage in cited
        for each in passage.numbers
        if number.unit_text
        and (each.number.value, each.number.high) == (number.value, number.high)
        and not each.number.unit
        and _TABLE_CELL.search(passage.text, 0, each.number.start)
    )


def _elsewhere(
    each: Stated, alike: Sequence[Stated], sentence: Read, known: Sequence[Stated]
) -> Stated | None:
    """Another number of the passages that stands where this one is said to."""
    beside = [said for said in sentence.numbers if said.clause == each.clause]
    others = [
        other
        for other in known
        if kind(other.number) == kind(each.number)
        and not any(same(said.number, other.number) for said in beside)
    ]
    likely = max(others, key=lambda other: shared(each, other), default=None)
    if likely is None or len(each.words) < _ENOUGH_WORDS:
        return _in_its_words(each, alike, known)
    there, here = shared(each, likely), max(shared(each, other) for other in alike)
    if any(there >= a and here <= b for a, b in _PLAINLY):
        return likely
    return _in_its_words(each, alike, known)


def _in_place(each: Stated, alike: Sequence[Stated], known: Sequence[Stated]) -> bool:
    """Whether a number stands in the very words of a passage, in which no other does."""
    near = max(touching(each, other) for other in alike)
    others = (other for other in known if not same(each.number, other.number))
    return near >= _TIGHT and all(touching(each, other) < near for other in others)


def _in_its_words(each: Stated, alike: Sequence[Stated], known: Sequence[Stated]) -> Stated | None:
    """Another number between the very characters that this one stands between."""
    if max(touching(each, other) for other in alike) > _LOOSE:
        return None
    others = [other for other in known if kind(other.number) == kind(each.number)]
    likely = max(others, key=lambda other: touching(each, other), default=None)
    return likely if likely is not None and touching(each, likely) >= _TIGHT else None


def _of_another_year(each: Stated, known: Sequence[Stated]) -> Stated | None:
    """Another year that the passage gives for the figure that follows this one."""
    if kind(each.number) != YEAR or each.next is None:
        return None
    same_next = [
        other
        for other in known
        if kind(other.number) == YEAR and other.next and same(each.next, other.next)
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
        own = shared(a, at_a) + shared(b, at_b)
        if own <= _OWN and shared(a, at_b) + shared(b, at_a) >= _CROSSED:
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


def _instead(each: Stated, known: Sequence[Stated]) -> str:
    """What the passages have in the place of a number; "" where that cannot be told."""
    number = each.number
    alike = [other for other in known if kind(other.number) == kind(number)]
    if number.unit not in DATES:
        for other in known:
            if other.number.value == number.value and other.number.unit not in DATES:
                return other.number.text  # with another unit
    best = max(alike, key=lambda o: (shared(each, o), _same_digits(number, o.number)), default=None)
    return best.number.text if best is not None and shared(each, best) >= _INSTEAD else ""


def _same_digits(a: Number, b: Number) -> float:
    """How alike two numbers are as they are typed: 8.52 and 85.2 wholly."""
    one, other = ("".join(map(str, n.value.normalize().as_tuple().digits)) for n in (a, b))
    return SequenceMatcher(None, one, other).ratio()
