"""Every number that a text states, in Chinese or English, to hold one text against another.

More than `figures.numbers_in` finds, which reads Chinese: months and days keep their sign, plans
(“十四五”) count as numbers, and English is read as well. Offsets are those of the text given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from indexer.figures import units
from indexer.figures.numerals import fold
from indexer.figures.tokens import Token, scan
from indexer.records import Number
from indexer.verify import english
from indexer.verify.english import COUNT, MEANS

_PLAN_UNIT = "五年规划"
_MEASURED = {"%", "‰", "百分点", "元", "美元", "亩", "平方米", "公里", "倍", "月", "日", _PLAN_UNIT}
_NO_COUNT = _MEASURED | units.TIME
_SIGN = re.compile(r" ?([月日号])")
_PLAN = re.compile(r"十(?P<han>[一二三四五六]?)五(?=[”\"』」]|规划|时期|期间|以来|末|开局|收官)")
_PLAN_WORDS = ("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth")
_ENGLISH_PLAN = re.compile(
    rf"\b(?:(?P<n>1[0-6])th|(?P<word>{'|'.join(_PLAN_WORDS)}))[- ]five[- ]year\b", re.IGNORECASE
)
_YEARS = frozenset(map(Decimal, range(1900, 2100)))


def stated(text: str, every: bool = False) -> tuple[Number, ...]:
    """The numbers of a text in order, none inside another.

    `every`: also Chinese numerals that count nothing (第三批), against which 第3批 is held.
    """
    plain = plain_digits(text)
    found: list[Number] = []

    def take(number: Number) -> None:
        if all(number.end <= each.start or number.start >= each.end for each in found):
            found.append(replace(number, text=text[number.start : number.end]))

    for number in _plans(plain):
        take(number)
    for number in english.dates(plain):
        take(number)
    for number in english.in_words(plain):
        take(number)
    for token in scan(plain, fold(plain)):
        if every or _counts(plain, token):
            take(_with_unit(plain, token))
    return tuple(english.share_units(plain, sorted(found, key=lambda each: each.start)))


def plain_digits(text: str) -> str:
    """The text with the decimal digits of all scripts as 0 to 9, length kept."""
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def same(a: Number, b: Number) -> bool:
    """Whether two numbers say the same, where one of them may be in English."""
    if (a.value, a.high) != (b.value, b.high):
        return False
    one, other = units.kind(a.unit), units.kind(b.unit)
    return one == other or _stands_for(a, one, other) or _stands_for(a, other, one)


def _stands_for(number: Number, loose: str, strict: str) -> bool:
    """Whether the loose unit that English or a bare number has may be the strict one here."""
    if strict == "年" and number.value in _YEARS:
        return loose in {COUNT, ""}
    return (loose == COUNT and strict not in _NO_COUNT) or strict in MEANS.get(loose, ())


def _counts(text: str, token: Token) -> bool:
    return (
        token.figure
        or not token.chinese
        or token.number.value >= 1900
        or _dated(text, token) is not None
    )


def _with_unit(text: str, token: Token) -> Number:
    if token.number.unit:
        return token.number
    return _dated(text, token) or english.with_unit(text, token.number)


def _dated(text: str, token: Token) -> Number | None:
    """A number before 月 or 日: 3月5日, 三月五日; 号 after digits only, as 一号文件 is a name."""
    sign = _SIGN.match(text, token.number.end)
    if sign is None or token.number.unit or (token.chinese and sign[1] == "号"):
        return None
    return replace(token.number, unit="月" if sign[1] == "月" else "日", end=sign.end())


def _plans(text: str) -> Iterator[Number]:
    for found in _PLAN.finditer(text):
        value = 10 + "零一二三四五六".index(found["han"] or "零")
        yield Number(*found.span(), found[0], Decimal(value), None, _PLAN_UNIT, "")
    for found in _ENGLISH_PLAN.finditer(text):
        value = int(found["n"] or 10 + _PLAN_WORDS.index(found["word"].lower()))
        yield Number(*found.span(), found[0], Decimal(value), None, _PLAN_UNIT, "")
