"""Characters that stand for others: look-alikes, stray traditional forms, compatibility glyphs.

A document is judged first. One in traditional characters is left as it is (search converts its own
copy). In one that is otherwise simplified, a character is exchanged if it lies outside GB 2312 and
the table of 8,105 standard characters (通用规范汉字表, 2013) and its simplified form makes a known
word with its neighbours, or if `data/lookalikes.csv` says so:

    always    wherever it stands
    word      where the right character makes a known word with its neighbours, and it does not;
              one outside the standard also as below
    damaged   the same with a word of three characters (of two for letters); without one only in a
              document that holds several other damages, for these have a rightful use

`unless` lists words in which the character is right. Several right characters are tried in order.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from indexer.repair_words import is_word

Edit = tuple[int, int, str]
"""Replace text[start:end] by the string."""

_TRADITIONAL_SHARE = 0.2
"""Of the characters that tell the two scripts apart; a damaged text has a few in a hundred."""

_CROWD = 3
_CROWDED_SHARE = 0.15
"""So many traditional forms in a paragraph, and this share of the telling ones, are no damage."""

_CERTAIN = 3
"""So many exchanges beyond doubt make the doubtful ones likely."""

_HAN = re.compile("[㐀-鿿]")
_STOPS = re.compile("[\n，。；：、！？,;:!?“”《》「」『』（）()]")
_BESIDE_LETTER = re.compile("[㐀-鿿，,。、；;：:“”‘’（）()《》\n]")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋"
    "蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万"
    "段雷钱汤尹黎易常武乔贺赖龚文"
)
_TITLES = (
    *("同志", "局长", "书记", "校长", "主任", "县长", "市长"),
    *("老师", "教师", "先生", "女士", "副", "院士"),
)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A row of the table."""

    right: str
    when: str
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Tables:
    plain: dict[str, str]
    """The same character under another code: right in any text."""
    variants: dict[str, str]
    """Traditional and Japanese forms outside the standard -> simplified."""
    lookalikes: dict[str, Lookalike]
    simplified: frozenset[str]
    """Characters that only simplified text has."""


def repair_characters(text: str) -> list[Edit]:
    """Find the characters of a text to be exchanged; each becomes exactly one other."""
    tables = _tables()
    counts = _counts(text)
    edits = [
        (match.start(), match.end(), tables.plain[match.group()])
        for match in _finder(frozenset(counts.keys() & tables.plain.keys())).finditer(text)
    ]
    doubtful = counts.keys() & (tables.variants.keys() | tables.lookalikes.keys())
    if doubtful and not _is_traditional(text, counts, tables):
        edits = sorted(edits + _Judge(text, tables).edits(frozenset(doubtful)))
    return edits


def _is_traditional(text: str, counts: dict[str, int], tables: _Tables) -> bool:
    """Whether the traditional forms of a document are its own way of writing.

    In a text of 1957, half way into the reform, they crowd; damage strikes here and there.
    """
    forms = frozenset(counts.keys() & tables.variants.keys())
    traditional = sum(counts[each] for each in forms)
    simplified = sum(counts[each] for each in counts.keys() & tables.simplified)
    if traditional > _TRADITIONAL_SHARE * (traditional + simplified):
        return True
    crowded = 0
    for line in text.split("\n") if traditional >= _CROWD else ():
        old = len(_finder(forms).findall(line))
        if old >= _CROWD and old > _CROWDED_SHARE * (
            old + len(_finder(tables.simplified).findall(line))
        ):
            crowded += old
    return crowded > traditional / 2


