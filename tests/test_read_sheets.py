"""Spreadsheets: each value as the sheet shows it, behind the heads of its column."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import FileProblem
from indexer.read import sheets
from indexer.read.number_format import shown
from indexer.records import RawText


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*tables: tuple[str, list[list[object]]]):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def read(book) -> RawText:
    return sheets.read_xlsx(saved(book))


FORMATS = [
    (0.0852, "0.00%", "8.52%"),
    (0.2, "0%", "20%"),
    (1234567.5, "#,##0.00", "1,234,567.50"),
    (12000, "#,##0", "12,000"),
    (-1234.5, "#,##0.0;(#,##0.0)", "-1,234.5"),
    (0.1 + 0.2, "General", "0.3"),
    (96.8, "General", "96.8"),
    (2016, "General", "2016"),
    (12.0, "General", "12"),
    (3, "000", "003"),
    (38, '0"所"', "38所"),
    (1.5, "¥#,##0.00", "1.50"),
    (12, "0.0_ ", "12.0"),
    (5.25, "0.##", "5.25"),
    (5, "0.##", "5"),
    (1e-05, "General", "0.00001"),
    (450101199901011234, "0", "450101199901011234"),
    (datetime(2023, 5, 1), "yyyy/m/d", "2023-05-01"),
    (datetime(2023, 5, 1, 9, 30), "yyyy/m/d h:mm", "2023-05-01 09:30"),
    (date(2023, 5, 1), 'yyyy"年"m"月"d"日"', "2023-05-01"),
    (datetime(2023, 5, 1), 'yyyy"年"m"月"', "2023-05"),
    (time(9, 5), "h:mm", "09:05"),
    (True, "General", "TRUE"),
    ("#DIV/0!", "General", ""),
    ("0771-123", "@", "0771-123"),
    (None, "General", ""),
]


@pytest.mark.parametrize(("value", "form", "text"), FORMATS)
def test_values_are_written_as_shown(value, form, text):
    assert shown(value, form).lstrip("¥") == text


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_a_percentage_keeps_its_value(hundredths, places):
    text = shown(hundredths / 10**4, f"0.{'0' * places}%" if places else "0%")
    assert text.endswith("%")
    assert abs(float(text[:-1]) - hundredths / 100) <= 0.5 / 10**places + 1e-6


def test_title_unit_heads_rows_and_note():
    rows = [
        ["云溪县2016年学校情况统计表"],
        ["单位：人"],
        ["学校", "学生", "教师"],
        ["一小", 500, 28],
        ["二小", 300, 16],
        ["注：不含民办学校。"],
    ]
    raw = read(workbook(("Sheet1", rows)))
    assert raw.title == "云溪县2016年学校情况统计表"
    assert raw.text.split("\n") == [
        "云溪县2016年学校情况统计表",
        "单位：人",
        "学校 | 学生 | 教师",
        "一小，学生：500，教师：28",
        "二小，学生：300，教师：16",
        "注：不含民办学校。",
    ]


def test_merged_heads_and_merged_cells():
    rows = [
        ["学段", "学校", "大班额", None],
        [None, None, "2015年", "2016年"],
        ["小学", "一小", 12, 3],
        [None, "二小", 8, 0],
    ]
    book = workbook(("Sheet1", rows))
    for span in ("A1:A2", "B1:B2", "C1:D1", "A3:A4"):
        book.active.merge_cells(span)
    assert read(book).text.split("\n") == [
        "学段 | 学校 | 大班额 2015年 | 大班额 2016年",
        "小学，学校：一小，大班额 2015年：12，大班额 2016年：3",
        "小学，学校：二小，大班额 2015年：8，大班额 2016年：0",
    ]


def test_each_sheet_is_a_heading_and_hidden_sheets_are_left_out():
    book = workbook(
        ("学校", [["名称", "数"], ["一小", 1]]),
        ("教师", [["名称", "数"], ["二小", 2]]),
        ("代码表", [["码", "数"], ["三", 3]]),
    )
    book["代码表"].sheet_state = "hidden"
    raw = read(book)
    assert [raw.text[m.start : m.end] for m in raw.headings] == ["学校", "教师"]
    assert "代码表" not in raw.text


def test_two_tables_on_one_sheet_each_have_their_heads():
    rows = [["学校", "学生"], ["一小", 500], [], ["项目", "资金"], ["操场", 120]]
    text = read(workbook(("Sheet1", rows))).text
    assert "一小，学生：500" in text and "操场，资金：120" in text


def test_rows_after_an_empty_row_keep_their_heads():
    rows = [["学校", "学生"], ["一小", 500], [], ["二小", 300]]
    assert read(workbook(("Sheet1", rows))).text.endswith("二小，学生：300")


def test_formulas_give_their_stored_value_or_nothing():
    book = workbook(("Sheet1", [["项目", "数"], ["合计", "=SUM(1,2)"]]))
    assert "SUM" not in read(book).text


def test_a_sheet_that_claims_a_million_rows_is_read_quickly():
    book = workbook(("Sheet1", [["项目", "数"], ["合计", 3]]))
    book.active.cell(1_000_000, 1).number_format = "0"
    assert read(book).text == "项目 | 数\n合计，数：3"


names = st.text("甲乙丙丁学校教师", min_size=1, max_size=5)


@settings(deadline=None)
@given(st.lists(st.tuples(names, st.integers(0, 9999), names), min_size=1, max_size=6))
def test_every_cell_stands_behind_its_head(rows):
    raw = read(workbook(("Sheet1", [["甲栏", "乙栏", "丙栏"], *map(list, rows)])))
    lines = raw.text.split("\n")[1:]
    assert lines == [f"{a}，乙栏：{b}，丙栏：{c}" for a, b, c in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_of_any_encoding_and_delimiter(encoding, mark):
    lines = [
        ["学校", "学生人数", "说明"],
        ["第一小学", "500", "县城，新建"],
        ["第二小学", "300", "乡村"],
    ]
    text = "\r\n".join(mark.join(line) for line in lines)
    assert sheets.read_csv(text.encode(encoding)).text.split("\n") == [
        "学校 | 学生人数 | 说明",
        "第一小学，学生人数：500，说明：县城，新建",
        "第二小学，学生人数：300，说明：乡村",
    ]


def test_csv_keeps_quoted_breaks_and_never_runs_a_formula():
    content = '名称,值\n"甲,乙",=HYPERLINK("http://x")\n"两\n行",2\n'.encode()
    assert sheets.read_csv(content).text.split("\n") == [
        "名称 | 值",
        '甲,乙，值：=HYPERLINK("http://x")',
        "两行，值：2",
    ]


def test_damaged_and_encrypted_workbooks():
    content = saved(workbook(("Sheet1", [["项目", "数"], ["合计", 3]])))
    for bad in (content[: len(content) // 2], b"PK\x03\x04"):
        with pytest.raises(FileProblem, match="malformed"):
            sheets.read_xlsx(bad)


def test_who_filled_a_form_in_and_its_unit_are_no_heads():
    book = workbook(
        (
            "Sheet1",
            [
                ["青禾县2023年学校基本情况统计表", None, None, None],
                ["填报单位：青禾县教育局", None, None, "单位：所、人"],
                ["学校", "班级数", None, "在校生"],
                [None, "小学", "初中", None],
                ["一小", 24, 0, 1080],
                ["二中", 0, 36, 1790],
                ["填表人：张某", None, None, "审核：李某"],
            ],
        )
    )
    for cells in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
        book.active.merge_cells(cells)
    assert read(book).text.split("\n")[1:] == [
        "填报单位：青禾县教育局，单位：所、人",
        "学校 | 班级数 小学 | 班级数 初中 | 在校生",
        "一小，班级数 小学：24，班级数 初中：0，在校生：1080",
        "二中，班级数 小学：0，班级数 初中：36，在校生：1790",
        "填表人：张某，审核：李某",
    ]


def test_a_form_of_labels_and_values():
    rows = [["学校名称：", "一小", "所在乡镇：", "河口镇"], ["班级数：", 24, "", None]]
    text = read(workbook(("Sheet1", rows))).text
    assert text == "学校名称：一小，所在乡镇：河口镇\n班级数：24"


def test_the_delimiter_that_excel_is_told():
    raw = sheets.read_csv("sep=;\r\n县;学位\r\n青禾县;1,410\r\n".encode("gbk"))
    assert raw.text == "县 | 学位\n青禾县，学位：1,410"


def test_a_workbook_with_a_broken_reference_is_malformed():
    out = io.BytesIO()
    with (
        ZipFile(io.BytesIO(saved(workbook(("表", [["甲", "乙"]]))))) as old,
        ZipFile(out, "w") as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                cell = b'<row r="1"><c r="A1" t="s"><v>999</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", cell)
            new.writestr(name, content)
    with pytest.raises(FileProblem) as told:
        sheets.read_xlsx(out.getvalue())
    assert told.value.code == "malformed"
