r"""Residue of web sites: what stands around a document on its page and is no part of it.

`data/residue.csv` holds the patterns, each with the place where it may stand:

    any     a whole line, anywhere
    head    a whole line among the first
    lead    part of one of the first lines: a short line falls as a whole, of a long one (a document
            on one line) only what stands up to the end of that sentence
    tail    a whole line behind which there is nothing but residue
    marker  a tail line that opens a list of other pages; the list falls with it

Two rules go by structure: a line of fields (来源：X 发布时间：Y 阅读 99 打印), and, at the end,
titles of other documents each with the cut-off beginning (...) of its text. A word such as 来源 or
更多 in a sentence matches none of these, for patterns match whole lines.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import NamedTuple

from indexer.headings import numbering_level
from indexer.repair_characters import Edit

_LINE = re.compile(r"[^\n]+")
_HEAD_LINES = 12
_MAX_LEAD = 300
"""A lead of a site is a few sentences; a longer line holds the document itself."""

_DATE = r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_NAMED = (
    r"[\[【（(]?(?:信息来源|文章来源|稿件来源|来源|发布时间|发布日期|发表时间|更新时间|发布者|发布人|发布机构"
    r"|作者|责任编辑|责编|编辑|审核|录入|(?:阅读|浏览|点击|访问)(?:次数|数|量|率)?|字体|字号)"
    rf"\s*[:：]\s*(?:{_DATE}|[^\s，。；、]{{0,30}})"
)
_COUNTED = (
    rf"(?:发布|发表|更新|时间|日期)于?\s*{_DATE}|(?:阅读|浏览|点击|访问)(?:次数|数|量)?\s*\d+\s*次?"
)
_BUTTON = (
    r"[\[【（(]?\s*(?:打印本页|打印|关闭窗口|关闭本页|关闭|收藏|分享|我要纠错|大|中|小)"
    r"\s*[\]】）)]?"
)
_FIELDS = re.compile(
    r"(?:[^\s，。；：:]{2,30}\s+)?"
    rf"(?:{_NAMED}|{_COUNTED}|{_BUTTON}|{_DATE})"
    rf"(?:\s*[|｜/]?\s*(?:{_NAMED}|{_COUNTED}|{_BUTTON}|{_DATE}))*\s*"
)
_TELLING = re.compile(rf"来源\s*[:：]|发布|发表|更新时间|{_COUNTED}|次数\s*[:：]|打印|关闭")
_MAX_FIELDS = 150

_CUT_OFF = re.compile(r"(?:\.{3,}|…+)\s*$")
_KIND = re.compile(
    r"(?:总结|报告|计划|规划|方案|要点|汇报|意见|通知|材料|讲话|办法|制度|范文|心得|发言稿?|\d+篇)$"
)
_SENTENCE_END = re.compile(r"[。！？；：，、,;:!?]$")
_MAX_TITLE = 45
_SNIPPET = range(40, 260)
"""Characters of a cut-off beginning, as lists of search results show it."""

_MAX_LISTED = 30
_KEYWORD = re.compile(r"更多关于\s*(.{2,40}?)\s*的文章")


class _Line(NamedTuple):
    start: int
    end: int
    text: str


def drop_residue(text: str) -> list[Edit]:
    """Find the lines and leads to be removed."""
    lines = [_Line(each.start(), each.end(), each.group().strip()) for each in _LINE.finditer(text)]
    lines = [line for line in lines if line.text]
    patterns = _patterns()
    gone = {line for line in lines if len(line.text) <= _MAX_LEAD and _any(patterns["any"], line)}
    gone.update(_tail(lines, gone))
    gone.update(_head(lines, gone))
    edits = [_line_edit(text, line) for line in gone]
    for line in lines[:_HEAD_LINES]:
        if line not in gone and len(line.text) > _MAX_LEAD:
            edits += _lead_of_long(line)
    return _merged(edits)


def _head(lines: list[_Line], gone: set[_Line]) -> Iterable[_Line]:
    patterns = _patterns()
    keywords = {found.group(1) for line in gone if (found := _KEYWORD.fullmatch(line.text))}
    for number, line in enumerate(lines[:_HEAD_LINES]):
        # The question under which a search found the page, set above the title by the site.
        question = number < 3 and line.text[-1] in "?？"
        if len(line.text) <= _MAX_LEAD and (
            _any(patterns["head"], line)
            or _is_fields(line.text)
            or any(each.search(line.text) for each in patterns["lead"])
            or (question and any(keyword in line.text for keyword in keywords))
        ):
            yield line


def _lead_of_long(line: _Line) -> list[Edit]:
    for pattern in _patterns()["lead"]:
        found = pattern.search(line.text, 0, _MAX_LEAD)
        stop = re.search(r"[。！!\n]", line.text[found.end() :]) if found else None
        if found and stop and found.end() + stop.end() <= _MAX_LEAD:
            return [(line.start, line.start + found.end() + stop.end(), "")]
    return []


def _tail(lines: list[_Line], gone: set[_Line]) -> Iterable[_Line]:
    """Take residue off the end, line by line, until a line of the document stops it."""
    last = len(lines)
    found: list[_Line] = []
    while last:
        line = lines[last - 1]
        if line in gone or _is_tail(line.text):
            found.append(line)
            last -= 1
        elif pairs := _snippets(lines[:last], bool(found)):
            found += lines[last - 2 * pairs : last]
            last -= 2 * pairs
        elif listed := _listed(lines[:last]):
            found += lines[last - listed : last]
            last -= listed
        else:
            break
    return found


def _is_tail(line: str) -> bool:
    if len(line) > _MAX_LEAD:
        return False
    tails = [*_patterns()["tail"], *_patterns()["marker"]]
    return any(each.fullmatch(line) for each in tails) or _is_fields(line)


def _is_fields(line: str) -> bool:
    return (
        len(line) <= _MAX_FIELDS and bool(_TELLING.search(line)) and bool(_FIELDS.fullmatch(line))
    )


def _snippets(lines: list[_Line], amid_residue: bool) -> int:
    """How many pairs of a title and a cut-off beginning stand at the end."""
    pairs = 0
    while len(lines) >= 2 * pairs + 3:
        title, body = lines[-2 * pairs - 2].text, lines[-2 * pairs - 1].text
        cut_off = len(body) in _SNIPPET and _CUT_OFF.search(body)
        if not cut_off or not _is_title(title):
            break
        pairs += 1
    titles = [line.text for line in lines[len(lines) - 2 * pairs :: 2]] if pairs else []
    sure = pairs > 1 or amid_residue or any(_KIND.search(title) for title in titles)
    return pairs if sure else 0


def _listed(lines: list[_Line]) -> int:
    """How many lines the list of other pages at the end has, with its marker."""
    listed = list(takewhile(lambda line: not _is_marker(line.text), reversed(lines[-_MAX_LISTED:])))
    marked = len(listed) < min(len(lines), _MAX_LISTED)
    if marked and all(_is_title(each.text) or _CUT_OFF.search(each.text) for each in listed):
        return len(listed) + 1
    return 0


def _is_marker(line: str) -> bool:
    return any(each.fullmatch(line) for each in _patterns()["marker"])


def _is_title(line: str) -> bool:
    return (
        len(line) <= _MAX_TITLE and not _SENTENCE_END.search(line) and numbering_level(line) is None
    )


def _any(patterns: list[re.Pattern[str]], line: _Line) -> bool:
    return any(each.fullmatch(line.text) for each in patterns)


def _line_edit(text: str, line: _Line) -> Edit:
    """The whole line with one of its line ends; its neighbours stay apart."""
    if line.end < len(text):
        return line.start, line.end + 1, ""
    return max(0, line.start - 1), line.end, ""


def _merged(edits: list[Edit]) -> list[Edit]:
    """Edits in order; those of neighbouring lines may reach for the same line end."""
    merged: list[Edit] = []
    for start, end, _ in sorted(edits):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), "")
        else:
            merged.append((start, end, ""))
    return merged


@cache
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    source = resources.files("indexer").joinpath("data", "residue.csv")
    rows = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    return {
        place: [re.compile(row["pattern"]) for row in rows if row["place"] == place]
        for place in ("any", "head", "lead", "tail", "marker")
    }