def _counts(text: str) -> dict[str, int]:
    """How often each character occurs (ten times as fast as a Counter)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    counts = np.bincount(codes)
    return {chr(code): int(counts[code]) for code in np.flatnonzero(counts).tolist()}


class _Judge:
    """Decides character by character; `_now` is the text as far as it is repaired."""

    def __init__(self, text: str, tables: _Tables) -> None:
        self._text = text
        self._now = list(text)
        self._tables = tables

    def edits(self, doubtful: frozenset[str]) -> list[Edit]:
        waiting = [match.start() for match in _finder(doubtful).finditer(self._text)]
        changed: list[Edit] = []
        while waiting:  # what is repaired may complete the word of a neighbour
            damaged = len(changed) >= _CERTAIN
            left = [at for at in waiting if not self._settle(at, damaged, changed)]
            if len(left) == len(waiting) and damaged == (len(changed) >= _CERTAIN):
                break
            waiting = left
        return changed

    def _settle(self, at: int, damaged: bool, changed: list[Edit]) -> bool:
        right = self._right(at, damaged)
        if right is None:
            return False
        self._now[at] = right
        changed.append((at, at + 1, right))
        return True

    def _right(self, at: int, damaged: bool) -> str | None:
        """The right character, None while there is too little to tell."""
        character = self._text[at]
        row = self._tables.lookalikes.get(character)
        if row is None:
            return self._variant(at, self._tables.variants[character], damaged)
        if self._rightful(at, row) or not (_HAN.match(character) or self._inside_word(at)):
            return None
        if row.when == "always":
            return row.right
        best = max(row.right, key=lambda right: len(self._word(at, right)))
        length = len(self._word(at, best))
        telling = damaged or row.when == "word" or not _HAN.match(character)
        if length > 2 or (length and telling):
            return best
        helpless = row.when == "word" and is_standard(character)
        return row.right[0] if damaged and not helpless else None

    def _variant(self, at: int, right: str, damaged: bool) -> str | None:
        """The simplified form of a stray traditional one, unless it is quoted or in a name."""
        if self._quoted(at):
            return None
        if damaged or self._text[at - 1 : at].isdecimal():  # 3.5萬, 20冊
            return right
        word = self._word(at, right)
        return right if word and not self._in_name(at, right) else None

    def _word(self, at: int, right: str) -> str:
        """The longest known word around a position with `right` standing there; "" if none."""
        begin = max(0, at - 3)
        around = [*self._now[begin:at], right, *self._now[at + 1 : at + 4]]
        middle = at - begin
        for length in (4, 3, 2):
            for start in range(max(0, middle - length + 1), middle + 1):
                word = "".join(around[start : start + length])
                if len(word) == length and is_word(word):
                    return word
        return ""

    def _rightful(self, at: int, row: Lookalike) -> bool:
        """Whether a character that has a use of its own is in use here."""
        for word in row.unless:
            middle = word.index(self._text[at])
            if self._text.startswith(word, max(0, at - middle)):
                return True
        character = self._text[at]
        return row.when != "always" and is_standard(character) and bool(self._word(at, character))

    def _inside_word(self, at: int) -> bool:
        """Whether a letter stands where only a Chinese character would."""
        beside = [each for each in (self._now[at - 1 : at], self._now[at + 1 : at + 2]) if each]
        return any(_HAN.match(each[0]) for each in beside) and all(
            _BESIDE_LETTER.match(each[0]) for each in beside
        )

    def _quoted(self, at: int) -> bool:
        """Whether the phrase around a position is in traditional characters as a whole."""
        before = [match.end() for match in _STOPS.finditer(self._text, max(0, at - 40), at)]
        after = _STOPS.search(self._text, at)
        phrase = self._text[
            before[-1] if before else max(0, at - 40) : after.start() if after else at + 40
        ]
        old = sum(character in self._tables.variants for character in phrase)
        return old >= _CROWD and old > sum(
            character in self._tables.simplified for character in phrase
        )

    def _in_name(self, at: int, right: str) -> bool:
        """Whether it is the given name behind a surname, which no rule may spell otherwise."""
        text = self._text
        for surname in (at - 1, at - 2):
            if surname < 0 or text[surname] not in _SURNAMES:
                continue
            if self._word(at, right)[:-1] == text[surname]:  # a word of two, such as 高級
                continue
            starts = surname == 0 or not _HAN.match(text[surname - 1])
            # The name ends here or behind one more character.
            for rest in (text[at + 1 : at + 4], text[at + 2 : at + 5]):
                if starts and (not _HAN.match(rest) or rest.startswith(_TITLES)):
                    return True
        return False


@cache
def is_standard(character: str) -> bool:
    """Whether a character is in GB 2312 or among the 8,105 of the standard table."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return character in _standard_beyond_gb2312()
    return True


def unknown_characters(text: str) -> int:
    """How many Chinese characters of a text are neither standard nor traditional."""
    return sum(
        count
        for character, count in _counts(text).items()
        if _HAN.match(character)
        and not is_standard(character)
        and character not in _tables().variants
    )


@cache
def _finder(characters: frozenset[str]) -> re.Pattern[str]:
    # A class that matches nothing where there is nothing to find.
    return re.compile(f"[{re.escape(''.join(sorted(characters)))}]" if characters else "(?!)")


@cache
def _standard_beyond_gb2312() -> frozenset[str]:
    return frozenset("".join(_data("standard_characters.txt").split()))


def _data(name: str) -> str:
    return resources.files("indexer").joinpath("data", name).read_text(encoding="utf-8")


@cache
def _tables() -> _Tables:
    from opencc import OpenCC

    lookalikes = {
        row["damaged"]: Lookalike(row["right"], row["when"], tuple(row["unless"].split()))
        for row in csv.DictReader(_data("lookalikes.csv").splitlines())
    }
    every = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    lines = "\n".join(every)  # a line each, or OpenCC would read words across them
    simple = OpenCC("t2s").convert(lines).split("\n")
    japanese = OpenCC("t2s").convert(OpenCC("jp2t").convert(lines)).split("\n")
    variants = {}
    for old, by_form, by_japan in zip(every, simple, japanese, strict=True):
        new = by_form if by_form != old else by_japan
        if new != old and len(new) == 1 and not is_standard(old) and is_standard(new):
            variants[old] = new
    older = OpenCC("s2t").convert(lines).split("\n")
    plain = {mark: unicodedata.normalize("NFKC", mark) for mark in "｡､｢｣"}
    for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        folded = unicodedata.normalize("NFKC", chr(code))
        if folded != chr(code) and len(folded) == 1:
            plain[chr(code)] = folded
    radicals = {old for old in lookalikes if "⺀" <= old < "⼀"}
    plain |= {old: lookalikes.pop(old).right for old in radicals if old not in plain}
    return _Tables(
        plain=plain,
        variants={old: new for old, new in variants.items() if old not in lookalikes},
        lookalikes={old: row for old, row in lookalikes.items() if old not in plain},
        simplified=frozenset(
            new for new, old in zip(every, older, strict=True) if new != old and is_standard(new)
        ),
    )
