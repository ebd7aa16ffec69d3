"""Blocks -> .docx by python-docx: A4, Chinese fonts, page numbers, footnotes for the sources."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

import docx as python_docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.oxml.table import CT_Row
from docx.shared import Length
from docx.text.paragraph import Paragraph as WordParagraph

from indexer.cite import Form, Reference, located
from indexer.export import styles
from indexer.export.blocks import (
    Block,
    Cell,
    Heading,
    Paragraph,
    Quote,
    Spans,
    Table,
    Value,
)
from indexer.export.footnotes import Footnotes
from indexer.export.text import longest_line, pieces, printable
from indexer.words import Words

_MOST_UPRIGHT = 6
"""Columns of a table on an upright page; one with more has a page across."""


def docx(title: str, blocks: Sequence[Block], words: Words, form: Form = "gbt2025") -> bytes:
    """A Word document; `form` is that of the references in its footnotes."""
    document = python_docx.Document()
    styles.set_up(document)
    document.core_properties.title = printable(title)[:255]
    document.core_properties.author = words("page.name")
    document.core_properties.comments = ""
    document.core_properties.created = datetime.now(UTC).replace(tzinfo=None)
    document.core_properties.modified = document.core_properties.created
    document.core_properties.language = "zh-CN"
    writer = _Writer(document, words, form)
    writer.text("Title", title)
    for block in blocks:
        writer.block(block)
    writer.notes.close()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Writer:
    """A document that is being written, and how."""

    def __init__(self, document: Document, words: Words, form: Form) -> None:
        self._document = document
        self._words = words
        self._form = form
        self._across = False
        self.notes = Footnotes(document)

    def text(self, style: str, text: str, marks: Spans = ()) -> WordParagraph:
        paragraph = self._document.add_paragraph(style=style)
        _fill(paragraph, text, marks)
        return paragraph

    def block(self, block: Block) -> None:
        self._turn(isinstance(block, Table) and len(block.columns) > _MOST_UPRIGHT)
        match block:
            case Heading(text, level):
                self.text(f"Heading {min(max(level, 1), 3)}", text)
            case Paragraph(runs):
                paragraph = self._document.add_paragraph(style="Body Text")
                for run in runs:
                    _fill(paragraph, run.text, ((0, len(run.text)),) if run.bold else ())
                    self._note(paragraph, run.reference)
            case Quote(text, reference, marks):
                self._note(self.text("Quote", text, marks), reference)
            case Table():
                self._table(block)

    def _note(self, paragraph: WordParagraph, reference: Reference | None) -> None:
        if reference is not None:
            self.notes.add(paragraph, printable(located(reference, self._form, self._words)))

    def _table(self, block: Table) -> None:
        if block.title:
            self.text("Caption", block.title)
        table = self._document.add_table(0, len(block.columns), style="Table Grid")
        table.autofit = False
        # By its id: to look a style up by name takes longer than all else in a cell.
        style = self._document.styles[styles.TABLE_STYLE].style_id
        widths = _widths(block, self._room())
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        heads = tuple(Cell(column.name) for column in block.columns)
        for at, cells in enumerate((heads, *block.rows)):
            row = table.add_row()
            _row_properties(row._tr, head=at == 0)
            for cell, made, width in zip(cells, row.cells, widths, strict=True):
                made.width = width
                paragraph = made.paragraphs[0]
                paragraph._p.style = style
                text = _shown(cell.value)
                _fill(paragraph, text, ((0, len(text)),) if at == 0 else cell.marks)
                self._note(paragraph, cell.reference)
                if at == 0:
                    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="E7E6E6"/>')
                    made._tc.get_or_add_tcPr().append(shade)

    def _turn(self, across: bool) -> None:
        if across != self._across:
            styles.page(self._document.add_section(WD_SECTION.NEW_PAGE), landscape=across)
            self._across = across

    def _room(self) -> Length:
        section = self._document.sections[-1]
        sides = (section.page_width, section.left_margin, section.right_margin)
        page, left, right = (side or 0 for side in sides)
        return Length(page - left - right)


def _fill(paragraph: WordParagraph, text: str, marks: Spans) -> None:
    for piece, marked in pieces(text, marks):
        paragraph.add_run(piece).bold = True if marked else None


def _shown(value: Value) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _row_properties(row: CT_Row, head: bool) -> None:
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _widths(table: Table, room: Length) -> list[Length]:
    """The room of the page, shared out by the square root of what the columns hold at most."""
    shares = [
        max(
            longest_line(text)
            for text in (column.name, *(_shown(row[at].value) for row in table.rows))
        )
        ** 0.5
        + 1
        for at, column in enumerate(table.columns)
    ]
    return [Length(int(room * share / sum(shares))) for share in shares]
