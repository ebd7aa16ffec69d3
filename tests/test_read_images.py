"""Pictures and scanned pages: recognised, marked as such, and limited in size."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from indexer.errors import FileProblem

if os.environ.get("CI") != "true":
    pytest.importorskip("rapidocr", reason="rapidocr is not installed")
from indexer.read import images, pdf
from indexer.records import RawText

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    r"C:\Windows\Fonts\simsun.ttc",
)
FONT = next((place for place in FONTS if Path(place).is_file()), None)
if FONT is None and os.environ.get("CI") == "true":
    raise RuntimeError("CI must have a Chinese font: apt-get install fonts-noto-cjk")
needs_font = pytest.mark.skipif(FONT is None, reason="no Chinese font here to draw a page with")

SENTENCES = [
    "云溪县教育局把消除大班额作为首要任务。",
    "全县大班额比例由21.23%下降至8.52%。",
    "新建改扩建学校12所，新增学位6400个。",
    "义务教育巩固率达到96.8%，比上年提高1.2个百分点。",
    "公开招聘教师256名，其中乡村学校183名。",
    "落实家庭经济困难学生资助资金3120万元。",
    "推进县管校聘改革，交流轮岗校长教师412人。",
    "建立控辍保学台账，劝返辍学学生37人。",
    "所有乡镇中心校实现宽带网络校校通。",
    "开展校园安全隐患排查，整改问题58处。",
    "学前三年毛入园率达到87.5%，普惠园占82%。",
    "下一步，将继续加大投入，补齐短板。",
]


def drawn(lines: list[str] = SENTENCES, dpi: int = 200, size: float = 14) -> Image.Image:
    """A page of A4 with one paragraph a line, and a page number."""
    assert FONT
    page = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(FONT, round(size * dpi / 72))
    for at, text in enumerate(lines):
        pen.text((dpi, dpi + 2.4 * at * size * dpi / 72), text, font=font, fill="black")
    pen.text((4 * dpi, 11 * dpi), "— 3 —", font=font, fill="black")
    return page


def saved(page: Image.Image, form: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    page.save(out, form, **more)
    return out.getvalue()


def distance(a: str, b: str) -> int:
    """Levenshtein's: how many characters must change."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def error(raw: RawText, lines: list[str] = SENTENCES) -> float:
    said, read = "".join("".join(lines).split()), "".join(raw.text.split())
    return distance(said, read) / len(said)


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return drawn()


@needs_font
def test_a_page_is_recognised_with_few_errors_and_marked(page):
    raw = images.read(saved(page, dpi=(200, 200)))
    assert error(raw) <= 0.02
    assert "— 3 —" not in raw.text
    front = dict(raw.front)
    assert front["ocr"] == "true" and 0.9 < float(front["ocr_confidence"]) <= 1
    assert raw.text.split("\n")[1].startswith("全县大班额比例由21.23%")


@needs_font
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_is_set_upright(page, degrees):
    raw = images.read(saved(page.rotate(degrees, expand=True), "JPEG", quality=90))
    assert error(raw) <= 0.03


@needs_font
def test_the_camera_turned_the_picture(page):
    exif = Image.Exif()
    exif[0x0112] = 6
    raw = images.read(saved(page.rotate(90, expand=True), "JPEG", exif=exif, quality=90))
    assert error(raw) <= 0.03


@needs_font
def test_the_pages_of_a_tiff_are_counted():
    pages = [drawn(SENTENCES[:3]), drawn(SENTENCES[3:6])]
    raw = images.read(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert [mark.number for mark in raw.pages] == [1, 2]
    assert raw.text[raw.pages[1].start :].startswith("义务教育")


@needs_font
def test_a_scanned_page_of_a_pdf_among_pages_of_text(page):
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(595, 842))
    sheet.setFont("STSong-Light", 12)
    sheet.drawString(80, 700, "这一页有文字层，不需要识别。")
    sheet.showPage()
    sheet.drawImage(ImageReader(page), 0, 0, 595, 842)
    sheet.showPage()
    sheet.save()
    raw = pdf.read(out.getvalue())
    assert dict(raw.front)["ocr_pages"] == "2"
    assert [mark.number for mark in raw.pages] == [1, 2]
    scanned = RawText(raw.text[raw.pages[1].start :])
    assert error(scanned) <= 0.02


@needs_font
def test_a_long_screenshot_is_cut_between_its_lines():
    assert FONT
    lines = [SENTENCES[at % 12] for at in range(60)]
    page = Image.new("RGB", (720, 60 * 70 + 100), "white")
    pen = ImageDraw.Draw(page)
    for at, text in enumerate(lines):
        pen.text((30, 50 + 70 * at), text, font=ImageFont.truetype(FONT, 26), fill="black")
    assert error(images.read(saved(page)), lines) <= 0.02


def code(content: bytes) -> str:
    with pytest.raises(FileProblem) as found:
        images.read(content)
    return found.value.code


def test_a_bomb_is_reported_without_being_unpacked():
    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    for side in (12_000, 60_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        content = (
            b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", b"") + part(b"IEND", b"")
        )
        assert code(content) == "picture_too_large"


def test_damaged_and_empty_pictures():
    content = saved(Image.effect_noise((400, 400), 50))
    assert code(content[: len(content) // 2]) == "malformed"
    assert code(b"not a picture") == "malformed"
    assert code(saved(Image.new("RGB", (300, 300), "white"))) == "no_text"


def test_a_picture_too_small_for_a_character_is_not_recognised(monkeypatch):
    monkeypatch.setattr(images.ocr, "recognise", lambda *_: pytest.fail("was recognised"))
    out = io.BytesIO()
    Image.new("L", (300, 11), 0).save(out, "PNG")
    with pytest.raises(FileProblem) as told:
        images.read(out.getvalue())
    assert told.value.code == "no_text"


def test_the_recogniser_does_not_report_its_use():
    from indexer.read import ocr

    ocr._engine()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
