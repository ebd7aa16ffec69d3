"""A comparison -> tables for Excel and CSV and blocks for Word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from indexer.cite import Form, cite, heading_path
from indexer.compare import Cell as Compared
from indexer.compare import Comparison, Quote
from indexer.export.blocks import Block, Cell, Column, Heading, Table, paragraph, row
from indexer.export.blocks import Quote as Quotation
from indexer.export.evidence import figure_columns, figure_row, method
from indexer.records import Filters
from indexer.words import Words

_WIDTHS = {"quote": 60, "title": 30, "heading": 30, "citation": 50}
_QUOTES = (
    *("question", "place", "year", "quote", "about", "title", "kind", "heading", "page"),
    *("file", "citation", "speaks"),
)


def comparison_tables(
    found: Comparison,
    words: Words,
    filters: Filters,
    made: datetime,
    links: Mapping[str, str] | None = None,
    form: Form = "gbt2025",
) -> tuple[Table, ...]:
    """The matrix, the quotations, their figures, and how all of it was found.

    `links`: addresses of documents by name.
    """
    return (
        matrix_table(found, words),
        _quotations(found, words, links or {}, form),
        _figures(found, words, links or {}),
        _method(found, words, filters, made),
    )


def matrix_table(found: Comparison, words: Words) -> Table:
    """Places and years by questions; a cell has its best sentence or says why it has none."""
    columns = (
        Column(words("compare.place")),
        Column(words("compare.year")),
        *(Column(question, 50) for question in found.questions),
    )
    rows = tuple(
        (
            Cell(place),
            Cell(year),
            *(Cell(_said(found.cell(place, year, each), words)) for each in found.questions),
        )
        for place in found.places
        for year in found.years
    )
    return Table(words("compare.matrix"), columns, rows)


def comparison_blocks(
    found: Comparison, words: Words, filters: Filters, made: datetime
) -> tuple[Block, ...]:
    """An evidence pack: for each question its counts and, by place and year, its quotations."""
    blocks: list[Block] = []
    for question, counts in zip(found.questions, found.counts, strict=True):
        cells = [cell for cell in found.cells if cell.question == question]
        blocks += [
            Heading(question, 1),
            paragraph(words("compare.counts", **_gaps(counts))),
            _overview(found, question, words),
        ]
        for cell in cells:
            if cell.quotes:
                blocks.append(Heading(words("compare.of", place=cell.place, year=cell.year), 2))
                blocks += [_quotation(quote) for quote in cell.quotes]
    return (*blocks, _method(found, words, filters, made))


def status_text(cell: Compared, words: Words) -> str:
    """What a cell without a quotation says."""
    return words("compare.silent" if cell.status == "silent" else "compare.no_document")


def marks_of(quote: Quote, words: Words) -> str:
    """What sets a quotation apart from those of the place's own documents of the year."""
    marks = [
        words(f"compare.{name}", place=quote.reference.place, year=quote.reference.year)
        for name, told in (("above", quote.above), ("other_year", quote.other_year))
        if told
    ]
    if quote.also_in:
        marks.append(words("compare.also_in", n=len(quote.also_in)))
    return words("compare.between").join(marks)


def _said(cell: Compared, words: Words) -> str:
    if not cell.quotes:
        return status_text(cell, words)
    first = cell.quotes[0]
    marks = marks_of(first, words)
    return first.text + (words("compare.marked", marks=marks) if marks else "")


def _quotations(found: Comparison, words: Words, links: Mapping[str, str], form: Form) -> Table:
    rows = []
    for cell in found.cells:
        for quote in cell.quotes:
            reference = quote.reference
            values = {
                "question": Cell(cell.question),
                "place": Cell(cell.place),
                "year": Cell(cell.year),
                "quote": Cell(quote.text, marks=_spans(quote)),
                "about": Cell(marks_of(quote, words)),
                "title": Cell(reference.title),
                "kind": Cell(reference.kind),
                "heading": Cell(heading_path(reference)),
                "page": Cell(reference.page),
                "file": Cell(quote.doc, link=links.get(quote.doc)),
                "citation": Cell(cite(reference, form, words)),
                "speaks": Cell(quote.speaks),
            }
            rows.append(tuple(values[name] for name in _QUOTES))
    columns = tuple(Column(words(f"compare.{name}"), _WIDTHS.get(name)) for name in _QUOTES)
    return Table(words("compare.quotations"), columns, tuple(rows))


def _figures(found: Comparison, words: Words, links: Mapping[str, str]) -> Table:
    names = ("question", "place", "year")
    rows = tuple(
        (
            Cell(cell.question),
            Cell(cell.place),
            Cell(cell.year),
            *figure_row(figure, quote.text, quote.doc, words, links.get(quote.doc)),
        )
        for cell in found.cells
        for quote in cell.quotes
        for figure in quote.figures
    )
    columns = (*(Column(words(f"compare.{name}")) for name in names), *figure_columns(words))
    return Table(words("compare.figures"), columns, rows)


def _overview(found: Comparison, question: str, words: Words) -> Table:
    """Places by years with how many sentences each cell quotes."""
    columns = (Column(words("compare.place")), *(Column(str(year)) for year in found.years))
    rows = tuple(
        row(place, *(_short(found.cell(place, year, question), words) for year in found.years))
        for place in found.places
    )
    return Table(question, columns, rows)


def _short(cell: Compared, words: Words) -> str:
    if cell.quotes:
        return words("compare.quotes", n=len(cell.quotes))
    return status_text(cell, words)


def _quotation(quote: Quote) -> Quotation:
    return Quotation(quote.text, quote.reference, _spans(quote))


def _spans(quote: Quote) -> tuple[tuple[int, int], ...]:
    """The figures as offsets in the quotation."""
    return tuple((each.start - quote.start, each.end - quote.start) for each in quote.figures)


def _gaps(counts: object) -> dict[str, object]:
    names = ("documents", "speak", "silent", "missing", "quoted_cells", "silent_cells")
    return {name: getattr(counts, name) for name in names}


def _method(found: Comparison, words: Words, filters: Filters, made: datetime) -> Table:
    rows = [
        (question, words("compare.counts", **_gaps(counts)))
        for question, counts in zip(found.questions, found.counts, strict=True)
    ]
    how = "compare.how" if found.calibrated else "compare.how_uncalibrated"
    return method(words, found.places, found.years, filters, made, rows, words(how))
