"""PDF files: paragraphs, tables and page numbers as the printed page shows them."""

from __future__ import annotations

import io
import re

import pytest

pytest.importorskip("reportlab", reason="reportlab makes the test documents")
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

from indexer.errors import FileProblem
from indexer.read import pdf
from indexer.read.grid import Cell
from indexer.read.layout import Piece, join, paragraphs
from indexer.read.layout import lines as layout_lines
from indexer.read.pages import Sheet, compose
from indexer.read.pdf_text import Character, garbled, pieces
from indexer.records import RawText

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
FONT = "STSong-Light"
SENTENCE = "云溪县坚持教育优先发展，新建改扩建学校十二所，新增学位六千四百个。"
LONG = "全县义务教育学校专任教师学历达标率、生均校舍建筑面积和教学仪器设备值均达到省定标准"


def page_of(number: int | None, raw: RawText, words: str) -> bool:
    at = raw.text.index(words)
    begun = [mark.number for mark in raw.pages if mark.start <= at]
    return (begun[-1] if begun else None) == number


class Writer:
    """Sets text as an office would: 12 points, indented paragraphs, head and foot."""

    def __init__(self, head: str = "", foot: str = "", **settings: object) -> None:
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=A4, **settings)
        self.head, self.foot, self.number = head, foot, 0
        self.y = 0.0
        self.turn()

    def turn(self) -> None:
        if self.number:
            self.canvas.showPage()
        self.number += 1
        self.y = 760
        self.canvas.setFont(FONT, 9)
        self.canvas.drawCentredString(297, 810, self.head.format(n=self.number))
        self.canvas.drawCentredString(297, 30, self.foot.format(n=self.number))

    def line(self, text: str, x: float = 80, size: float = 12) -> None:
        if self.y < 70:
            self.turn()
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, self.y, text)
        self.y -= 1.7 * size

    def paragraph(self, text: str) -> None:
        line, left = "", 104.0
        for character in text:
            if left + pdfmetrics.stringWidth(line + character, FONT, 12) > 512:
                self.line(line, left)
                line, left = "", 80.0
            line += character
        self.line(line, left)

    def content(self) -> bytes:
        self.canvas.save()
        return self.out.getvalue()


@pytest.fixture(scope="module")
def report() -> tuple[list[str], RawText]:
    writer = Writer("云溪县教育局工作总结（第{n}版）", "— {n} —")
    writer.canvas.setFont(FONT, 22)
    for text in ("云溪县教育局关于二〇一六年", "教育工作情况的总结"):
        writer.canvas.setFont(FONT, 22)
        writer.canvas.drawCentredString(297, writer.y, text)
        writer.y -= 36
    said = []
    for at in range(40):
        heading = f"（{at + 1}）第{at + 1}项重点工作"
        body = (LONG + f"，其中第{at}项比例为{at}.5%，") * 2 + SENTENCE
        writer.paragraph(heading)
        writer.paragraph(body)
        said += [heading, body]
    return said, pdf.read(writer.content())


def test_lines_are_joined_to_the_paragraphs_that_were_set(report):
    said, raw = report
    assert raw.text.split("\n")[1:] == said


def test_no_running_head_or_page_number_is_left(report):
    _, raw = report
    assert "版）" not in raw.text and "—" not in raw.text


def test_the_title_is_found_over_its_lines(report):
    _, raw = report
    assert raw.title == "云溪县教育局关于二〇一六年教育工作情况的总结"
    assert raw.headings[0].level == 0


def test_pages_are_numbered_from_one(report):
    _, raw = report
    assert [mark.number for mark in raw.pages] == list(range(1, len(raw.pages) + 1))
    assert raw.pages[0].start == 0 and len(raw.pages) > 4
    assert page_of(1, raw, "（1）第1项") and page_of(len(raw.pages), raw, "（40）第40项")


def test_every_page_mark_stands_where_that_page_begins():
    writer = Writer()
    for at in range(3):
        writer.line(f"第{at}页开头的句子到此为止。")
        writer.turn()
    raw = pdf.read(writer.content())
    for mark in raw.pages:
        assert raw.text[mark.start :].startswith(f"第{mark.number - 1}页")


def table_pdf(rows: int, repeat: int, before: str = "") -> bytes:
    out = io.BytesIO()
    data = [["序号", "学校名称", "大班额（个）", "比例"]]
    data += [
        [str(at), f"第{at}小学", f"{at % 7}个", f"{at / 10:.2f}%"] for at in range(1, rows + 1)
    ]
    style = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT, 11)]
    SimpleDocTemplate(out).build([Table(data, style=style, repeatRows=repeat)])
    return out.getvalue()


