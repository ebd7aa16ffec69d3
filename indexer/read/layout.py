"""Pieces of text with their places on a page -> lines -> paragraphs in reading order.

Lengths are in points, y grows downwards. PDF text and text recognised in an image meet here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median

WIDE = 1.6
"""A gap of so many characters parts two entries; words of a justified line stand closer."""

_NUMBERED = re.compile(
    r"(?:第[一二三四五六七八九十百〇零\d]+[章节条部编]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}(?:[.．](?!\d)|、)|[①-⑳])"
)
# A figure cut by the end of a line (8. and 52%) is one figure.
_SPACED = re.compile(r"[A-Za-z,;:!?)]\n[\w(]|\d\n[A-Za-z(]|\D\.\n[\w(]", re.ASCII)
_HAN = re.compile("[\u4e00-\u9fff]")
_ENDS = "。！？；：.!?;:”」』"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text on one line."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    parted: bool = False

    @property
    def middle(self) -> float:
        """The height of its centre."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Paragraph:
    """Lines joined to one text. `breaks`: where in it a new page begins."""

    text: str
    size: float
    centred: bool
    page: int
    breaks: list[tuple[int, int]]
    title: bool = False


def rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces grouped to rows of the same height, both in reading order."""
    found: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.middle):
        for row in reversed(found[-3:]):
            one = row[0]
            shared = min(one.bottom, piece.bottom) - max(one.top, piece.top)
            if shared >= 0.5 * min(one.bottom - one.top, piece.bottom - piece.top):
                row.append(piece)
                break
        else:
            found.append([piece])
    for row in found:
        row.sort(key=lambda p: p.left)
    return found


def lines(pieces: Iterable[Piece]) -> list[Piece]:
    """One piece a row; `parted` where entries stand wide apart, as in a table without rules."""
    return [_joined(row) for row in rows(pieces)]


def columns(pieces: list[Piece]) -> list[list[Piece]]:
    """Parts of a page to be read one after the other: two columns, and what runs over both."""
    gutter = _gutter(pieces)
    if gutter is None:
        return [pieces]
    across = [p for p in pieces if p.left < gutter < p.right]
    parts: list[list[Piece]] = []
    rest = [p for p in pieces if not p.left < gutter < p.right]
    for row in [*rows(across), None]:
        limit = row[0].middle if row else float("inf")
        above = [p for p in rest if p.middle < limit]
        rest = [p for p in rest if p.middle >= limit]
        left = [p for p in above if p.right <= gutter]
        parts += [part for part in (left, [p for p in above if p.left >= gutter], row) if part]
    return parts


def paragraphs(part: list[Piece], page: int, edge: float | None = None) -> list[Paragraph]:
    """The lines of a column -> paragraphs. `edge`: where full lines end, if this part is short."""
    all_lines = lines(part)
    if not all_lines:
        return []
    left = _common_left(all_lines)
    right = right_edge(all_lines)
    right = right if edge is None or len(all_lines) >= 6 else max(right, edge)
    pitch = _pitch(all_lines)
    indents = _uses_indents(all_lines, left)
    found: list[Paragraph] = []
    before: Piece | None = None
    for line in all_lines:
        indent, room = line.left - left, right - line.right
        centred = indent > line.size and room > line.size and abs(indent - room) < 3 * line.size
        if before is None or not _goes_on(before, line, left, right, pitch, indents):
            found.append(Paragraph(line.text, line.size, centred, page, []))
        else:
            found[-1].text = join(found[-1].text, line.text)
        before = line
    return found


def goes_over(before: list[Piece], after: list[Piece], edge: float | None) -> bool:
    """Whether the last paragraph of one page or column goes on at the top of the next."""
    above, below = lines(before), lines(after)
    right = max(edge or 0.0, right_edge(above))
    left = _common_left(below)
    indents = _uses_indents(below, left)
    if above[-1].text[-1] in "。！？" and not indents:
        return False
    if above[-1].left - _common_left(above) > 3 * above[-1].size:
        return False  # a signature, its date on the next page
    return _goes_on(above[-1], below[0], left, right, None, indents)


def join(text: str, more: str) -> str:
    """Two lines as one: Chinese without a space, Latin with one, a hyphenated word healed."""
    if re.search(r"[A-Za-z]-$", text) and more[:1].islower():
        return text[:-1] + more
    return text + (" " if _SPACED.search(f"{text[-2:]}\n{more[:1]}") else "") + more


def right_edge(all_lines: list[Piece]) -> float:
    """Where full lines end: nearly the rightmost end, so that one stray line does not count."""
    ends = sorted(line.right for line in all_lines)
    return ends[int(0.9 * (len(ends) - 1))] if len(ends) >= 10 else ends[-1]


def _joined(row: list[Piece]) -> Piece:
    line = row[0]
    for piece in row[1:]:
        gap = piece.left - line.right
        wide = gap > WIDE * max(line.size, piece.size)
        latin = line.text[-1:].isascii() and piece.text[:1].isascii()
        space = "  " if wide else " " if latin and gap > 0.2 * line.size else ""
        line = replace(
            line,
            text=line.text + space + piece.text,
            right=max(line.right, piece.right),
            top=min(line.top, piece.top),
            bottom=max(line.bottom, piece.bottom),
            size=max(line, piece, key=lambda part: len(_HAN.findall(part.text))).size,
            parted=line.parted or piece.parted or wide,
        )
    return line


def _goes_on(
    before: Piece, line: Piece, left: float, right: float, pitch: float | None, indents: bool
) -> bool:
    """Whether a line belongs to the paragraph of the line before it."""
    size = line.size
    if before.parted or line.parted or abs(before.size - size) > 0.2 * max(before.size, size):
        return False
    if pitch is not None and line.middle - before.middle > 1.6 * pitch:
        return False
    ended = before.text[-1] in _ENDS
    if _NUMBERED.match(line.text) and (ended or line.left > left + size):
        return False
    if line.left - left > 1.2 * size:
        # A title over several lines: large, and all centred on the same axis.
        aslant = abs(before.left + before.right - line.left - line.right)
        return size > 15 and not ended and aslant < size
    room = (right - before.right) / size
    if before.text[-1].isascii() and before.text[-1].isalnum() and line.text[0].isascii():
        return room < 9
    # Marks hang over the edge and figures are not parted: even full lines end unevenly. Where
    # paragraphs are indented, a line that is not one goes on.
    return room < ((4 if ended else 6) if indents else (0.9 if ended else 3.2))


def _uses_indents(all_lines: list[Piece], left: float) -> bool:
    inset = [line for line in all_lines if 1.5 < (line.left - left) / line.size < 2.6]
    return len(inset) >= max(1, 0.1 * len(all_lines))


def _common_left(all_lines: list[Piece]) -> float:
    """The left margin: the leftmost place where at least a fifth of the lines begin."""
    starts = sorted(line.left for line in all_lines)
    need = max(1, len(starts) // 5)
    for at, start in enumerate(starts):
        if at + need <= len(starts) and starts[at + need - 1] - start < 4:
            return start
    return starts[0]


def _pitch(all_lines: list[Piece]) -> float | None:
    steps = [b.middle - a.middle for a, b in zip(all_lines, all_lines[1:], strict=False)]
    return median(steps) if len(steps) >= 3 else None


def _gutter(pieces: list[Piece]) -> float | None:
    """The middle of the gap between two columns of prose; None where there is only one."""
    if len(pieces) < 16:
        return None
    left, right = min(p.left for p in pieces), max(p.right for p in pieces)
    best: tuple[int, float] | None = None
    for step in range(31):
        x = left + (right - left) * (0.35 + 0.01 * step)
        crossing = sum(p.left < x < p.right for p in pieces)
        if best is None or crossing < best[0]:
            best = (crossing, x)
    if best is None or best[0] > 0.2 * len(pieces):
        return None
    x = best[1]
    for side, room in (
        ([p for p in pieces if p.right <= x], x - left),
        ([p for p in pieces if p.left >= x], right - x),
    ):
        # Entries of a table without rules are short; lines of prose fill their column.
        if len(side) < 6 or median(p.right - p.left for p in side) < 0.6 * room:
            return None
    return x
