"""Raw text -> repaired text, with a map of offsets back to the raw text.

Repairs are a list of named functions, each of which finds the stretches of a text to be replaced.
They are applied in order, again and again until none finds anything, and the map is carried through
all of them. The simplest are patterns: line ends, invisible characters, odd spaces, indentation and
runs of blank lines. The others live in the modules `repair_*`.

The sequence of number tokens stays as it is: no repair joins, splits or makes one, but for those
that fall with a whole line of residue.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.repair_characters import Edit, repair_characters
from indexer.repair_lines import close_gaps, drop_repeats, join_lines
from indexer.repair_numbers import may_touch, unreadable_numbers
from indexer.repair_quality import assess, dropped_characters, unreadable_stretches
from indexer.repair_residue import drop_residue

Offsets = NDArray[np.int64]

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc"
)
_CONTROL = "\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f"
_UNSEEN = re.compile(f"[{_INVISIBLE}{_CONTROL}\u200d]+")
_WIDE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
_ENTITIES = {
    "nbsp": " ",
    "ensp": " ",
    "emsp": " ",
    "ldquo": "“",
    "rdquo": "”",
    "lsquo": "‘",
    "rsquo": "’",
    "mdash": "—",
    "middot": "·",
    "hellip": "…",
}
_BULLETS = "[\uf06c-\uf06f\uf071-\uf077\uf0a7\uf0a8\uf0b2\uf0b7\uf0d8\uf0e0\uf0e8\uf0fc\uf0fe]"
"""The private-use codes under which Word keeps the bullets of its fonts Symbol and Wingdings."""

_OPENING: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile("[\r\x0b\x0c\x85\u2028\u2029](?:(?<=\r)\n)?"), "\n"),
    (re.compile("[\ud800-\udfff]"), "\ufffd"),  # half a character, which nothing could store
    (re.compile(f"&({'|'.join(_ENTITIES)});"), lambda match: _ENTITIES[match.group(1)]),
    (re.compile(_BULLETS), "•"),
    (re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"), " "),
)
_SPACES = re.compile(" +")
_BLANK_LINES = re.compile(r"\n{3,}")

Repair = Callable[[str], list[Edit]]


def _by_pattern(
    pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]
) -> Repair:
    def repair(text: str) -> list[Edit]:
        return [
            (*match.span(), replacement if isinstance(replacement, str) else replacement(match))
            for match in pattern.finditer(text)
            if match.group()
        ]

    return repair


def _trim(text: str) -> list[Edit]:
    """Find the spaces at both ends of every line, and the empty lines at both ends of the text."""
    edits = [
        (begin, end, "")
        for begin, end in (match.span() for match in _SPACES.finditer(text))
        if text[begin - 1 : begin] in {"", "\n"} or text[end : end + 1] in {"", "\n"}
    ]
    first = len(text) - len(text.lstrip("\n"))
    last = len(text.rstrip("\n"))
    if first:
        edits.append((0, first, ""))
    if first <= last < len(text):
        edits.append((last, len(text), ""))
    return sorted(edits)


def _drop_unseen(text: str) -> list[Edit]:
    """Find invisible characters, but for those that may be all that keeps two numbers apart."""
    edits: list[Edit] = []
    for match in _UNSEEN.finditer(text):
        begin, end = match.span()
        # U+200D joins the parts of an emoji, and has no business behind a Chinese character.
        emoji = set(match.group()) == {"\u200d"} and not _WIDE.match(text, max(0, begin - 1))
        if not emoji and may_touch(text[max(0, begin - 2) : begin], text[end : end + 1]):
            edits.append((begin, end, ""))
    return edits


REPAIRS: tuple[tuple[str, Repair], ...] = (
    ("blanks", _drop_unseen),
    *(("blanks", _by_pattern(*each)) for each in _OPENING),
    ("lookalikes", repair_characters),
    ("joined", join_lines),  # while the indentation still shows where paragraphs begin
    ("blanks", _trim),
    ("blanks", _by_pattern(_BLANK_LINES, "\n\n")),
    ("gaps", close_gaps),
    ("residue", drop_residue),
    ("repeated", drop_repeats),
    ("blanks", _trim),
    ("blanks", _by_pattern(_BLANK_LINES, "\n\n")),
)
"""The repairs in order, by the name under which they are counted."""


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
    """A repaired text and the way back to the raw one.

    `damaged` are stretches of the cleaned text that cannot be read: runs of digits out of which
    something fell, private-use and replacement characters. No figure may be taken from them.
    `removed` are the stretches of the raw text that fell as residue of a site or as said twice; the
    date of publication may stand there. `quality` is between 0 and 1, `reasons` are codes with
    counts ("lookalikes:68").
    """

    text: str
    offsets: OffsetMap
    damaged: tuple[tuple[int, int], ...] = ()
    removed: tuple[tuple[int, int], ...] = ()
    quality: float = 1.0
    reasons: tuple[str, ...] = ()


def clean(raw: str) -> Cleaned:
    """Repair a raw text. Cleaning a cleaned text changes nothing."""
    text = raw
    starts: Offsets = np.arange(len(raw), dtype=np.int64)
    ends: Offsets = starts + 1
    done: Counter[str] = Counter()
    removed: list[tuple[int, int]] = []
    # Each repair shortens the text or leaves fewer characters to exchange, so this comes to an end.
    at_rest = False
    while not at_rest:
        at_rest = True
        for name, repair in REPAIRS:
            edits = repair(text)
            if not edits:
                continue
            at_rest = False
            done[name] += len(edits)
            if name in {"residue", "repeated"}:
                removed += [(int(starts[begin]), int(ends[end - 1])) for begin, end, _ in edits]
            text, starts, ends = _apply(edits, text, starts, ends)
    dropped = dropped_characters(text)
    suspicious = done["lookalikes"] + dropped > 2
    numbers = list(unreadable_numbers(text, suspicious))
    quality, reasons = assess(text, done, dropped, len(numbers))
    return Cleaned(
        text,
        OffsetMap(_edits(text, raw, starts, ends)),
        damaged=tuple(sorted(numbers + unreadable_stretches(text))),
        removed=_merged(removed),
        quality=quality,
        reasons=reasons,
    )


def _merged(stretches: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches in order; what was removed around an earlier gap takes the gap in."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _apply(
    edits: list[Edit], text: str, starts: Offsets, ends: Offsets
) -> tuple[str, Offsets, Offsets]:
    """Make all replacements; `starts` and `ends` give each character's raw stretch."""
    pieces: list[str] = []
    last = 0
    for begin, stop, replacement in edits:
        pieces += [text[last:begin], replacement]
        last = stop
    pieces.append(text[last:])
    # By turns a kept stretch, whose characters count on, and a replacement, which stands still.
    begins, stops = (np.array([edit[i] for edit in edits], np.int64) for i in (0, 1))
    lengths = np.array([len(piece) for piece in pieces], np.int64)
    froms = np.empty(len(pieces), np.int64)
    froms[0::2] = np.concatenate([[0], stops])
    froms[1::2] = begins
    counting = np.tile([1, 0], len(edits) + 1)[:-1]
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    within *= np.repeat(counting, lengths)
    lasts = froms.copy()
    lasts[1::2] = stops - 1
    return (
        "".join(pieces),
        starts[np.repeat(froms, lengths) + within],
        ends[np.repeat(lasts, lengths) + within],
    )


def _edits(
    text: str, raw: str, starts: Offsets, ends: Offsets
) -> tuple[tuple[int, int, int, int], ...]:
    """Write the characterwise map as the list of places that differ."""
    edits: list[tuple[int, int, int, int]] = []
    before = np.concatenate([np.zeros(1, np.int64), ends[:-1]]) if len(ends) else ends
    other = _codes(text) != _codes(raw)[starts]
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


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