@pytest.mark.parametrize("repeat", [0, 1])
def test_a_table_over_page_breaks_keeps_its_heads(repeat):
    raw = pdf.read(table_pdf(90, repeat))
    lines = raw.text.split("\n")
    assert lines[0] == "序号 | 学校名称 | 大班额（个） | 比例"
    assert len(lines) == 91 and len(raw.pages) > 2
    for at, line in enumerate(lines[1:], 1):
        assert line == f"{at}，学校名称：第{at}小学，大班额（个）：{at % 7}个，比例：{at / 10:.2f}%"
    assert page_of(1, raw, "\n1，") and page_of(len(raw.pages), raw, "\n90，")


def test_merged_cells_of_a_ruled_table():
    out = io.BytesIO()
    data = [
        ["学校", "大班额", ""],
        ["", "2015年", "2016年"],
        ["一小", "12个", "3个"],
        ["二小", "8个", "0个"],
    ]
    style = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT, 11)]
    style += [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0))]
    SimpleDocTemplate(out).build([Table(data, style=style)])
    assert pdf.read(out.getvalue()).text.split("\n") == [
        "学校 | 大班额 2015年 | 大班额 2016年",
        "一小，大班额 2015年：12个，大班额 2016年：3个",
        "二小，大班额 2015年：8个，大班额 2016年：0个",
    ]


def test_text_round_a_table_stays_in_order_and_a_frame_is_no_table():
    writer = Writer()
    writer.canvas.rect(60, 50, 475, 740)
    writer.line("表前的一句话。")
    data = [["项目", "数量"], ["学校", "38所"]]
    style = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT, 11)]
    table = Table(data, style=style)
    table.wrapOn(writer.canvas, 400, 400)
    table.drawOn(writer.canvas, 200, 600)
    writer.y = 500
    writer.line("表后的一句话。")
    text = pdf.read(writer.content()).text
    assert text == "表前的一句话。\n项目 | 数量\n学校，数量：38所\n表后的一句话。"


def test_two_columns_are_read_one_after_the_other():
    writer = Writer()
    for at in range(20):
        y = 760 - 20 * at
        for x, mark in ((60, "左"), (310, "右")):
            writer.canvas.setFont(FONT, 12)
            writer.canvas.drawString(x, y, f"{mark}栏第{at:02d}行的正文一直写到行尾才停"[:19])
    text = pdf.read(writer.content()).text
    assert text.index("左栏第19") < text.index("右栏第00")


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_pages(degrees):
    writer = Writer()
    writer.canvas.saveState()
    writer.canvas.translate(297, 421)
    writer.canvas.rotate(degrees)
    for at in range(6):
        writer.canvas.setFont(FONT, 12)
        writer.canvas.drawString(-200, 100 - 20 * at, f"第{at}行写在横放的页上。")
    writer.canvas.restoreState()
    text = pdf.read(writer.content()).text
    assert re.findall(r"第(\d)行写在横放的页上。", text) == list("012345")


def test_words_of_english_keep_their_spaces_and_hyphens_heal():
    assert join("大班额", "比例") == "大班额比例"
    assert join("the edu-", "cation bureau") == "the education bureau"
    assert join("county", "schools") == "county schools"
    assert join("由21.", "23%") == "由21.23%" and join("10.5", "%") == "10.5%"
    writer = Writer()
    writer.line("OECD Education Report 2016 was read.")
    assert pdf.read(writer.content()).text == "OECD Education Report 2016 was read."


def test_a_slanted_watermark_is_left_out():
    writer = Writer()
    for _ in range(5):
        writer.line(SENTENCE)
    writer.canvas.translate(300, 400)
    writer.canvas.rotate(45)
    writer.canvas.drawString(0, 0, "内部资料")
    assert "内部资料" not in pdf.read(writer.content()).text


def test_encrypted_files():
    from reportlab.lib.pdfencrypt import StandardEncryption

    for user, readable in (("", True), ("secret", False)):
        writer = Writer(encrypt=StandardEncryption(user, "owner", canCopy=0))
        writer.line(SENTENCE)
        content = writer.content()
        if readable:
            assert pdf.read(content).text == SENTENCE
        else:
            with pytest.raises(FileProblem, match="encrypted"):
                pdf.read(content)


def test_truncated_and_other_files_are_reported_or_read():
    content = table_pdf(90, 1)
    for share in (0.02, 0.3, 0.6, 0.95):
        try:
            raw = pdf.read(content[: int(share * len(content))])
        except FileProblem as problem:
            assert problem.code == "malformed"
        else:
            assert isinstance(raw.text, str)
    with pytest.raises(FileProblem, match="malformed"):
        pdf.read(b"%PDF-1.4 no more than this")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SENTENCE * 3, False),
        ("OECD Education 2016", False),
        ("\ue123\ue124\ue125\ue126", True),
        ("ÔÆÏªÏØ½ÌÓý¾Ö", True),
        ("".join(chr(0x3400 + 37 * at) for at in range(60)), True),
        ("國民教育經費與學校發展", False),
        ("", False),
    ],
)
def test_garbled_text_layers(text, expected):
    assert garbled(text) is expected


