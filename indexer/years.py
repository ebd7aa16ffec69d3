"""Years named in a text: in a document to be found by them, in a question to narrow by them."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_Y = r"(?<![\d.,〔\[A-Za-z])((?:19[5-9]|20[0-4])\d)(?!\d|[.,]\d|[〕\]])"
_NAMED = re.compile(
    _Y
    + r"(?=\s*(?:年|学年|[-—–~～至到]|[、和及](?:19|20)\d\d\s*年|$|[|｜。，,;；)）]))|(?<=年份：)"
    + _Y
    + r"|(?<=年度：)"
    + _Y
)
_SPAN_END = re.compile(
    r"(?:19[5-9]|20[0-4])\d\s*年?\s*[-—–~～至到]{1,2}\s*((?:19[5-9]|20[0-4])\d)(?=\s*学?年)"
)
_HAN_YEAR = re.compile(
    r"(?:一九[五六七八九]|二[〇○零][〇○零一二三四])[〇○零一二三四五六七八九](?=年)"
)
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")

_TO = r"\s*(?:年|学年)?\s*(?:-{1,2}|—{1,2}|–|~|～|至|到|to|until|through|and)\s*"
_BETWEEN = re.compile(
    rf"(?:(?P<lead>从|自|由|between|from)\s*)?{_Y}{_TO}{_Y}(?:\s*(?:学年|年))?", re.IGNORECASE
)
_SINCE = re.compile(
    rf"(?:since\s+{_Y})|(?:(?:自|从)?{_Y}\s*年?\s*(?:以来|至今|到现在|之后|以后|起))", re.IGNORECASE
)
_ONE = re.compile(
    _Y
    + r"(?:\s*(?:学年度?|年度?))?"
    + r"(?!\s*(?:[多余几来]?(?:[个所名人万亿元%班级套间家户辆台条次场项亩册份米]|平方|公里)"
    + r"|(?:more )?(?:students|pupils|children|teachers|schools|classes|places|posts|yuan|people)))"
)
_RELATIVE: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile(r"大前年"), -3, -3),
    (re.compile(r"前年|the year before last", re.IGNORECASE), -2, -2),
    (re.compile(r"去年|上一?年度|\blast year\b", re.IGNORECASE), -1, -1),
    (re.compile(r"今年|本年度|\bthis year\b", re.IGNORECASE), 0, 0),
    (re.compile(r"明年|下一?年度|\bnext year\b", re.IGNORECASE), 1, 1),
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "几": 3}
_ENGLISH = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_ENGLISH |= {"nine": 9, "ten": 10}
_PAST = re.compile(
    r"(?:最?近|过去)(?P<han>[一二两三四五六七八九十]|\d)(?:个)?年(?:来|间|内|以来)?"
    r"|(?:past|last|recent)\s+(?P<word>\d|two|three|four|five|six|seven|eight|nine|ten)\s+years",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"[“\"'‘「]?十(?P<han>[一二三四五六])五[”\"'’」]?(?P<end>末|末期|期末)?(?:期间|时期|以来)?"
    r"|\b(?P<number>1[1-6])(?:th)?[- ]five[- ]year(?: plan)?(?: period)?",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(r"上一?年|去年|上一?学年")
_ONLY_COMPARED = re.compile(
    r"[比较](?:上一?年|去年)[^0-9一二两三四五六七八九十半，。；]*(?:[，。；]|$)"
)
"""均比上年有提高 does not tell how it was the year before."""

_LONGEST = 40


class YearsRead(NamedTuple):
    """Years that a stretch of a question stands for."""

    start: int
    end: int
    years: tuple[int, ...]


def years_named(text: str) -> tuple[int, ...]:
    """The years that a text names as years, in order; not those of document numbers."""
    found = {int(next(filter(None, hit.groups()))) for hit in _NAMED.finditer(text)}
    found |= {int(hit[1]) for hit in _SPAN_END.finditer(text)}
    found |= {int(hit[0].translate(_HAN_DIGITS)) for hit in _HAN_YEAR.finditer(text)}
    return tuple(sorted(found))


def years_told(text: str, year: int | None) -> frozenset[int]:
    """The years that a sentence of a document of this year tells of by name, or as the year before
    (比上年的186人增加19人)."""
    before = {year - 1} if year and _YEAR_BEFORE.search(_ONLY_COMPARED.sub("", text)) else set()
    return frozenset(years_named(text)) | before


def read_years(question: str, today: date) -> list[YearsRead]:
    """The years that a question names, also as 去年, 近三年, 十四五, 2019—2021年, since 2019."""
    found: list[YearsRead] = []

    def take(start: int, end: int, first: int, last: int) -> None:
        free = all(end <= each.start or start >= each.end for each in found)
        if free and 0 <= last - first <= _LONGEST:
            found.append(YearsRead(start, end, tuple(range(first, last + 1))))

    for hit in _BETWEEN.finditer(question):
        joined = "and" in hit[0].lower() and (hit["lead"] or "").lower() != "between"
        if not joined:  # "2019 and 2021" are two years, "between 2019 and 2021" a range
            take(hit.start(), hit.end(), int(hit[2]), int(hit[3]))
    for hit in _SINCE.finditer(question):
        take(hit.start(), hit.end(), int(hit[1] or hit[2]), today.year)
    for hit in _PLAN.finditer(question):
        number = 10 + _DIGITS[hit["han"]] if hit["han"] else int(hit["number"])
        last = 2025 + 5 * (number - 14)
        take(hit.start(), hit.end(), last if hit["end"] else last - 4, last)
    for hit in _PAST.finditer(question):
        word = (hit["han"] or hit["word"]).lower()
        count = int(word) if word.isdigit() else _DIGITS.get(word) or _ENGLISH[word]
        take(hit.start(), hit.end(), today.year - count + 1, today.year)
    for pattern, first, last in _RELATIVE:
        for hit in pattern.finditer(question):
            take(hit.start(), hit.end(), today.year + first, today.year + last)
    for hit in _HAN_YEAR.finditer(question):
        year = int(hit[0].translate(_HAN_DIGITS))
        take(hit.start(), hit.end() + 1, year, year)
    for hit in _ONE.finditer(question):
        take(hit.start(), hit.end(), int(hit[1]), int(hit[1]))
    return sorted(found)
