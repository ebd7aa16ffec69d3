"""Which year each figure of a sentence is of: the years it names, and those it only compares with.

A year governs what follows until another one does (2021年占19.5%，2022年降到13.0%), unless it is
the base of a comparison (比2020年增加), belongs to one figure (由2016年的619个) or only begins a
period (2015年以来).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

_DIGITS = "零一二三四五六七八九"
_HAN = re.compile(rf"[一二][零九][{_DIGITS}]{{2}}(?=年|学年)")
_SINGLE = r"(?:19[4-9]|20[0-9])[0-9]"
_WHEN = r"(?:春季学期|秋季学期|春季|秋季|上半年|下半年|第?[一二三四]季度|年?[底末初]|全年|同期)?"
_MENTION = re.compile(
    rf"(?<![0-9.])(?:{_SINGLE})年?(?:[春秋]季)? ?[-—–~至到] ?"
    rf"(?P<until>20[0-9]{{2}}|[0-9]{{2}})(?P<school>学)?年度?(?:期?间|{_WHEN})"
    rf"|(?<![0-9.])(?P<year>{_SINGLE})"
    rf"(?:年度?|学年度?|(?=[、和与及](?:{_SINGLE})(?:年|[、和与及])))"
    rf"(?:[0-9]{{1,2}}月(?:[0-9]{{1,2}}日|[底末初]|份)?)?{_WHEN}"
    rf"|(?P<last>(?:去年|上一?年度?)){_WHEN}|(?P<before>前年){_WHEN}"
    rf"|(?P<this>今年|本年度?){_WHEN}|(?P<same>当年|同年){_WHEN}"
    rf"|(?P<after>次年){_WHEN}|(?P<next>明年|来年|下一?年度?){_WHEN}"
    r"|(?P<whole>全年|(?:截至)?目前|年内|年[末底](?!前)|一年(?=[净新累共减增来]))"
    r"|(?P<ahead>下一步|今后)"
    r"|(?P<base>(?<=[比较与])同期)"
    r"|[“\"]?十(?P<plan>[一二三四五])五[”\"]?(?P<plan_end>期?末|时期|期间)"
)
_FROM_DOCUMENT = {"last": -1, "base": -1, "before": -2, "this": 0, "whole": 0, "next": 1}
_FROM_LATEST = {"same": 0, "after": 1}
_SOME = re.compile("[年期]")
_LIST_MARK = re.compile(r"^\s*[0-9]{1,2}\.(?=20[0-9]{2}年)")
_SAME_BASE = re.compile(r"[0-9.,]+ ?[^,。;、0-9]{0,4}[、和]")
_PART = re.compile(r"上半年|下半年|第?([一二三四])季度")
_COMPARES = re.compile(r"(?:(?<!占)比|较|于)$")
_COMPARED = re.compile(r"(?:与|同|和|跟)$")
_OF_IT = re.compile(rf"的 ?[0-9{_DIGITS}十两百千]")
_TO_COMPARE = re.compile(r"[^,。;]{0,20}?(?:相比|比较|对比|比,)")
_LEFT_OVER = re.compile("未完成|遗留|结转|欠|尚未|没有")
_SINCE = re.compile(r"(?:以来|起|来(?!自)|开始)")
_FROM = re.compile(r"(?:[由从]|是)$")
_AND = re.compile(" ?[、和与及,] ?")
_EACH = re.compile("[^。;]{0,20}?(?:分别|依次)")
_GROUND = re.compile(r"[^。;]{0,30}?的?基础上")
_VERB = re.compile("[,。;:、增减升降提高长多少到至]")


class Mention(NamedTuple):
    """A year where it stands: which one, and its part ("H1").

    Its role: `governs` what follows; `base` compares; `own` has the next figure only; `ground`
    those up to 基础上; `since` begins a period; `whole` means the document's own year.
    """

    start: int
    end: int
    year: int | None
    part: str | None
    role: str


def mentions(folded: str, year: int | None) -> list[Mention]:
    """The years that a sentence names, in order; relative ones count from the document's."""
    if not _SOME.search(folded):
        return []
    plain = _HAN.sub(lambda found: "".join(str(_DIGITS.index(c)) for c in found.group()), folded)
    plain = _LIST_MARK.sub(lambda found: " " * len(found.group()), plain)
    found: list[Mention] = []
    for match in _MENTION.finditer(plain):
        found.append(_mention(plain, match, year, found[-1].year if found else year))
    return found


def _mention(plain: str, match: re.Match[str], document: int | None, latest: int | None) -> Mention:
    year = _year(match, document, latest)
    before, after = plain[max(0, match.start() - 4) : match.start()], plain[match.end() :][:40]
    compares = _COMPARES.search(before) or (_COMPARED.search(before) and _TO_COMPARE.match(after))
    if match["whole"]:
        role = "whole"
    elif match["base"] or compares:
        role = "base"
    elif match["last"] and _LEFT_OVER.match(after):
        role = "own"  # 补上了上年未完成的任务；巩固率97.9%
    elif _SINCE.match(after) or (match["plan"] and _during(match, year, document)):
        role = "since"
    elif _GROUND.match(after):
        role = "ground"
    elif _FROM.search(before) or _OF_IT.match(after):
        role = "own"
    else:
        role = "governs"
    return Mention(match.start(), match.end(), year, _part(match.group()), role)


