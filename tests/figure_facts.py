"""The labelled figures of the sample library, and how many of them are found as they are."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from conftest import ROOT

from indexer.chunk import chunk
from indexer.clean import clean
from indexer.describe import describe
from indexer.figures import figures_in, outlook
from indexer.figures.rows import unit_of
from indexer.figures.units import kind, times
from indexer.read import read_file
from indexer.records import Description, Figure, HeadingMark


class Fact(NamedTuple):
    """A row of the tables: a figure as a document states it."""

    file: str
    indicator: str
    value: Decimal
    unit: str
    sort: str
    year: int
    quote: str

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(self.file.encode()).digest()[0] % 2 == 0


def facts() -> Iterator[Fact]:
    for path in sorted((ROOT / "tests/data").glob("sample_facts_*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                unit, multiplier = unit_of(row["unit"])
                value = abs(Decimal(row["value"])) * times(multiplier)
                yield Fact(
                    row["file"], row["indicator"], value, unit, row["sort"],
                    int(row["year"]), row["quote"],
                )  # fmt: skip


class Paragraph(NamedTuple):
    start: int
    text: str
    heading: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    text: str
    description: Description
    paragraphs: tuple[Paragraph, ...]

    def figures(self, at: int) -> tuple[Figure, ...]:
        """The figures of the paragraph at an offset, told what its headings say."""
        paragraph = next(p for p in self.paragraphs if p.start <= at < p.start + len(p.text))
        year, plan = outlook(paragraph.heading, self.description.kind, self.description.year)
        return figures_in(paragraph.text, paragraph.start, year, plan=plan)

    def sentence_figures(self, at: int) -> tuple[Figure, ...]:
        """The figures of the bare sentence at an offset, told the document's year only."""
        start = max(self.text.rfind(sign, 0, at) for sign in "。\n") + 1
        end = re.compile(r"[。\n]|$").search(self.text, at)
        assert end
        return figures_in(self.text[start : end.end()], start, self.description.year)


@cache
def sample(file: str) -> Sample:
    raw = read_file(ROOT / "corpus" / file)
    cleaned = clean(raw.text)
    marks = [(*cleaned.offsets.to_clean(m.start, m.end), m.level) for m in raw.headings]
    headings = tuple(HeadingMark(*mark) for mark in marks if mark[0] < mark[1])
    paragraphs: list[Paragraph] = []
    for piece in chunk(cleaned.text, len, 100_000, headings):
        start = piece.start
        for line in piece.text.splitlines(keepends=True):
            paragraphs.append(Paragraph(start, line, piece.heading))
            start += len(line)
    return Sample(cleaned.text, describe(raw, cleaned.text, file)[0], tuple(paragraphs))


def stated(fact: Fact, alone: bool = False) -> list[Figure]:
    """The figures in a fact's quote that have its value and unit."""
    document = sample(fact.file)
    at = document.text.find(fact.quote)
    if at < 0:  # a row of a table, which the readers write in another way
        places = [p.start for p in document.paragraphs if "：" in p.text or "|" in p.text]
        figures = [f for place in places for f in document.figures(place)]
        figures = [f for f in figures if f.text.strip("%") in fact.quote and f.year == fact.year]
    elif alone:
        # A quote may run over several sentences.
        ends = [at, *(at + m.end() for m in re.finditer("。(?!$)", fact.quote))]
        figures = [f for end in ends for f in document.sentence_figures(end)]
    else:
        figures = list(document.figures(at))
    if at >= 0:
        figures = [f for f in figures if f.start < at + len(fact.quote) and at < f.end]
    return [f for f in figures if f.value == fact.value and kind(f.unit) == kind(fact.unit)]


def right(fact: Fact, figure: Figure) -> bool:
    return figure.sort == fact.sort and figure.year == fact.year


def measure(held_out: bool, alone: bool = False) -> dict[str, tuple[int, int, int, int]]:
    """By sort: rows found right, rows, figures right, figures given that sort."""
    counts: Counter[tuple[str, str]] = Counter()
    for fact in facts():
        if fact.held_out != held_out:
            continue
        found = stated(fact, alone)
        counts[fact.sort, "rows"] += 1
        counts[fact.sort, "found"] += any(right(fact, figure) for figure in found)
        if found:
            best = next((f for f in found if right(fact, f)), found[0])
            counts[best.sort, "given"] += 1
            counts[best.sort, "right"] += right(fact, best)
    sorts = ("value", "target", "change")
    return {
        sort: tuple(counts[sort, name] for name in ("found", "rows", "right", "given"))  # type: ignore[misc]
        for sort in sorts
    }
