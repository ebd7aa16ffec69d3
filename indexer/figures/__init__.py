"""The figures that Chinese official prose states: value, unit, year, sort and what is measured.

    numerals, units   how numbers and units are written and what they are worth
    tokens            text -> numbers, and which of them are figures
    years             which year a figure is of
    phrase            the words right before and behind a number
    measures          what it measures
    roles             value, target, change or threshold
    rows              table rows as the readers write them

No model, no state. Offsets are those of the text given plus `offset`, and a figure's text is always
the exact slice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.figures import units
from indexer.figures.measures import Measured, listed, measured
from indexer.figures.numerals import fold
from indexer.figures.outlook import outlook
from indexer.figures.phrase import BEHIND, Lead, lead
from indexer.figures.roles import Setting, cue, direction_of, sort_of
from indexer.figures.rows import Cell, row_cells, unit_of
from indexer.figures.tokens import Token, scan
from indexer.figures.years import Governed, govern, mentions
from indexer.records import Figure, Number

_SENTENCE = re.compile(r"[^。!?\n]*[。!?\n]?")
_CLAUSE = re.compile(r"[,;:()。!?\n|]")
_APART = re.compile(r"(?:高于|低于|高出|超出)[^,。;]{0,12}$")
_TOWARDS = re.compile(
    r"(?<![高升降少加增减扩大压缩提延推])到(?:20[0-9]{2}年|[“\"]?十[一二三四五]五)"
)
_NEXT = re.compile(r"[、和与及, ]{0,2}")


def figures_in(
    text: str,
    offset: int = 0,
    year: int | None = None,
    damaged: Sequence[tuple[int, int]] = (),
    plan: bool = False,
) -> tuple[Figure, ...]:
    """The figures of a sentence or a paragraph, in order.

    `year` is the one that the document reports on or plans for, and `plan` says that the text sets
    goals (a plan, or a section such as 下一步打算). `damaged` are stretches, counted with `offset`,
    that cannot be read and give no figure. A sentence alone tells less than its paragraph: a future
    year named in one sentence holds for the next.
    """
    folded = fold(text)
    tokens = [
        token
        for token in scan(text, folded)
        if not any(
            token.number.start + offset < end and start < token.number.end + offset
            for start, end in damaged
        )
    ]
    found: list[Figure] = []
    running = year
    for piece in _SENTENCE.finditer(folded):
        start, end = piece.span()
        inside = [token for token in tokens if start <= token.number.start < end]
        if not inside:
            continue
        line_start = folded.rfind("\n", 0, start) + 1
        running = running if start > line_start else year
        cells = row_cells(folded, start, end, year) if start == line_start else []
        if cells:
            found += _of_row(text, inside, cells, plan)
            continue
        figures, running = _of_sentence(text, folded, start, end, inside, running, year, plan)
        found += figures
    return tuple(_moved(figure, offset) for figure in found)


def numbers_in(text: str, offset: int = 0) -> tuple[Number, ...]:
    """Every number of a text with its value and unit, figure or not, to check one text by another.

    Years, dates and ordinals count; Chinese numerals only where they state an amount, since 一方面
    or 三是 says nothing that could be wrong.
    """
    return tuple(
        replace(token.number, start=token.number.start + offset, end=token.number.end + offset)
        for token in scan(text, fold(text))
        if token.figure or not token.chinese or token.number.value >= 1900
    )


def same_figure(a: Number, b: Number) -> bool:
    """Whether two numbers say the same: 3.5亿元 and 35000万元; never 12.71个百分点 and 12.71%."""
    return (a.value, a.high, units.kind(a.unit)) == (b.value, b.high, units.kind(b.unit))


def _of_sentence(
    text: str,
    folded: str,
    start: int,
    end: int,
    tokens: list[Token],
    running: int | None,
    year: int | None,
    plan: bool,
) -> tuple[list[Figure], int | None]:
    """The figures of one sentence, and the year in force behind it."""
    named = [
        m._replace(start=m.start + start, end=m.end + start)
        for m in mentions(folded[start:end], year)
    ]
    figures = [token for token in tokens if token.figure]
    starts = {m.start: m.end for m in named}
    skips = {stop: begin for begin, stop in starts.items()}
    spans = [(token.number.start, token.number.end) for token in figures]
    years = list(govern(folded[:end], spans, named, running, year))
    later = [
        m.year for m in named if m.role == "governs" and m.year and (not year or m.year > year)
    ]
    running = later[-1] if later else running
    results: list[Figure] = []
    spoken: list[Measured] = []
    taken = start
    known = True if year is None and _TOWARDS.search(folded, start, end) else None
    seen = start
    ahead: list[Measured] = []
    for index, (token, governed) in enumerate(zip(figures, years, strict=True)):
        number = token.number
        known = cue(folded, seen, number.start, known, plan)
        seen = number.start
        low = _clause_start(folded, taken, number.start)
        upto = figures[index + 1].number.start if index + 1 < len(figures) else end
        stop = _CLAUSE.search(folded, number.end, upto)
        high = stop.start() if stop else upto
        before = lead(folded, low, number.start, skips)
        limit = BEHIND.match(folded, number.end)
        behind = limit.end() if limit else number.end
        if ahead:
            phrase = ahead.pop(0)
        else:
            following = _in_a_row(folded, figures[index:])
            lists = listed(folded, following, before, low, starts) if len(following) > 1 else []
            phrase, ahead = (
                (lists[0], lists[1:])
                if lists
                else (measured(folded, number, before, low, behind, high, starts, spoken), [])
            )
        told = before.bound
        if number.unit == "百分点" and _APART.search(folded, low, number.start):
            told = None
        bound = told or (limit.lastgroup if limit else None) or ("over" if token.over else None)
        setting = Setting(governed.year, year, governed.base, known, plan)
        figure = _figure(
            text, folded, number, before, bound, behind, low, governed, setting, phrase
        )
        results.append(figure)
        taken = behind
        if figure.sort != "threshold":
            spoken.append(phrase)
            taken = max(behind, phrase.end if phrase.end <= upto else 0)
    return results, running


def _figure(
    text: str,
    folded: str,
    number: Number,
    before: Lead,
    bound: str | None,
    behind: int,
    low: int,
    governed: Governed,
    setting: Setting,
    phrase: Measured,
) -> Figure:
    sort = sort_of(folded, number, before, bound, behind, setting)
    # 由19.5%降至14%: when the first number was reached is told only if a year stands with it.
    base = setting.document if number.unit == "倍" else governed.year  # 是2020年的2.5倍
    year = (
        None
        if before.start_value and not number.high and governed.year == setting.document
        else base
    )
    return Figure(
        number.start,
        number.end,
        number.text,
        number.value,
        number.high,
        number.unit,
        number.unit_text,
        year=year,
        part=governed.part,
        sort=sort,
        direction=direction_of(folded, low, number, before),
        bound=bound,  # type: ignore[arg-type]
        measures=phrase.qualifier + text[phrase.start : phrase.end],
        measures_start=phrase.start,
        measures_end=phrase.end,
        share=phrase.share,
    )


def _clause_start(folded: str, taken: int, start: int) -> int:
    cut = taken
    for found in _CLAUSE.finditer(folded, taken, start):
        cut = found.end()
    return cut


def _in_a_row(folded: str, tokens: list[Token]) -> list[Number]:
    """The numbers from the first on that only 、 or 和 stands between."""
    numbers = [tokens[0].number]
    for token in tokens[1:]:
        if not _NEXT.fullmatch(folded, numbers[-1].end, token.number.start):
            break
        numbers.append(token.number)
    return numbers


def _of_row(text: str, tokens: list[Token], cells: list[Cell], plan: bool) -> list[Figure]:
    """The figures of a table row, whose heads tell unit, year and what is measured."""
    results: list[Figure] = []
    for cell in cells:
        inside = [t.number for t in tokens if cell.start <= t.number.start < cell.end]
        if len(inside) != 1:
            continue
        number = inside[0]
        if not number.unit:
            unit, times = unit_of(cell.unit)
            value = number.value * units.times(times)
            number = replace(number, value=value, unit=unit, unit_text=cell.unit)
        begin, stop = cell.measures
        goal = plan or re.search("目标|计划数|任务", text[begin:stop]) is not None
        results.append(
            Figure(
                number.start,
                number.end,
                number.text,
                number.value,
                number.high,
                number.unit,
                number.unit_text,
                year=cell.year,
                part=None,
                sort="change" if number.unit == "百分点" else "target" if goal else "value",
                direction=None,
                bound=None,
                measures=cell.subject + text[begin:stop],
                measures_start=begin,
                measures_end=stop,
                share=False,
            )
        )
    return results


def _moved(figure: Figure, offset: int) -> Figure:
    if not offset:
        return figure
    return replace(
        figure,
        start=figure.start + offset,
        end=figure.end + offset,
        measures_start=figure.measures_start + offset,
        measures_end=figure.measures_end + offset,
    )
