"""The numbering of Chinese official documents -> headings with their levels.

The order is fixed by GB/T 9704: 一、 then （一） then 1. then （1）. Regulations use 第X章, 第X节
and 第X条; speeches and reports add paragraphs that begin 一是, 二是. Headings that a file format
marks itself (HTML, Markdown) are merged in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from itertools import zip_longest

from indexer.records import HeadingMark

_HAN = "一二三四五六七八九十百零〇"
_NTH = rf"第(?:[{_HAN}]{{1,5}}|\d{{1,3}})"
_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"{_NTH}(?:章|部分|编)(?![{_HAN}])")),
    (1, re.compile(rf"[{_HAN}]{{1,4}}、(?![{_HAN}]{{1,3}}(?:年级|等奖|、|是))")),
    (1, re.compile(rf"[{_HAN}]{{1,4}}[.．](?![{_HAN}\d])")),
    (2, re.compile(rf"{_NTH}节(?!课)")),
    (2, re.compile(rf"[（(][{_HAN}]{{1,4}}[）)]|[㈠-㈩]")),
    (3, re.compile(rf"{_NTH}条(?!线)")),
    (3, re.compile(r"\d{1,2}(?:[.．](?!\d)|、(?!\d{1,2}(?:年级|[月日号班、])))|[⒈-⒛]")),
    (4, re.compile(r"[（(]?\d{1,2}[）)]|[⑴-⒇]")),
    (5, re.compile(r"[一二三四五六七八九十]{1,3}(?:是|要(?!素))(?=.{4})|[①-⑳]")),
)
_LINE = re.compile(r"[^\n]+")
_TITLE_END = re.compile(r"[。！？；!?;\n]|(?<!\d)[：:]|[：:](?!\d)")
_COMMA = re.compile(r"(?<!\d)[，,、 ]|[，,、 ](?!\d)")
_IN_NUMBER = re.compile(r"[\d.,．，%％]")
_NUMBER_AT_END = re.compile(r"\d[\d.,．，%％]*$")
_SAYS_MORE = re.compile(r"[。；，！？;,!?\d]")
"""What a short line may not hold behind its first colon and be all heading."""

_LONGEST_WITH_STOP = 20
"""Characters of a numbered line that ends in a full stop and may still be a heading."""

MAX_TITLE = 40
"""Characters of a heading kept in a path; a numbered paragraph may run on for a page."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in a text. `alone` is True where nothing but the heading stands on its line.

    `heads` is True where something stands below it, or it stands in a table of contents; else it
    is no heading but a numbered line of text.
    """

    start: int
    end: int
    level: int
    title: str
    alone: bool
    heads: bool = True


def numbering_level(line: str) -> int | None:
    """The level that a line's numbering gives it (1 is the highest), or None."""
    for level, pattern in _LEVELS:
        if pattern.match(line):
            return level
    return None


def find_headings(text: str, marks: tuple[HeadingMark, ...] = ()) -> tuple[Heading, ...]:
    """All headings of a text in order; a mark of level 0 (the title) is left out."""
    marked = {mark.start: mark for mark in marks}
    headings: list[Heading] = []
    for line in _LINE.finditer(text):
        mark = marked.get(line.start())
        by_number = numbering_level(line.group())
        if mark is not None and mark.level == 0 and by_number is None:
            continue
        levels = [n for n in (by_number, mark.level or None if mark else None) if n is not None]
        if not levels:
            continue
        title = _title(line.group())
        alone = mark is not None or _is_alone(line.group(), title)
        headings.append(Heading(line.start(), line.end(), min(levels), title, alone))
    return _with_text_below(text, headings)


def _is_alone(line: str, title: str) -> bool:
    line = line.rstrip()
    if len(line) <= MAX_TITLE and not _SAYS_MORE.search(line, len(title)):
        return True
    if line.endswith(("。", "；", ";")) and len(title) > _LONGEST_WITH_STOP:
        return False
    return len(title) == len(line.rstrip("。：:；; "))


def _with_text_below(text: str, headings: list[Heading]) -> tuple[Heading, ...]:
    titles = Counter(heading.title for heading in headings)
    found: list[Heading] = []
    for heading, following in zip_longest(headings, headings[1:]):
        below = following.start if following else len(text)
        deeper = following is not None and following.level > heading.level
        listed = heading.level <= 2 and titles[heading.title] > 1
        heads = deeper or listed or bool(text[heading.end : below].strip())
        found.append(replace(heading, heads=heads))
    return tuple(found)


class Outline:
    """The headings of a text, to ask which are in force where."""

    def __init__(self, headings: tuple[Heading, ...]) -> None:
        self._starts = [heading.start for heading in headings]
        self._paths: list[tuple[str, ...]] = []
        open_now: list[Heading] = []
        for heading in headings:
            while open_now and open_now[-1].level >= heading.level:
                open_now.pop()
            open_now.append(heading)
            self._paths.append(tuple(each.title for each in open_now))

    def path(self, position: int) -> tuple[str, ...]:
        """The titles in force at a position, from the highest level down."""
        at = bisect_right(self._starts, position) - 1
        return self._paths[at] if at >= 0 else ()


def _title(line: str) -> str:
    stop = _TITLE_END.search(line)
    title = line[: stop.start()] if stop else line
    if len(title) > MAX_TITLE:
        commas = [comma.start() for comma in _COMMA.finditer(title, MAX_TITLE // 2, MAX_TITLE)]
        cut = commas[-1] if commas else MAX_TITLE
        # Half a number would be a wrong one.
        half = None if commas else _NUMBER_AT_END.search(title, 0, cut)
        if half and _IN_NUMBER.match(title, cut):
            cut = half.start() or cut
        title = title[:cut]
    return title.strip()
