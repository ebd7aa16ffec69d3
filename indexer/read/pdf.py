"""PDF files, by pdfium: text layer, ruled tables, page numbers; OCR where there is no text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from indexer.errors import FileProblem
from indexer.read import ocr, pdf_rules, pdf_tables, pdf_text
from indexer.read.pages import Sheet, compose, recognition
from indexer.read.properties import with_properties
from indexer.records import RawText

_PASSWORD_NEEDED = 4
_LITTLE_TEXT = 40
"""Fewer characters over a picture that fills the page are a stamp on a scan, not its text."""


def read(content: bytes) -> RawText:
    """Read a PDF. Raises FileProblem: encrypted, malformed."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as problem:
        if getattr(problem, "err_code", None) == _PASSWORD_NEEDED or "password" in str(problem):
            raise FileProblem("encrypted") from problem
        raise FileProblem("malformed", reason=str(problem)) from problem
    try:
        sheets = []
        for at in range(len(document)):
            try:
                page = document[at]
            except pdfium.PdfiumError:
                continue  # one damaged page; the others are read
            sheets.append(_sheet(page, at + 1))
            page.close()
        stated = [document.get_metadata_value(key) or "" for key in ("Title", "Keywords")]
    finally:
        document.close()
    if not sheets:
        raise FileProblem("malformed", reason="no page can be read")
    return with_properties(replace(compose(sheets), front=recognition(sheets)), *stated)


def _sheet(page: Any, number: int) -> Sheet:
    found, turn = pdf_text.characters(page)
    text = "".join(character.text for character in found)
    if pdf_text.garbled(text) or (
        len("".join(text.split())) < _LITTLE_TEXT and _is_picture(page, bool(text.strip()))
    ):
        return _recognised(page, number)
    across, down = pdf_rules.rules(page, turn)
    pieces = pdf_text.pieces(found, down)
    sheet = Sheet(number, max(1.0, turn.height))  # a damaged page states none
    for table in pdf_tables.tables(across, down):
        x0, y0, x1, y1 = pdf_tables.frame(table)
        inside = [p for p in pieces if y0 < p.middle < y1 and x0 < (p.left + p.right) / 2 < x1]
        sheet.tables.append(((x0, y0, x1, y1), pdf_tables.grid(table, inside)))
        held = {id(p) for p in inside}
        pieces = [p for p in pieces if id(p) not in held]
    sheet.tables.sort(key=lambda each: each[0][1])
    sheet.pieces = pieces
    return sheet


def _is_picture(page: Any, some_text: bool) -> bool:
    """Whether the page shows something that recognition could read."""
    from pypdfium2 import raw

    width, height = page.get_size()
    for item in page.get_objects(max_depth=3):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            x0, y0, x1, y1 = item.get_bounds()
            if (x1 - x0) * (y1 - y0) > (0.5 if some_text else 0.05) * width * height:
                return True
        elif not some_text and item.type == raw.FPDF_PAGEOBJ_PATH:
            return True  # letters drawn as outlines
    return False


def _recognised(page: Any, number: int) -> Sheet:
    width, height = page.get_size()
    dpi = min(ocr.DPI, 72 * (ocr.PIXEL_LIMIT / 4 / max(1.0, width * height)) ** 0.5)
    image = page.render(scale=dpi / 72).to_pil()
    found = ocr.recognise(image, dpi)
    return Sheet(number, found.height, found.pieces, confidence=found.confidence)
