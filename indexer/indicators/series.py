"""Points -> the values of an indicator by place and year, with contradictions flagged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indexer.figures.units import MULTIPLIERS, kind
from indexer.indicators.values import Point
from indexer.records import Figure

_DECIMALS = re.compile(r"\.([0-9]+)")
_MULTIPLIER = re.compile("[十百千万亿]+")
_DRAFT = re.compile("征求意见|草案|初稿|送审稿|讨论稿")
_ABOUT = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told of an indicator for a place, a year and a part of what it counts.

    `value` is the point to show, None where only targets or changes are told; `values`, `targets`
    and `changes` are all points. `contradicted`: documents disagree on the value; `disputed`: on
    the target.
    """

    place: str
    year: int
    part: str
    value: Point | None
    values: tuple[Point, ...]
    targets: tuple[Point, ...]
    changes: tuple[Point, ...]
    contradicted: bool
    disputed: bool


def entries_of(points: Iterable[Point]) -> tuple[Entry, ...]:
    """The entries of one indicator's points, by part, place and year; those without a year fall
    out."""
    groups: dict[tuple[str, str, int], list[Point]] = defaultdict(list)
    for point in points:
        if point.year is not None:
            groups[point.part, point.place, point.year].append(point)
    return tuple(_entry(groups[key]) for key in sorted(groups))


def _entry(points: Sequence[Point]) -> Entry:
    sorts: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        sorts[point.figure.sort].append(point)
    values = sorted(sorts["value"], key=_preference)
    targets = sorted(sorts["target"], key=_preference)
    first = points[0]
    return Entry(
        place=first.place,
        year=first.year or 0,
        part=first.part,
        value=values[0] if values else None,
        values=tuple(values),
        targets=tuple(targets),
        changes=tuple(sorts["change"]),
        contradicted=not all(agree(values[0].figure, each.figure) for each in values),
        disputed=len({(each.figure.value, each.figure.high) for each in targets}) > 1,
    )


def is_draft(point: Point) -> bool:
    """Whether a point stands in a draft, such as one sent out for comments."""
    return _DRAFT.search(point.reference.title + point.doc) is not None


def _preference(point: Point) -> tuple[bool, bool, bool, bool, Decimal, str, int]:
    """The point to show first: of the place's own document of the year, exact, and no draft."""
    figure = point.figure
    loose = figure.bound is not None or figure.high is not None
    place = point.doc, figure.start
    return is_draft(point), point.above, point.other_year, loose, quantum(figure), *place


def agree(a: Figure, b: Figure) -> bool:
    """Whether two figures can both be true: the less exact one decides how far they may differ."""
    if kind(a.unit) != kind(b.unit):
        return True
    low, high = interval(a)
    other_low, other_high = interval(b)
    if a.bound is None and b.bound is None and a.high is None and b.high is None:
        return abs(a.value - b.value) <= max(quantum(a), quantum(b)) / 2
    return (high is None or other_low is None or other_low <= high) and (
        low is None or other_high is None or low <= other_high
    )


def interval(figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that a figure may mean; None: no limit."""
    value = figure.value
    if figure.high is not None:
        return value, figure.high
    match figure.bound:
        case "least" | "over":
            return value, None
        case "most":
            return None, value
        case "about":
            return value * (1 - _ABOUT), value * (1 + _ABOUT)
    return value, value


def quantum(figure: Figure) -> Decimal:
    """The last digit that a figure gives: 1000000 元 for 9.68亿元."""
    decimals = _DECIMALS.search(figure.text)
    times = _MULTIPLIER.match(figure.unit_text)
    scale = Decimal(MULTIPLIERS.get(times[0], 1)) if times else Decimal(1)
    return scale.scaleb(-len(decimals[1])) if decimals else scale
