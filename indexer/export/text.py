"""Text of documents made fit for files: what they may hold, how wide it is, where it is marked."""

from __future__ import annotations

import re

from indexer.export.blocks import Spans

_NOT_TEXT = re.compile("[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0003ffff]"
)


def printable(text: str) -> str:
    """The text without control characters and what else no XML file may hold."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def like_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return _FORMULA.match(text) is not None


def pieces(text: str, marks: Spans) -> list[tuple[str, bool]]:
    """The text cut at its marks, each piece printable and with whether it is marked."""
    cuts: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in marks:
        cuts += [(at, start, False), (start, end, True)]
        at = end
    cuts.append((at, len(text), False))
    found = ((printable(text[start:end]), marked) for start, end, marked in cuts)
    return [(piece, marked) for piece, marked in found if piece]


def text_width(line: str) -> int:
    """The width of a line in digits: a Chinese character takes two."""
    return len(_WIDE.sub("00", line))


def longest_line(text: str) -> int:
    """The width of the longest line of a text."""
    return max(text_width(line) for line in text.split("\n"))
