"""Word's automatic numbers, written out as Word shows them: 一、（一）1. ① 第一条."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HAN = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_ROWS = {
    "ideographtraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographzodiac": "子丑寅卯辰巳午未申酉戌亥",
    "enclosedcircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "enclosedparen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "enclosedfullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
}
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(slots=True)
class Level:
    """One level of a list: how its number is made, and where it starts."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    restarts_after: int | None = None
    legal: bool = False


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted."""

    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    styles: dict[tuple[str, str], int] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    _begun: set[str] = field(default_factory=set)
    restarted: dict[str, dict[int, int]] = field(default_factory=dict)

    def next(self, number: str, level: int) -> str:
        """Count one paragraph of a list on and give its number as text; "" for bullets."""
        levels = self.lists.get(number)
        if levels is None or level not in levels:
            return ""
        counts = self._counts[self.shared.get(number, number)]
        if number not in self._begun:
            self._begun.add(number)
            for at, start in self.restarted.get(number, {}).items():
                counts[at] = start - 1
        for above in range(level):
            if above in levels:
                counts.setdefault(above, levels[above].start)
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for below in [at for at in counts if at > level]:
            after = levels[below].restarts_after if below in levels else None
            if after is None or (after and level < after):
                del counts[below]
        text = levels[level].text
        for at in range(level, -1, -1):
            if f"%{at + 1}" in text:
                form = levels[at].form if at in levels else "decimal"
                form = "decimal" if levels[level].legal and form != "bullet" else form
                text = text.replace(f"%{at + 1}", written(counts.get(at, 1), form))
        return "" if levels[level].form == "bullet" else text


def load(tree: etree._Element | None) -> Numbering:
    """numbering.xml -> its lists, each with the overrides of its instance applied."""
    found = Numbering()
    if tree is None:
        return found
    abstract = {node.get(f"{W}abstractNumId", ""): node for node in tree.iter(f"{W}abstractNum")}
    for node in tree.iter(f"{W}num"):
        number, base = node.get(f"{W}numId", ""), _value(node, "abstractNumId")
        definition = abstract.get(base)
        if definition is None:
            continue
        found.shared[number] = base
        found.lists[number] = {_at(lvl): _level(lvl) for lvl in definition.iter(f"{W}lvl")}
        for lvl in definition.iter(f"{W}lvl"):
            if style := _value(lvl, "pStyle"):
                found.styles[number, style] = _at(lvl)
        for override in node.iter(f"{W}lvlOverride"):
            at = _at(override)
            for lvl in override.iter(f"{W}lvl"):
                found.lists[number][at] = _level(lvl)
            if start := _value(override, "startOverride"):
                found.restarted.setdefault(number, {})[at] = _whole(start, 1)
    return found


def written(value: int, form: str) -> str:
    """A count in one of Word's number formats; figures where the format is not known."""
    lower = form.lower()
    if value < 1:
        return str(value)
    text = str(value)
    if "legalsimplified" in lower:
        text = chinese(value, _LEGAL, "拾佰仟")
    elif lower == "ideographdigital":
        text = "".join(_HAN[int(digit)] for digit in text)
    elif any(part in lower for part in ("counting", "ideographlegal", "japanesedigital")):
        text = chinese(value)
    elif lower.endswith("letter"):
        text = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 9)
    elif lower.endswith("roman"):
        text = _roman(value)
    elif lower == "decimalfullwidth":
        text = "".join(chr(ord(digit) + 0xFEE0) for digit in text)
    elif lower == "decimalzero":
        text = f"{value:02d}"
    elif lower == "none":
        text = ""
    for part, row in _ROWS.items():
        if part in lower and value <= len(row):
            text = row[value - 1]
    return text.upper() if lower.startswith("upper") else text


def chinese(value: int, digits: str = _HAN, units: str = "十百千") -> str:
    """A count below 10,000 in Chinese: 10 -> 十, 21 -> 二十一, 105 -> 一百〇五."""
    if value >= 10_000:
        return str(value)
    text, gap = "", False
    for at, figure in enumerate(str(value)):
        place = len(str(value)) - at - 1
        if figure == "0":
            gap = bool(text)
            continue
        text += (digits[0] if gap else "") + digits[int(figure)]
        text += units[place - 1] if place else ""
        gap = False
    return text[1:] if 10 <= value < 20 and digits == _HAN else text


def _roman(value: int) -> str:
    text = ""
    for worth, letters in _ROMAN:
        text += letters * (value // worth)
        value %= worth
    return text


def _level(lvl: etree._Element) -> Level:
    restart = _value(lvl, "lvlRestart")
    return Level(
        form=_value(lvl, "numFmt") or "decimal",
        text=_value(lvl, "lvlText"),
        start=_whole(_value(lvl, "start"), 1),
        restarts_after=_whole(restart, 0) if restart else None,
        legal=lvl.find(f"{W}isLgl") is not None,
    )


def _at(node: etree._Element) -> int:
    return _whole(node.get(f"{W}ilvl", "0"), 0)


def _value(node: etree._Element, name: str) -> str:
    child = node.find(f"{W}{name}")
    return "" if child is None else child.get(f"{W}val", "")


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.lstrip("-").isdigit() and len(text) < 8 else otherwise
