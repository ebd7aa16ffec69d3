"""Word documents: what Word shows is what is read."""

from __future__ import annotations

import io
import zipfile

import pytest

pytest.importorskip("docx", reason="python-docx makes the test documents")
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import FileProblem
from indexer.read import docx
from indexer.read.grid import Cell, table_blocks
from indexer.read.numbering import chinese, written
from indexer.records import RawText

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_parts(
    content: bytes, parts: dict[str, str], relations: str = "", types: str = ""
) -> bytes:
    """Add parts to a package, with their relations and content types."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/_rels/document.xml.rels":
                data = data.replace(b"</Relationships>", relations.encode() + b"</Relationships>")
            if name == "[Content_Types].xml":
                data = data.replace(b"</Types>", types.encode() + b"</Types>")
            if name not in parts:
                new.writestr(name, data)
        for name, text in parts.items():
            new.writestr(name, text)
    return out.getvalue()


def read(document) -> RawText:
    return docx.read(saved(document))


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_headings_title_and_body():
    document = Document()
    document.add_heading("云溪县教育局2016年工作总结", 0)
    document.add_heading("一、主要成效", 1)
    document.add_paragraph("新建学校12所。")
    document.add_heading("（一）大班额", 2)
    document.sections[0].header.paragraphs[0].text = "页眉文字"
    document.sections[0].footer.paragraphs[0].text = "页脚文字"
    raw = read(document)
    assert raw.title == "云溪县教育局2016年工作总结"
    marks = [(raw.text[m.start : m.end], m.level) for m in raw.headings]
    assert marks == [("云溪县教育局2016年工作总结", 0), ("一、主要成效", 1), ("（一）大班额", 2)]
    assert "页眉" not in raw.text and "页脚" not in raw.text


def test_a_heading_by_outline_level_alone():
    document = Document()
    for text, level in (("主要做法", 0), ("控辍保学", 1)):
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{level}"/>')
        )
        document.add_paragraph("正文。")
    document.add_paragraph("其他").style = document.styles["Heading 1"]
    raw = read(document)
    assert [(raw.text[m.start : m.end], m.level) for m in raw.headings] == [
        ("主要做法", 1),
        ("控辍保学", 2),
        ("其他", 1),
    ]


def test_title_by_its_looks_below_a_letterhead():
    document = Document()
    for text in ("云溪县教育局文件", "云溪县教育局关于", "义务教育均衡发展情况的报告"):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).font.size = Pt(22)
    document.add_paragraph("县人民政府：")
    assert read(document).title == "云溪县教育局关于义务教育均衡发展情况的报告"


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("云溪县控辍保学实施方案", "云溪县控辍保学实施方案"),
        ("某某模板标题文字", None),
        ("方案", None),
    ],
)
def test_core_title_only_where_the_document_says_it(stated, title):
    document = Document()
    document.core_properties.title = stated
    document.add_paragraph("云溪县控辍保学\n实施方案")
    document.add_paragraph("为做好工作，制定本方案。")
    assert read(document).title == title


def test_tracked_changes_give_the_final_text():
    document = Document()
    p = document.add_paragraph("比例为")._p
    p.append(parse_xml(f'<w:del {W} w:id="1"><w:r><w:delText>21%</w:delText></w:r></w:del>'))
    p.append(parse_xml(f'<w:ins {W} w:id="2">{run("8%")}</w:ins>'))
    p.append(parse_xml(f'<w:moveFrom {W} w:id="3">{run("旧处")}</w:moveFrom>'))
    p.append(parse_xml(f'<w:moveTo {W} w:id="4">{run("，新处")}</w:moveTo>'))
    first = document.add_paragraph("前半句")
    first._p.get_or_add_pPr().append(parse_xml(f'<w:rPr {W}><w:del w:id="5"/></w:rPr>'))
    document.add_paragraph("后半句。")
    assert read(document).text.split("\n") == ["比例为8%，新处", "前半句后半句。"]


def test_fields_show_their_result_and_hidden_text_does_not_show():
    document = Document()
    p = document.add_paragraph("共")._p
    for part in (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        "<w:r><w:instrText>NUMPAGES</w:instrText></w:r>",
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
        run("38"),
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>",
        run("所"),
    ):
        p.append(parse_xml(part.replace(">", f" {W}>", 1) if "/>" not in part[:6] else part))
    assert read(document).text == "共38所"


def test_text_boxes_are_read_once():
    document = Document()
    p = document.add_paragraph("框前文字。")._p
    box = f"<w:txbxContent><w:p>{run('框内文字')}</w:p></w:txbxContent>"
    p.append(
        parse_xml(
            f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            'xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent>'
            f'<mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice>'
            f"<mc:Fallback><v:textbox>{box}</v:textbox></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    document.add_paragraph("框后文字。")
    assert read(document).text == "框前文字。\n框内文字\n框后文字。"


def test_a_footnote_follows_its_paragraph():
    document = Document()
    p = document.add_paragraph("入学率为99.8%")._p
    p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))
    p.append(parse_xml(run("。").replace("<w:r>", f"<w:r {W}>")))
    document.add_paragraph("下一段。")
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    content = with_parts(
        saved(document),
        {
            "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:id="2"><w:p>{run("含特教学校")}'
            "</w:p></w:footnote></w:footnotes>"
        },
        f'<Relationship Id="rId99" Type="{base}/footnotes" Target="footnotes.xml"/>',
        f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/>',
    )
    assert docx.read(content).text == "入学率为99.8%。\n注：含特教学校\n下一段。"


def numbered(levels: list[tuple[str, str]], paragraphs: list[tuple[int, str]]) -> str:
    document = Document()
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    made = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    numbering.append(parse_xml(f'<w:abstractNum {W} w:abstractNumId="7">{made}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {W} w:numId="7"><w:abstractNumId w:val="7"/></w:num>'))
    for level, text in paragraphs:
        p = document.add_paragraph(text)._p
        p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>')
        )
    return read(document).text


def test_automatic_numbers_are_written_out():
    levels = [
        ("chineseCountingThousand", "%1、"),
        ("chineseCounting", "（%2）"),
        ("decimal", "%3."),
    ]
    paragraphs = [
        (0, "做法"),
        (1, "控辍"),
        (2, "家访"),
        (2, "台账"),
        (1, "大班额"),
        (0, "打算"),
        (1, "建校"),
    ]
    assert numbered(levels, paragraphs).split("\n") == [
        "一、做法", "（一）控辍", "1.家访", "2.台账", "（二）大班额", "二、打算", "（一）建校",
    ]  # fmt: skip


def test_decimal_outline_articles_and_bullets():
    assert numbered(
        [("decimal", "%1"), ("decimal", "%1.%2")], [(0, "甲"), (1, "乙"), (1, "丙")]
    ) == ("1 甲\n1.1 乙\n1.2 丙")
    assert numbered([("chineseCounting", "第%1条")], [(0, "为了规范")] * 2) == (
        "第一条 为了规范\n第二条 为了规范"
    )
    assert numbered([("bullet", "\uf0b7")], [(0, "要点")]) == "要点"


CASES = [
    (3, "chineseCounting", "三"), (10, "chineseCounting", "十"),
    (21, "chineseCountingThousand", "二十一"),
    (105, "chineseCounting", "一百〇五"),
    (2, "ideographTraditional", "乙"), (4, "lowerRoman", "iv"),
    (28, "upperLetter", "BB"), (5, "decimalEnclosedCircleChinese", "⑤"), (7, "decimalZero", "07"),
    (12, "chineseLegalSimplified", "壹拾贰"), (3, "decimalFullWidth", "３"), (9, "unknown", "9"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "form", "text"), CASES)
def test_number_formats(value, form, text):
    assert written(value, form) == text


@given(st.integers(1, 9999))
def test_chinese_counts_differ(value):
    assert chinese(value) != chinese(value + 1)


def test_tables_with_merged_cells():
    document = Document()
    table = document.add_table(5, 3)
    rows = [
        ["学校", "大班额", ""],
        ["", "2015", "2016"],
        ["一小", "12个", "3个"],
        ["二小", "8个", "0个"],
        ["合计", "20个", "3个"],
    ]
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    assert read(document).text.split("\n") == [
        "学校 | 大班额 2015 | 大班额 2016",
        "一小，大班额 2015：12个，大班额 2016：3个",
        "二小，大班额 2015：8个，大班额 2016：0个",
        "合计，大班额 2015：20个，大班额 2016：3个",
    ]


def test_a_cell_merged_over_rows_stands_in_each():
    document = Document()
    table = document.add_table(3, 3)
    for y, row in enumerate(
        [["学段", "学校", "人数"], ["小学", "一小", "500"], ["", "二小", "300"]]
    ):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    assert read(document).text.endswith("小学，学校：一小，人数：500\n小学，学校：二小，人数：300")


def test_deleted_rows_and_contents_lists_are_gone():
    document = Document()
    table = document.add_table(3, 2)
    for y, row in enumerate([["项目", "数"], ["删去的", "1"], ["留下的", "2"]]):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    properties = table.rows[1]._tr.get_or_add_trPr()
    properties.append(parse_xml(f'<w:del {W} w:id="9"/>'))
    style = document.styles.add_style("TOC 1", 1)
    document.add_paragraph("一、做法\t3", style)
    assert read(document).text == "项目 | 数\n留下的，数：2"


words = st.text("甲乙丙丁学校教师比例", min_size=1, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(2, 5), st.integers(1, 6), st.data())
def test_every_cell_stands_behind_its_head(width, height, data):
    heads = [f"列{x}" for x in range(width)]
    body = [[data.draw(words) for _ in range(width)] for _ in range(height)]
    grid = [[Cell(t, y, x) for x, t in enumerate(r)] for y, r in enumerate([heads, *body])]
    lines = [block.text for block in table_blocks(grid)][1:]
    assert len(lines) == height
    for line, row in zip(lines, body, strict=True):
        assert line == "，".join(
            [row[0], *(f"{h}：{t}" for h, t in zip(heads[1:], row[1:], strict=True))]
        )


def test_broken_references_do_not_hinder():
    document = Document()
    document.add_paragraph("正文在此。")
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = with_parts(
        saved(document), {}, f'<Relationship Id="rId98" Type="{base}/image" Target="NULL"/>'
    )
    assert docx.read(content).text == "正文在此。"


def test_strict_documents():
    document = Document()
    document.add_heading("一、做法", 1)
    document.add_paragraph("正文在此。")
    with zipfile.ZipFile(io.BytesIO(saved(document))) as old:
        parts = {
            name: old.read(name)
            .decode()
            .replace(
                "http://schemas.openxmlformats.org/wordprocessingml/2006/",
                "http://purl.oclc.org/ooxml/wordprocessingml/",
            )
            for name in ("word/document.xml", "word/styles.xml")
        }
    raw = docx.read(with_parts(saved(document), parts))
    assert raw.text == "一、做法\n正文在此。" and len(raw.headings) == 1


def problem(content: bytes) -> str:
    with pytest.raises(FileProblem) as found:
        docx.read(content)
    return found.value.code


def test_damaged_files_are_reported():
    document = Document()
    document.add_paragraph("正文" * 500)
    content = saved(document)
    assert problem(content[: len(content) // 2]) == "malformed"
    assert problem(with_parts(content, {"word/document.xml": "<w:document"})) == "malformed"
    assert problem(with_parts(content, {"word/document.xml": f"<w:other {W}/>"})) == "malformed"


def test_a_bomb_is_reported():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for at in range(4):
            bomb.writestr(f"word/part{at}.xml", bytes(100_000_000))
    assert problem(out.getvalue()) == "unpacks_too_large"


def test_entities_are_not_resolved():
    document = Document()
    document.add_paragraph("正文")
    text = (
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        f"<w:document {W}><w:body><w:p>{run('前&x;后')}</w:p></w:body></w:document>"
    )
    assert docx.read(with_parts(saved(document), {"word/document.xml": text})).text.startswith("前")
    assert qn("w:p")
