"""What a question names by itself: places, years, a kind of document, a document's number.

What is read becomes filters that a person sees and can take away. Nothing is read on a guess: a
question that names no place is never narrowed by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from indexer.english import STOP_WORDS
from indexer.gazetteer import names as divisions
from indexer.gazetteer import units
from indexer.numbers import find_numbers
from indexer.pinyin import COUNTY, rank_of
from indexer.places import find_places, same_place
from indexer.records import Filters
from indexer.romanised import PlaceName, places_in_english, romanised_index
from indexer.years import read_years

_UNITS = "县市区省州旗盟"
_LOWEST = "县旗"  # units that hold no others: 石坪县青禾县 are two places
_EXCEPT = re.compile(
    r"(?:除了?|不含|不包括|except(?: for)?|other than|outside|not in)\s*$", re.IGNORECASE
)
_EXCEPTED = re.compile(r"\s*(?:以外|之外)")
# Binjiang Experimental School, Xinhua No. 2 Middle School: called so after a river or a word.
_SCHOOL = re.compile(
    r"(?:\s+(?:[A-Z][a-z]+|No\.?\s?\d+)){0,3}\s+"
    r"(?:School|Kindergarten|Nursery|Academy|College|Campus|Primary|Middle|Secondary)\b"
)
_SAYS = (
    r"(?=[中里内]|提|指|怎|如何|是怎|对|关于|显示|写|说|发现|认为|部署"
    r"|明确|要求|列|给|安排|规定|有哪)"
)
_KINDS = re.compile(
    r"(工作总结|工作要点|实施方案|督导报告|情况报告|经验材料|工作报告|工作计划|规划|实施意见)"
    + _SAYS
)
_LEVEL = re.compile(r"([省市县])级(?:层面|文件|方案|报告|要点|总结|部门|督导)")
_WIDE_DIGITS = {ord("０") + n: str(n) for n in range(10)}
_WORD = re.compile(r"\w+")
_EDGES = re.compile(r"^(?:的|在|关于|请问|查询|查一下|查(?![处获办实封验明]))+|的$")
_OF_YEAR = re.compile(r"^(?:[底末]|初(?![中一二三级]))")  # 2023年底, but 2023年初中


@dataclass(frozen=True, slots=True)
class Named:
    """A stretch of the question and the filter it stands for; `values` mean either."""

    field: str
    values: tuple[str | int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question with what was read from it."""

    text: str
    named: tuple[Named, ...] = ()

    def filters(self, without: Iterable[str] = ()) -> Filters:
        """The filters it stands for, but for the fields in `without`."""
        skipped = set(without)
        fields: dict[str, dict[str | int, None]] = {}
        for each in self.named:
            if each.field not in skipped:
                fields.setdefault(each.field, {}).update(dict.fromkeys(each.values))
        return Filters(**{name: tuple(values) for name, values in fields.items()})  # type: ignore[arg-type]

    @property
    def subject(self) -> str:
        """The question without the places and years it names; all of it, if that leaves nothing."""
        rest = self.text
        for each in sorted(self.named, key=lambda n: -n.start):
            if each.field in ("place", "year"):
                after = rest[each.end :]
                if each.field == "year" and rest[: each.end].endswith("年"):
                    after = _OF_YEAR.sub("", after)
                rest = rest[: each.start] + " " + after
        rest = _EDGES.sub("", " ".join(rest.split())).strip(" ，,、的")
        tells = any(word.lower() not in STOP_WORDS for word in _WORD.findall(rest))
        return rest if tells and sum(c.isalnum() for c in rest) >= 2 else self.text


class QuestionReader:
    """Reads questions for a library with places of these names."""

    def __init__(self, places: Sequence[str], kinds: Sequence[str] = ()) -> None:
        self._kinds = frozenset(kinds)
        self._held = frozenset(places)
        self._romanised = romanised_index(sorted({*places, *_all_places()}))
        self._own: dict[str, str] = {}
        for name in places:
            self._own[name] = name
        for name in places:
            # Which short forms of real divisions are words as well (新建, 平安) `places` knows.
            if len(name) >= 3 and name[-1] in _UNITS and name not in divisions():
                self._own.setdefault(name[:-1], name)
        longest_first = sorted(self._own, key=len, reverse=True)
        self._own_names = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def read(self, question: str, today: date) -> ReadQuestion:
        """Read a question as of a day: 去年 is the year before it."""
        text = unicodedata.normalize("NFC", question).translate(_WIDE_DIGITS)
        named: list[Named] = []
        for start, end, number in find_numbers(text):
            named.append(Named("number", (number,), start, end))
        masked = _blank(text, named)
        named += self._places(masked)
        masked = _blank(text, named)
        named += [Named("year", y.years, y.start, y.end) for y in read_years(masked, today)]
        for hit in _KINDS.finditer(masked):
            if hit[1] in self._kinds:
                named.append(Named("kind", (hit[1],), hit.start(1), hit.end(1)))
        for hit in _LEVEL.finditer(masked):
            named.append(Named("level", (hit[1],), hit.start(), hit.start() + 2))
        return ReadQuestion(text, tuple(sorted(named, key=lambda n: n.start)))

    def _places(self, text: str) -> list[Named]:
        spans: list[tuple[int, int, tuple[str, ...]]] = []
        for hit in self._own_names.finditer(text):
            after = text[hit.end() : hit.end() + 1]
            whole = hit[0] in self._held
            if whole or after not in _UNITS or not after:
                spans.append((hit.start(), hit.end(), (self._own[hit[0]],)))
        for found in find_places(text, question=True):
            if all(found.end <= start or found.start >= end for start, end, _ in spans):
                spans.append((found.start, found.end, (found.place.name or found.text,)))
        for named in places_in_english(text, self._romanised):
            held = tuple(n for n in named.candidates if self._held.intersection(same_place(n)))
            if not held and self._of_a_school(text, named):
                continue
            spans.append((named.start, named.end, held or named.candidates[:1]))
        spans.sort()
        kept: list[Named] = []
        begin = -1  # of a chain such as 清汀市青禾县, of which the last place is meant
        starts = [start for start, _, _ in spans[1:]]
        for (start, end, names), next_start in zip(spans, [*starts, -1], strict=False):
            begin = start if begin < 0 else begin
            if next_start == end and text[end - 1] not in _LOWEST:
                continue
            if not (_EXCEPT.search(text[:begin]) or _EXCEPTED.match(text, end)):
                kept.append(Named("place", names, begin, end))
            begin = -1
        return kept

    def _of_a_school(self, text: str, named: PlaceName) -> bool:
        """Whether a county's name without its unit is more likely a school's."""
        bare = " " not in text[named.start : named.end]
        return (
            bare
            and rank_of(named.candidates[0]) >= COUNTY
            and _SCHOOL.match(text, named.end) is not None
        )


@cache
def _all_places() -> tuple[str, ...]:
    """The full names, of today and former ones, of all divisions."""
    return tuple(name for unit in units().values() for name in (unit.name, *unit.former))


def _blank(text: str, named: Sequence[Named]) -> str:
    for each in named:
        text = text[: each.start] + "\u3000" * (each.end - each.start) + text[each.end :]
    return text
