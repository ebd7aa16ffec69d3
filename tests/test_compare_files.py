"""Comparisons as files: what stands in them is what stands in the documents."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import Write
from kept_index import indexed
from libreoffice import ALL_SHEETS_AS_CSV, convert, needs_libreoffice
from light_encoder import LightEncoder
from openpyxl import load_workbook
from test_compare import front

from indexer.comparing import (
    Made,
    Selection,
    by_indicators,
    by_questions,
    of_outcomes,
)
from indexer.library import Library
from indexer.speaks import Calibration
from indexer.words import Words

ZH = Words("zh")
HOSTILE = '=HYPERLINK("http://x.example","化解大班额")'
FILES = {
    "甲/2023.txt": front("河湾县", 2023)
    + f"{HOSTILE}是化解大班额的措施。\n+化解大班额新增学位3.50万个，投入1.25亿元。\n"
    "大班额比例8.50%。\n",
    "甲/要点.txt": front("河湾县", 2023, title="河湾县教育局2023年工作要点").replace(
        "kind: 工作总结", "kind: 工作要点"
    )
    + "大班额比例控制在9%以内。\n",
}


@pytest.fixture
def library(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    by_words = Calibration(intercept=-10, passage=0, sentence=0, words=0, covered=20)
    monkeypatch.setattr(
        "indexer.library.comparing.calibration_for", lambda model, question: by_words
    )
    indexed(write(FILES), tmp_path / "index")
    opened = Library(tmp_path / "index", lambda _: LightEncoder())
    yield opened
    opened.close()


@pytest.fixture
def made(library: Library) -> Made:
    return by_questions(library, ["化解大班额"], Selection(("河湾县",), (2022, 2023)), ZH)


def rows(made: Made, sheet: str) -> list[dict[str, object]]:
    book = load_workbook(io.BytesIO(made.content(Path("a.xlsx"))))
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


def test_figures_are_numbers_as_they_are_written(made: Made) -> None:
    found = {str(row["原文写法"]): row for row in rows(made, "数据")}
    assert (found["3.50万个"]["数值"], found["3.50万个"]["单位"]) == (3.5, "万个")
    assert (found["1.25亿元"]["数值"], found["1.25亿元"]["单位"]) == (1.25, "亿元")
    table = next(table for table in made.tables if table.name == "数据")
    numbers = [cell.value for row in table.rows for cell in row if isinstance(cell.value, Decimal)]
    assert Decimal("3.50") in numbers and "3.50" in map(str, numbers)


def test_every_figure_of_the_sheet_stands_at_its_offsets(library: Library, made: Made) -> None:
    for row in rows(made, "数据"):
        text = library.document(str(row["文件"])).text
        assert text[int(str(row["起始字位"])) : int(str(row["结束字位"]))] == row["原文写法"]
        assert str(row["原句"]) in text


def test_silence_and_absence_stand_in_the_matrix(library: Library) -> None:
    wanted = Selection(("河湾县",), (2022, 2023))
    silent = by_questions(library, ["校车更新"], wanted, ZH)
    assert [row["校车更新"] for row in rows(silent, "对照表")] == ["无文件", "未提及"]


def test_a_formula_stays_text(made: Made) -> None:
    book = load_workbook(io.BytesIO(made.content(Path("a.xlsx"))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}
    (head, *body) = csv.reader(io.StringIO(made.content(Path("a.csv")).decode("utf-8-sig")))
    assert head == ["地区", "年份", "化解大班额"]
    assert not any(cell.startswith(("=", "+")) for line in body for cell in line)


def test_files_are_linked(library: Library, made: Made) -> None:
    book = load_workbook(io.BytesIO(made.content(Path("a.xlsx"))))
    links = {cell.hyperlink.target for row in book["摘录"].iter_rows() for cell in row
             if cell.hyperlink}  # fmt: skip
    assert links == {library.original("甲/2023.txt").resolve().as_uri()}


def test_an_indicator_shows_values_and_no_targets(library: Library) -> None:
    found = by_indicators(library, ["大班额比例"], Selection((), ()), ZH)
    (row,) = rows(found, "大班额比例")
    assert (row["地区"], row["范围"], row["2023年（%）"]) == ("河湾县", "全部", 8.5)
    assert {str(each["性质"]) for each in rows(found, "数据")} == {"数值", "目标"}


def test_plans_and_results(library: Library) -> None:
    found = of_outcomes(library, library.outcomes("河湾县"), "河湾县", ZH)
    by_name = {str(row["指标"]): row for row in rows(found, "计划与结果")}
    assert (by_name["大班额比例"]["目标"], by_name["大班额比例"]["完成情况"]) == ("9%", "完成")
    assert by_name["大班额比例"]["结果"] == "8.50%"


def test_the_word_pack_cites_every_quotation(made: Made) -> None:
    with ZipFile(io.BytesIO(made.content(Path("a.docx")))) as package:
        notes = package.read("word/footnotes.xml").decode()
        body = package.read("word/document.xml").decode()
    assert "河湾县教育局2023年工作总结" in notes
    assert body.count("footnoteReference") >= 1
    assert "fldSimple" in body or body.count("w:footnoteReference ") > 1  # the source again
    assert "HYPERLINK(" in body and "<w:hyperlink" not in body


@needs_libreoffice
def test_libreoffice_opens_the_workbook_without_loss(made: Made, tmp_path: Path) -> None:
    files = convert(made.content(Path("a.xlsx")), "a.xlsx", ALL_SHEETS_AS_CSV, tmp_path)
    assert len(files) == len(made.tables)
    for table in made.tables:
        (path,) = [file for file in files if file.stem.endswith(f"-{table.name}")]
        read = list(csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True)))
        head = 1 if table.title else 0
        assert read[head] == [column.name for column in table.columns]
        assert len(read) == head + 1 + len(table.rows)
        first = [line[0] for line in read[head + 1 :]]
        assert first == [str(row[0].value) for row in table.rows]
