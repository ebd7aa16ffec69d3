"""Pictures of pages (PNG, JPEG, TIFF, BMP): scans, photographs and screenshots, read by OCR."""

from __future__ import annotations

import warnings
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from indexer.errors import FileProblem
from indexer.read import ocr
from indexer.read.pages import Sheet, compose, recognition
from indexer.records import RawText

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_PAGE_WIDTH = 8.27
"""Inches; what a picture shows is taken to be a page of A4 where it does not say how large."""

_MOST_FRAMES = 2000

_LEAST = 12
"""Pixels; a picture less high or wide holds no character: a bullet, a line, a spacer."""


def read(content: bytes) -> RawText:
    """Read a picture, of several pages where it is a TIFF.

    Raises FileProblem: malformed, picture_too_large, no_text.
    """
    from PIL import Image, UnidentifiedImageError

    sheets: list[Sheet] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # large pictures are judged below, by our own limit
        try:
            with Image.open(BytesIO(content), formats=_FORMATS) as picture:
                frames = min(getattr(picture, "n_frames", 1), _MOST_FRAMES)
                for at in range(1 if picture.format in {"GIF", "WEBP", "MPO"} else frames):
                    picture.seek(at)
                    _check_size(picture)
                    if min(picture.size) < _LEAST:
                        continue
                    page, dpi = _prepared(picture)
                    found = ocr.recognise(page, dpi)
                    sheets.append(
                        Sheet(at + 1, found.height, found.pieces, confidence=found.confidence)
                    )
        except Image.DecompressionBombError as problem:
            raise FileProblem("picture_too_large", limit_mp=_LIMIT_MP) from problem
        except UnidentifiedImageError as problem:
            raise FileProblem("malformed", reason="not a picture") from problem
        except (OSError, SyntaxError, ValueError, EOFError) as problem:
            raise FileProblem("malformed", reason=str(problem)) from problem
    raw = compose(sheets)
    if not raw.text:
        raise FileProblem("no_text")
    return replace(raw, front=recognition(sheets), pages=raw.pages if len(sheets) > 1 else ())


_LIMIT_MP = ocr.PIXEL_LIMIT // 1_000_000


def _check_size(picture: Image) -> None:
    if picture.width * picture.height > ocr.PIXEL_LIMIT:
        pixels = round(picture.width * picture.height / 1e6)
        raise FileProblem("picture_too_large", megapixels=pixels, limit_mp=_LIMIT_MP)


def _prepared(picture: Image) -> tuple[Image, float]:
    """Upright by its EXIF mark, on white, at the resolution that recognition wants."""
    from PIL import Image as Pictures
    from PIL import ImageOps

    page = ImageOps.exif_transpose(picture)
    if page.mode in {"RGBA", "LA", "PA"} or "transparency" in page.info:
        page = page.convert("RGBA")
        white = Pictures.new("RGBA", page.size, "white")
        page = Pictures.alpha_composite(white, page)
    elif page.mode.startswith("I;16"):
        page = page.point(lambda value: value / 256, "L")
    page = page.convert("RGB")
    stated = float(picture.info.get("dpi", (0, 0))[0] or 0)
    short = min(page.size)
    dpi = stated if 3 < short / max(stated, 1) < 20 and stated >= 100 else short / _PAGE_WIDTH
    if dpi > 1.25 * ocr.DPI and short * ocr.DPI / dpi > 600:
        scale = ocr.DPI / dpi
    elif short < 600:
        scale = min(2.0, 900 / max(short, 1))
    else:
        return page, dpi
    size = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
    return page.resize(size, Pictures.Resampling.LANCZOS), dpi * scale
