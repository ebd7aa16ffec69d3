"""Which year each figure of a sentence is of: the years it names, and those it only compares with.

A year governs what follows until another one does ("2021年占19.5%，2022年降到13.0%"), unless it is the
base of a comparison (比2020年增加), belongs to one figure (由2016年的619个) or only begins a period
(2015年以来).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_DIGITS = "零一二三四五六七八九"
_HAN = re.compile(rf"[一二][零九][{_DIGITS}]{{2}}(?=年|学年)")
_SINGLE = r"(?:19[4-9]|20[0-9])[0-9]"
_WHEN = r"(?:春季学期|秋季学期|春季|秋季|上半年|下半年|第?[一二三四]季度|年?[底末初]|[底末初]|全年|同期)?"
_MENTION = re.compile(
    rf"(?<![0-9.])(?:{_SINGLE})年?(?:[春秋]季)? ?[-—–~至到] ?(?P<until>20[0-9]{{2}}|[0-9]{{2}})(?P<school>学)?年度?(?:期?间|{_WHEN})"
    rf"|(?<![0-9.])(?P<year>{_SINGLE})(?:年度?|学年度?|(?=[、和与及](?:{_SINGLE})(?:年|[、和与及])))"
    rf"(?:[0-9]{{1,2}}月(?:[0-9]{{1,2}}日|[底末初]|份)?)?{_WHEN}"
    rf"|(?P<last>(?:去年|上一?年度?)){_WHEN}|前年{_WHEN}"
    rf"|(?P<this>今年|本年度?){_WHEN}"
    rf"|(?P<then>当年|同年){_WHEN}|(?P<after>次年){_WHEN}|(?P<next>明年|来年|下一?年度?){_WHEN}"
    r"|(?P<ahead>下一步|今后)"
    r"|(?P<base>(?<=[比较与])同期)"
    r"|[“\"]?十(?P<plan>[一二三四五])五[”\"]?(?P<plan_end>期?末|时期|期间)"
    r"|(?P<whole>全年|(?:截至)?目前|年内|年[末底](?!前)|一年(?=[净新累共减增来]))"
)
_SOME = re.compile("[年期]")
_PART = re.compile(r"上半年|下半年|第?([一二三四])季度")
_COMPARES = re.compile(r"(?:比|较|于|同比|相较)$")
_COMPARED = re.compile(r"(?:与|同|和|跟)$")
_TO_COMPARE = re.compile(r"[^,。;]{0,20}?(?:相比|比较|对比|比,)")
_SINCE = re.compile(r"(?:以来|起|来(?!自)|开始)")
_FROM = re.compile(r"(?:[由从]|是)$")
_GROUND = re.compile(r"[^。;]{0,30}?的?基础上")
_VERB = re.compile("[,。;:、增减升降提高长多少到至]")


class Mention(NamedTuple):
    """A year where it stands: which one, and its part ("H1"). `base` compares, `own` has the next
    figure only, `ground` those up to 基础上, `since` begins a period, `whole` says that the document's own year is meant."""

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
    found: list[Mention] = []
    for match in _MENTION.finditer(plain):
        found.append(_mention(plain, match, year, found[-1].year if found else year))
    return found


def _mention(plain: str, match: re.Match[str], document: int | None, latest: int | None) -> Mention:
    year = _year(match, document, latest)
    part = _part(match.group())
    before, after = plain[max(0, match.start() - 4) : match.start()], plain[match.end() :][:24]
    role = "governs"
    if match["whole"]:
        role = "whole"
    elif match["base"] or _COMPARES.search(before):
        role = "base"
    elif _COMPARED.search(before) and _TO_COMPARE.match(after):
        role = "base"
    elif _SINCE.match(after) or (match["plan"] and _during(match, year, document)):
        role = "since"
    elif _GROUND.match(after):
        role = "ground"
    elif _FROM.search(before) or re.match(r"的 ?[0-9零一二三四五六七八九十两百千]", after):
        role = "own"
    return Mention(match.start(), match.end(), year, part, role)


def _during(match: re.Match[str], end: int | None, document: int | None) -> bool:
    """Whether a five-year plan is told of as the running period (十四五期间), not for its end."""
    running = end is None or document is None or end >= document
    return running and match["plan_end"] in {"时期", "期间"}


