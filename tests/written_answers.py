"""Answers as a model might write them, made of the sample library's sentences, faithful or not.

All is drawn by lot from a number, so that the same number gives the same answer. What a faithful
answer changes is the writing of a figure, never its worth; an altered one has exactly one figure
changed, as misread digits, shifted points, other units and confused sources change it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from conftest import ROOT

from indexer.figures import figures_in, numbers_in, same_figure
from indexer.records import Figure, Number
from indexer.sentences import split_sentences

MADE_OF = 3
_FIELD = re.compile(r"^(title|place|year): *(.+)$", re.MULTILINE)
_HAN = "零一二三四五六七八九"
_FULL = str.maketrans("0123456789.%", "０１２３４５６７８９．％")


@dataclass(frozen=True)
class Fact:
    """A sentence with figures and the line over it that says whose it is."""

    about: str
    text: str

    @property
    def passage(self) -> str:
        return f"{self.about}\n{self.text}"


@dataclass(frozen=True)
class Written:
    question: str
    passages: tuple[str, ...]
    answer: str
    change: str = ""


@cache
def facts() -> tuple[Fact, ...]:
    """The sentences of the sample library that state figures."""
    found: list[Fact] = []
    for path in sorted((ROOT / "corpus").rglob("*.txt")):
        content = path.read_text(encoding="utf-8")
        front, _, body = (
            content[4:].partition("\n---\n") if content.startswith("---") else ("", "", content)
        )
        fields = dict(_FIELD.findall(front))
        about = f"{fields.get('title', path.stem)}（{fields.get('place', '')}，{fields.get('year', '')}年）"
        found += [
            Fact(about, sentence.text)
            for sentence in split_sentences(body)
            if 15 <= len(sentence.text) <= 160
            and sum(f.unit != "" for f in figures_in(sentence.text)) >= 1
            and not re.match(r"[（(]|[0-9一二三四五六七八九十]+[.、]", sentence.text)
            and "“" not in sentence.text
            and "|" not in sentence.text
        ]
    return tuple(found)


def faithful(number: int) -> Written:
    """An answer whose every figure is that of its passage."""
    lot = random.Random(number)
    chosen = lot.sample(facts(), MADE_OF)
    answer = "".join(_told(lot, fact, n) for n, fact in enumerate(chosen, 1))
    return Written(f"第{number}问：有哪些数据？", tuple(f.passage for f in chosen), answer)


def altered(number: int) -> Written:
    """The same with one figure changed, or two that have changed places."""
    for attempt in range(1000):
        lot = random.Random(number * 1000 + attempt)
        written = faithful(number * 1000 + attempt)
        change = lot.choice(CHANGES)
        answer = change(lot, written.answer)
        if answer is not None and answer != written.answer:
            return Written(written.question, written.passages, answer, change.__name__)
    raise AssertionError("nothing could be changed")


# The frames of faithful answers ------------------------------------------------------------------


def _told(lot: random.Random, fact: Fact, number: int) -> str:
    body = fact.text.rstrip("。；;")
    clauses = re.split("(?<!\\d)，|，(?!\\d)", body)
    clauses = [c for c in clauses if any(f.unit for f in figures_in(c))]
    form = lot.randrange(7)
    if form == 0:
        return f"{rewritten(lot, body)}[{number}]。"
    if form == 1:
        return f"据{fact.about.partition('（')[0]}，{rewritten(lot, body)}。【{number}】"
    if form == 2:
        return f"该份材料写道：“{body}”[{number}]。\n"
    if form == 3 and clauses:
        return (
            f"- 其中{rewritten(lot, lot.choice(clauses))}［{number}］；相关做法见原文[{number}]。\n"
        )
    if form == 4 and clauses:
        return f"在这方面，{rewritten(lot, clauses[-1])}，{rewritten(lot, clauses[0])}[{number}]。"
    if form == 5:
        english = [_english(f) for f in figures_in(fact.text) if _english(f)]
        if english:
            return f"The report gives {', '.join(english)} [{number}]. "
    return f"资料{number}显示，{rewritten(lot, body)}。"


def rewritten(lot: random.Random, text: str) -> str:
    """The text with some of its figures in another form of the same worth."""
    for found in sorted(numbers_in(text), key=lambda each: -each.start):
        form = _form(lot, found)
        if form is None:
            continue
        changed = text[: found.start] + form + text[found.end :]
        alike = numbers_in(changed)
        others = [n for n in numbers_in(text) if n.start != found.start]
        if len(alike) == len(others) + 1 and any(same_figure(found, n) for n in alike):
            text = changed
    return text


def _form(lot: random.Random, number: Number) -> str | None:
    digits = re.match(r"[\d,.]+", number.text)
    if digits is None or number.high is not None or not number.unit or ":" in number.unit:
        return None
    value, rest = Decimal(digits[0].replace(",", "")), number.text[digits.end() :]
    whole = value == int(value)
    forms = [lambda: digits[0].translate(_FULL) + rest]
    if number.unit == "%" and rest == "%":
        forms.append(lambda: "百分之" + spelled(value))
    if whole and value >= 1000 and rest not in {"年", "%"}:
        forms.append(lambda: f"{int(value):,}{rest}")
    if whole and 0 < value < 10000 and rest in {"所", "名", "人", "个", "万元", "公里"}:
        forms.append(lambda: spelled(value) + rest)
    if rest == "亿元":
        forms.append(lambda: f"{value * 10000:f}".rstrip("0").rstrip(".") + "万元")
    if rest == "万元" and value >= 1000:
        forms.append(lambda: f"{value / 10000:f}亿元")
    if rest == "个百分点":
        forms.append(lambda: spelled(value) + "个百分点")
    return lot.choice(forms)() if lot.random() < 0.7 else None


def spelled(value: Decimal) -> str:
    """A number below ten thousand in Chinese numerals."""
    whole, _, decimals = f"{value:f}".partition(".")
    out, zero = "", False
    for place, digit in zip("千百十 "[-len(whole) :], whole, strict=True):
        if digit == "0":
            zero = bool(out)
            continue
        out += ("零" if zero else "") + _HAN[int(digit)] + place.strip()
        zero = False
    out = re.sub("^一十", "十", out) or "零"
    return out + ("点" + "".join(_HAN[int(d)] for d in decimals) if decimals else "")


def _english(figure: Figure) -> str:
    value = f"{figure.value.normalize():,f}"
    if figure.high is not None or ":" in figure.unit:
        return ""
    if figure.unit in {"人", "名", "所", "个", "套", "间"}:
        return f"{value} {'schools' if figure.unit == '所' else 'of them'}"
    if figure.unit == "元" and figure.value >= 1_000_000:
        return f"RMB {(figure.value / 1_000_000).normalize():f} million"
    words = {"%": "percent", "百分点": "percentage points", "元": "yuan", "亩": "mu"}
    return f"{value} {words[figure.unit]}" if figure.unit in words else ""


# The changes -------------------------------------------------------------------------------------


def _marks(answer: str) -> list[Number]:
    """The figures of an answer; not the numbers of its citations, nor its dates."""
    plain = re.sub(r"[\[【［]\d[\]】］]|资料\d", lambda m: " " * len(m[0]), answer)
    return [n for n in numbers_in(plain) if n.unit and n.high is None]


def _put(answer: str, number: Number, text: str) -> str | None:
    """The answer with a figure in place of another, if that says something else."""
    changed = answer[: number.start] + text + answer[number.end :]
    now = [n for n in numbers_in(changed) if n.start == number.start]
    return None if any(same_figure(number, n) for n in now) or not now else changed


def digit(lot: random.Random, answer: str) -> str | None:
    """87% becomes 85%."""
    number = lot.choice(_marks(answer) or [_NONE])
    places = [i for i, c in enumerate(number.text) if c.isdecimal() or c in _HAN[1:]]
    if not places:
        return None
    at = lot.choice(places)
    signs = _HAN[1:] if number.text[at] in _HAN else "123456789"
    other = lot.choice([c for c in signs if c != number.text[at]])
    return _put(answer, number, number.text[:at] + other + number.text[at + 1 :])


def point(lot: random.Random, answer: str) -> str | None:
    """8.52% becomes 85.2%, 4200个 becomes 420个."""
    number = lot.choice(_marks(answer) or [_NONE])
    digits = re.match(r"[\d,.]+", number.text)
    if digits is None or not digits[0].isascii() or number.unit == "年":
        return None
    value = Decimal(digits[0].replace(",", "")) * lot.choice([Decimal("0.1"), Decimal(10)])
    return _put(answer, number, f"{value:f}" + number.text[digits.end() :])


def unit(lot: random.Random, answer: str) -> str | None:
    """3.5亿元 becomes 3.5万元, 0.7个百分点 becomes 0.7%."""
    pairs = [
        ("亿元", "万元"),
        ("万元", "亿元"),
        ("个百分点", "%"),
        ("%", "个百分点"),
        ("万人", "人"),
    ]
    pairs += [
        ("million", "billion"),
        ("percentage points", "percent"),
        ("公里", "米"),
        ("所", "人"),
    ]
    fitting = [
        (a, b, found.start()) for a, b in pairs for found in re.finditer(re.escape(a), answer)
    ]
    if not fitting:
        return None
    old, new, at = lot.choice(fitting)
    if not re.search(r"\d$|\d $", answer[:at]):
        return None
    return answer[:at] + new + answer[at + len(old) :]


def swapped(lot: random.Random, answer: str) -> str | None:
    """Two figures of different passages change places."""
    marks = [n for n in _marks(answer) if n.unit != "年"]
    sentence = [len(re.findall(r"[\[【［]\d[\]】］]", answer[: n.start])) for n in marks]
    pairs = [
        (a, b)
        for i, a in enumerate(marks)
        for j, b in enumerate(marks)
        if a.start < b.start and sentence[i] != sentence[j] and not same_figure(a, b)
    ]
    if not pairs:
        return None
    a, b = lot.choice(pairs)
    return answer[: a.start] + b.text + answer[a.end : b.start] + a.text + answer[b.end :]


def year(lot: random.Random, answer: str) -> str | None:
    """2021年 becomes 2019年."""
    marks = [n for n in _marks(answer) if n.unit == "年" and re.match(r"20\d\d年", n.text)]
    if not marks:
        return None
    number = lot.choice(marks)
    return _put(answer, number, f"{int(number.value) + lot.choice([-3, -2, -1, 1, 2])}年")


def rounded(lot: random.Random, answer: str) -> str | None:
    """95.3% becomes 95%."""
    number = lot.choice(_marks(answer) or [_NONE])
    digits = re.match(r"\d+\.\d+", number.text)
    if digits is None or not digits[0].isascii():
        return None
    return _put(answer, number, f"{round(Decimal(digits[0]))}" + number.text[digits.end() :])


_NONE = Number(0, 0, "", Decimal(0), None, "", "")

CHANGES: tuple[Callable[[random.Random, str], str | None], ...] = (
    digit, digit, digit, point, unit, swapped, year, rounded,
)  # fmt: skip
