"""The results of a search -> tables for Excel and blocks for Word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import indexer
from indexer.cite import Form, Reference, cite, heading_path, reference_of
from indexer.export.blocks import Block, Cell, Column, Heading, Quote, Table, Value, paragraph, row
from indexer.records import Filters, Passage
from indexer.words import Words

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_COLUMNS = (
    *("no", "text", "sentence", "title", "place", "year", "kind", "issuer", "number", "date"),
    *("heading", "page", "file", "citation", "score"),
)
_WIDTHS = {"text": 60, "sentence": 40, "title": 30, "heading": 30, "citation": 50}


def result_tables(
    passages: Sequence[Passage],
    question: str,
    filters: Filters,
    words: Words,
    searched: datetime,
    links: Mapping[str, str] | None = None,
    form: Form = "gbt2025",
) -> tuple[Table, Table]:
    """The passages, one a row, and how they were found. `links`: addresses of documents by name."""
    links = links or {}
    rows = []
    for number, passage in enumerate(passages, 1):
        reference = reference_of(passage)
        values: dict[str, Cell] = {
            "no": Cell(number),
            "text": Cell(passage.text, marks=_marks(passage)),
            "sentence": Cell("\n".join(passage.text[a:b] for a, b in _marks(passage))),
            "title": Cell(passage.title),
            "place": Cell(passage.place),
            "year": Cell(passage.year),
            "kind": Cell(passage.kind),
            "issuer": Cell(passage.issuer),
            "number": Cell(passage.number),
            "date": Cell(as_date(passage.date)),
            "heading": Cell(heading_path(reference)),
            "page": Cell(passage.page),
            "file": Cell(passage.doc, link=links.get(passage.doc)),
            "citation": Cell(cite(reference, form, words)),
            "score": Cell(passage.score),
        }
        rows.append(tuple(values[name] for name in _COLUMNS))
    columns = tuple(Column(words(f"export.{name}"), _WIDTHS.get(name)) for name in _COLUMNS)
    found = Table(words("export.results"), columns, tuple(rows))
    return found, _method(passages, question, filters, words, searched)


def result_blocks(
    passages: Sequence[Passage],
    question: str,
    filters: Filters,
    words: Words,
    searched: datetime,
    form: Form = "gbt2025",
) -> tuple[Block, ...]:
    """The passages as quotations with footnotes, their sources, and how they were found."""
    references = [reference_of(passage) for passage in passages]
    blocks: list[Block] = [paragraph(words("export.count", **_counts(passages)))]
    for number, (passage, reference) in enumerate(zip(passages, references, strict=True), 1):
        blocks += [
            Heading(f"{number}. {passage.title}", 2),
            Quote(passage.text.rstrip(), reference, _marks(passage)),
        ]
    return (*blocks, *_sources(references, words, form),
            _method(passages, question, filters, words, searched))  # fmt: skip


def as_date(text: str | None) -> Value:
    """A full date that Excel can hold as one; anything else as it is written."""
    found = _DAY.fullmatch(text or "")
    if not found or found[1] < "1901":
        return text
    try:
        return date.fromisoformat(found[0])
    except ValueError:
        return text


def _sources(references: Sequence[Reference], words: Words, form: Form) -> list[Block]:
    documents = {each.doc: replace(each, page=None) for each in references}
    if not documents:
        return []
    rows = tuple(row(cite(each, form, words), each.doc) for each in documents.values())
    columns = (Column(words("export.citation")), Column(words("export.file")))
    return [Table(words("export.sources"), columns, rows, words("export.sources"))]


def _method(
    passages: Sequence[Passage],
    question: str,
    filters: Filters,
    words: Words,
    searched: datetime,
) -> Table:
    chosen: dict[str, Sequence[str | int]] = {
        "place": filters.place,
        "year": filters.year,
        "kind": filters.kind,
        "level": filters.level,
        "stage": filters.stage,
    }
    rows = [row(words("export.question"), question)]
    rows += [
        row(words(f"export.{name}"), words("export.or").join(map(str, values)))
        for name, values in chosen.items()
        if values
    ]
    if not any(chosen.values()):
        rows.append(row(words("export.filters"), words("export.none")))
    rows += [
        row(words("export.samples"), words("export.with" if filters.samples else "export.without")),
        row(words("export.searched"), searched),
        row(words("export.found"), words("export.count", **_counts(passages))),
        row(words("export.program"), f"{words('page.name')} {indexer.__version__}"),
    ]
    title = words("export.method")
    columns = (Column(words("export.item")), Column(words("export.value"), 60))
    return Table(title, columns, tuple(rows), title)


def _counts(passages: Sequence[Passage]) -> dict[str, int]:
    documents = {passage.doc for passage in passages}
    return {"passages": len(passages), "documents": len(documents)}


def _marks(passage: Passage) -> tuple[tuple[int, int], ...]:
    """The highlights as offsets in the passage's text."""
    spans = sorted((a - passage.start, b - passage.start) for a, b in passage.highlights)
    return tuple(spans)