def _year(match: re.Match[str], document: int | None, latest: int | None) -> int | None:
    if match["year"]:
        return int(match["year"])
    if match["until"]:
        first = int(re.sub(r"[^0-9].*", "", match.group())[:4])
        if match["school"]:  # a school year is named by the year it begins in
            return first
        until = match["until"]
        return int(until) if len(until) == 4 else first // 100 * 100 + int(until)
    if match["ahead"]:
        return None
    if match["plan"]:
        return 2000 + 5 * (_DIGITS.index(match["plan"]) + 1)
    if match["then"] or match["after"]:
        return latest + (1 if match["after"] else 0) if latest else None
    if document is None:
        return None
    if match["last"] or match["base"]:
        return document - 1
    if match["next"]:
        return document + 1
    return document - 2 if match.group().startswith("前年") else document


def _part(text: str) -> str | None:
    found = _PART.search(text)
    if found is None:
        return None
    if found[1]:
        return f"Q{_DIGITS.index(found[1])}"
    return "H1" if found.group() == "上半年" else "H2"


class Governed(NamedTuple):
    """The year and part of a figure, and whether it is the base of a comparison (比2020年的190个)."""

    year: int | None
    part: str | None
    base: bool


def govern(
    folded: str,
    spans: Sequence[tuple[int, int]],
    found: list[Mention],
    year: int | None,
    document: int | None,
) -> Iterator[Governed]:
    """The year of each figure (`spans`, in order), given the one in force where the sentence begins."""
    at = 0
    part: str | None = None
    until, resumed = -1, year  # where 在2021年…基础上 ends, and the year in force before it
    listed = _listed(folded, found, spans)
    brackets: list[int | None] = []
    position = told = 0  # `told`: from where a half or quarter named alone still holds
    for index, (start, _) in enumerate(spans):
        own: Mention | None = None
        while at < len(found) and found[at].end <= start:
            mention = found[at]
            brackets, year = _brackets(folded[position : mention.start], brackets, year)
            position = mention.end
            if 0 <= until <= mention.start:
                year, until = resumed, -1
            match mention.role:
                case "governs":
                    year, part, own = mention.year, mention.part, None
                case "whole":
                    part, told = None, mention.end
                    # 全年 in a plan for the next year is that year's.
                    year = document if document and (year is None or year < document) else year
                case "since":
                    year = document or year
                case "ground":
                    resumed, year = year, mention.year
                    until = folded.index("基础上", mention.end)
                case _:
                    own = mention
            at += 1
        if 0 <= until <= start:
            year, until = resumed, -1
        brackets, year = _brackets(folded[position:start], brackets, year)
        position = start
        if index in listed:
            yield Governed(listed[index], part, False)
        elif own and not _VERB.search(folded[own.end : start]):
            yield Governed(own.year, own.part, own.role == "base")
        else:
            yield Governed(year, part or _part(folded[max(told, start - 30) : start]), False)


def _brackets(
    between: str, open_years: list[int | None], year: int | None
) -> tuple[list[int | None], int | None]:
    """A year named in brackets governs nothing beyond them."""
    for char in between:
        if char == "(":
            open_years = [*open_years, year]
        elif char == ")" and open_years:
            year = open_years[-1]
            open_years = open_years[:-1]
    return open_years, year


def _listed(
    folded: str, found: list[Mention], spans: Sequence[tuple[int, int]]
) -> dict[int, int | None]:
    """The years of figures that follow a list of as many years: 2020年、2021年分别为99个、41个."""
    owners: dict[int, int | None] = {}
    run: list[Mention] = []
    for index, mention in enumerate(found):
        near = run and re.fullmatch(r" ?[、和与及,] ?", folded[run[-1].end : mention.start])
        run = [*run, mention] if near else [mention]
        last = index + 1 == len(found) or not re.fullmatch(
            r" ?[、和与及,] ?", folded[mention.end : found[index + 1].start]
        )
        if len(run) < 2 or not last:
            continue
        each = re.compile(r"[^。;]{0,20}?(?:分别|依次)").match(folded, mention.end)
        after = [n for n, (start, _) in enumerate(spans) if each and start >= each.end()]
        owners |= dict(zip(after[: len(run)], (each.year for each in run), strict=False))
    return owners
