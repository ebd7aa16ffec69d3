"""Comparisons as one asks for them on the command line and takes them away as files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.compare import Comparison
from indexer.compare.answers import comparison_json, indicator_json
from indexer.errors import RequestProblem
from indexer.export import (
    Block,
    Heading,
    Table,
    comparison_blocks,
    comparison_tables,
    csv_text,
    docx,
    indicator_blocks,
    indicator_tables,
    outcome_blocks,
    outcome_tables,
    xlsx,
)
from indexer.indicators import Entry, Indicator, Outcome, entries_of, named
from indexer.records import Filters
from indexer.words import Words

if TYPE_CHECKING:
    from indexer.library import Library

ENDINGS = (".xlsx", ".csv", ".docx")
_YEARS = re.compile(r"(\d{4})(?:\s*[-—–~至到]\s*(\d{4}))?")
_BETWEEN = re.compile(r"[,，、;；]")

Progress = Callable[[float], None]


class Selection(NamedTuple):
    """What to compare; none: all."""

    places: tuple[str, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A comparison, ready to be written: the first table is the one for CSV and for a screen."""

    title: str
    json: dict[str, Any]
    tables: tuple[Table, ...]
    blocks: tuple[Block, ...]
    words: Words

    def content(self, path: Path) -> bytes:
        """The bytes of a file of this name. Raises RequestProblem: unknown_output."""
        match check_output(path):
            case ".csv":
                return csv_text(self.tables[0])
            case ".docx":
                return docx(self.title, self.blocks, self.words)
        return xlsx(self.tables, self.words)

    @property
    def text(self) -> str:
        """The first table, a line a row."""
        head = [column.name for column in self.tables[0].columns]
        rows = [[_shown(cell.value) for cell in cells] for cells in self.tables[0].rows]
        return "\n".join("\t".join(each) for each in (head, *rows))


def check_output(path: Path) -> str:
    """The ending of a file that can be written. Raises RequestProblem: unknown_output."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise RequestProblem("unknown_output", ending=ending or path.name)
    return ending


def listed(values: Sequence[str]) -> tuple[str, ...]:
    """The parts of lists that commas separate, each once."""
    parts = (part.strip() for value in values for part in _BETWEEN.split(value))
    return tuple(dict.fromkeys(part for part in parts if part))


def years_of(values: Sequence[str]) -> tuple[int, ...]:
    """The years of lists and ranges (2021-2024). Raises ValueError with what is none."""
    found: list[int] = []
    for part in listed(values):
        years = _YEARS.fullmatch(part.removesuffix("年"))
        if years is None:
            raise ValueError(part)
        found += range(int(years[1]), int(years[2] or years[1]) + 1)
    return tuple(sorted(set(found)))


def by_questions(
    library: Library,
    questions: Sequence[str],
    wanted: Selection,
    words: Words,
    progress: Progress = lambda share: None,
) -> Made:
    """Compare by questions."""
    found = library.compare(questions, wanted.places, wanted.years, None, progress)
    return of_comparison(library, found, words, Filters())


def by_indicators(
    library: Library,
    names: Sequence[str],
    wanted: Selection,
    words: Words,
    progress: Progress = lambda share: None,
) -> Made:
    """Compare by indicators."""
    known, _ = library.indicators()
    points = library.indicator(names, wanted.places, progress=progress)
    entries = {
        named(known, each): [
            entry
            for entry in entries_of(p for p in points if p.indicator == named(known, each).name)
            if not wanted.years or entry.year in wanted.years
        ]
        for each in names
    }
    return of_indicators(library, entries, words)


def of_comparison(library: Library, found: Comparison, words: Words, filters: Filters) -> Made:
    """A comparison as files."""
    now = _now()
    return Made(
        title=words("compare.matrix"),
        json=comparison_json(found),
        tables=comparison_tables(found, words, filters, now, library.links()),
        blocks=comparison_blocks(found, words, filters, now),
        words=words,
    )


def of_indicators(
    library: Library, found: Mapping[Indicator, Sequence[Entry]], words: Words
) -> Made:
    """Indicators as files."""
    now, links, filters = _now(), library.links(), Filters()
    tables: list[Table] = []
    blocks: list[Block] = []
    for indicator, entries in found.items():
        years = sorted({entry.year for entry in entries})
        tables += indicator_tables(indicator, entries, years, words, filters, now, links)
        blocks += [Heading(indicator.name, 1)]
        blocks += indicator_blocks(indicator, entries, years, words, filters, now)
    return Made(
        title=words("compare.tab_indicators"),
        json={"indicators": [indicator_json(*pair) for pair in found.items()]},
        tables=tuple(tables),
        blocks=tuple(blocks),
        words=words,
    )


def of_outcomes(library: Library, outcomes: Sequence[Outcome], place: str, words: Words) -> Made:
    """Plans and results as files."""
    now, filters = _now(), Filters()
    return Made(
        title=f"{place} · {words('compare.plans')}",
        json={},
        tables=outcome_tables(outcomes, place, words, filters, now, library.links()),
        blocks=outcome_blocks(outcomes, place, words, filters, now),
        words=words,
    )


def _now() -> datetime:
    return datetime.now().astimezone()


def _shown(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
