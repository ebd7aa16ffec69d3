"""Tables with merged cells -> rows that read by themselves, for every format that has tables."""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.read.blocks import Block, form_rows, is_note, table_rows

_FIGURE = re.compile(r"[-+]?[\d,.]+\s*[%‰％]?")
_YEAR = re.compile(r"(?:19|20)\d\d(?:年|学年|-\d{2,4})?")
_LONG = 60
"""A cell longer than this is a paragraph in a frame, not an entry of a table."""


class Cell(NamedTuple):
    """What stands at one place of the grid; a merged cell stands at all of its places.

    `top` and `left` are the row and the column where it begins.
    """

    text: str
    top: int
    left: int


Grid = list[list[Cell]]
"""A table, row by row; see Cell for merged cells."""


class Head(NamedTuple):
    """A table parted: what stands before its head, the head of each column, the rows below."""

    before: list[Block]
    texts: list[str]
    body: Grid

    @property
    def lines(self) -> list[Block]:
        """The head as a line of its own."""
        return [Block(" | ".join(self.texts))] if any(self.texts) else []


def table_blocks(grid: Grid, head_rows: int | None = None) -> list[Block]:
    """Write a table. `head_rows`: how many rows its format declares to be heads, if it does."""
    rows = _padded(grid)
    used = [x for x in range(len(rows[0]) if rows else 0) if any(row[x].text for row in rows)]
    head = head_of([[row[x] for x in used] for row in rows], head_rows)
    return [*head.before, *head.lines, *row_blocks(head.texts, head.body)]


def head_of(grid: Grid, head_rows: int | None = None) -> Head:
    """Find the head of a table, of one row or several with merged cells."""
    rows = [row for row in _padded(grid) if any(cell.text for cell in row)]
    before: list[Block] = []
    while len(rows) > 1 and len(rows[0]) > 1:
        entries = _entries(rows[0])
        alone = _alone(rows[0])
        if not alone and not is_note(entries):
            break
        before.append(Block(alone or "，".join(filter(None, entries))))
        rows = rows[1:]
        head_rows = max(0, head_rows - 1) if head_rows else None
    if form := form_rows([_entries(row) for row in rows]):
        return Head([*before, *form], [""] * len(rows[0]), [])
    if len(rows) < 2 or len(rows[0]) == 1:
        return Head(before, [""] * (len(rows[0]) if rows else 0), rows)
    depth = head_rows if head_rows and head_rows < len(rows) else _depth(rows)
    return Head(before, _heads(rows[:depth]), rows[depth:])


def row_blocks(head: list[str], rows: Grid) -> list[Block]:
    """Write rows, each cell behind the head of its column."""
    blocks: list[Block] = []
    for row in rows:
        entries = _entries(row)
        if any(head) and not _alone(row) and not is_note(entries):
            # `table_rows` begins with the head, which stands once above all rows.
            blocks += table_rows([head, entries])[1:]
        elif any(len(entry) > _LONG for entry in entries):
            blocks += [Block(entry) for entry in entries if entry]
        else:
            blocks += table_rows([entries])
    return blocks


def plain_grid(rows: list[list[str]]) -> Grid:
    """Rows without merged cells, as a grid."""
    return [[Cell(text, y, x) for x, text in enumerate(row)] for y, row in enumerate(rows)]


def one_line(text: str) -> str:
    """A text on one line: broken Chinese joined as it is, other words by a space."""
    words = text.split()
    joined = ""
    for word in words:
        spaced = joined and (joined[-1].isascii() and word[0].isascii())
        joined += (" " if spaced else "") + word
    return joined


def _padded(grid: Grid) -> Grid:
    """The grid with rows of the same length."""
    width = max((len(row) for row in grid), default=0)
    return [row + [Cell("", y, x) for x in range(len(row), width)] for y, row in enumerate(grid)]


def _alone(row: list[Cell]) -> str:
    """The text of a row that holds a single entry, at its left or across it; else ""."""
    entries = {(cell.top, cell.left): cell.text for cell in row if cell.text}
    if len(entries) != 1:
        return ""
    places = [x for x, cell in enumerate(row) if cell.text]
    across = len(places) > len(row) / 2
    return next(iter(entries.values())) if across or (places == [0] and len(row) > 2) else ""


def _depth(rows: Grid) -> int:
    """How many rows the heads take: those a head cell spans, at most three."""
    first = rows[0]
    spans_columns = any(a.text and a[1:] == b[1:] for a, b in zip(first, first[1:], strict=False))
    if not spans_columns:
        return 1
    spanned = 1
    while spanned < len(rows) and any(
        cell.text and cell[1:] == below[1:]
        for cell, below in zip(first, rows[spanned], strict=True)
    ):
        spanned += 1
    if spanned > 1:
        return spanned if spanned <= 3 and spanned < len(rows) else 1
    if len(rows) > 2 and not _has_figure(rows[1]) and _has_figure(rows[2]):
        return 2
    return 1


def _has_figure(row: list[Cell]) -> bool:
    return any(_FIGURE.fullmatch(c.text) and not _YEAR.fullmatch(c.text) for c in row)


def _heads(rows: Grid) -> list[str]:
    """The heads of each column from the top down as one: 大班额 and 2015 -> 大班额 2015."""
    heads = []
    for column in zip(*rows, strict=True):
        parts = dict.fromkeys(one_line(cell.text) for cell in column if cell.text)
        heads.append(" ".join(parts))
    return heads


def _entries(row: list[Cell]) -> list[str]:
    """The texts of a row: once where a cell runs over columns, in each row where over rows."""
    seen: set[tuple[int, int]] = set()
    entries = []
    for cell in row:
        entries.append("" if (cell.top, cell.left) in seen else one_line(cell.text))
        seen.add((cell.top, cell.left))
    return entries
