"""What the tables of comparisons share: rows for figures, and the sheet on the method."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import indexer
from indexer.export.blocks import Cell, Column, Table, row
from indexer.figures.units import as_written
from indexer.records import Figure, Filters
from indexer.words import Words

_FIGURES = (
    *("measures", "number", "unit", "to", "figure_year", "sort", "direction", "bound"),
    *("written", "quote", "file", "start", "end"),
)
_WIDTHS = {"quote": 60, "measures": 24}


def figure_columns(words: Words) -> tuple[Column, ...]:
    """The columns of `figure_row`."""
    return tuple(Column(words(f"compare.{name}"), _WIDTHS.get(name)) for name in _FIGURES)


def figure_row(
    figure: Figure, sentence: str, doc: str, words: Words, link: str | None
) -> tuple[Cell, ...]:
    """A figure: number and unit as written, what it is of, its sentence and its place."""
    number, unit = as_written(figure)
    high = None if figure.high is None else figure.high * number / figure.value
    values = {
        "measures": Cell(figure.measures),
        "number": Cell(number),
        "unit": Cell(unit),
        "to": Cell(high),
        "figure_year": Cell(figure.year),
        "sort": Cell(words(f"sort.{figure.sort}")),
        "direction": Cell(words(f"direction.{figure.direction}") if figure.direction else None),
        "bound": Cell(words(f"bound.{figure.bound}") if figure.bound else None),
        "written": Cell(figure.text),
        "quote": Cell(sentence),
        "file": Cell(doc, link=link),
        "start": Cell(figure.start),
        "end": Cell(figure.end),
    }
    return tuple(values[name] for name in _FIGURES)


def method(
    words: Words,
    places: Sequence[str],
    years: Sequence[int],
    filters: Filters,
    made: datetime,
    rows: Sequence[tuple[str, str]],
    how: str,
) -> Table:
    """How a comparison was made and of what; `rows` are its own lines."""
    between = words("export.or")
    chosen = [
        row(words(f"export.{name}"), between.join(map(str, getattr(filters, name))))
        for name in ("kind", "level", "stage")
        if getattr(filters, name)
    ]
    table = (
        *(row(*each) for each in rows),
        row(words("compare.places", n=len(places)), between.join(places)),
        row(words("compare.years"), between.join(map(str, years))),
        *chosen,
        row(words("export.samples"), words("export.with" if filters.samples else "export.without")),
        row(words("compare.method"), how),
        row(words("compare.made"), made),
        row(words("export.program"), f"{words('page.name')} {indexer.__version__}"),
    )
    title = words("compare.method")
    columns = (Column(words("export.item"), 30), Column(words("export.value"), 60))
    return Table(title, columns, table, title)
