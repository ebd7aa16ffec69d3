"""Text -> clauses, each in normal form and as a frame in which names and numbers are slots.

Two clauses of the same normal form are the same wording; two of the same frame differ in names,
years, amounts or document numbers alone. The marks of a list (一是, （二）, 3.) are no part of
either.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from indexer.duplicates import fold
from indexer.places import find_places

SLOT = "\ue000"
"""Stands for a name or a number in a frame; a private character, so no text has it."""

SHOWN_SLOT = "__"

_SEPARATOR = re.compile(
    r"[。！？；!?;\n|\t]+[”’」』）)】》\"']*"  # ends a sentence
    r"|(?<!\d)[，：,:]|[，：,:](?!\d)"  # not in 1，200人, 8:30
)
_ENDS = re.compile(r"[。！？；!?;\n|\t]")
_LIST_MARK = re.compile(
    r"(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．](?!\d)"
    r"|第?[一二三四五六七八九十]是|[-*#>•·▪●]+|[①-⑳])\s*"
)
_LOOSE = re.compile(r"[\"'“”‘’「」『』《》〈〉()（）【】\[\]〔〕。！？；!?;，,：:]")
_NUMBERED = r"[\u4e00-\u9fffA-Za-z]{1,10}[〔\[［(（](?:19|20)\d{2}[〕\]］)）]\s*第?\s*\d+\s*号"
_NUMBER = r"\d[\d,，]*(?:\.\d+)?"
_HAN = "[零〇一二三四五六七八九十百千万亿两]"
_MEASURES = "名|人|个|所|元|亩|间|张|台|辆|套|项|户|班|公里|平方米|年|月|日|天|次|家|课时|岁|小时"
_SLOTS = re.compile(
    rf"(?P<document>{_NUMBERED})"
    rf"|百分之{_HAN}+(?:点{_HAN}+)?"
    rf"|(?:{_NUMBER}|{_HAN}{{2,}}(?:点{_HAN}+)?(?={_MEASURES}))\s*[十百千万亿]*\s*(?:%|％|‰)?"
    r"|[XxＸｘ×某○〇*]{1,3}(?=[省市县区旗镇乡])"
)
_ANY_PLACE = re.compile(r"[XxＸｘ×某○〇*]{1,3}[省市县区旗镇乡]")


class Stretch(NamedTuple):
    """Where a clause stands in a text, and whether its sentence ends with it."""

    start: int
    end: int
    ends: bool


class Clause(NamedTuple):
    """A clause: where it stands, whether its sentence ends with it, normal form and frame."""

    start: int
    end: int
    ends: bool
    plain: str
    frame: str


def clauses(text: str, names: Iterable[str] = ()) -> tuple[Clause, ...]:
    """The clauses of a text in order; `names` are places beside those of the gazetteer."""
    slots = _slots(text, names)
    found: list[Clause] = []
    at = 0
    for stretch in stretches(text):
        while at < len(slots) and slots[at][0] < stretch.start:
            at += 1
        pieces, position = [], stretch.start
        while at < len(slots) and slots[at][1] <= stretch.end:
            pieces += [text[position : slots[at][0]], SLOT]
            position = slots[at][1]
            at += 1
        frame = plain_form("".join([*pieces, text[position : stretch.end]]))
        found.append(Clause(*stretch, plain_form(text[stretch.start : stretch.end]), frame))
    return tuple(found)


def stretches(text: str) -> Iterator[Stretch]:
    """Where the clauses of a text stand: the stretches between its stops that have letters."""
    start = 0
    last: Stretch | None = None
    for cut in chain(_SEPARATOR.finditer(text), (None,)):
        end = cut.start() if cut else len(text)
        body = text[start:end].strip()
        begin = text.index(body, start)
        if mark := _LIST_MARK.match(text, begin, end):
            begin = mark.end()
        ends = cut is None or bool(_ENDS.search(cut[0]))
        if any(character.isalnum() for character in text[begin:end]):
            if last:
                yield last
            last = Stretch(begin, begin + len(text[begin:end].rstrip()), ends)
        elif ends and last:
            last = last._replace(ends=True)
        start = cut.end() if cut else end
    if last:
        yield last


def plain_form(text: str) -> str:
    """The text without what is no part of its wording: spaces, widths, case, quotes, stops."""
    return _LOOSE.sub("", fold(text)).lower()


def _slots(text: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """The names and numbers in a text: apart from one another, neighbouring places joined."""
    spans = [(hit.start, hit.end) for hit in find_places(text)]
    spans += [hit.span() for hit in _ANY_PLACE.finditer(text)]
    known = [re.escape(name) for name in names if len(name) > 1 and name in text]
    if known:
        longest_first = "|".join(sorted(known, key=len, reverse=True))
        spans += [hit.span() for hit in re.finditer(longest_first, text)]
    places: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if places and a <= places[-1][1]:
            places[-1] = (places[-1][0], max(b, places[-1][1]))
        else:
            places.append((a, b))
    for hit in _SLOTS.finditer(text):
        a, b = hit.start(), hit.start() + len(hit[0].rstrip())
        if hit["document"]:
            places = [span for span in places if span[1] <= a or span[0] >= b]
        if all(b <= start or a >= end for start, end in places):
            places.append((a, b))
    return sorted(places)


def shown(frame: str) -> str:
    """A frame for people to read: 大班额比例降到__以下."""
    return re.sub(f"{SLOT}+", SHOWN_SLOT, frame)


def frame_hash(frame: str) -> int:
    """The key of a frame, 64 bits."""
    return _hash(frame, 8)


def plain_hash(plain: str) -> int:
    """The key that tells apart the normal forms of one frame, 32 bits."""
    return _hash(plain, 4)


def _hash(text: str, size: int) -> int:
    content = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=size).digest(), "little")
