"""Written numerals -> exact values: Arabic with separators, Chinese, fractions of any wording."""

from __future__ import annotations

import re
from decimal import Decimal

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALIKE = dict(
    zip(
        "〇○壹贰叁肆伍陆柒捌玖拾佰仟萬億兩點餘∶　",
        "零零一二三四五六七八九十百千万亿两点余: ",
        strict=True,
    )
)
_FOLD: dict[int, int | str] = {**_WIDE, **{ord(a): b for a, b in _ALIKE.items()}}

ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}(?![0-9])|[0-9]{1,15}(?![0-9]))(?:\.[0-9]{1,8})?"
CHINESE = r"[零一二三四五六七八九十百千万亿两廿卅]{1,20}(?:点[零一二三四五六七八九]{1,8})?"

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000, "廿": 20, "卅": 30}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_PLACES = re.compile("[十百千万亿廿卅]")


def fold(text: str) -> str:
    """The text with full-width signs and formal numerals in their common form, length kept."""
    return text.translate(_FOLD)


def arabic(text: str) -> Decimal:
    """The value of digits with or without separators."""
    return Decimal(text.replace(",", ""))


def chinese(text: str) -> Decimal | None:
    """The value of a Chinese numeral (folded), None where the signs make no number."""
    whole, _, decimals = text.partition("点")
    count = _whole(whole)
    if count is None:
        return None
    digits = "".join(str(_DIGITS[char]) for char in decimals)
    return Decimal(f"{count}.{digits}") if digits else Decimal(count)


def _whole(text: str) -> int | None:
    if not _PLACES.search(text):  # one digit, or a year read digit by digit; 五六 is "five or six"
        spelled = len(text) == 1 or (len(text) >= 4 and "两" not in text)
        return int("".join(str(_DIGITS[char]) for char in text)) if spelled else None
    total = section = digit = 0
    last = 0  # the place that a last digit without one belongs below: 三百五 is 350
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
            last = 0 if char == "零" else last
        elif char in _TENS:
            place = _TENS[char]
            if digit and char in "廿卅":
                return None
            section += (digit or 1) * place
            last, digit = place, 0
        else:
            place = _MYRIADS[char]
            section += digit
            if char == "亿":
                total = (total + section or 1) * place
            else:
                total += (section or 1) * place
            section, digit, last = 0, 0, place
    if digit and last >= 100:
        digit *= last // 10
    return total + section + digit