def _during(match: re.Match[str], end: int | None, document: int | None) -> bool:
    """Whether a five-year plan is told of as the running period (十四五期间), not for its end."""
    running = end is None or document is None or end >= document
    return running and match["plan_end"] in {"时期", "期间"}


def _year(match: re.Match[str], document: int | None, latest: int | None) -> int | None:
    if match["year"]:
        return int(match["year"])
    if match["until"]:
        first, until = int(match.group()[:4]), match["until"]
        # A school year is named by the year it begins in.
        return first if match["school"] else int(str(first)[: 4 - len(until)] + until)
    if match["plan"]:
        return 2005 + 5 * _DIGITS.index(match["plan"])
    name = match.lastgroup or ""
    start = latest if name in _FROM_LATEST else document
    step = (_FROM_DOCUMENT | _FROM_LATEST).get(name)
    return None if start is None or step is None else start + step


def _part(text: str) -> str | None:
    found = _PART.search(text)
    if found is None:
        return None
    if found[1]:
        return f"Q{_DIGITS.index(found[1])}"
    return "H1" if found.group() == "上半年" else "H2"


class Governed(NamedTuple):
    """The year and part of a figure; `base`: it is what others are compared with."""

    year: int | None
    part: str | None
    base: bool


class Force(NamedTuple):
    """The year in force where a sentence begins, the document's, and that place."""

    year: int | None
    document: int | None
    start: int


@dataclass
class _Reading:
    """What is in force while a sentence is read from left to right."""

    folded: str
    document: int | None
    year: int | None
    position: int
    told: int  # from where a half or quarter named alone still holds
    part: str | None = None
    own: Mention | None = None
    brackets: list[int | None] = field(default_factory=list)
    based: tuple[int, Governed] | None = None  # the last figure that is compared with, and where
    ground: tuple[int, int | None] | None = None  # where 基础上 stands, and the year to go back to

    def go_to(self, position: int) -> None:
        """Read on: a year named in brackets or before 基础上 governs nothing beyond them."""
        for char in self.folded[self.position : position]:
            if char == "(":
                self.brackets.append(self.year)
            elif char == ")" and self.brackets:
                self.year = self.brackets.pop()
        if self.ground and self.ground[0] <= position:
            self.year, self.ground = self.ground[1], None
        self.position = position

    def take(self, mention: Mention) -> None:
        """Let a year come into force, as its role says."""
        self.go_to(mention.start)
        match mention.role:
            case "governs":
                self.year, self.part, self.own = mention.year, mention.part, None
            case "whole":
                self.part, self.told = None, mention.end
                # 全年 in a plan for the next year is that year's.
                if self.document and (self.year is None or self.year < self.document):
                    self.year = self.document
            case "since":
                self.year = self.document or self.year
            case "ground":
                self.ground = (self.folded.index("基础上", mention.end), self.year)
                self.year = mention.year
            case _:
                self.own = mention

    def figure(self, start: int) -> Governed:
        """What governs the figure that begins at `start`."""
        listed = self.based and _SAME_BASE.fullmatch(self.folded, self.based[0], start)
        self.go_to(start)
        own, self.own = self.own, None
        if own is None and listed and self.based:  # 与2020年的188个、19.1%相比
            self.based = (start, self.based[1])
            return self.based[1]
        self.based = None
        if own and not _VERB.search(self.folded, own.end, start):
            governed = Governed(own.year, own.part, own.role == "base")
            self.based = (start, governed) if governed.base else None
            return governed
        part = self.part or _part(self.folded[max(self.told, start - 30) : start])
        return Governed(self.year, part, False)


def govern(
    folded: str,
    starts: Sequence[int],
    found: list[Mention],
    force: Force,
) -> Iterator[Governed]:
    """The year of each figure (`starts`, in order), given what is in force before the sentence."""
    reading = _Reading(folded, force.document, force.year, force.start, force.start)
    listed = _listed(folded, found, starts)
    waiting = deque(found)
    for index, start in enumerate(starts):
        while waiting and waiting[0].end <= start:
            reading.take(waiting.popleft())
        governed = reading.figure(start)
        yield governed._replace(year=listed[index]) if index in listed else governed


def _listed(folded: str, found: list[Mention], starts: Sequence[int]) -> dict[int, int | None]:
    """The years of figures that follow a list of as many years: 2020年、2021年分别为99个、41个."""
    owners: dict[int, int | None] = {}
    run: list[Mention] = []
    for mention, following in zip_longest(found, found[1:]):
        run.append(mention)
        if following and _AND.fullmatch(folded, mention.end, following.start):
            continue
        each = _EACH.match(folded, mention.end) if len(run) > 1 else None
        if each:
            after = [index for index, start in enumerate(starts) if start >= each.end()]
            owners |= dict(zip(after, (one.year for one in run), strict=False))
        run = []
    return owners
