"""Pages of text and tables -> one text with page marks, for PDF files and for pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from indexer.read import layout
from indexer.read.blocks import Block, assemble
from indexer.read.grid import Cell, Grid, Head, head_of, row_blocks
from indexer.read.layout import Paragraph, Piece
from indexer.read.running import without_running
from indexer.read.titles import TITLE_LENGTH, is_letterhead
from indexer.records import PageMark, RawText

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_SHIFT = 6
"""Points by which the two parts of a table that runs over a page may stand aside."""

_LARGER = 1.25
"""A title is set so many times larger than most of the text."""


@dataclass(slots=True)
class Sheet:
    """A page as it was read: its pieces of text and the tables drawn on it."""

    number: int
    height: float
    pieces: list[Piece] = field(default_factory=list)
    tables: list[tuple[Box, list[list[Cell]]]] = field(default_factory=list)
    confidence: float | None = None


def recognition(sheets: list[Sheet]) -> tuple[tuple[str, str], ...]:
    """What a reader should know of text that was recognised, not read: how sure it is, where."""
    found = [(sheet, sheet.confidence) for sheet in sheets if sheet.confidence is not None]
    weights = [sum(len(p.text) for p in sheet.pieces) for sheet, _ in found]
    if not sum(weights):
        return ()
    mean = sum(w * c for w, (_, c) in zip(weights, found, strict=True)) / sum(weights)
    front = [("ocr", "true"), ("ocr_confidence", f"{mean:.2f}")]
    if len(found) < len(sheets):
        front.append(("ocr_pages", ",".join(str(sheet.number) for sheet, _ in found)))
    return tuple(front)


def compose(sheets: list[Sheet]) -> RawText:
    """Pages -> one text: running heads gone, paragraphs and tables joined over page breaks."""
    kept = without_running([(sheet.pieces, sheet.height) for sheet in sheets])
    edges = [layout.right_edge(layout.lines(pieces)) for pieces in kept if len(pieces) > 5]
    edge = median(edges) if edges else None
    writer = _Writer()
    for sheet, pieces in zip(sheets, kept, strict=True):
        writer.page(sheet, pieces, edge)
    return writer.finish()


class _Writer:
    """Collects paragraphs and tables page by page, and joins what a page break cut."""

    def __init__(self) -> None:
        self._parts: list[Paragraph | tuple[int, list[Block]]] = []
        self._tail: list[Piece] = []
        self._table_before: tuple[Box, Head] | None = None

    def page(self, sheet: Sheet, pieces: list[Piece], edge: float | None) -> None:
        """Add a page: its tables and the text between them, from the top down."""
        top, first = float("-inf"), True
        for box, grid in sheet.tables:
            above = [p for p in pieces if top < p.middle <= box[1]]
            self._text(above, sheet.number, edge)
            self._table(box, grid, sheet.number, first and not above)
            top, first = box[3], False
        self._text([p for p in pieces if p.middle > top], sheet.number, edge)

    def finish(self) -> RawText:
        """All of it as one text, with a mark where each page begins."""
        blocks: list[Block] = []
        marks: dict[int, int] = {}
        offset = 0
        for part in _titled(self._parts):
            if isinstance(part, Paragraph):
                here = [Block(part.text, 1 if part.title else 0)]
                number = part.page
            else:
                number, here = part
            marks.setdefault(number, offset)
            if isinstance(part, Paragraph):
                for at, later in part.breaks:
                    marks.setdefault(later, offset + at)
            here = [block for block in here if block.text]
            blocks += here
            offset += sum(len(block.text) + 1 for block in here)
        raw = assemble(blocks)
        pages = [PageMark(min(at, len(raw.text)), number) for number, at in marks.items()]
        return replace(raw, pages=tuple(sorted(pages, key=lambda mark: mark.start)))

    def _text(self, pieces: list[Piece], number: int, edge: float | None) -> None:
        if not pieces:
            return
        parts = layout.columns(pieces)
        edge = edge if len(parts) == 1 else None
        for part in parts:
            found = layout.paragraphs(part, number, edge)
            last = self._parts[-1] if self._parts else None
            if (
                self._tail
                and isinstance(last, Paragraph)
                and layout.goes_over(self._tail, part, edge)
            ):
                more = found.pop(0)
                whole = layout.join(last.text, more.text)
                last.breaks.append((len(whole) - len(more.text), number))
                last.text = whole
            self._parts += found
            self._tail = part
        self._table_before = None

    def _table(self, box: Box, grid: list[list[Cell]], number: int, first: bool) -> None:
        head = head_of(grid)
        before = self._table_before
        same = (
            before
            and first
            and len(before[1].texts) == len(head.texts)
            and abs(before[0][0] - box[0]) < _SHIFT
            and abs(before[0][2] - box[2]) < _SHIFT
        )
        if before and same:
            # The table goes on: its head, said again or not, stands before its rows.
            body = head.body if head.texts == before[1].texts else grid
            head = before[1]._replace(body=body)
            rest = self._mend(before[1], body)
            blocks = row_blocks(head.texts, rest)
        else:
            blocks = [*head.before, *head.lines, *row_blocks(head.texts, head.body)]
        self._parts.append((number, [Block(block.text.strip()) for block in blocks]))
        self._table_before = (box, head)
        self._tail = []

    def _mend(self, before: Head, body: Grid) -> Grid:
        """Join a row that the page break cut to its first part; the rows after it."""
        last = self._parts[-1] if self._parts else None
        if not body or not before.body or isinstance(last, Paragraph) or not last or not last[1]:
            return body
        row, more = before.body[-1], body[0]
        filled = [x for x, cell in enumerate(more) if cell.text]
        if more[0].text or len(filled) > len(more) / 2 or not all(row[x].text for x in filled):
            return body
        whole = [a._replace(text=a.text + b.text) for a, b in zip(row, more, strict=True)]
        last[1][-1:] = row_blocks(before.texts, [whole])
        return body[1:]


def _titled(parts: list[Paragraph | tuple[int, list[Block]]]) -> list[Any]:
    """The large lines at the top of the first page become one paragraph: the title."""
    text = [part for part in parts if isinstance(part, Paragraph)]
    sizes = sorted(size for part in text for size in [part.size] * len(part.text))
    usual = sizes[len(sizes) // 2] if sizes else 0.0
    for at, part in enumerate(parts[:8]):
        if not isinstance(part, Paragraph) or part.page != text[0].page:
            break
        if part.size < _LARGER * usual or is_letterhead(part.text):
            continue
        end, title = at + 1, part.text
        while end < len(parts) and end < at + 4:
            more = parts[end]
            if not isinstance(more, Paragraph) or abs(more.size - part.size) > 0.1 * part.size:
                break
            title = layout.join(title, more.text)
            end += 1
        if len(title) <= TITLE_LENGTH and end < len(parts):
            whole = replace(part, text=title, title=True)
            return [*parts[:at], whole, *parts[end:]]
    return parts
