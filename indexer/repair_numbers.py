"""Number tokens: what repair must never touch, and runs of digits that cannot be read.

The sequence of number tokens, by value and boundaries, is the same before and after a repair. Every
repair that takes something out between two characters therefore asks `may_touch` first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

NUMERALS = (
    "〇○零一二三四五六七八九十百千万亿两廿卅壹贰叁肆伍陆柒捌玖拾佰仟萬億兩"
    # The same under the codes of radicals and of compatibility, which repair folds.
    "⼀⼆⼋⼗\uf9d1\uf973\uf978\uf9b2"
)
_JOINTS = rf"\d{NUMERALS}.,．，:：/／·%％‰+±~～—–－\-"
"""Inside a character class: whatever may be part of a number or stand between two of its parts."""

_JOINT = re.compile(f"[{_JOINTS}]")
_ENDS_FRACTION = re.compile("(?:分之|点|负)$")

_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_CODE = re.compile(
    r"(?:编号|编码|代码|电话|传真|邮编|账号|帐号|卡号|证号|学号|热线|手机|信箱|QQ|qq|No\.?)\D{0,4}$"
)
_NOT_IN_NUMBER = r"(?<!\d)(?<!\d[.,．，/:-])"
_UNREADABLE = re.compile(
    # A year run together with the number of a document: 〔201719号, 发201870号.
    rf"(?P<bracket>(?<=[〔\[【（(［]){_YEAR}\d{{1,4}}(?=号))"
    rf"|(?P<number>(?<=[发办函字教政通])(?<!第){_YEAR}\d{{1,4}}(?=号))"
    rf"|(?P<years>{_NOT_IN_NUMBER}{_YEAR}{_YEAR}(?=年))"
    rf"|(?P<other>{_NOT_IN_NUMBER}{_YEAR}[1-9]\d{{1,3}}(?![\d.．%％‰]|[,，]\d))"
)
_DIGITS = re.compile(r"\d{5,}")
_CHANGES = re.compile("(?:下降|上升|增加|增长|减少|降低|提高|提升|降|升|增|减)(?:到|至|了|为)?")
_DATE = re.compile(r"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?")


def may_touch(before: str, after: str) -> bool:
    """Whether two texts may come together without a number being joined."""
    if not before or not after or not _JOINT.match(after[0]):
        return True
    return not _JOINT.match(before[-1]) and not _ENDS_FRACTION.search(before[-2:])


def unreadable_numbers(text: str, damaged: bool) -> Iterator[tuple[int, int]]:
    """The runs of digits that no figure can be read from, because something fell out of them.

    `damaged`: the text shows other signs of dropped or exchanged characters. Only then is a run
    such as 2017256 in front of a unit held to be a year and a number; else it may be a figure.
    """
    for digits in _DIGITS.finditer(text):
        match = _UNREADABLE.match(text, digits.start())
        if match is None:
            continue
        start, end = match.span()
        if match.lastgroup == "other":
            run = match.group()
            if _DATE.fullmatch(run) or _CODE.search(text[max(0, start - 8) : start]):
                continue
            if len(run) < 6 or not (damaged or _CHANGES.match(text, end)):
                continue
        yield start, end
