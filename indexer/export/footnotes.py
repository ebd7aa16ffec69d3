"""Real footnotes for python-docx, which has none: the part of the package that holds them.

A note that is used again is not written again: its number is repeated by a cross-reference, as
Word itself does it.
"""

from __future__ import annotations

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from lxml import etree

_SEPARATORS = (("separator", -1), ("continuationSeparator", 0))


class Footnotes:
    """The footnotes of one document: `add` them in order, then `close`."""

    def __init__(self, document: Document) -> None:
        self._document = document
        text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        text.base_style = document.styles["Normal"]
        text.font.size = Pt(9)
        text.paragraph_format.space_after = Pt(0)
        mark = document.styles.add_style(
            "footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True
        )
        mark.font.superscript = True
        self._text_style, self._mark_style = text.style_id, mark.style_id
        self._notes = parse_xml(f"<w:footnotes {nsdecls('w')}/>")
        for kind, number in _SEPARATORS:
            note = self._note(number)
            note.set(qn("w:type"), kind)
            _child(_child(_child(note, "w:p"), "w:r"), f"w:{kind}")
        self._numbers: dict[str, int] = {}

    def add(self, paragraph: Paragraph, text: str) -> None:
        """Put a footnote at the end of a paragraph, or the number of the one that says the same."""
        if text in self._numbers:
            self._repeat(paragraph, self._numbers[text])
            return
        number = self._numbers[text] = len(self._numbers) + 1
        self._bookmark(paragraph, "Start", number).set(qn("w:name"), f"_Ref{number:08}")
        self._mark(paragraph._p, "w:footnoteReference").set(qn("w:id"), str(number))
        self._bookmark(paragraph, "End", number)
        inside = _child(self._note(number), "w:p")
        style = _child(_child(inside, "w:pPr"), "w:pStyle")
        style.set(qn("w:val"), self._text_style)
        self._mark(inside, "w:footnoteRef")
        shown = _child(_child(inside, "w:r"), "w:t")
        shown.text = f" {text}"
        shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def close(self) -> None:
        """Add the part to the package and name it in the settings."""
        part = Part(
            PackURI("/word/footnotes.xml"),
            CONTENT_TYPE.WML_FOOTNOTES,
            etree.tostring(self._notes, xml_declaration=True, encoding="UTF-8", standalone=True),
            self._document.part.package,
        )
        self._document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        settings = self._document.settings.element
        named = OxmlElement("w:footnotePr")
        for _, number in _SEPARATORS:
            _child(named, "w:footnote").set(qn("w:id"), str(number))
        # The schema has its elements in order.
        settings.find(qn("w:compat")).addprevious(named)

    def _repeat(self, paragraph: Paragraph, number: int) -> None:
        field = _child(paragraph._p, "w:fldSimple")
        field.set(qn("w:instr"), f" NOTEREF _Ref{number:08} \\f \\h ")
        self._mark(field, "w:t").text = str(number)

    def _bookmark(self, paragraph: Paragraph, edge: str, number: int) -> etree._Element:
        made = _child(paragraph._p, f"w:bookmark{edge}")
        made.set(qn("w:id"), str(number))
        return made

    def _note(self, number: int) -> etree._Element:
        note = _child(self._notes, "w:footnote")
        note.set(qn("w:id"), str(number))
        return note

    def _mark(self, parent: etree._Element, sign: str) -> etree._Element:
        run = _child(parent, "w:r")
        style = _child(_child(run, "w:rPr"), "w:rStyle")
        style.set(qn("w:val"), self._mark_style)
        return _child(run, sign)


def _child(parent: etree._Element, name: str) -> etree._Element:
    made = OxmlElement(name)
    parent.append(made)
    return made
