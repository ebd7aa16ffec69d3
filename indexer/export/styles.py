"""The look of a Word file: A4, the fonts of Chinese offices, page numbers."""

from __future__ import annotations

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from lxml import etree

BODY, HEAD, QUOTED, TITLE = "仿宋", "黑体", "楷体", "宋体"
TABLE_STYLE = "Cexun Table"
_LATIN = "Times New Roman"
_BLACK = RGBColor(0, 0, 0)
_ELSEWHERE = {
    BODY: "FangSong;仿宋_GB2312;STFangsong;华文仿宋",
    HEAD: "SimHei;STHeiti;华文黑体;Noto Sans CJK SC",
    QUOTED: "KaiTi;楷体_GB2312;STKaiti;华文楷体",
    TITLE: "SimSun;STSong;华文宋体;Noto Serif CJK SC",
}
"""The names of like fonts, where an office has not the first."""


def set_up(document: Document) -> None:
    """Pages, fonts and styles of a new document."""
    page(document.sections[0])
    _page_number(document.sections[0])
    _font_table(document)
    normal = _style(document, "Normal", BODY, 12)
    language = parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN"/>')
    normal.element.get_or_add_rPr().append(language)
    document.settings.element.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    body = _style(document, "Body Text", BODY, 12)
    body.paragraph_format.line_spacing = 1.5
    body.paragraph_format.space_after = Pt(0)
    _indent(body, firstLine="480", firstLineChars="200")
    title = _style(document, "Title", TITLE, 18, bold=True)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(12)
    for border in title.element.pPr.findall(qn("w:pBdr")):
        title.element.pPr.remove(border)
    for level, (font, size) in enumerate(((HEAD, 14), (QUOTED, 12), (BODY, 12)), 1):
        heading = _style(document, f"Heading {level}", font, size, bold=True)
        heading.paragraph_format.space_before = Pt(10)
        heading.paragraph_format.space_after = Pt(4)
    quote = _style(document, "Quote", QUOTED, 12, bold=False)
    quote.font.italic = False
    quote.paragraph_format.line_spacing = 1.4
    quote.paragraph_format.space_before = quote.paragraph_format.space_after = Pt(4)
    _indent(quote, left="480", leftChars="200", right="480", rightChars="200")
    caption = _style(document, "Caption", HEAD, 10.5, bold=False)
    caption.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(8), Pt(4)
    document.styles.add_style(TABLE_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    table = _style(document, TABLE_STYLE, BODY, 10.5)
    table.base_style = document.styles["Normal"]
    table.paragraph_format.space_before = table.paragraph_format.space_after = Pt(2)


def page(section: Section, landscape: bool = False) -> None:
    """A4 with the margins of an office paper, upright or across."""
    width, height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
    section.page_width, section.page_height = width, height
    section.top_margin = section.bottom_margin = Cm(2.5)
    section.left_margin = section.right_margin = Cm(2.4)


def _style(
    document: Document, name: str, font: str, size: float, bold: bool | None = None
) -> ParagraphStyle:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.color.rgb = _BLACK
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)  # the template's fonts are those of a theme, which would win
    fonts = properties.get_or_add_rFonts()
    for script, face in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{script}"), face)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks and dashes of Chinese text
    for old in properties.findall(qn("w:spacing")):
        properties.remove(old)  # letters set apart in the template's title
    return style


def _indent(style: ParagraphStyle, **sides: str) -> None:
    """Indents in hundredths of a character, which Word goes by, and in points × 20 for others."""
    indent = style.element.get_or_add_pPr().get_or_add_ind()
    for side, amount in sides.items():
        indent.set(qn(f"w:{side}"), amount)


def _page_number(section: Section) -> None:
    """— 1 —, as office papers have it."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(paragraph.add_run("1")._r)
    paragraph._p.append(field)
    paragraph.add_run(" —")


def _font_table(document: Document) -> None:
    fonts = parse_xml(f"<w:fonts {nsdecls('w')}/>")
    for name, others in _ELSEWHERE.items():
        font = etree.SubElement(fonts, qn("w:font"), {qn("w:name"): name})
        for tag, value in (("altName", others), ("charset", "86"), ("family", "auto")):
            etree.SubElement(font, qn(f"w:{tag}"), {qn("w:val"): value})
    (part,) = (
        each
        for each in document.part.package.iter_parts()
        if each.partname.endswith("fontTable.xml")
    )
    part._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)
