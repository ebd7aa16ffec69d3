"""The true figures of the sample library, and how many of them are read as they are."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from conftest import ROOT

from indexer.figures.rows import unit_of
from indexer.figures.units import kind, times
from indexer.indicators import Point

SORTS = ("value", "target", "change")

HELD_OUT = {"柳湾县", "砚池县", "枫浦县", "石坪县", "望岳市", "岱原省", "清汀市", "X县"}
"""Documents of these places were not looked at while the reading was made."""


class Key(NamedTuple):
    """What a figure says: all of it must be right."""

    file: str
    indicator: str
    part: bool
    place: str
    year: int
    sort: str
    value: Decimal
    unit: str


def held_out(file: str) -> bool:
    return file.split("/")[-2] in HELD_OUT


def truth() -> set[Key]:
    found = set()
    with (ROOT / "tests/data/indicator_truth.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name, part = _named(row["indicator"])
            unit, multiplier = unit_of(row["unit"])
            value = abs(Decimal(row["value"])) * times(multiplier)
            place, year, sort = row["place"], int(row["year"]), row["sort"]
            found.add(Key(row["file"], name, part, place, year, sort, value, kind(unit)))
    return found


def _named(written: str) -> tuple[str, bool]:
    if written == "累计新增学位":
        return "新增学位", True
    name, _, part = written.partition("（")
    return {"教育经费投入增幅": "教育经费增幅"}.get(name, name), bool(part)


def keys_of(points: Iterable[Point]) -> dict[Key, Point]:
    return {
        Key(
            point.doc,
            point.indicator,
            bool(point.part),
            point.place,
            point.year,
            point.figure.sort,
            abs(point.figure.value),
            kind(point.figure.unit),
        ): point
        for point in points
        if point.year is not None
    }


def listed(found: dict[Key, Point], true: set[Key]) -> dict[Key, Point]:
    """Without the figures of parts that the table does not list (it lists some parts only)."""
    known = {(key.file, key.indicator, key.value, key.unit) for key in true}
    return {
        key: point
        for key, point in found.items()
        if not key.part or (key.file, key.indicator, key.value, key.unit) in known
    }


def counts(found: dict[Key, Point], true: set[Key]) -> Counter[tuple[str, str]]:
    """(sort, "right" | "given" | "true") -> how many."""
    counted: Counter[tuple[str, str]] = Counter()
    for sort in SORTS:
        given = {key for key in found if key.sort == sort}
        counted[sort, "given"] = len(given)
        counted[sort, "right"] = len(given & true)
        counted[sort, "true"] = sum(key.sort == sort for key in true)
    return counted
