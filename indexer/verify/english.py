"""Numbers as English states them: their units, numbers in words, parts of a whole, dates.

The units are given in the words of Chinese reports (`percent` is %, `yuan` 元), so that an English
sentence can be held against a Chinese one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from indexer.records import Number

COUNT = "count"
"""The unit of “4,200 places”: some things are counted, and Chinese would name a measure word."""

MEANS = {"years": {"年", "岁"}, "hours": {"小时", "学时", "课时"}}
"""Words that stand for several Chinese units."""

_TIMES = {
    "hundred million": 10**8,
    "ten thousand": 10**4,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_UNITS = {
    r"percentage[ -]points?|pp|ppts?": "百分点",
    r"per ?cent|pct": "%",
    r"(?:RMB|CNY|yuan)(?: RMB)?": "元",
    r"(?:US )?dollars?|USD": "美元",
    r"mu": "亩",
    r"(?:square|sq\.?)[ -](?:met(?:re|er)s?|m)|m2|m²": "平方米",
    r"km|kilomet(?:re|er)s?": "公里",
    r"years?(?: old| of age)?": "years",
    r"months?": "个月",
    r"weeks?": "周",
    r"days?": "天",
    r"hours?": "hours",
    r"minutes?": "分钟",
    r"times|fold": "倍",
}
_NAMES = list(_UNITS.values())
_ONE_UNIT = "|".join(rf"(?P<u{n}>(?:{form})\b)" for n, form in enumerate(_UNITS))
_TAIL = re.compile(
    rf"(?P<ordinal>(?:st|nd|rd|th)\b)|(?:[ -]?(?P<times>(?:{'|'.join(_TIMES)})\b))?"
    rf"(?:[ -]?(?:{_ONE_UNIT}))?",
    re.IGNORECASE,
)
_MONEY = re.compile(r"(?:(?P<yuan>RMB|CNY|yuan|[¥￥])|(?:US\$|\$|USD)) ?$", re.IGNORECASE)
_WORD_AFTER = re.compile(r"[ -]?[A-Za-z]")
_WORD_BEFORE = re.compile(r"[A-Za-z,] \(?$")
_SHARES = re.compile(r" ?(?:to|and|or|[-–]) ?", re.IGNORECASE)
_NAMES_OF_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August"]
_NAMES_OF_MONTHS += ["September", "October", "November", "December"]
_MONTH = re.compile(
    rf"\b(?:{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _NAMES_OF_MONTHS)})\b\.?"
)
_DAY_AFTER = re.compile(r" (\d{1,2})(?:st|nd|rd|th)?\b(?!,\d|\.\d|%)")
_DAY_BEFORE = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? $")
_IN_MAY = re.compile(r"\b(?:in|of|by|since|until|till|from|to|early|late|mid|this|last)[ -]$")
_SMALL = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
_SMALL += ["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"]
_SMALL += ["nineteen"]
_ONES = ["", "one", *_SMALL[:8]]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORD = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:-(?P<ones>{'|'.join(_ONES[1:])}))?"
    rf"|(?P<small>{'|'.join(_SMALL)}))\b(?![ -](?:thirds|quarters)\b)",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?<!first )(?<!second )\b(?:(?P<half>half(?![ -](?:a )?years?\b))|(?P<third>a third(?= of\b)"
    r"|one[ -]third)|(?P<thirds>two[ -]thirds)|(?P<quarter>a quarter(?= of\b)|one[ -]quarter)"
    r"|(?P<quarters>three[ -]quarters))\b",
    re.IGNORECASE,
)
_PARTS = {"half": (1, 2), "third": (1, 3), "thirds": (2, 3), "quarter": (1, 4), "quarters": (3, 4)}


def with_unit(text: str, number: Number) -> Number:
    """A number of a text with the unit that the English words round it give, if they give one."""
    start, end = number.start, number.end
    tail = _TAIL.match(text, end)
    if tail is None or tail["ordinal"]:
        return number
    unit = next((unit for n, unit in enumerate(_NAMES) if tail[f"u{n}"]), "")
    money = _MONEY.search(text, max(0, start - 5), start)
    if money and not unit:
        unit = "元" if money["yuan"] else "美元"
    if not unit and (
        tail["times"]
        or _WORD_AFTER.match(text, end)
        or _WORD_BEFORE.search(text, max(0, start - 3), start)
    ):
        unit = COUNT
    by = _TIMES[tail["times"].lower()] if tail["times"] else 1
    return replace(number, value=number.value * by, unit=unit, end=tail.end())


def share_units(text: str, numbers: list[Number]) -> list[Number]:
    """Numbers in order, each with the unit of the one it is joined to: from 4 to 5 yuan."""
    for at in range(len(numbers) - 2, -1, -1):
        first, last = numbers[at : at + 2]
        joined = first.unit == COUNT and _SHARES.fullmatch(text, first.end, last.start)
        if joined and last.unit in _NAMES:
            numbers[at] = replace(first, unit=last.unit)
    return numbers


def in_words(text: str) -> Iterator[Number]:
    """Numbers written out, from two to ninety-nine, and parts of a whole."""
    for found in _WORD.finditer(text):
        if found["small"]:
            value = _SMALL.index(found["small"].lower()) + 2
        else:
            tens = _TENS.index(found["tens"].lower()) + 2
            value = 10 * tens + _ONES.index((found["ones"] or "").lower())
        yield with_unit(text, Number(*found.span(), found[0], Decimal(value), None, "", ""))
    for found in _PART.finditer(text):
        part, whole = _PARTS[str(found.lastgroup)]
        yield Number(*found.span(), found[0], Decimal(part) * 100 / whole, None, "%", "")


def dates(text: str) -> Iterator[Number]:
    """The months that a text names, and the days beside them."""
    for found in _MONTH.finditer(text):
        start, end = found.span()
        days = [_DAY_AFTER.match(text, end), _DAY_BEFORE.search(text, max(0, start - 10), start)]
        days = [day for day in days if day and 1 <= int(day[1]) <= 31]
        told = days or _IN_MAY.search(text, max(0, start - 8), start)
        if found[0] == "May" and not told and not re.match(r" (?:19|20)\d\d", text[end:]):
            continue
        month = next(n for n, name in enumerate(_NAMES_OF_MONTHS, 1) if name[:3] == found[0][:3])
        yield Number(start, end, found[0], Decimal(month), None, "月", "")
        for day in days:
            if day:
                yield Number(*day.span(1), day[1], Decimal(int(day[1])), None, "日", "")
