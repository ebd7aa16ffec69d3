"""Word files: what is in the package, and what LibreOffice makes of it on paper."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import docx as python_docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from libreoffice import convert, needs_libreoffice
from lxml import etree

from indexer.cite import Reference, located
from indexer.export import (
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Quote,
    Run,
    Table,
    docx,
    paragraph,
    result_blocks,
    row,
)
from indexer.export.text import printable
from indexer.records import Filters, Passage
from indexer.words import Words

ZH, EN = Words("zh"), Words("en")
REPORT = Reference(
    "a.pdf", "河湾县教育局2021年工作总结", "河湾县教育局", date="2022-01-10", kind="工作总结",
    heading=("一、<化解>大班额",), page=3, fictional=True,
)  # fmt: skip
NOTICE = Reference("b.txt", "关于印发方案的通知", number="柳政发〔2022〕5号")
FIGURES = Table(
    "指标",
    tuple(Column(name) for name in ("地区", "数值", "单位", "日期")),
    (
        row("河湾县", Decimal("8.50"), "%", date(2022, 1, 10)),
        row("柳桥县", None, "=1+1", "日期不详"),
    ),
    title="大班额比例",
)
WIDE = Table(
    "对比",
    tuple(Column(f"{year}年") for year in range(2016, 2024)),
    ((*row(*"甲乙丙丁戊己庚"), Cell("新建学校三所", marks=((0, 2),), reference=REPORT)),),
)
BLOCKS: list[Block] = [
    Heading("一、措施"),
    Paragraph((Run("各县报告了"), Run("新建学校", bold=True, reference=NOTICE), Run("等措施。"))),
    Quote("新建学校三所，增加学位四千个。", REPORT, ((0, 4),)),
    FIGURES,
    WIDE,
    Heading("二、结语"),
    paragraph("以上供参考。"),
]


def parts(content: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(content)) as package:
        return {
            name: package.read(name).decode()
            for name in package.namelist()
            if name.endswith((".xml", ".rels"))
        }


def footnotes(content: bytes) -> list[str]:
    notes = etree.fromstring(parts(content)["word/footnotes.xml"].encode())
    return ["".join(note.itertext()) for note in notes if note.get(qn("w:type")) is None]


def body(content: bytes) -> list[str]:
    return [each.text for each in python_docx.Document(io.BytesIO(content)).paragraphs]


def test_blocks_come_in_order_with_their_styles() -> None:
    document = python_docx.Document(io.BytesIO(docx("证据材料", BLOCKS, ZH)))
    assert [(each.style.name, each.text) for each in document.paragraphs if each.text] == [
        ("Title", "证据材料"),
        ("Heading 1", "一、措施"),
        ("Body Text", "各县报告了新建学校等措施。"),
        ("Quote", "新建学校三所，增加学位四千个。"),
        ("Caption", "大班额比例"),
        ("Heading 1", "二、结语"),
        ("Body Text", "以上供参考。"),
    ]
    figures, wide = document.tables
    assert [[cell.text for cell in line.cells] for line in figures.rows] == [
        ["地区", "数值", "单位", "日期"],
        ["河湾县", "8.50", "%", "2022-01-10"],
        ["柳桥县", "", "=1+1", "日期不详"],
    ]
    heads = [line._tr.trPr.find(qn("w:tblHeader")) is not None for line in figures.rows]
    assert heads == [True, False, False]
    quote = document.paragraphs[3]
    assert [run.text for run in quote.runs if run.bold] == ["新建学校"]
    marked = wide.rows[1].cells[7].paragraphs[0]
    assert [run.text for run in marked.runs if run.bold] == ["新建"]
    assert (document.core_properties.title, document.core_properties.author) == ("证据材料", "策寻")


def test_pages_are_a4_and_wide_tables_lie_across() -> None:
    document = python_docx.Document(io.BytesIO(docx("题", [*BLOCKS, WIDE, WIDE], ZH)))
    sizes = [
        (round(each.page_width.cm, 1), round(each.page_height.cm, 1)) for each in document.sections
    ]
    upright, across = (21.0, 29.7), (29.7, 21.0)
    assert sizes == [upright, across, upright, across]


def test_footnotes_are_real_and_said_once() -> None:
    again = replace(REPORT, page=7)
    blocks = [*BLOCKS, Quote("甲", NOTICE), Quote("乙", again)]
    content = docx("题", blocks, ZH, "official")
    expected = [located(each, "official", ZH) for each in (NOTICE, REPORT, again)]
    assert footnotes(content) == [f" {text}" for text in expected]
    assert expected[1].startswith("【虚构示例】")
    package = parts(content)
    document = etree.fromstring(package["word/document.xml"].encode())
    marks = [note.get(qn("w:id")) for note in document.iter(qn("w:footnoteReference"))]
    assert marks == ["1", "2", "3"]
    repeats = [(field.get(qn("w:instr")), "".join(field.itertext()))
               for field in document.iter(qn("w:fldSimple"))]  # fmt: skip
    assert repeats == [
        (" NOTEREF _Ref00000002 \\f \\h ", "2"),
        (" NOTEREF _Ref00000001 \\f \\h ", "1"),
    ]
    names = {mark.get(qn("w:name")) for mark in document.iter(qn("w:bookmarkStart"))}
    assert names == {"_Ref00000001", "_Ref00000002", "_Ref00000003"}
    assert "/word/footnotes.xml" in package["[Content_Types].xml"]
    assert "footnotes.xml" in package["word/_rels/document.xml.rels"]
    assert "w:footnotePr" in package["word/settings.xml"]


def test_chinese_text_has_chinese_fonts() -> None:
    package = parts(docx("题", BLOCKS, ZH))
    styles = etree.fromstring(package["word/styles.xml"].encode())
    used = {
        "Normal": "仿宋",
        "Body Text": "仿宋",
        "Title": "宋体",
        "Quote": "楷体",
        "heading 1": "黑体",
    }
    for style in styles.iter(qn("w:style")):
        name = style.find(qn("w:name")).get(qn("w:val"))
        if name in used:
            fonts = style.find(qn("w:rPr")).find(qn("w:rFonts"))
            assert fonts.get(qn("w:eastAsia")) == used.pop(name)
            assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert not used
    assert "FangSong" in package["word/fontTable.xml"]


def test_a_document_of_nothing() -> None:
    assert body(docx("", [], EN)) == [""]
    assert footnotes(docx("", [], EN)) == []


TEXT = st.text(st.characters() | st.sampled_from("<&\t\n _x0041"), max_size=40)


@settings(max_examples=40)
@given(TEXT, st.data())
def test_any_text_survives_in_word(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    # A line break of Windows is two characters, which no mark parts.
    text = text.replace("\r", "")
    marks = ((min(start, len(text)), min(end, len(text))),)
    blocks: list[Block] = [
        Heading(text, 9),
        paragraph(text),
        Quote(text, replace(NOTICE, title=text), marks),
        Table(text, (Column(text),), ((Cell(text, marks=marks),),)),
    ]
    content = docx(text, blocks, ZH)
    expected = printable(text)
    assert body(content) == [expected] * 4
    document = python_docx.Document(io.BytesIO(content))
    assert [line.cells[0].text for line in document.tables[0].rows] == [expected] * 2
    assert expected in footnotes(content)[0] or not expected.strip()


PASSAGE = Passage(
    "河湾县/总结.pdf", "河湾县教育局2021年工作总结", "河湾县", 2021, "工作总结", ("一、化解大班额",),
    "\n新建学校三所，增加学位四千个。大班额比例降至8.52%。\n", 0, 29, 3, 0.8, ((16, 28),),
    date="2022-01-10", issuer="河湾县教育局", fictional=True,
)  # fmt: skip


@needs_libreoffice
@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_libreoffice_prints_it_with_its_footnotes(words: Words, tmp_path: Path) -> None:
    found = result_blocks([PASSAGE], "大班额", Filters(), words, datetime(2026, 5, 4, 10, 30))
    content = docx("证据材料", [*BLOCKS, *found], words)
    (made,) = convert(content, "pack.docx", "pdf", tmp_path)
    with pypdfium2.PdfDocument(made) as pdf:
        pages = [pdf[at].get_textpage().get_text_range() for at in range(len(pdf))]
        sizes = [pdf.get_page_size(at) for at in range(len(pdf))]
    printed = "".join("".join(pages).split())
    for reference in (REPORT, NOTICE):
        assert "".join(located(reference, "gbt2025", words).split()) in printed
    assert "新建学校三所，增加学位四千个。大班额比例降至8.52%。" in printed
    assert [round(width) for width, _ in sizes] == [595, 842, 595]
    assert all(f"— {number} —" in text for number, text in enumerate(pages, 1))
