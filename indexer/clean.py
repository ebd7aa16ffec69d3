"""Raw text -> repaired text, with a map of offsets back to the raw text.

This first version mends only what no reader would call content: line ends, invisible characters,
odd spaces, indentation and runs of blank lines. Repairs are a list; each is a pattern and a
replacement, applied in order, and the map is carried through all of them. Digits are never
touched, nor anything between two of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]

_INVISIBLE = "\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_CONTROL = "\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\ud800-\udfff"
_UNSEEN = f"[{_INVISIBLE}{_CONTROL}]+"

REPAIRS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]"), "\n"),
    # Between two digits an invisible character may be all that keeps two numbers apart.
    (re.compile(rf"(?<!\d){_UNSEEN}|{_UNSEEN}(?![\d{_INVISIBLE}{_CONTROL}])"), ""),
    (re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"), " "),
    (re.compile(r"(?m)^ +| +$"), ""),
    (re.compile(r"\n{3,}"), "\n\n"),
    (re.compile(r"\A\n+|\n+\Z"), ""),
)


@dataclass(frozen=True)
class OffsetMap:
    """Where each stretch of the cleaned text stood in the raw text.

    `edits` lists the places that differ, as (start, end, raw_start, raw_end) in order; what lies
    between two of them is the same in both texts.
    """

    edits: tuple[tuple[int, int, int, int], ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [edit[0] for edit in self.edits]

    @cached_property
    def _raw_starts(self) -> list[int]:
        return [edit[2] for edit in self.edits]

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Map a stretch of the cleaned text to the raw stretch that it came from."""
        raw_start, _ = self._raw_of(start)
        return raw_start, self._raw_of(end - 1)[1] if end > start else raw_start

    def to_clean(self, raw_start: int, raw_end: int) -> tuple[int, int]:
        """Map a stretch of the raw text to what became of it (maybe an empty stretch)."""
        start, _ = self._clean_of(raw_start)
        return start, self._clean_of(raw_end - 1)[1] if raw_end > raw_start else start

    def _raw_of(self, offset: int) -> tuple[int, int]:
        """The raw stretch of the one character at `offset`."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0:
            return offset, offset + 1
        start, end, raw_start, raw_end = self.edits[at]
        if start <= offset < end:
            return raw_start, raw_end
        raw = raw_end + offset - end
        return raw, raw + 1

    def _clean_of(self, raw: int) -> tuple[int, int]:
        """What became of the one raw character at `raw`."""
        at = bisect_right(self._raw_starts, raw) - 1
        if at < 0:
            return raw, raw + 1
        start, end, raw_start, raw_end = self.edits[at]
        if raw_start <= raw < raw_end:
            return start, end
        offset = end + raw - raw_end
        return offset, offset + 1


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A repaired text and the way back to the raw one."""

    text: str
    offsets: OffsetMap


def clean(raw: str) -> Cleaned:
    """Repair a raw text. Cleaning a cleaned text changes nothing."""
    text = raw
    starts: Offsets = np.arange(len(raw), dtype=np.int64)
    ends: Offsets = starts + 1
    for pattern, replacement in REPAIRS:
        text, starts, ends = _apply(pattern, replacement, text, starts, ends)
    return Cleaned(text, OffsetMap(_edits(text, raw, starts, ends)))


def _apply(
    pattern: re.Pattern[str], replacement: str, text: str, starts: Offsets, ends: Offsets
) -> tuple[str, Offsets, Offsets]:
    """Replace all matches; `starts` and `ends` give each character's raw stretch."""
    pieces: list[str] = []
    kept_starts: list[Offsets] = []
    kept_ends: list[Offsets] = []
    last = 0
    for match in pattern.finditer(text):
        begin, stop = match.span()
        if begin == stop:
            continue
        pieces += [text[last:begin], replacement]
        kept_starts += [starts[last:begin], starts[begin : begin + 1].repeat(len(replacement))]
        kept_ends += [ends[last:begin], ends[stop - 1 : stop].repeat(len(replacement))]
        last = stop
    if not last:
        return text, starts, ends
    pieces.append(text[last:])
    return (
        "".join(pieces),
        np.concatenate([*kept_starts, starts[last:]]),
        np.concatenate([*kept_ends, ends[last:]]),
    )


def _edits(
    text: str, raw: str, starts: Offsets, ends: Offsets
) -> tuple[tuple[int, int, int, int], ...]:
    """Write the characterwise map as the list of places that differ."""
    edits: list[tuple[int, int, int, int]] = []
    before = np.concatenate([np.zeros(1, np.int64), ends[:-1]]) if len(ends) else ends
    other = np.fromiter((text[i] != raw[s] for i, s in enumerate(starts)), bool, len(text))
    # A character that came through unchanged, right behind its neighbour, needs no entry.
    for index in np.flatnonzero((starts != before) | (ends - starts != 1) | other).tolist():
        start, end, gap = int(starts[index]), int(ends[index]), int(before[index])
        if start < gap:  # one of several characters that stand for the same raw stretch
            first, _, raw_start, raw_end = edits.pop()
            edits.append((first, index + 1, raw_start, raw_end))
        elif end - start == 1 and not other[index]:  # itself the same, but something fell out
            edits.append((index, index, gap, start))
        else:
            edits.append((index, index + 1, gap, end))
    last = int(ends[-1]) if len(ends) else 0
    if last != len(raw):
        edits.append((len(text), len(text), last, len(raw)))
    return tuple(edits)
