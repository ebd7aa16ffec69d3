"""Lines: inserted spaces, lines cut at a constant width, paragraphs that stand twice."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from statistics import quantiles

from indexer.headings import numbering_level
from indexer.repair_characters import Edit
from indexer.repair_numbers import NUMERALS, may_touch
from indexer.repair_words import cut, is_word

_GAP = re.compile(r" (?<=[㐀-鿿] )(?=[㐀-鿿])")
_SPACED_OUT = re.compile(r"(?<![^\n ])(?:[㐀-鿿] ){3,60}[㐀-鿿](?![^\n ，。、；：])")
_LINE = re.compile(r"[^\n]+")
_STOP = "。！？；：!?;:…．"
_CLOSED = re.compile(rf"[{_STOP}][”’」』）)】》\"']*\s*$")
_ITEM = re.compile(
    r"\s*(?:[•●■◆▪○□★※→➢✓*+#>|-]|[①-⓿]|附件|附表|图表?\s*\d|表\s*\d|第.{1,4}[章节条])"
)
_DATE = re.compile(
    rf"\s*[\d{NUMERALS}]{{2,4}}年[\d{NUMERALS}]{{1,3}}月(?:[\d{NUMERALS}]{{1,3}}日)?\s*$"
)
_TABLE = re.compile(r"[|\t]|\S {2,}\S")

MIN_WIDTH = 36
"""Columns (a Chinese character takes two): narrower lines are lists and verse, not prose."""

MIN_LINES = 8
MIN_REPEATED = 30
"""Characters of a paragraph; shorter ones are repeated on purpose (a signature, a form's field)."""

_TITLE_LINES = 3
_TITLE_AGAIN = 8
"""A title stands among the first three lines, its repetition among the first eight."""

_MIN_TITLE = 6


def close_gaps(text: str) -> list[Edit]:
    """Find single spaces that were put inside a word or between all characters of a phrase.

    Gaps between whole words stay: they part columns and names, or stand for a lost comma.
    """
    edits: list[Edit] = []
    if not _GAP.search(text):
        return edits
    done = -1
    for match in _SPACED_OUT.finditer(text):
        phrase = match.group().replace(" ", "")
        if any(each in NUMERALS for each in phrase) or _words_in(phrase) * 2 < len(phrase):
            continue
        edits += [(at, at + 1, "") for at in range(match.start() + 1, match.end(), 2)]
    closed = {edit[0] for edit in edits}
    for match in _GAP.finditer(text):
        at = match.start()
        # One gap at a time: what stands beyond the next one is another question.
        if at in closed or at - 2 == done or not _in_prose(text, at):
            continue
        before = _run_before(text, at)
        after = _run_after(text, at + 1)
        if _splits_word(before, after) and may_touch(before, after):
            edits.append((at, at + 1, ""))
            done = at
    return sorted(edits)


def _run_before(text: str, at: int) -> str:
    found = re.search("[㐀-鿿]*$", text[max(0, at - 6) : at])
    return found.group() if found else ""


def _run_after(text: str, at: int) -> str:
    found = re.match("[㐀-鿿]*", text[at : at + 6])
    return found.group() if found else ""


def _in_prose(text: str, at: int) -> bool:
    """Whether the line is running text: a signature or the row of a table is aligned by spaces."""
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[max(begin, at - 400) : min(end if end >= 0 else len(text), at + 400)]
    return not _TABLE.search(line) and bool(re.search("[，。；！？,;]", line))


@lru_cache(1 << 14)
def _splits_word(before: str, after: str) -> bool:
    """Whether a space between two runs of characters stands within a word."""
    joined = [
        before[-left:] + after[:right]
        for left in (1, 2, 3)
        for right in (1, 2, 3)
        if 1 in (left, right) and left <= len(before) and right <= len(after)
    ]
    if not any(is_word(word) for word in joined):
        return False
    at = 0
    for word in cut(before + after):
        if at < len(before) < at + len(word):
            return 1 in (len(before) - at, at + len(word) - len(before))
        at += len(word)
    return False


def _words_in(phrase: str) -> int:
    """How many characters of a phrase lie in words of two or more."""
    return sum(len(word) for word in cut(phrase) if len(word) > 1)


def join_lines(text: str) -> list[Edit]:
    """Find the line ends of running text that was cut at a constant width."""
    lines = [(each.start(), each.end()) for each in _LINE.finditer(text)]
    if len(lines) < MIN_LINES:
        return []
    widths = [_width(text[start:end].rstrip()) for start, end in lines]
    full = quantiles(widths, n=10)[-1]
    at_edge = [
        # The indentation of a paragraph was wider before its spaces became plain ones.
        full - (6 if text[start] == " " else 3) <= width <= full + 2
        for (start, _), width in zip(lines, widths, strict=True)
    ]
    if full < MIN_WIDTH or max(widths) > full * 1.25 or sum(at_edge) < 0.4 * len(lines):
        return []
    edits: list[Edit] = []
    for (line, following), was_cut in zip(pairwise(lines), at_edge, strict=False):
        before = text[line[0] : line[1]].rstrip()
        after = text[following[0] : following[1]]
        if not was_cut or text[line[1] : following[0]] != "\n" or not _continues(before, after):
            continue
        glue = " " if before[-1:].isascii() and after[:1].isascii() else ""
        edits.append((line[0] + len(before), following[0], glue))
    return edits


def _continues(before: str, after: str) -> bool:
    """Whether a line goes on in the next one."""
    if not before or not after.strip() or after[0].isspace() or _CLOSED.search(before):
        return False
    if _TABLE.search(before) or _TABLE.search(after) or _ITEM.match(after) or _DATE.match(after):
        return False
    return numbering_level(after) is None and may_touch(before, after)


def _width(line: str) -> int:
    return 2 * len(line) - len(line.encode("ascii", "ignore"))


def drop_repeats(text: str) -> list[Edit]:
    """Find long paragraphs that follow themselves, and the title where a site sets it again."""
    edits: list[Edit] = []
    seen: set[str] = set()
    last = ""
    for number, line in enumerate(_LINE.finditer(text)):
        body = "".join(line.group().split())
        again = number < _TITLE_AGAIN and body in seen and not _CLOSED.search(body)
        if again or (body == last and len(body) >= MIN_REPEATED):
            end = line.end()
            edits.append((line.start() - (end == len(text)), min(end + 1, len(text)), ""))
            continue
        last = body
        if len(body) >= _MIN_TITLE and number < _TITLE_LINES:
            seen.add(body)
    return edits
