"""Tables as Excel and CSV files, read back by openpyxl, by csv and by LibreOffice."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from libreoffice import ALL_SHEETS_AS_CSV, convert, needs_libreoffice
from openpyxl import load_workbook

import indexer
from indexer.export import (
    Cell,
    Column,
    Heading,
    Paragraph,
    Quote,
    Run,
    Table,
    Value,
    csv_text,
    result_blocks,
    result_tables,
    row,
    xlsx,
)
from indexer.export.results import as_date
from indexer.export.sheets import MAX_TEXT
from indexer.export.text import longest_line, pieces, printable
from indexer.records import Filters, Passage
from indexer.words import Words

ZH, EN = Words("zh"), Words("en")

HOSTILE = [
    '=HYPERLINK("http://x.example","点此")',
    "=1+1",
    "+86 771",
    "-12.71",
    "@SUM(A1)",
    "\t=1+1",
    " =1+1",
    "＝1+1",
    "#N/A",
    "TRUE",
    "2018",
    "0012",
    "3-1",
    "_x0041_",
    "_x005F_x0041_",
    "<b>&amp;</b>",
    'say "hi", 再见',
    "一\n二",
]


def table(*values: Value, name: str = "表") -> Table:
    return Table(name, (Column("内容"),), tuple(row(value) for value in values))


def sheets(content: bytes, marks: bool = False) -> Any:
    return load_workbook(io.BytesIO(content), rich_text=marks)


def column(content: bytes, marks: bool = False) -> list[Any]:
    """The cells of the first column below the head."""
    return list(next(sheets(content, marks).worksheets[0].iter_cols(min_row=2, max_col=1)))


def unescaped(text: object) -> str:
    """What Excel shows for the text in the file."""
    return re.sub("_x005F_(?=x[0-9A-Fa-f]{4}_)", "_", str(text or ""))


# What the formats may hold


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("一\x00二\x07三\x0b\x1f\x7f\x85", "一二三"),
        ("一\r\n二\r三\n四", "一\n二\n三\n四"),
        ("一\t二", "一\t二"),
        ("\ud800一\ufffe\uffff二", "一二"),
        ("𠮷😀\ue000\u200b", "𠮷😀\ue000\u200b"),
    ],
)
def test_printable(raw: str, expected: str) -> None:
    assert printable(raw) == expected


@given(st.text(max_size=20), st.data())
def test_pieces_join_to_the_text(text: str, data: st.DataObject) -> None:
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    marks = ((ends[0], ends[1]), (ends[2], ends[3]))
    found = pieces(text, marks)
    assert "".join(piece for piece, _ in found).replace("\n", "") == printable(text).replace(
        "\n", ""
    )
    marked = "".join(piece for piece, mark in found if mark)
    assert marked == "".join(printable(text[start:end]) for start, end in marks)


def test_widths_count_chinese_characters_twice() -> None:
    assert longest_line("大班额 8.52%\n降") == 12
    assert longest_line("") == 0


# Excel


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text_in_excel(text: str) -> None:
    (cell,) = column(xlsx([table(text)], ZH))
    assert cell.data_type == "s"
    assert unescaped(cell.value) == text
    assert cell.quotePrefix == (text.strip()[0] in "=+-@＝" or text[0] == "\t")


TEXT = st.text(st.characters() | st.sampled_from("=+-@\t\n_x0041"), max_size=60)


@given(TEXT)
@example("_x005F_x0041_")
@example("_x005F_x005F_x0041_")
def test_any_text_survives_in_excel(text: str) -> None:
    (cell,) = column(xlsx([table(text)], ZH)) or [None]
    assert unescaped(cell.value if cell else "") == printable(text)


def test_figures_are_numbers_and_dates_dates() -> None:
    values: list[Value] = [
        2018,
        Decimal("8.50"),
        Decimal("-12.71"),
        Decimal(619),
        0.8123,
        date(2019, 1, 10),
        datetime(2026, 5, 4, 10, 30, tzinfo=UTC),
        None,
    ]
    found = column(xlsx([table(*values, "尾")], ZH))[:-1]
    assert [cell.value for cell in found] == [
        2018,
        8.5,
        -12.71,
        619,
        0.8123,
        datetime(2019, 1, 10),
        datetime(2026, 5, 4, 10, 30),
        None,
    ]
    assert [cell.number_format for cell in found] == [
        "General",
        "0.00",
        "0.00",
        "0",
        "General",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm",
        "General",
    ]


@pytest.mark.parametrize(
    "value", [Decimal("1234567890.1234567"), float("nan"), float("inf"), Decimal("NaN")]
)
def test_a_number_that_excel_cannot_hold_stays_text(value: Value) -> None:
    (cell,) = column(xlsx([table(value)], ZH))
    assert (cell.data_type, cell.value) == ("s", str(value))


def test_a_text_too_long_is_cut_and_says_so() -> None:
    short, long = "字" * MAX_TEXT, "😀" * MAX_TEXT
    cells = column(xlsx([table(short, long)], ZH))
    assert cells[0].value == short
    cut = cells[1].value
    assert len(cut.encode("utf-16-le")) // 2 in {MAX_TEXT, MAX_TEXT - 1}
    assert cut.endswith(f"全文共 {MAX_TEXT} 字，见原文）")
    assert cut.startswith("😀" * 16_000)


def test_marks_survive_and_are_cut_with_the_text() -> None:
    text = "甲=乙" * 20_000
    rows = ((Cell("新建学校三所。", marks=((2, 4),)),), (Cell(text, marks=((1, 50_000),)),))
    content = xlsx([Table("表", (Column("内容"),), rows)], ZH)
    marked, cut = (cell.value for cell in column(content, marks=True))
    assert [str(part) for part in marked] == ["新建", "学校", "三所。"]
    assert marked[1].font.b
    assert len(str(cut)) == MAX_TEXT
    assert str(cut).endswith(ZH("export.cut", n=60_000))


def test_the_head_is_frozen_filtered_and_repeated_in_print() -> None:
    columns = (Column("地区"), Column("说明", 40))
    rows = (row("河湾县", "一" * 100), row("柳桥县", "二"))
    plain = Table("一", columns, rows)
    titled = Table("二", columns, rows, title="各县情况（很长很长很长的题目）")
    first, second = sheets(xlsx([plain, titled], ZH)).worksheets
    assert (first.freeze_panes, first.auto_filter.ref) == ("A2", "A1:B3")
    assert (second.freeze_panes, second.auto_filter.ref) == ("A3", "A2:B4")
    assert second["A1"].value == titled.title
    assert first.print_title_rows == "$1:$1"
    assert [cell.value for cell in second[2]] == ["地区", "说明"]
    assert (first.column_dimensions["A"].width, first.column_dimensions["B"].width) == (8, 40)
    assert all(cell.alignment.wrap_text for line in first["A1:B3"] for cell in line)
    assert first.row_dimensions[2].height > 3 * first.row_dimensions[3].height


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("结果", "结果"), ["结果", "结果 2"]),
        (("a/b:c*?[x]\\", "A b c    x"), ["a b c   x", "A b c    x"]),
        (("'引'", "", "  "), ["引", "1", "1 2"]),
        (("长" * 40, "长" * 40), ["长" * 31, "长" * 28 + " 2"]),
    ],
)
def test_names_of_sheets(names: tuple[str, ...], expected: list[str]) -> None:
    assert sheets(xlsx([table("甲", name=name) for name in names], ZH)).sheetnames == expected


def test_links_are_only_those_given() -> None:
    rows = ((Cell("a.pdf", link="file:///C:/文件/a.pdf"),), (Cell("http://x.example"),))
    given_link, text = column(xlsx([Table("表", (Column("文件"),), rows)], ZH))
    assert given_link.hyperlink.target == "file:///C:/文件/a.pdf"
    assert given_link.value == "a.pdf"
    assert text.hyperlink is None


def test_an_empty_table_is_a_workbook_too() -> None:
    content = xlsx([Table("空", (Column("甲"), Column("乙")), ())], EN)
    assert [cell.value for cell in sheets(content).worksheets[0][1]] == ["甲", "乙"]


@needs_libreoffice
def test_libreoffice_reads_the_workbook_without_loss(tmp_path: Path) -> None:
    figures = Table(
        "指标",
        tuple(Column(name) for name in ("地区", "数值", "单位", "日期", "文件")),
        (
            (*row("河湾县", Decimal("8.52"), "%", date(2019, 1, 10)), Cell("a", link="file:///a")),
            row("柳桥县", Decimal("-12.71"), "百分点", date(2022, 3, 1), None),
        ),
    )
    marked = Table("标记", (Column("内容"),), ((Cell("甲 乙丙", marks=((2, 3),)),),))
    content = xlsx([table(*HOSTILE, name="文字"), figures, marked], ZH)
    converted = convert(content, "book.xlsx", ALL_SHEETS_AS_CSV, tmp_path)
    read = {
        path.stem.removeprefix("book-"): list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        for path in converted
    }
    assert [line[0] for line in read["文字"]] == ["内容", *HOSTILE]
    assert read["指标"][1:] == [
        ["河湾县", "8.52", "%", "2019-01-10", "a"],
        ["柳桥县", "-12.71", "百分点", "2022-03-01", ""],
    ]
    assert read["标记"] == [["内容"], ["甲 乙丙"]]


# CSV


def test_csv_has_a_mark_of_its_encoding_and_numbers_as_they_are() -> None:
    figures = Table(
        "x", (Column("数值"), Column("日期")), (row(Decimal("-8.50"), date(2019, 1, 10)),)
    )
    assert csv_text(figures) == "\ufeff数值,日期\r\n-8.50,2019-01-10\r\n".encode()


@given(st.lists(TEXT, max_size=5))
@example(HOSTILE)
def test_any_text_survives_in_csv_and_none_is_a_formula(texts: list[str]) -> None:
    content = csv_text(table(*texts)).decode("utf-8-sig")
    # csv.reader takes an empty line for no row; the writer quotes the empty cell of a lone column.
    cells = [cells[0] for cells in csv.reader(io.StringIO(content, newline=""))][1:]
    assert [cell.removeprefix("'") for cell in cells] == [
        printable(text).removeprefix("'") for text in texts
    ]
    assert not any(cell.strip().startswith(tuple("=+-@＝＋－＠")) for cell in cells)
    assert not any(cell.startswith(("\t", "\n")) for cell in cells)


@needs_libreoffice
def test_libreoffice_computes_nothing_in_the_csv(tmp_path: Path) -> None:
    filters = "xlsx:Calc MS Excel 2007 XML"
    (made,) = convert(csv_text(table("=1+1", "=A1", "甲")), "t.csv", filters, tmp_path)
    assert not re.search(rb"<f\b", ZipFile(made).read("xl/worksheets/sheet1.xml"))


# The results of a search

TEXT_OF_PASSAGE = "新建学校三所，增加学位四千个。大班额比例由21.23%下降至8.52%。"
PASSAGES = [
    Passage(
        "河湾县/总结.pdf", "河湾县教育局2021年工作总结", "河湾县", 2021, "工作总结",
        ("一、义务教育", "（一）化解大班额"), TEXT_OF_PASSAGE, 100, 100 + len(TEXT_OF_PASSAGE), 3,
        0.8123, ((115, 100 + len(TEXT_OF_PASSAGE)),), date="2022-01-10", issuer="河湾县教育局",
        fictional=True,
    ),
    Passage(
        "柳桥县/通知.txt", "关于印发方案的通知", "柳桥县", 2022, "实施方案", (),
        "=招聘教师。\n", 0, 7, None, 0.75, (), number="柳政发〔2022〕5号",
    ),
]  # fmt: skip
SEARCHED = datetime(2026, 5, 4, 10, 30)
FILTERS = Filters(place=("河湾县", "柳桥县"), year=(2021,), samples=False)


def test_results_are_one_passage_a_row() -> None:
    found, _ = result_tables(
        PASSAGES, "大班额", FILTERS, ZH, SEARCHED, {"柳桥县/通知.txt": "file:///通知.txt"}
    )
    names = [column.name for column in found.columns]
    first, second = (dict(zip(names, cells, strict=True)) for cells in found.rows)
    assert {name: cell.value for name, cell in first.items()} == {
        "序号": 1,
        "段落原文": TEXT_OF_PASSAGE,
        "重点句": "大班额比例由21.23%下降至8.52%。",
        "文件标题": "河湾县教育局2021年工作总结",
        "地区": "河湾县",
        "年份": 2021,
        "文种": "工作总结",
        "发文机关": "河湾县教育局",
        "文号": None,
        "成文日期": date(2022, 1, 10),
        "所在标题": "一、义务教育 › （一）化解大班额",
        "页码": 3,
        "文件": "河湾县/总结.pdf",
        "引用格式": "【虚构示例】河湾县教育局. 河湾县教育局2021年工作总结[R]. 2022-01-10：3.",
        "相关度": 0.8123,
    }
    assert first["段落原文"].marks == ((15, len(TEXT_OF_PASSAGE)),)
    assert (first["文件"].link, second["文件"].link) == (None, "file:///通知.txt")
    assert (second["文号"].value, second["重点句"].value) == ("柳政发〔2022〕5号", "")


def test_a_second_sheet_says_how_they_were_found() -> None:
    _, method = result_tables(PASSAGES, "=大班额", FILTERS, ZH, SEARCHED)
    assert [tuple(cell.value for cell in cells) for cells in method.rows] == [
        ("问题", "=大班额"),
        ("地区", "河湾县、柳桥县"),
        ("年份", "2021"),
        ("虚构示例", "不包括"),
        ("检索时间", SEARCHED),
        ("结果", "共 2 个段落，出自 2 份文件"),
        ("软件版本", f"策寻 {indexer.__version__}"),
    ]
    _, empty = result_tables([], "q", Filters(), EN, SEARCHED)
    assert ("Filters", "none") in [tuple(cell.value for cell in cells) for cells in empty.rows]


def test_results_for_word_are_quotations_with_their_sources() -> None:
    blocks = result_blocks(PASSAGES, "大班额", FILTERS, ZH, SEARCHED)
    assert isinstance(blocks[0], Paragraph)
    assert blocks[0].runs == (Run("共 2 个段落，出自 2 份文件"),)
    assert blocks[1] == Heading("1. 河湾县教育局2021年工作总结", 2)
    assert isinstance(blocks[2], Quote)
    assert blocks[2].text == TEXT_OF_PASSAGE
    assert blocks[2].reference is not None
    assert blocks[2].reference.page == 3
    sources = blocks[-2]
    assert isinstance(sources, Table)
    assert [cells[1].value for cells in sources.rows] == ["河湾县/总结.pdf", "柳桥县/通知.txt"]
    assert len(result_blocks([], "q", Filters(), ZH, SEARCHED)) == 2


@settings(max_examples=5)
@given(st.sampled_from([ZH, EN]))
def test_results_become_a_workbook_in_both_languages(words: Words) -> None:
    content = xlsx(result_tables(PASSAGES, "大班额", FILTERS, words, SEARCHED), words)
    assert sheets(content).sheetnames == [words("export.results"), words("export.method")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-01-10", date(2019, 1, 10)),
        ("2019-02-31", "2019-02-31"),
        ("2019-01", "2019-01"),
        ("1899-01-10", "1899-01-10"),
        (None, None),
    ],
)
def test_dates(text: str | None, expected: Value) -> None:
    assert as_date(text) == expected
