"""Targets beside what reports say of them: met, not met, not reported, or not to be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from indexer.figures import PLANS
from indexer.figures.units import kind
from indexer.indicators.definitions import Indicator
from indexer.indicators.series import interval, is_draft
from indexer.indicators.values import Point

Verdict = Literal["met", "not_met", "not_reported", "no_report", "unclear"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A target of a place for a year, all points that state it, and what is reported of it.

    `draft`: only drafts state it. `differs`: other documents state another target.
    """

    indicator: Indicator
    place: str
    year: int
    part: str
    targets: tuple[Point, ...]
    results: tuple[Point, ...]
    verdict: Verdict
    draft: bool
    differs: bool


def outcomes_of(
    points: Iterable[Point], indicators: Sequence[Indicator], reported: Collection[tuple[str, int]]
) -> tuple[Outcome, ...]:
    """The targets among the points, by place and year.

    `reported` are the places and years that some report is of.
    """
    by_name = {each.name: each for each in indicators}
    groups: dict[tuple[str, str, str, int], list[Point]] = defaultdict(list)
    for point in points:
        if point.year is not None:
            groups[point.place, point.indicator, point.part, point.year].append(point)
    found: list[Outcome] = []
    for (place, name, part, year), group in groups.items():
        stated: dict[tuple[object, ...], list[Point]] = defaultdict(list)
        for point in group:
            if point.figure.sort == "target":
                stated[_said(point)].append(point)
        results = tuple(point for point in group if _is_result(point, year))
        silence: Verdict = "not_reported" if (place, year) in reported else "no_report"
        found += [
            Outcome(
                indicator=by_name[name],
                place=place,
                year=year,
                part=part,
                targets=tuple(same),
                results=results,
                verdict=_verdict(by_name[name], same, results) if results else silence,
                draft=all(is_draft(each) for each in same),
                differs=len(stated) > 1,
            )
            for same in stated.values()
        ]
    order = {each.name: at for at, each in enumerate(indicators)}
    return tuple(
        sorted(found, key=lambda o: (o.place, o.year, order[o.indicator.name], o.part, o.draft))
    )


def is_report(sort: str | None) -> bool:
    """Whether a kind of document tells what was done."""
    return sort is not None and sort not in PLANS


def _is_result(point: Point, year: int) -> bool:
    """Whether a point says what a year came to: not what a plan says of its year as it begins."""
    later = (point.reference.year or 0) > year
    return point.figure.sort == "value" and (later or is_report(point.reference.kind))


def _said(point: Point) -> tuple[object, ...]:
    return point.figure.value, point.figure.high, kind(point.figure.unit)


def _wanted(targets: Sequence[Point], indicator: Indicator) -> str | None:
    """Whether at least or at most the figure is aimed at."""
    bounds = {each.figure.bound for each in targets}
    if bounds & {"least", "over"}:
        return "up"
    return "down" if "most" in bounds else indicator.better


def _verdict(indicator: Indicator, targets: Sequence[Point], results: Sequence[Point]) -> Verdict:
    wanted = _wanted(targets, indicator)
    judged = {_judged(wanted, targets[0], result) for result in results}
    return judged.pop() if len(judged) == 1 else "unclear"


def _judged(wanted: str | None, target: Point, result: Point) -> Verdict:
    if wanted is None or kind(target.figure.unit) != kind(result.figure.unit):
        return "unclear"
    if target.figure.bound == "about":
        return "unclear"
    aim = target.figure.value
    if wanted == "down" and target.figure.high is not None:
        aim = target.figure.high
    low, high = interval(result.figure)
    sign = 1 if wanted == "up" else -1
    ends = [None if end is None else sign * (end - aim) for end in (low, high)]
    least, most = ends if sign == 1 else reversed(ends)
    if least is not None and least >= Decimal(0):
        return "met"
    if most is not None and most < Decimal(0):
        return "not_met"
    return "unclear"
