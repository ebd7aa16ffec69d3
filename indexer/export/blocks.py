"""What files are made of: headings, paragraphs, quotations and tables, all frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from indexer.cite import Reference

Value = str | int | float | Decimal | date | None
"""What a cell holds. A figure of a document is a Decimal, which keeps its places as written
("8.50"); percentages stay as written (8.52, not .0852) and their unit stands in a column or a
heading of its own, so that the number in the file is the number in the document."""

Spans = tuple[tuple[int, int], ...]
"""Offsets in a text, in order and apart from one another."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; `reference` becomes a footnote at its end."""

    text: str
    bold: bool = False
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 is the highest below the title of the file."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation, word for word; `marks` are set off in it, `reference` becomes a footnote."""

    text: str
    reference: Reference | None = None
    marks: Spans = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table. `link` (an address or a file) is followed in Excel only, and a footnote
    is made of `reference` in Word only: tables for Excel have columns for their sources.
    """

    value: Value
    link: str | None = None
    marks: Spans = ()
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `width` in characters of the width of a digit, None: as its content asks."""

    name: str
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has a cell for each column. `name` is that of the sheet, `title` stands
    above the table.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str | None = None


Block = Heading | Paragraph | Quote | Table


def paragraph(text: str) -> Paragraph:
    """A paragraph of plain text."""
    return Paragraph((Run(text),))


def row(*values: Value) -> tuple[Cell, ...]:
    """A row of plain cells."""
    return tuple(Cell(value) for value in values)
