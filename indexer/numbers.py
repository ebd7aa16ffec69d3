"""Numbers of documents (文号), such as 横政办发〔2016〕10号, in all the ways they are typed."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{2,14}\s*[〔﹝\[［（(【]\s*(?:19|20)\d{2}\s*[〕﹞\]］）)】]\s*第?\s*\d+\s*号"
)
_YEAR = re.compile(r"[\[(【〔]((?:19|20)\d{2})[\])】〕]第?0*")
_LEAD = re.compile(r"^.*(?:根据|按照|依据|关于|贯彻|落实|执行|查找|查询|请问|的|查|找)")


def find_numbers(text: str) -> list[tuple[int, int, str]]:
    """The numbers of documents in a text: start, end, and the number in one writing."""
    found: list[tuple[int, int, str]] = []
    for hit in _NUMBER.finditer(text):
        written = hit[0].lstrip("和与及") if found and found[-1][1] == hit.start() else hit[0]
        found.append((hit.start(), hit.end(), plain_number(written)))
    return found


def plain_number(number: str) -> str:
    """A number in one writing: 横政办发[2016] 第10号 is 横政办发〔2016〕10号."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", number))
    return _LEAD.sub("", _YEAR.sub(r"〔\1〕", folded))
