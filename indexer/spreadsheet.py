"""A table as an Excel file, for download."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | None


def workbook(sheet: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """An .xlsx file of one sheet with a header that stays in sight and can be filtered by.

    Text stays text: what begins with = is no formula. Characters that the format cannot hold are
    left out.
    """
    import openpyxl
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    widths = [8] * len(header)
    for line, row in enumerate((header, *rows), 1):
        for column, value in enumerate(row, 1):
            cell = page.cell(line, column)
            if isinstance(value, str):
                text = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.value = text
                cell.data_type = "s"
                widths[column - 1] = max(widths[column - 1], min(50, 2 * len(text) + 2))
            else:
                cell.value = value
            if line == 1:
                cell.font = Font(bold=True)
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
