"""Spreadsheets (.xlsx by openpyxl, .csv): each row a line that names its columns."""

from __future__ import annotations

import csv
import io
import re
import warnings
from typing import Any
from zipfile import BadZipFile

from lxml import etree

from indexer.errors import FileProblem
from indexer.read.blocks import Block, assemble
from indexer.read.encoding import decode
from indexer.read.grid import Cell, head_of, plain_grid, row_blocks
from indexer.read.number_format import shown
from indexer.read.package import Package
from indexer.read.properties import package_properties, with_properties
from indexer.records import RawText

_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)
_MERGED = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}mergeCell"
_FIGURE = re.compile(r"[-+]?[\d,.]+%?")
_MOST_COLUMNS = 500
_DELIMITERS = ",\t;|"
_STATED_DELIMITER = re.compile(r"\ufeff?\s*sep=(.)\r?\n")
"""How Excel is told of it in the first line."""


def read_xlsx(content: bytes) -> RawText:
    """Read a workbook: the values its cells show, hidden sheets left out.

    Raises FileProblem: malformed, encrypted, unpacks_too_large.
    """
    import openpyxl

    package = Package(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles that it does not know
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            tables = [
                (sheet.title, _grid(sheet, package))
                for sheet in book.worksheets
                if sheet.sheet_state == "visible"
            ]
            book.close()
    except (LookupError, ValueError, TypeError, BadZipFile, SyntaxError) as problem:
        raise FileProblem("malformed", reason=str(problem)) from problem
    tables = [(name, grid) for name, grid in tables if any(c.text for row in grid for c in row)]
    blocks: list[Block] = []
    for name, grid in tables:
        if len(tables) > 1:
            blocks.append(Block(name, 2))
        elif not _DEFAULT_NAME.fullmatch(name):
            blocks.append(Block(name))
        blocks += sheet_blocks(grid, title_level=1 if len(tables) == 1 else 0)
    return with_properties(assemble(blocks), *package_properties(package))


def read_csv(content: bytes) -> RawText:
    """Read a table saved as text; formulas in it stay the text that they are."""
    text = decode(content)
    stated = _STATED_DELIMITER.match(text)
    text = text[stated.end() :] if stated else text
    # Not csv.Sniffer: it takes the comma inside Chinese prose, or a letter, for a delimiter.
    delimiter = stated[1] if stated else max(_DELIMITERS, key=lambda mark: _fit(text, mark))
    csv.field_size_limit(max(131_072, len(text)))
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return assemble(sheet_blocks(plain_grid(rows), title_level=1))


def sheet_blocks(grid: list[list[Cell]], title_level: int = 0) -> list[Block]:
    """Write the tables of one sheet; empty rows part them, a new head begins another."""
    blocks: list[Block] = []
    head: list[str] = []
    figures = False
    for stretch in _stretches(grid):
        found = head_of(stretch)
        columns = sum(any(row[x].text for row in stretch) for x in range(len(stretch[0])))
        opens = not head or (found.before and any(found.texts)) or (figures and _all_words(stretch))
        if columns == 1:
            blocks += [Block(cell.text) for row in stretch for cell in row[:1] if cell.text] or [
                Block(cell.text) for row in stretch for cell in row if cell.text
            ]
            continue
        if opens:
            head = found.texts
            blocks += [*found.before, *found.lines, *row_blocks(head, found.body)]
        else:
            blocks += row_blocks(head, stretch)
        figures = any(_FIGURE.fullmatch(cell.text) for row in stretch for cell in row)
    if title_level and blocks and "|" not in blocks[0].text and "：" not in blocks[0].text:
        blocks[0] = Block(blocks[0].text, title_level)
    return blocks


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first lines have the most usual number of columns, and that number."""
    sample = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter)
    try:
        widths = [len(row) for row in sample if row][:50]
    except csv.Error:
        return 0, 0
    usual = max(set(widths), key=widths.count, default=1)
    return (widths.count(usual), usual) if usual > 1 else (0, 1)


def _all_words(stretch: list[list[Cell]]) -> bool:
    first = [cell.text for cell in stretch[0] if cell.text]
    return len(stretch) > 1 and len(first) > 1 and not any(_FIGURE.fullmatch(t) for t in first)


def _stretches(grid: list[list[Cell]]) -> list[list[list[Cell]]]:
    """Rows between empty rows, all of one width."""
    width = max((len(row) for row in grid), default=0)
    found: list[list[list[Cell]]] = [[]]
    for y, row in enumerate(grid):
        if any(cell.text for cell in row):
            found[-1].append(row + [Cell("", y, x) for x in range(len(row), width)])
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _grid(sheet: Any, package: Package) -> list[list[Cell]]:
    # The size a sheet states may be a million rows; the rows that are there count.
    sheet.reset_dimensions()
    grid = []
    for y, row in enumerate(sheet.iter_rows()):
        texts = [shown(c.value, c.number_format or "") for c in row[:_MOST_COLUMNS]]
        while texts and not texts[-1]:
            texts.pop()
        grid.append([Cell(text.strip(), y, x) for x, text in enumerate(texts)])
    for x0, y0, x1, y1 in _merged(package, sheet):
        if y0 >= len(grid) or (x1 - x0 + 1) * (y1 - y0 + 1) > 10_000:
            continue
        origin = grid[y0][x0] if x0 < len(grid[y0]) else Cell("", y0, x0)
        for y in range(y0, min(y1 + 1, len(grid)) if origin.text else y0):
            grid[y] += [Cell("", y, x) for x in range(len(grid[y]), x1 + 1)]
            grid[y][x0 : x1 + 1] = [origin] * (x1 - x0 + 1)
    return grid


def _merged(package: Package, sheet: Any) -> list[tuple[int, int, int, int]]:
    """The merged ranges of a sheet, which openpyxl does not tell when it reads row by row."""
    from openpyxl.utils.cell import range_boundaries

    content = package.part(sheet._worksheet_path)
    if content is None or b"mergeCell" not in content:
        return []
    found = []
    for _, node in etree.iterparse(io.BytesIO(content), tag=_MERGED, resolve_entities=False):
        x0, y0, x1, y1 = range_boundaries(node.get("ref", "A1"))
        if x0 and y0 and x1 and y1:
            found.append((x0 - 1, y0 - 1, min(x1, _MOST_COLUMNS) - 1, y1 - 1))
    return found
