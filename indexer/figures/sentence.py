"""A sentence with its numbers -> its figures, each read with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, cast

from indexer.figures.measures import Measured, Place, listed, measured
from indexer.figures.phrase import BEHIND, Lead, lead
from indexer.figures.roles import Setting, cue, direction_of, sort_of
from indexer.figures.tokens import Token
from indexer.figures.years import Force, Mention, govern, mentions
from indexer.records import Figure, Number

_CLAUSE = re.compile(r"[,;:()。!?\n|]")
_APART = re.compile(r"(?:高于|低于|高出|超出)[^,。;]{0,12}$")
_TOWARDS = re.compile(
    r"(?<![高升降少加增减扩大压缩提延推])到(?:20[0-9]{2}年|[“\"]?十[一二三四五]五)"
)
_WORDS = re.compile(r"[^\W到至一二三四五六七八九十0-9]")
_HORIZON = re.compile(r"[二两三四五六七八九十]年(?:时间|内|左右)|[两三四五]年(?=新[增建]|累计|共)")
_NEXT = re.compile(r"[、和与及, ]{0,2}")
_SPOKEN = 12
"""How many figures back a phrase is still spoken of."""

Bound = Literal["least", "most", "about", "over"]


class Background(NamedTuple):
    """What is known before a sentence is read: the document's year, whether it sets goals.

    `running` is the year in force, which a sentence before may have set.
    """

    year: int | None
    running: int | None
    plan: bool


def sentence_figures(
    text: str,
    folded: str,
    span: tuple[int, int],
    tokens: Sequence[Token],
    background: Background,
) -> tuple[list[Figure], int | None]:
    """The figures of one sentence, and the year in force behind it."""
    (start, end), document = span, background.year
    named = [
        each._replace(start=each.start + start, end=each.end + start)
        for each in mentions(folded[start:end], document)
    ]
    figures = [token for token in tokens if token.figure]
    begins = [token.number.start for token in figures]
    starts = {each.start: each.end for each in named}
    skips = {each.end: each.start for each in named}
    goal = True if document is None and _TOWARDS.search(folded, start, end) else None
    results: list[Figure] = []
    spoken: list[Measured] = []
    shared: list[Measured] = []
    taken = seen = start
    years = govern(folded, begins, named, Force(background.running, document, start))
    for index, (token, governed) in enumerate(zip(figures, years, strict=True)):
        number = token.number
        goal = cue(folded, seen, number.start, goal, background.plan)
        seen = number.start
        upto = begins[index + 1] if index + 1 < len(begins) else end
        place = _place(folded, number, taken, upto, starts)
        before = lead(folded, place.low, number.start, skips)
        shared = shared or listed(folded, _in_a_row(folded, figures[index:]), before, place)
        phrase = shared.pop(0) if shared else measured(folded, number, before, place, spoken)
        bound = _bound(folded, token, before, place)
        setting = Setting(governed.year, document, governed.base, goal, background.plan)
        sort = sort_of(folded, number, before, bound, place.behind, setting)
        results.append(
            Figure(
                start=number.start,
                end=number.end,
                text=number.text,
                value=number.value,
                high=number.high,
                unit=number.unit,
                unit_text=number.unit_text,
                year=_year(folded, start, number, before, setting, sort),
                part=governed.part,
                sort=sort,
                direction=direction_of(folded, place.low, number, before),
                bound=bound,
                measures=phrase.qualifier + text[phrase.start : phrase.end],
                measures_start=phrase.start,
                measures_end=phrase.end,
                share=phrase.share,
            )
        )
        taken = place.behind
        if sort != "threshold":
            spoken = [*spoken[1 - _SPOKEN :], phrase]
            taken = max(taken, phrase.end if phrase.end <= upto else 0)
    return results, _running(folded, start, named, background)


def _running(
    folded: str, start: int, named: Sequence[Mention], background: Background
) -> int | None:
    """The year in force behind a sentence: a future one that it begins with holds on."""
    first = next(iter(named), None)
    opens = first and first.role == "governs" and not _WORDS.search(folded, start, first.start)
    if first and opens and first.year and first.year > (background.year or 0):
        return first.year
    return background.running


def _place(folded: str, number: Number, taken: int, upto: int, starts: dict[int, int]) -> Place:
    """The clause that a figure stands in, between the ones before and after it."""
    low = taken
    for found in _CLAUSE.finditer(folded, taken, number.start):
        low = found.end()
    stop = _CLAUSE.search(folded, number.end, upto)
    limit = BEHIND.match(folded, number.end)
    return Place(low, limit.end() if limit else number.end, stop.start() if stop else upto, starts)


def _bound(folded: str, token: Token, before: Lead, place: Place) -> Bound | None:
    told = before.bound
    if token.number.unit == "百分点" and _APART.search(folded, place.low, token.number.start):
        told = None  # 低于目标0.5个百分点 tells how far, not how much at most
    limit = BEHIND.match(folded, token.number.end)
    told = told or (limit.lastgroup if limit else None) or ("over" if token.over else None)
    return cast("Bound | None", told)


def _year(
    folded: str, start: int, number: Number, before: Lead, setting: Setting, sort: str
) -> int | None:
    """The year of a figure, for which its words may say other than those around it."""
    if number.unit == "倍":  # 是2020年的2.5倍
        return setting.document
    if before.origin and number.high is None and setting.year == setting.document:
        return None  # 由19.5%降至14%: when it was 19.5 % is not told
    later = sort == "target" and setting.year == setting.document
    if later and _HORIZON.search(folded, start, number.start):
        return None  # 用四年时间改造18所: not the goal of this year
    return setting.year


def _in_a_row(folded: str, tokens: Sequence[Token]) -> list[Number]:
    """The numbers from the first on that only 、 or 和 stands between."""
    numbers = [tokens[0].number]
    for token in tokens[1:]:
        if not _NEXT.fullmatch(folded, numbers[-1].end, token.number.start):
            break
        numbers.append(token.number)
    return numbers
