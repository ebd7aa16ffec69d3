"""The figures that Chinese official prose states: value, unit, year, sort and what is measured.

    lexicon           the words that the modules below know (data/figures.toml)
    numerals, units   how numbers and units are written and what they are worth
    tokens, amounts   text -> numbers, and which of them are figures
    years             which year a figure is of
    phrase            the words right before and behind a number
    measures          what it measures
    roles             value, target, change or threshold
    sentence          a sentence read from left to right, by the four above
    rows              table rows as the readers write them
    outlook           headings and kind of document -> what the functions here are told

No model, no state. Offsets are those of the text given plus `offset`, and a figure's text is always
the exact slice.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from indexer.figures import units
from indexer.figures.numerals import fold
from indexer.figures.outlook import PLANS, Outlook, outlook
from indexer.figures.rows import row_figures
from indexer.figures.sentence import Background, sentence_figures
from indexer.figures.tokens import scan
from indexer.records import Figure, Number

__all__ = ["PLANS", "Outlook", "figures_in", "numbers_in", "outlook", "same_figure"]

_SENTENCE_END = re.compile(r"[。!?\n]")


def figures_in(
    text: str,
    offset: int = 0,
    year: int | None = None,
    damaged: Sequence[tuple[int, int]] = (),
    plan: bool = False,
) -> tuple[Figure, ...]:
    """The figures of a sentence or a paragraph, in order.

    `year` is the one that the document reports on or plans for, and `plan` says that the text sets
    goals (a plan, or a section such as 下一步打算): see `outlook`. `damaged` are stretches, counted
    with `offset`, that cannot be read and give no figure. A sentence alone tells less than its
    paragraph: a future year named in one sentence holds for the next.
    """
    folded = fold(text)
    tokens = [token for token in scan(text, folded) if not _within(token.number, offset, damaged)]
    cuts = [0, *(found.end() for found in _SENTENCE_END.finditer(folded))]
    found: list[Figure] = []
    line, running = -1, year
    for at, inside in groupby(tokens, lambda token: bisect_right(cuts, token.number.start) - 1):
        start, end = cuts[at], cuts[at + 1] if at + 1 < len(cuts) else len(folded)
        begin = folded.rfind("\n", max(line, 0), start) + 1
        if line < 0 or begin > line:
            line, running = begin, year
        sentence = list(inside)
        figures = row_figures(text, folded, (start, end), sentence, year, plan)
        if not figures or start != line:
            # 2022年末大班额414个。其中甲县57个: what is said of it is of its year.
            goes_on = bool(found) and start > line and folded.startswith("其中", start)
            force = found[-1].year if goes_on and found[-1].start >= line else running
            background = Background(year, force, plan)
            figures, after = sentence_figures(text, folded, (start, end), sentence, background)
            running = running if goes_on and after == force else after
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


def _within(number: Number, offset: int, damaged: Sequence[tuple[int, int]]) -> bool:
    start, end = number.start + offset, number.end + offset
    return any(start < last and first < end for first, last in damaged)


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
