"""Tables -> .xlsx (openpyxl) and .csv.

Text of documents stays text: a cell that begins like a formula is of the type string and has the
quote prefix in Excel, and an apostrophe before it in CSV, where nothing else would help.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from indexer.export.blocks import Cell, Column, Table, Value
from indexer.export.text import like_formula, longest_line, pieces, printable, text_width
from indexer.words import Words

MAX_TEXT = 32_767
"""Excel's limit on a cell, in UTF-16 units."""

_LINE, _HIGHEST = 16, 400  # points
_FILLED = 0.93  # of a line, on average, as words are not cut
_MAX_LINKS = 65_000
_MAX_LINK = 2_000
_EXACT_DIGITS = 15
_A4 = 9
_PAGE = 160  # digits across a printed page that can still be read
_NARROWEST, _WIDEST = 6, 60
_FONT = "宋体"
_MARKED = InlineFont(rFont=_FONT, sz=11, b=True, color="FFC00000")
_GREY = PatternFill("solid", fgColor="FFE7E6E6")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LOOKS = {
    "title": (Font(name=_FONT, size=14, bold=True), Alignment(vertical="center")),
    "head": (Font(name=_FONT, size=11, bold=True), _WRAPPED),
    "text": (Font(name=_FONT, size=11), _WRAPPED),
    "link": (Font(name=_FONT, size=11, color="FF0563C1", underline="single"), _WRAPPED),
    "number": (Font(name=_FONT, size=11), Alignment(vertical="top")),
    "day": (Font(name=_FONT, size=11), Alignment(vertical="top", horizontal="left")),
}
_BAD_IN_NAME = re.compile(r"[\[\]:*?/\\]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def xlsx(tables: Sequence[Table], words: Words) -> bytes:
    """An Excel workbook with a sheet for each table: head frozen and filtered, text wrapped.

    Figures are numbers, dates are dates. A text that is too long for Excel is cut and says so.
    """
    book = Workbook(write_only=True)
    book.properties.creator = words("page.name")
    names: set[str] = set()
    writer = _Writer(book, words)
    for table in tables:
        writer.sheet(table, _sheet_name(table.name, names))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_text(table: Table) -> bytes:
    """A table as CSV for Excel: UTF-8 with a byte order mark, lines end in CR LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_csv_value(column.name) for column in table.columns)
    writer.writerows([_csv_value(cell.value) for cell in cells] for cells in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _csv_value(value: Value) -> str:
    if isinstance(value, str):
        text = printable(value)
        return f"'{text}" if like_formula(text) else text
    return "" if value is None else str(value)


class _Writer:
    """The sheets of one workbook. A look is made once: making one costs more than its cell."""

    def __init__(self, book: Any, words: Words) -> None:
        self._book = book
        self._words = words
        self._looks: dict[tuple[str, str, bool], Any] = {}

    def sheet(self, table: Table, name: str) -> None:
        sheet = self._book.create_sheet(name)
        head = 2 if table.title else 1
        widths = [
            _width(column, [cells[at] for cells in table.rows])
            for at, column in enumerate(table.columns)
        ]
        _set_up(sheet, head, head + len(table.rows), widths)
        if table.title:
            sheet.append([self._text(sheet, Cell(table.title), "title")])
        sheet.append([self._text(sheet, Cell(column.name), "head") for column in table.columns])
        links = 0
        for number, cells in enumerate(table.rows, head + 1):
            sheet.row_dimensions[number].height = _height(cells, widths)
            written = []
            for cell in cells:
                linked = (
                    bool(cell.link) and links < _MAX_LINKS and len(cell.link or "") <= _MAX_LINK
                )
                links += linked
                made = self._cell(sheet, cell, "link" if linked else "text")
                if linked:
                    made.hyperlink = cell.link
                written.append(made)
            sheet.append(written)

    def _cell(self, sheet: Any, cell: Cell, look: str) -> Any:
        value = cell.value
        if isinstance(value, str) or (isinstance(value, float | Decimal) and not _exact(value)):
            return self._text(sheet, cell, look)
        number_format = "General"
        if isinstance(value, datetime):
            value, number_format = value.replace(tzinfo=None), "yyyy-mm-dd hh:mm"
        elif isinstance(value, date):
            number_format = "yyyy-mm-dd"
        elif isinstance(value, Decimal):
            places = max(0, -int(value.as_tuple().exponent))
            number_format = "0." + "0" * places if places else "0"
        made = WriteOnlyCell(sheet, value=value)
        return self._dress(made, "day" if isinstance(value, date) else "number", number_format)

    def _text(self, sheet: Any, cell: Cell, look: str) -> Any:
        text = str(cell.value)
        parts = _within_limit(pieces(text, cell.marks), self._words)
        made = WriteOnlyCell(sheet)
        if any(marked for _, marked in parts):
            blocks = (TextBlock(_MARKED, part) if marked else part for part, marked in parts)
            made.value = CellRichText(*blocks)
        else:
            made.value = "".join(part for part, _ in parts)
        made.data_type = "s"  # or =, + and #N/A would be taken for more than text
        return self._dress(made, look, quoted=like_formula(text))

    def _dress(
        self, cell: Any, look: str, number_format: str = "General", quoted: bool = False
    ) -> Any:
        key = look, number_format, quoted
        if key not in self._looks:
            font, alignment = _LOOKS[look]
            cell.font, cell.alignment = font, alignment
            if look == "head":
                cell.fill = _GREY
            cell.number_format = number_format
            cell.quotePrefix = quoted
            self._looks[key] = cell._style
        cell._style = copy(self._looks[key])
        return cell


def _set_up(sheet: Any, head: int, last: int, widths: Sequence[int]) -> None:
    sheet.freeze_panes = f"A{head + 1}"
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(widths))}{last}"
    sheet.print_title_rows = f"{head}:{head}"
    sheet.print_options.gridLines = True
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = -(-sum(widths) // _PAGE)
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width


def _exact(value: float | Decimal) -> bool:
    """Whether Excel, which has 15 digits, can hold the number as it is."""
    number = Decimal(str(value))
    return number.is_finite() and len(number.normalize().as_tuple().digits) <= _EXACT_DIGITS


def _within_limit(parts: list[tuple[str, bool]], words: Words) -> list[tuple[str, bool]]:
    """The pieces with Excel's escapes, cut to what a cell can hold; the cut is marked."""
    whole = sum(len(part) for part, _ in parts)
    parts = [(_ESCAPE.sub("_x005F_", part), marked) for part, marked in parts]
    if sum(_units(part) for part, _ in parts) <= MAX_TEXT:
        return parts
    mark = words("export.cut", n=whole)
    room = MAX_TEXT - _units(mark)
    kept: list[tuple[str, bool]] = []
    for part, marked in parts:
        piece = part.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore")
        kept.append((piece, marked))
        room -= _units(piece)
        if piece != part:
            break
    return [*kept, (mark, False)]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel allows: 31 characters, some signs not, no two alike."""
    name = _BAD_IN_NAME.sub(" ", printable(wanted)).replace("\n", " ").strip(" '")[:31] or "1"
    number = 1
    unique = name
    while unique.casefold() in taken:
        number += 1
        unique = f"{name[:28]} {number}"
    taken.add(unique.casefold())
    return unique


def _width(column: Column, cells: Sequence[Cell]) -> int:
    if column.width:
        return column.width
    # Room for the arrow of the filter.
    head = text_width(column.name) + 4
    widest = max((longest_line(_shown(cell.value)) + 2 for cell in cells), default=0)
    return max(_NARROWEST, head, min(widest, _WIDEST))


def _height(cells: Sequence[Cell], widths: Sequence[int]) -> int:
    """Stated, since programs differ in whether they fit rows to wrapped text on opening."""
    lines = (
        sum(
            -(-text_width(line) // int(_FILLED * width)) or 1
            for line in _shown(cell.value).split("\n")
        )
        for cell, width in zip(cells, widths, strict=True)
    )
    return min(_HIGHEST, _LINE * max(lines, default=1))


def _shown(value: Value) -> str:
    return "" if value is None else str(value)
