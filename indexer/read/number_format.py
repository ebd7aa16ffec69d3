"""Values of a spreadsheet cell -> the text a reader of the sheet sees."""

from __future__ import annotations

import re
from datetime import date, datetime, time

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"}
_DIGITS = re.compile(r"[0#?][0#?,.]*")


def shown(value: object, form: str) -> str:
    """A cell's value in its number format: .0852 in 0.00% is 8.52%, a date 2023-05-01."""
    match value:
        case None:
            text = ""
        case bool():
            text = "TRUE" if value else "FALSE"
        case datetime() | date():
            text = _date(value, form)
        case time():
            text = value.strftime("%H:%M")
        case int() | float():
            text = _number(value, form or "General")
        case _:
            text = str(value)
            if text in _ERRORS:
                text = ""
    return text


def general(value: float) -> str:
    """A number as it was typed: without the noise of binary fractions."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    text = f"{value:.12g}"
    return f"{value:.12f}".rstrip("0") if "e" in text and 1e-9 < abs(value) < 1 else text


def _number(value: float, form: str) -> str:
    parts = form.split(";")
    part = parts[1] if value < 0 and len(parts) > 1 and parts[1] else parts[0]
    literals = [m.start() for m in _LITERAL.finditer(part)]
    bare = _LITERAL.sub("", part)
    digits = _DIGITS.search(bare)
    if not digits or "E" in bare or "/" in bare or "General" in bare or "@" in bare:
        return general(value)
    pattern = digits[0]
    percent = bare.count("%")
    thousands = len(pattern) - len(pattern.rstrip(","))
    # A whole number stays one: digits beyond the fifteenth of an identifier would change.
    scaled = value * 100**percent / 1000**thousands if percent or thousands else value
    pattern = pattern.rstrip(",")
    whole, _, fraction = pattern.partition(".")
    places = len(fraction.replace(",", ""))
    kind = "d" if isinstance(scaled, int) and not places else f".{places}f"
    text = format(scaled, f",{kind}" if "," in whole else kind)
    optional = len(fraction) - len(fraction.rstrip("#?"))
    for _ in range(optional):
        text = text[:-1] if text.endswith("0") else text
    text = text.rstrip(".") if optional else text
    zeros = whole.count("0")
    if zeros > 1 and "," not in whole:
        text = ("-" if text.startswith("-") else "") + text.lstrip("-").zfill(
            zeros + (places + 1 if places else 0)
        )
    return _with_literals(text + "%" * percent, part) if literals else text + "%" * percent


def _with_literals(text: str, part: str) -> str:
    """Words that the format puts round the number: 0"所" shows 12所."""
    place = _DIGITS.search(_LITERAL.sub(lambda m: " " * len(m[0]), part))
    before = after = ""
    for found in _LITERAL.finditer(part):
        words = found[1] or found[2] or ""
        if place and found.start() < place.start():
            before += words
        else:
            after += words
    return before + text + after


def _date(value: date, form: str) -> str:
    bare = _LITERAL.sub("", form).lower()
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return value.strftime("%Y-%m-%d %H:%M")
    if "y" in bare and "d" not in bare and "m" in bare:
        return value.strftime("%Y-%m")
    if "y" in bare and "m" not in bare and "d" not in bare:
        return value.strftime("%Y")
    return value.strftime("%Y-%m-%d")
