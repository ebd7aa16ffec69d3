"""A table as an Excel file: text stays text."""

from __future__ import annotations

import io

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from indexer.spreadsheet import Cell, workbook

CELLS = st.one_of(
    st.none(),
    st.integers(-9999, 9999),
    st.text(st.sampled_from("=+-@甲'\"<&1. \n"), max_size=9),
    st.sampled_from(["=SUM(A1)", "+1", "-", "@x", "1e5", "#REF!", "2024-01-05", "TRUE"]),
)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_what_is_written_is_read_and_nothing_is_a_formula(rows: list[tuple[Cell, Cell]]) -> None:
    page = openpyxl.load_workbook(io.BytesIO(workbook("表", ("甲", "=乙"), rows))).active
    assert page is not None
    for line, row in enumerate([("甲", "=乙"), *rows], 1):
        for column, value in enumerate(row, 1):
            cell = page.cell(line, column)
            assert cell.value == (None if value == "" else value)
            assert cell.data_type != "f"


def test_characters_that_the_format_cannot_hold_are_left_out() -> None:
    page = openpyxl.load_workbook(io.BytesIO(workbook("表", ("甲",), [("a\x00b\x0bc",)]))).active
    assert page is not None
    assert page["A2"].value == "abc"
    assert page.freeze_panes == "A2"
