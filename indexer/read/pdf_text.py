"""The text layer of a PDF page: characters with their places -> pieces of lines."""

from __future__ import annotations

import ctypes
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

from indexer.read.layout import Piece

_BAND = 3.0
"""Points within which the middles of characters on one line lie."""

_NOTHING = {0, 10, 13, 0xFFFE, 0xAD, 0xFEFF, 0x200B}


class Turn(NamedTuple):
    """How the text of a page is turned: by quarters, clockwise, in the frame of the page."""

    quarters: int
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        """The height of the page as its text is read."""
        return self.x1 - self.x0 if self.quarters % 2 else self.y1 - self.y0

    def upright(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page -> where it stands with the text upright and y downwards."""
        if self.quarters == 0:
            return x - self.x0, self.y1 - y
        if self.quarters == 1:
            return self.y1 - y, self.x1 - x
        if self.quarters == 2:
            return self.x1 - x, y - self.y0
        return y - self.y0, x - self.x0


class Rule(NamedTuple):
    """A straight line drawn on a page: horizontal at height `at`, or vertical at `at`."""

    at: float
    start: float
    end: float


class Character(NamedTuple):
    """A character of the text layer; NUL for a space that only a gap suggests."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float


def characters(page: Any) -> tuple[list[Character], Turn]:
    """The characters of a page, in the order they were drawn, and how its text is turned."""
    from pypdfium2 import raw

    text_page = page.get_textpage()
    handle = text_page.raw
    box = raw.FS_RECTF()
    drawn: dict[int, list[tuple[str, float, float, float, float]]] = {}
    for at in range(raw.FPDFText_CountChars(handle)):
        code = raw.FPDFText_GetUnicode(handle, at)
        if code in _NOTHING or not raw.FPDFText_GetLooseCharBox(handle, at, ctypes.byref(box)):
            continue
        text = chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"
        if code == 32 and raw.FPDFText_IsGenerated(handle, at) == 1:
            text = "\x00"
        angle = raw.FPDFText_GetCharAngle(handle, at) / (math.pi / 2)
        quarters = round(angle) % 4 if abs(angle - round(angle)) < 0.1 else -1
        drawn.setdefault(quarters, []).append((text, box.left, box.bottom, box.right, box.top))
    text_page.close()
    # Slanted text is a watermark; what stands upright to most of the text, a note in the margin.
    drawn.pop(-1, None)
    quarters = max(drawn, key=lambda q: len(drawn[q]), default=0)
    turn = Turn(quarters, *page.get_cropbox())
    found = []
    for text, left, bottom, right, top in drawn.get(quarters, []):
        ax, ay = turn.upright(left, bottom)
        bx, by = turn.upright(right, top)
        y0, y1 = (ay, by) if ay < by else (by, ay)
        x0, x1 = (ax, bx) if ax < bx else (bx, ax)
        # A Han character is as wide as the size, a letter about half. Heights say little: the
        # box is as high as the font's tallest letter, up to twice the size.
        size = x1 - x0 if text >= "\u2e80" else min(0.8 * (y1 - y0), 2 * (x1 - x0))
        found.append(Character(text, x0, y0, x1, y1, size))
    return found, turn


def pieces(found: list[Character], bars: Sequence[Rule] = ()) -> list[Piece]:
    """Characters -> pieces, parted at wide gaps and at the vertical rules of tables."""
    done: list[Piece] = []
    run: list[Character] = []
    bars = sorted(bars)
    between = _Between(found)
    solid: Character | None = None
    for here in found:
        if run and _again(run[-1], here):
            continue
        if run and not (_same_run(run[-1], here, bars) and between.is_empty(solid, here)):
            done.append(_piece(run))
            run = []
        run.append(here)
        solid = here if here.text != "\x00" else solid
    done += [_piece(run)] if run else []
    unique: dict[str, list[Piece]] = {}
    for piece in done:
        twins = unique.setdefault(piece.text, [])
        near = 0.2 * piece.size
        if not any(
            abs(t.left - piece.left) < near and abs(t.middle - piece.middle) < near for t in twins
        ):
            twins.append(piece)
    return [piece for text, twins in unique.items() if text for piece in twins]


class _Between:
    """Tells whether a gap is filled by a character drawn at another time.

    Programs draw the characters of another font (quotation marks, figures) after their line.
    """

    def __init__(self, found: list[Character]) -> None:
        self._bands: dict[int, list[float]] = {}
        for each in found:
            if each.text.strip("\x00 \u3000"):
                band = self._bands.setdefault(_band(each), [])
                band.append((each.left + each.right) / 2)
        for band in self._bands.values():
            band.sort()

    def is_empty(self, last: Character | None, here: Character) -> bool:
        """Whether nothing stands between two neighbours on a line."""
        if last is None or here.left - last.right < 0.15 * max(last.size, here.size):
            return True
        for at in (_band(here) - 1, _band(here), _band(here) + 1):
            band = self._bands.get(at, [])
            if bisect_right(band, last.right) < bisect_left(band, here.left):
                return False
        return True


def _band(character: Character) -> int:
    return round((character.top + character.bottom) / 2 / _BAND)


def garbled(text: str) -> bool:
    """Whether a text layer is no text: private glyphs, controls, or characters nobody writes."""
    solid = [c for c in text if not c.isspace() and c != "\x00"]
    if not solid:
        return False
    bad = sum(
        "\ue000" <= c <= "\uf8ff"
        or c == "\ufffd"
        or c < " "
        or "\x80" <= c <= "\xff"
        and c not in "·°±×÷«»§©®"
        or c >= "\U000f0000"
        for c in solid
    )
    if bad > 0.3 * len(solid):
        return True
    han = "".join(c for c in solid if "\u3400" <= c <= "\u9fff")
    known = max(len(han.encode(code, "ignore")) for code in ("gb2312", "big5"))
    return len(han) >= 20 and known < 2 * 0.7 * len(han)


def _again(last: Character, here: Character) -> bool:
    """Bold by printing twice; the next of two equal figures stands a whole width off."""
    aside = abs(here.left - last.left), abs(here.top - last.top)
    return here.text == last.text and max(aside) < 0.4 * (here.right - here.left)


def _same_run(last: Character, here: Character, bars: Sequence[Rule]) -> bool:
    size = max(last.size, here.size)
    if abs(last.top + last.bottom - here.top - here.bottom) > 1.1 * size:
        return False
    if not -0.6 * size <= here.left - last.right <= size:
        return False
    if not bars:
        return True
    middle = (here.left + here.right) / 2
    first = bisect_right(bars, Rule((last.left + last.right) / 2, 0, 0))
    for bar in bars[first:]:
        if bar.at >= middle:
            break
        if bar.start <= (here.top + here.bottom) / 2 <= bar.end:
            return False
    return True


def _piece(run: list[Character]) -> Piece:
    text = ""
    for at, character in enumerate(run):
        if character.text == "\x00":
            # A gap that the parser took for a space is one only between Latin words.
            after = run[at + 1].text if at + 1 < len(run) else ""
            text += " " if text[-1:].isascii() and after.isascii() else ""
        else:
            text += character.text
    text = text.strip()
    body = [c for c in run if c.text.strip("\x00 \u3000")] or run
    return Piece(
        text,
        body[0].left,
        min(c.top for c in body),
        max(c.right for c in body),
        max(c.bottom for c in body),
        median([c.size for c in body if c.text >= "\u2e80"] or [c.size for c in body]),
    )
