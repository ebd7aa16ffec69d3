"""Text -> number tokens with value and unit."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from indexer.figures import units
from indexer.figures.amounts import set_apart, states_amount
from indexer.figures.numerals import ARABIC, CHINESE, arabic, chinese
from indexer.records import Number

_NUMBER = re.compile(
    rf"(?P<per>[百千万])分之 ?(?:(?P<per_arabic>{ARABIC})|(?P<per_chinese>{CHINESE}))"
    rf"|(?P<whole>[二三四五六七八九十]{{1,3}}|[0-9]{{1,2}})分之"
    rf"(?P<part>[一二三四五六七八九十]{{1,3}}|[0-9]{{1,2}})"
    r"|(?<![0-9/.])(?P<over>[1-9])/(?P<under>[2-9]|10)(?![0-9/.年月])"
    r"|(?P<half>一半|半数|过半(?!数))"
    r"|(?P<tenths>[一二三四五六七八九1-9])成(?P<more_tenths>[一二三四五六七八九]|半)?"
    r"(?![立为效果员绩长本就功都分人年熟套品不交新份])"
    r"|(?P<left>[0-9]{1,6}(?:\.[0-9]{1,4})?)(?: ?: ?|(?<=[^0-9.]1)比|比(?=1(?![0-9.])))"
    r"(?P<right>[0-9]{1,6}(?:\.[0-9]{1,4})?)"
    rf"|(?P<minus>(?:(?<=[:,( |])|^)[-−])?(?P<arabic>{ARABIC})|(?P<chinese>{CHINESE})"
)
_SOME_NUMERAL = re.compile("[0-9零一二三四五六七八九十百千万亿两廿卅半]")
_LIST_NUMBER = re.compile(
    r"(?:^|(?<=[\n。;)]))[ \t]*\(?[0-9]{1,2}(?:[、)]|\.(?![0-9]|$)"
    r"|\.(?=(?:19|20)[0-9]{2}年|[0-9]+(?:所|名|个|人|家|项|间|套|门|条|次)(?!百分)))"
)
_RANGE = re.compile(r" ?(?:[-—–~―]{1,2}|(?P<word>至|到)) ?")
_START = re.compile(r"[由从自][^,。;:、]{0,14}$")
_LIST = re.compile(r" ?[、和与及] ?")
_EACH = re.compile(r"分别|依次|各[为有是]")
_SPELLED = {"chinese", "per_chinese", "part", "tenths", "more_tenths", "half"}
_MAX_GAP = 30
"""分别 further back than this is not said of a number."""


class Token(NamedTuple):
    """A number, whether it is a figure, and how it is written.

    `over`: 余 or 多 follows; `times`: what 万 or 亿 multiplied it by.
    """

    number: Number
    figure: bool
    chinese: bool
    over: bool
    times: Decimal


def scan(text: str, folded: str) -> list[Token]:
    """Find the numbers of a text (and its folded form), in order."""
    if not _SOME_NUMERAL.search(folded):
        return []
    apart = set_apart(folded)
    marks = [found.span() for found in _LIST_NUMBER.finditer(folded)]
    tokens: list[Token] = []
    at = mark = 0
    while found := _NUMBER.search(folded, at):
        while mark < len(marks) and marks[mark][1] <= found.start():
            mark += 1
        if mark < len(marks) and marks[mark][0] <= found.start():
            at = marks[mark][1]
            continue
        token = _fraction(text, found) or _plain(text, folded, found)
        at = token.number.end if token else found.end()
        if token:
            figure = states_amount(folded, token.number, token.chinese, apart)
            tokens.append(token._replace(figure=figure))
            _join(text, folded, tokens)
    _share_units(folded, tokens)
    return tokens


def _fraction(text: str, found: re.Match[str]) -> Token | None:
    """A part of a whole or a ratio: 百分之五, 三分之二, 1/3, 一半, 七成, 1:13.5."""
    value: Decimal | None = None
    unit, written = "%", "分之"
    if found["per"]:
        value = _value(found["per_arabic"] or found["per_chinese"])
        value = value / 100 if value is not None and found["per"] == "万" else value
        unit, written = "‰" if found["per"] == "千" else "%", f"{found['per']}分之"
    elif found["whole"] or found["over"]:
        part, whole = (
            _value(each or "")
            for each in (found["part"] or found["over"], found["whole"] or found["under"])
        )
        value = part * 100 / whole if part and whole and part < whole else None
    elif found["half"]:
        value, written = Decimal(50), "半"
    elif found["tenths"]:
        tenths, more = _value(found["tenths"]), found["more_tenths"] or "零"
        ones = Decimal(5) if more == "半" else _value(more)
        value, written = (tenths or Decimal(0)) * 10 + (ones or Decimal(0)), "成"
    elif found["left"]:  # 16.8:1 of pupils to teachers is 1:16.8 of teachers to pupils
        left, right = arabic(found["left"]), arabic(found["right"])
        left, value = (right, left) if right == 1 else (left, right)
        unit, written = f"{left.normalize():f}:", ":"
    if value is None:
        return None
    number = Number(*found.span(), text[slice(*found.span())], value, None, unit, written)
    over = found["half"] == "过半"
    return Token(number, False, found.lastgroup in _SPELLED, over, Decimal(1))


def _value(written: str) -> Decimal | None:
    return arabic(written) if written[:1].isascii() and written else chinese(written)


def _plain(text: str, folded: str, found: re.Match[str]) -> Token | None:
    """Digits or a Chinese numeral with its multiplier and unit."""
    written = found["arabic"] or found["chinese"]
    value = _value(written) if written else None
    start, end = found.span()
    tail = units.TAIL.match(folded, end)
    if value is None or tail is None:
        return None
    over = bool(tail["first"] or tail["more"] or (tail["unit"] and tail["last"]))
    unit = tail["unit"] or ""
    if unit:
        end = tail.end("last")
    elif tail["times"]:
        end = tail.end("more")
    elif tail["first"]:
        end = tail.end("first")
    times = units.times(tail["times"])
    unit_text = text[tail.end("gap") : end].strip(" 余多来") if tail["times"] or unit else ""
    number = Number(
        start,
        end,
        text[start:end],
        value * times * (-1 if found["minus"] else 1),
        None,
        units.normal(unit),
        unit_text,
    )
    return Token(number, False, found["chinese"] is not None, over, times)


def _join(text: str, folded: str, tokens: list[Token]) -> None:
    """Make one range of the last two tokens where they are its ends: 56—65人, 3%至5%."""
    if len(tokens) < 2:
        return
    low, high = tokens[-2], tokens[-1]
    first, last = low.number, high.number
    between = _RANGE.fullmatch(folded, first.end, last.start)
    if between is None or first.high is not None or first.unit not in {"", last.unit}:
        return
    turned = between["word"] == "到" or (between["word"] and first.unit)
    if turned and _START.search(folded, max(0, first.start - 16), first.start):
        return  # 由30%到45% is a change
    value = first.value
    if not first.unit_text and value * high.times < last.value:  # 3000—5000万元
        value *= high.times
    if not last.unit_text or value >= last.value:
        return
    number = replace(
        last, start=first.start, text=text[first.start : last.end], value=value, high=last.value
    )
    figure = states_amount(folded, number, high.chinese, [])
    tokens[-2:] = [Token(number, figure, high.chinese, high.over, high.times)]


def _share_units(folded: str, tokens: list[Token]) -> None:
    """Give the numbers of a list the unit that its last one has: 分别为120、80、60人."""
    for at in range(len(tokens) - 2, -1, -1):
        number, following = tokens[at].number, tokens[at + 1].number
        if (
            not number.unit_text
            and not tokens[at].chinese
            and following.unit
            and tokens[at + 1].figure
            and _LIST.fullmatch(folded, number.end, following.start)
            and _EACH.search(folded, max(0, number.start - _MAX_GAP), number.start)
        ):
            shared = replace(number, unit=following.unit, unit_text=following.unit_text)
            tokens[at] = tokens[at]._replace(number=shared, figure=True)
