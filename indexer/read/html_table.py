"""Tables of web pages -> lines that read by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from indexer.read.blocks import Block, form_rows, is_note, table_rows

_LAYOUT = ("table", "h1", "h2", "h3", "h4", "h5", "h6")
_MAX_SPAN = 100
_FIGURE = re.compile(r"(?!(?:19|20)\d\d$)[\d.,]+%?")
"""A cell of a figure, which is not the head of a column; a year may be."""


def table_blocks(
    table: etree._Element, words: Callable[[etree._Element], str]
) -> list[Block] | None:
    """The rows of a table of data, with its caption; `words` gives the text of a cell.

    None: the table only lays out a page (it holds headings or other tables, or has no two rows of
    two cells).
    """
    if next(table.iterdescendants(*_LAYOUT), None) is not None:
        return None
    rows = [list(row.iterchildren("td", "th")) for row in table.iter("tr")]
    captions = list(table.iterchildren("caption"))
    while rows and len(rows[0]) < 2:
        captions += rows.pop(0)
    head_rows = _head_rows(rows)
    grid = _grid(rows, head_rows, words)
    notes: list[Block] = []
    while len(grid) > 2 and is_note(grid[0]):
        notes.append(Block("，".join(filter(None, dict.fromkeys(grid.pop(0))))))
    if sum(sum(map(bool, row)) > 1 for row in grid) < 2:
        return None
    if any(map(_FIGURE.fullmatch, grid[0])):
        head_rows = 0
    lines = form_rows(grid) or table_rows(grid, head_rows)
    return [*(Block(words(caption)) for caption in captions), *notes, *lines]


def _head_rows(rows: list[list[etree._Element]]) -> int:
    """How many rows the head takes: those of `<th>` alone, or those a first cell reaches down."""
    heads = next((n for n, row in enumerate(rows) if any(c.tag != "th" for c in row)), len(rows))
    if heads == 0 and rows and any(_span(cell, "colspan") > 1 for cell in rows[0]):
        heads = max(_span(cell, "rowspan") for cell in rows[0])
    return max(1, heads)


def _grid(
    rows: list[list[etree._Element]], head_rows: int, words: Callable[[etree._Element], str]
) -> list[list[str]]:
    """The texts of the cells in their columns; a cell over several rows is repeated in each.

    In the head, a cell over several columns is repeated too: it belongs to each of their names.
    """
    grid: list[list[str]] = []
    from_above: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            while (y, len(line)) in from_above:
                line.append(from_above[y, len(line)])
            text = words(cell)
            repeated = text if y < head_rows else ""
            texts = [text] + [repeated] * (_span(cell, "colspan") - 1)
            for below in range(1, _span(cell, "rowspan")):
                from_above |= {(y + below, len(line) + x): each for x, each in enumerate(texts)}
            line += texts
        while (y, len(line)) in from_above:
            line.append(from_above[y, len(line)])
        grid.append(line)
    return grid


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() else 1
