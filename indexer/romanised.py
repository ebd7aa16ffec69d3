"""Chinese places named in English questions: Heng County, Lu'an, Inner Mongolia, Shaanxi.

A name is looked up by its letters alone, without tones, spaces and apostrophes, with its unit in
Chinese (Hengxian), in English (Heng County) or without (Hunan). The letters of a masked name may
stand behind it as well (County X).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from indexer.english import STOP_WORDS
from indexer.pinyin import letters_of, pinyin_of, rank_of, spellings_of, stem_of

_UNITS = {
    "county": ("县",), "city": ("市",), "municipality": ("市",), "province": ("省", "自治区"),
    "district": ("区",), "prefecture": ("州", "盟", "地区", "市"), "region": ("自治区", "地区"),
    "banner": ("旗",), "league": ("盟",), "xian": ("县",), "shi": ("市",), "sheng": ("省",),
    "qu": ("区",), "qi": ("旗",), "meng": ("盟",),
}  # fmt: skip
_PLURALS = {
    "counties": "county", "cities": "city", "municipalities": "municipality",
    "provinces": "province", "districts": "district", "prefectures": "prefecture",
    "regions": "region", "banners": "banner", "leagues": "league",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u0300-\u036f]+(?:['’ʼ][A-Za-z\u00c0-\u024f]+)*")
_POSSESSIVE = re.compile(r"['’][sS]$")
_SPACE = re.compile(r"[\s\-\u2010-\u2015]{1,3}")
_LIST = re.compile(r"\s*[,、&]?\s*(?:&\s*)?")
_NOT_PLACE = re.compile(r"\s+(?:[A-Z][a-z]+\s+){0,3}(?:University|Institute|Road|Street|Bank)\b")
_ENGLISH = STOP_WORDS | {
    "guide", "boxing", "lean", "dean", "mile", "jingle", "yuan", "delhi", "ali", "panda", "saga",
}  # fmt: skip
"""English words that are spelled like a place."""

_MOST_WORDS = 4


class PlaceName(NamedTuple):
    """A place named at question[start:end], and the names it may stand for, at least one."""

    start: int
    end: int
    candidates: tuple[str, ...]


class _Entry(NamedTuple):
    name: str
    stem: str
    rank: int


@dataclass(frozen=True, slots=True)
class RomanisedIndex:
    """Letters -> the places spelled so: `whole` with the unit, `stems` without it."""

    whole: Mapping[str, tuple[_Entry, ...]]
    stems: Mapping[str, tuple[_Entry, ...]]


def romanised_index(names: Iterable[str]) -> RomanisedIndex:
    """The spellings of these Chinese names; made once, it takes a quarter of a second for 3,200."""
    whole: dict[str, dict[str, _Entry]] = {}
    stems: dict[str, dict[str, _Entry]] = {}
    for name in names:
        stem = stem_of(name)
        entry = _Entry(name, stem, rank_of(name))
        ending = pinyin_of(name[len(stem) :])
        for spelling in filter(None, spellings_of(stem)):
            stems.setdefault(spelling, {})[name] = entry
            if ending:
                whole.setdefault(spelling + ending, {})[name] = entry
    return RomanisedIndex(
        {key: tuple(entries.values()) for key, entries in whole.items()},
        {key: tuple(entries.values()) for key, entries in stems.items()},
    )


def places_in_english(question: str, index: RomanisedIndex) -> list[PlaceName]:
    """The places an English question names, in order.

    Only capitalised words count, and words right before county, city, district and the like. A
    name of one syllable needs its unit (Heng County, Hengxian). Without a unit the highest of the
    places with one Chinese name is meant (长沙市, not 长沙县), but other Chinese names of the same
    sound stay candidates.
    """
    words = _words(question)
    found: list[PlaceName] = []
    at = 0
    while at < len(words):
        for count in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            hit = _at(question, words, at, at + count, index)
            if hit:
                found.append(hit[0])
                at = hit[1]
                break
        else:
            at += 1
    return found


class _Word(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


def _words(question: str) -> list[_Word]:
    found = []
    for match in _WORD.finditer(question):
        text = _POSSESSIVE.sub("", match[0])
        found.append(_Word(text, match.start(), match.start() + len(text)))
    return found


def _at(
    question: str, words: list[_Word], at: int, end: int, index: RomanisedIndex
) -> tuple[PlaceName, int] | None:
    """The place that words[at:end] name, and the number of the word after it and its unit."""
    key = letters_of("".join(word.text for word in words[at:end]))
    whole, stems = index.whole.get(key, ()), index.stems.get(key, ())
    if not (whole or stems):
        return None
    unit, after = _unit(question, words, end)
    start = at
    if unit is None and _masked_after_unit(question, words, at, end):
        unit, start = words[at - 1].text.lower(), at - 1
    elif not _stands(question, words, at, end, after):
        return None
    chosen = [
        entry
        for entry in _of_unit(stems, unit) or (*whole, *stems)
        if entry in whole or len(entry.stem) > 1 or _ends(entry.name, unit)
    ]
    if unit is None:
        chosen = [e for e in chosen if e in whole or e.rank == _highest(e.stem, stems)]
    candidates = tuple(dict.fromkeys(entry.name for entry in chosen))
    if not candidates:
        return None
    return PlaceName(words[start].start, words[after - 1].end, candidates), after


def _masked_after_unit(question: str, words: list[_Word], at: int, end: int) -> bool:
    """Whether words[at:end] are the letters of a masked name behind its unit: County X."""
    masked = end == at + 1 and len(words[at].text) <= 2 and words[at].text.isupper()
    return (
        masked
        and at > 0
        and words[at - 1].text.lower() in _UNITS
        and _follows(question, words, at, _SPACE)
    )


def _stands(question: str, words: list[_Word], at: int, end: int, after: int) -> bool:
    """Whether words[at:end], with their unit up to `after`, stand there as a name."""
    together = all(_follows(question, words, n, _SPACE) for n in range(at + 1, end))
    capital = all(word.capital for word in words[at:end])
    named = capital and after > end and words[after - 1].capital
    # He said, a Guide; but: He County
    english = end == at + 1 and words[at].text.lower() in _ENGLISH
    return (
        together
        and (capital or after > end)
        and (named or not english)
        and not _NOT_PLACE.match(question, words[end - 1].end)
    )


def _unit(question: str, words: list[_Word], end: int) -> tuple[str | None, int]:
    """The unit after a name in the singular, and the number of the word after it.

    Looks over a people's name (Zhijiang Dong Autonomous County) and over the rest of a list (Heng,
    Qinghe and Shiping counties); in a list the unit is no part of the name.
    """
    for at in range(end, min(end + 8, len(words))):
        text = words[at].text.lower()
        if not _follows(question, words, at, _LIST):
            break
        adjacent = at == end and _follows(question, words, at, _SPACE)
        if text in _UNITS and (adjacent or _autonomous(words[at - 1])):
            return text, at + 1
        if text in _PLURALS:
            return _PLURALS[text], at + 1 if adjacent else end
        if not (words[at].capital or text in {"and", "or"} or _autonomous(words[at])):
            break
    return None, end


def _autonomous(word: _Word) -> bool:
    return word.text.lower() == "autonomous"


def _follows(question: str, words: list[_Word], at: int, gap: re.Pattern[str]) -> bool:
    return bool(gap.fullmatch(question, words[at - 1].end, words[at].start))


def _of_unit(entries: tuple[_Entry, ...], unit: str | None) -> tuple[_Entry, ...]:
    return tuple(entry for entry in entries if _ends(entry.name, unit))


def _ends(name: str, unit: str | None) -> bool:
    if unit is None or (unit in {"district", "qu"} and name.endswith(("自治区", "地区"))):
        return False
    return name.endswith(_UNITS[unit])


def _highest(stem: str, entries: tuple[_Entry, ...]) -> int:
    return min(entry.rank for entry in entries if entry.stem == stem)
