"""Tables that people keep in a spreadsheet beside the documents (`_library/*.csv`).

Excel saves a CSV as UTF-8 with a mark, as GBK where that is the system's code page, or as UTF-16
with tabs; all of these are read. They are written as UTF-8 with the mark, so that Excel opens them
with Chinese characters whole, and no cell can be taken for a formula: text that begins like one
gets an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from indexer.errors import FileProblem, RequestProblem

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class Row(NamedTuple):
    """A row with its number as a spreadsheet counts it (the header is 1), cells by column name."""

    number: int
    cells: dict[str, str]


def read_table(path: Path, *needed: str) -> list[Row]:
    """The rows of a table that hold anything; none where there is no such file.

    Missing cells are empty, and so are columns that are not there. Raises FileProblem:
    bad_table, where it cannot be read as a table with the `needed` columns.
    """
    try:
        text = _decoded(path.read_bytes())
    except FileNotFoundError:
        return []
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileProblem("bad_table", reason=reason) from problem
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    rows: list[Row] = []
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        columns = [name.strip().lower() for name in next(lines, [])]
        for number, cells in enumerate(lines, 2):
            values = [plain_cell(cell) for cell in cells]
            if any(values):
                padded = values + [""] * (len(columns) - len(values))
                rows.append(Row(number, dict(zip(columns, padded, strict=False))))
    except csv.Error as problem:
        raise FileProblem("bad_table", reason=str(problem)) from problem
    lacking = [name for name in needed if name not in columns]
    if lacking and text.strip():
        raise FileProblem("bad_table", reason=", ".join(lacking) + "?")
    return rows


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileProblem("bad_table", reason="UTF-8? GB18030?")


def write_table(path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    """Write a table in place of the one there. Raises RequestProblem: table_not_writable."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([text_cell(row.get(name, "")) for name in columns] for row in rows)
    beside = path.with_name(f"{path.name}.tmp")
    try:
        path.parent.mkdir(exist_ok=True)
        beside.write_bytes(out.getvalue().encode("utf-8-sig", "replace"))
        beside.replace(path)
    except OSError as problem:
        raise RequestProblem("table_not_writable", file=str(path)) from problem


def text_cell(text: str) -> str:
    """Text as a spreadsheet leaves it alone; a lone `-` is no formula."""
    return f"'{text}" if _FORMULA.match(text) and text != "-" else text


def plain_cell(cell: str) -> str:
    """What `text_cell` was given."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