def test_a_numbered_line_begins_a_paragraph_and_a_figure_does_not():
    def line(at: int, text: str, left: float = 0) -> Piece:
        return Piece(text, left, 20 * at, left + 12 * len(text), 20 * at + 12, 12)

    full = "全县共有学校三十八所其中小学二十二所初中"
    found = paragraphs(
        [line(0, full), line(1, "12.5个百分点。"), line(2, "1.加强控辍。"), line(3, full)], 1
    )
    assert [p.text for p in found] == [full + "12.5个百分点。", "1.加强控辍。", full]


@given(
    st.text("0123456789.%一二县校", min_size=1, max_size=30),
    st.floats(8, 40),
    st.sampled_from([1.0, 1.15, 1.45]),
    st.booleans(),
)
def test_no_character_is_lost_or_doubled(text, em, tall, bold):
    """Fonts of any proportions; printed once, or twice a little aside to look bold."""
    found, left = [], 0.0
    for character in text:
        width = em if character > "z" else em / 2 if character not in "." else em / 4
        for aside in (0.0, 0.05 * em)[: 1 + bold]:
            right = left + aside + width
            size = width if character > "z" else min(0.8 * tall * em, 2 * width)
            found.append(Character(character, left + aside, 0, right, tall * em, size))
        left += width
    assert "".join(piece.text for piece in pieces(found)) == text


def test_a_row_cut_by_the_page_break_is_whole_again():
    def sheet(number: int, rows: list[list[str]]) -> Sheet:
        grid = [[Cell(text, y, x) for x, text in enumerate(row)] for y, row in enumerate(rows)]
        return Sheet(number, 800, tables=[((50, 100, 500, 700), grid)])

    first = [["序号", "学校", "说明"], ["1", "一小", "新建"], ["2", "二小", "县城学校，含"]]
    raw = compose([sheet(1, first), sheet(2, [["", "", "幼儿园一所"], ["3", "三小", "乡村"]])])
    assert raw.text.split("\n") == [
        "序号 | 学校 | 说明",
        "1，学校：一小，说明：新建",
        "2，学校：二小，说明：县城学校，含幼儿园一所",
        "3，学校：三小，说明：乡村",
    ]
    assert raw.text[raw.pages[1].start :].startswith("3，")


def test_a_head_counts_pages_and_an_article_does_not():
    def sheet(number: int) -> Sheet:
        texts = [(30, f"第{number}页 共5页"), (60, f"第{number * number}条"), (400, "正文")]
        pieces = [Piece(text, 80, y, 80 + 12 * len(text), y + 12, 12) for y, text in texts]
        return Sheet(number, 800, pieces)

    text = compose([sheet(number) for number in range(1, 6)]).text
    assert "页" not in text and all(f"第{n * n}条" in text for n in range(1, 6))


def test_characters_of_another_font_drawn_later_stand_in_their_places():
    # As LibreOffice does where the text's font has no such mark: the words, then the marks; the
    # parser makes a space of each gap.
    drawn = [("推", 80), ("行", 92), ("\x00", 112), ("学", 112), ("生", 124), ("\x00", 144)]
    drawn += [("的", 144), ("“", 104), ("”", 136)]
    found = [
        Character(text, x, 100, x + {"\x00": 0, "“": 8, "”": 8}.get(text, 12), 114, 12)
        for text, x in drawn
    ]
    (line,) = layout_lines(pieces(found))
    assert line.text == "推行“学生”的"


def test_a_date_on_the_next_page_is_not_joined_to_the_signature():
    writer = Writer()
    for _ in range(8):
        writer.paragraph(LONG + "，" + SENTENCE)
    writer.line("云溪县人民政府教育督导室", 340)
    writer.turn()
    writer.line("2024年11月29日", 400)
    lines = pdf.read(writer.content()).text.split("\n")
    assert lines[-2:] == ["云溪县人民政府教育督导室", "2024年11月29日"]


def test_a_page_that_states_no_height_is_read():
    text = b"BT /F1 12 Tf 72 720 Td (annual report 2022) Tj ET"
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 nan 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
    ]
    objects = b"".join(b"%d 0 obj\n%s\nendobj\n" % each for each in enumerate(bodies, 1))
    content = b"%PDF-1.4\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF"
    for box in (b"[0 0 nan 842]", b"[0 0 0 0]", b"[0 0 595 0]"):
        assert "annual report" in pdf.read(content.replace(b"[0 0 nan 842]", box)).text
