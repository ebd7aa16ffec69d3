"""Whether a sentence gives the figure that a question asks for, or only a goal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from indexer.catalogue import PlacedChunk
from indexer.figures import figures_in, outlook
from indexer.records import Figure
from indexer.retrieve import Asked
from indexer.wanted.questions import (
    asks_change,
    asks_figure,
    asks_goal,
    asks_if_met,
    asks_money,
    asks_of_each,
    asks_share,
    rejects_goals,
    speaks_of_past,
)

PERCENT = ("%", "百分点")

_HOW_IT_STANDS = re.compile(
    r"^(?:降[到至低]?|下降|减[少到至]?|上升|升[到至]|提[高升]|增[加长至到]?|达到?|还剩|剩下|共有|一共|实际"
    r"|全年|目前|现有|年底|总共|各|分别)$"
)
"""Words of a question that do not name what is counted."""

_A_SHARE = re.compile(
    r"比例|占比|比重|比率|百分比|shares?|percentages?|per ?cent|proportions?|rates?"
)
"""A word for a share by itself; 覆盖率 names what is shared too."""

_RATE_OF_ANYTHING = re.compile(r"(?:覆盖|达标|合格|完成|参与|使用|满意|优秀|优良)率")
"""A rate that says nothing of what it is of: 集团化办学覆盖率 is not 普惠性幼儿园覆盖率."""

FIGURE_WORTH = 1.5  # log-odds that the figure asked for adds to a sentence, and its lack takes away
_NAMED = 0.6  # of the question's words, by weight, are enough to name what is counted
_IN_SENTENCE = 0.6  # what a word counts that stands in the sentence, not at the figure
_IN_HEADING = 0.3  # or only in a heading above it
_NO_SHARE = 0.4  # what a number counts where a share is asked for
_NO_MONEY = 0.2  # or where a sum of money is
_GOAL = 0.5  # a sentence whose goal names so much better what is counted gives only that goal

_NEVER = -40.0
"""What a goal is worth where it is asked what has really come: it is no answer."""

_PLANNED = -3.0
"""What a goal loses where the figure is spoken of as past."""

_OTHER_PLACE = -6.0
"""What a figure of a county loses where that of its city or province is asked for."""


def figure_worth(question: str, asked: Asked, sentence: str, chunk: PlacedChunk) -> float:
    """What a sentence gains or loses by the figures it gives, and by giving only goals."""
    figure, met = asks_figure(question), asks_if_met(question)
    if not (figure or met or rejects_goals(question)):
        return 0.0
    view = outlook(chunk.heading, chunk.about.kind, chunk.about.year)
    figures = figures_in(sentence, 0, view.year, plan=view.plan)
    gain = 0.0
    if only_a_goal(figures, view.plan, asked.years, changes=not met):
        never = rejects_goals(question) or (met and bool(figures))
        gain = _NEVER if never else _PLANNED * speaks_of_past(question)
    if figure:
        gain += FIGURE_WORTH * (2 * _given(question, asked, sentence, chunk, figures) - 1)
        gain += _OTHER_PLACE if _of_a_part(question, asked, sentence, chunk) else 0.0
    return gain


def only_a_goal(
    figures: Sequence[Figure], plan: bool, years: Sequence[int] = (), changes: bool = True
) -> bool:
    """Whether a sentence tells what is to come: by its figures, or without any by where it is.

    Of several figures those of the years asked for decide, if any is. No words of its own call a
    change a goal; without `changes` it is none the less for being one in a plan (缩小到10个百分点).
    """
    of_years = [figure for figure in figures if figure.year in years]
    told = of_years or figures
    if plan and not changes:
        told = [figure for figure in told if figure.sort != "change"]
    sorts = {figure.sort for figure in told[-1:]} | {
        figure.sort for figure, after in pairwise(told) if not _starts_from(figure, after)
    }
    if sorts & {"value", "change"}:
        return False
    return "target" in sorts or plan


def _starts_from(figure: Figure, after: Figure) -> bool:
    """Whether a figure is where a goal starts from: 由21.6∶1降至19∶1."""
    return figure.year is None and after.sort == "target" and after.unit == figure.unit


def _of_a_part(question: str, asked: Asked, sentence: str, chunk: PlacedChunk) -> bool:
    """Whether a sentence tells of places within the one asked for, and not of that one."""
    own = chunk.about.own_place
    if not asked.places or own is None or asks_of_each(question):
        return False
    if any(place in sentence or f"全{place[-1]}" in sentence for place in asked.places):
        return False
    return own not in asked.places or any(place in sentence for place in asked.below)


def _given(
    question: str, asked: Asked, sentence: str, chunk: PlacedChunk, figures: Sequence[Figure]
) -> float:
    """How far one of the figures of a sentence is the one asked for, 0 to 1.

    Below 0, down to -1/2, where it is only a goal and the question is for a result.
    """
    wanted = {"value"}
    if asks_goal(question):
        wanted.add("target")
    if asks_change(question):
        wanted.add("change")
    text = sentence.lower()
    above = "\n".join((*chunk.heading, text)).lower()
    share, money = asks_share(question), asks_money(question)
    best = goal = 0.0
    for figure in figures:
        of_year = not asked.years or figure.year is None or figure.year in asked.years
        if figure.sort == "threshold" or not of_year:
            continue
        named = max(
            _named_share(asked, figure.measures.lower(), figure),
            _IN_SENTENCE * _named_share(asked, text, figure),
            _IN_HEADING * _named_share(asked, above, figure),
        )
        if share and figure.unit not in PERCENT:
            named *= _NO_SHARE
        if money and not figure.unit.endswith("元"):
            named *= _NO_MONEY
        if figure.sort in wanted:
            best = max(best, named)
        elif figure.sort == "target":
            goal = max(goal, named)
    return min(1.0, best / _NAMED) if best > _GOAL * goal else -min(1.0, goal / _NAMED) / 2


def _named_share(asked: Asked, text: str, figure: Figure) -> float:
    """The share of the question's words, by weight, that a text names; a % is a share by itself.

    None where it names a rate, but nothing of what the rate asked for is of.
    """
    share = figure.unit in PERCENT
    total = held = rates = rates_held = 0.0
    for group, weight in zip(asked.groups, asked.weights, strict=True):
        unknown = all(word.isascii() for way, _ in group.ways for word in way)  # English, so far
        if unknown or _HOW_IT_STANDS.search(group.text):
            continue
        named = any(all(word in text for word in way) for way, _ in group.ways)
        if any(_RATE_OF_ANYTHING.fullmatch("".join(way)) for way, _ in group.ways):
            rates += weight
            rates_held += weight * named
            continue
        total += weight
        if named or (share and _A_SHARE.fullmatch(group.text.lower())):
            held += weight
    if total and not held:
        return 0.0
    return (held + rates_held) / (total + rates) if total + rates else 0.0
