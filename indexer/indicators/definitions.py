"""The indicators that are known: those of the program and those of a library.

A library keeps its own in `_library/indicators.toml`, in the form of `data/indicators.toml`, or in
`_library/indicators.csv` with the columns name, unit, forms (separated by |), lowest, highest. One
of the same name takes the place of the program's. A row that cannot be used is told, not fatal.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from indexer.errors import FileProblem, RequestProblem
from indexer.figures.rows import unit_of
from indexer.glossary_tables import FOLDER, table_text

TABLE, SHEET = "indicators.toml", "indicators.csv"
OWN = "own"
_BETWEEN = re.compile(r"[|｜；;、\s]+")
_LONGEST = 40
_COLUMNS = {"name", "名称", "指标", "指标名称"}


class Form(NamedTuple):
    """A phrase for what is counted; `near`: what must stand nearby, alternatives with |."""

    text: str
    near: str = ""
    share: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something whose values are followed over places and years.

    `unit` is that of its values, `units` all that are taken for it. `low` and `high` bound what is
    plausible; `better` is the direction of an improvement. `theme` groups indicators in a list.
    `sites`: documents also tell it of single schools, which are parts.
    """

    name: str
    english: str
    theme: str
    unit: str
    units: frozenset[str]
    forms: tuple[Form, ...]
    low: Decimal | None = None
    high: Decimal | None = None
    better: Literal["up", "down"] | None = None
    sites: bool = False

    @property
    def rate(self) -> bool:
        """Whether it is a share of something."""
        return self.unit in {"%", "‰"}

    def plausible(self, value: Decimal) -> bool:
        """Whether a value can be one of this indicator."""
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)


@cache
def shipped() -> tuple[Indicator, ...]:
    """The indicators of the program."""
    text = (files("indexer") / "data" / TABLE).read_text("utf-8")
    return tuple(_indicator(row) for row in tomllib.loads(text)["indicator"])


def load_indicators(
    corpus: Path | None,
) -> tuple[tuple[Indicator, ...], tuple[FileProblem, ...]]:
    """The indicators for a documents folder, and what was wrong in its own table.

    A problem's facts are `file` and, where it is one row, `line` (the number of the entry in the
    TOML file).
    """
    problems: list[FileProblem] = []
    found = {each.name: each for each in shipped()}
    if corpus is not None:
        for each in (*_own_table(corpus, problems), *_own_sheet(corpus, problems)):
            found[each.name] = each
    return tuple(found.values()), tuple(problems)


def named(indicators: Iterable[Indicator], name: str) -> Indicator:
    """The indicator of this name, in Chinese or English. Raises RequestProblem: no_indicator."""
    wanted = name.strip().lower()
    known = list(indicators)
    for each in known:
        if wanted in {each.name.lower(), each.english.lower()}:
            return each
    forms = [each for each in known if any(form.text == name.strip() for form in each.forms)]
    if forms:
        return forms[0]
    raise RequestProblem("no_indicator", name=name, known="、".join(each.name for each in known))


def _own_table(corpus: Path, problems: list[FileProblem]) -> list[Indicator]:
    text = table_text(corpus / FOLDER / TABLE, problems)
    try:
        rows = tomllib.loads(text).get("indicator", [])
    except tomllib.TOMLDecodeError as error:
        problems.append(FileProblem("indicator_table", file=TABLE, reason=str(error)))
        return []
    entries = rows if isinstance(rows, list) else [rows]
    return _taken(((number, row) for number, row in enumerate(entries, 1)), TABLE, problems)


def _own_sheet(corpus: Path, problems: list[FileProblem]) -> list[Indicator]:
    rows: list[tuple[int, object]] = []
    lines = table_text(corpus / FOLDER / SHEET, problems).splitlines()
    for line, content in enumerate(lines, 1):
        cells = [cell.strip() for cell in next(csv.reader(StringIO(content)), [])]
        if not any(cells) or (line == 1 and cells[0].lower() in _COLUMNS):
            continue
        cells += [""] * (5 - len(cells))
        row: dict[str, object] = {"name": cells[0], "unit": cells[1], "forms": cells[2]}
        if cells[3] or cells[4]:
            row["range"] = [cells[3] or None, cells[4] or None]
        rows.append((line, row))
    return _taken(rows, SHEET, problems)


def _taken(
    rows: Iterable[tuple[int, object]], file: str, problems: list[FileProblem]
) -> list[Indicator]:
    found: list[Indicator] = []
    for line, row in rows:
        try:
            found.append(_indicator(cast("Mapping[str, Any]", row)))
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
            problems.append(FileProblem("indicator_row", file=file, line=line))
    return found


def _indicator(row: Mapping[str, Any]) -> Indicator:
    """An indicator from its row. Raises ValueError and its like where that makes none."""
    name, (unit, _) = str(row["name"]).strip(), unit_of(str(row["unit"]).strip())
    low, high = (None if each is None else Decimal(str(each)) for each in row.get("range", (0, 0)))
    if "range" not in row:
        low = high = None
    words = _words(row.get("forms", ""))
    forms = [_form(text) for text in dict.fromkeys((*words, name))]
    forms += [_form(text)._replace(share=True) for text in _words(row.get("share", ""))]
    better = row.get("better")
    if (
        not 2 <= len(name) <= _LONGEST
        or not unit
        or better not in {None, "up", "down"}
        or any(not 1 <= len(form.text) <= _LONGEST for form in forms)
        or (low is not None and high is not None and low > high)
    ):
        raise ValueError(name)
    others = {unit_of(each)[0] for each in _words(row.get("units", ""))}
    return Indicator(
        name=name,
        english=str(row.get("english") or name),
        theme=str(row.get("theme") or OWN),
        unit=unit,
        units=frozenset({unit, *others} - {""}),
        forms=tuple(forms),
        low=low,
        high=high,
        better=better,
        sites=row.get("sites") is True,
    )


def _words(value: object) -> Sequence[str]:
    # A bar separates the forms of a table sheet, and alternatives behind an @ in the other.
    if isinstance(value, list):
        return [str(each).strip() for each in value if str(each).strip()]
    text = str(value)
    parts = text.split() if "@" in text else _BETWEEN.split(text)
    return [part for part in parts if part]


def _form(text: str) -> Form:
    phrase, _, near = text.partition("@")
    return Form(phrase, near)
