"""Units of education reports: how they are written, what they count in, which mean the same."""

from __future__ import annotations

import re
from decimal import Decimal

from indexer.figures.lexicon import UNITS
from indexer.records import Number

_DECIMALS = re.compile(r"\.([0-9]+)")

_SAME = {
    "个百分点": "百分点",
    "平米": "平方米",
    "平方": "平方米",
    "m2": "平方米",
    "m²": "平方米",
    "㎡": "平方米",
    "平方千米": "平方公里",
    "千米": "公里",
    "km": "公里",
    "周岁": "岁",
    "千克": "公斤",
}
_PEOPLE = {"名": "人", "位": "人"}
MULTIPLIERS = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}

TAIL = re.compile(
    r"(?P<gap> ?)(?P<first>[余多来]?)"
    rf"(?P<times>(?!千[米克瓦]|百分点)(?:{'|'.join(sorted(MULTIPLIERS, key=len, reverse=True))}))?"
    r"(?P<more>[余多]?) ?"
    rf"(?P<unit>{'|'.join(map(re.escape, UNITS))})?"
    r"(?P<last>[余多]?)"
)
"""What may follow the digits of a number: 余, a multiplier, 余 again, a unit."""

ANY = {"%", "‰", "百分点", "倍", "元", "美元", "亩", "平方米", "公里"}
"""Units that make a figure of any number, Chinese or Arabic, wherever it stands."""

ARABIC_ONLY = {"分", "度", "起", "类", "对", "头", "组", "米", "升", "片", "只", "部", "周", "斤"}
"""Signs that are units behind Arabic digits, and mostly parts of words behind Chinese ones."""

LONE_ONE = {"所", "名", "座", "栋", "幢", "处", "间", "辆", "台", "家"}
"""Units with which 一 counts; with others it is an article (一个, 一项)."""

TIME = {"年", "个月", "天", "小时", "分钟", "周", "岁"}


def normal(unit: str) -> str:
    """The one name of a unit that has several: 平米 and ㎡ are 平方米."""
    return _SAME.get(unit, unit)


def kind(unit: str) -> str:
    """A name that units share which may stand for one another: 236名 is 236人."""
    return _PEOPLE.get(unit, unit)


def times(multiplier: str | None) -> Decimal:
    """What a multiplier multiplies by."""
    return Decimal(MULTIPLIERS[multiplier]) if multiplier else Decimal(1)


def as_written(number: Number) -> tuple[Decimal, str]:
    """A number and its unit as the text has them: 3.5 and 亿元, not 350000000 元."""
    found = TAIL.fullmatch(number.unit_text)
    if found is None or not found["times"]:
        return number.value, number.unit
    value = (number.value / times(found["times"])).normalize()
    decimals = _DECIMALS.search(number.text)
    places = len(decimals[1]) if decimals else 0
    return value.quantize(Decimal(1).scaleb(-places)), number.unit_text
