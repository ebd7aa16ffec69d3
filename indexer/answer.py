"""The answer without a language model: the sentences that answer, word for word, with sources.

    scored sentences → those likely to answer → without repetition → by place and year

Nothing is written that a document does not say: a statement is a stretch of a document, and its
figures are those that stand in it. Where no sentence is likely enough the answer is that the
documents do not say it, and the nearest passages are offered as no more than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer.candidates import Candidate
from indexer.catalogue import PlacedChunk
from indexer.duplicates import fold
from indexer.figures import figures_in, outlook
from indexer.records import Description, Figure, Passage

ENOUGH = {"zh": 0.08, "en": 0.035}
"""By language: the answer stands if its likeliest sentence has this probability. Of the labelled
questions that have an answer and were not kept aside, at most one in twenty falls below it."""

ENOUGH_ELSEWHERE = 0.3
"""The same for sentences of documents of other places, or of the year after, that name the place
or the year asked for."""

SURE = 0.2
"""An answer whose likeliest sentence has less is as often wrong as right."""

KEPT = 0.15
"""A statement needs this share of the likeliest one's probability."""

DOCUMENT_KEPT = 0.3
"""The likeliest statement of a document needs this share of it: a document that only touches on
the question is not one that answers it."""

STATEMENTS = 10
OF_ONE_DOCUMENT = 3  # where several documents answer; where few do, more of each
LOOKED_AT = 60
_BESIDE = -0.75  # what a sentence loses that gives other figures than the one asked for
_ALIKE = 0.97  # the product of two sentence vectors that say the same


@dataclass(frozen=True, slots=True)
class Quote:
    """Where a statement stands: `text` is the document's text from `start` to `end`.

    `damaged` are the stretches of it that cannot be read and are none of its figures.
    """

    doc: str
    text: str
    start: int
    end: int
    about: Description
    heading: tuple[str, ...]
    page: int | None
    figures: tuple[Figure, ...]
    quality: float | None = None
    damaged: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that answers, and every document that says it; `probability` that it does.

    `other_year`: its document is of another year than asked for, which the sentence names. `below`:
    the place within its document's that it tells of, where it is one alone.
    """

    text: str
    quotes: tuple[Quote, ...]
    probability: float
    other_year: bool = False
    below: str | None = None

    @property
    def place(self) -> str:
        """The place that it tells of; "" where that is not known."""
        return self.below or self.quotes[0].about.own_place or ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the selection has on a question: documents, those that speak to it, and their places.

    `with_figures` counts the places whose statements give a figure. `whole`: all of the selection
    was looked at; else the numbers are the least there are.
    """

    documents: int
    speaking: int
    places: int
    with_figures: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The statements that answer; none where that is `insufficient`, but the nearest passages.

    `elsewhere`: the documents of the place asked for say nothing clear; the first statements are of
    other documents that name it. `year_after`: the same of the year asked for and the documents of
    the year after. `unsure`: no statement is likely to answer. `untold`: subjects, as the question
    words them, that no document of the library names.
    """

    status: Literal["answered", "insufficient"]
    elsewhere: bool = False
    statements: tuple[Statement, ...] = ()
    coverage: Coverage | None = None
    nearest: tuple[Passage, ...] = ()
    unsure: bool = False
    untold: tuple[str, ...] = ()
    year_after: bool = False


def statements_of(
    candidates: Sequence[Candidate],
    chunks: Mapping[int, PlacedChunk],
    years: Sequence[int],
    enough: float,
) -> tuple[Statement, ...]:
    """The statements that answer, best first; none if no candidate has `enough` probability.

    `candidates` come likeliest first, `chunks` hold their passages, `years` are those asked for.
    """
    if not candidates or candidates[0].probability < enough:
        return ()
    first = candidates[0]
    best = {chunks[each.chunk].doc: each.probability for each in reversed(candidates)}
    likely = [
        each
        for each in candidates
        if each.probability >= KEPT * first.probability
        and best[chunks[each.chunk].doc] >= DOCUMENT_KEPT * first.probability
        # Where the figure asked for is given, a sentence that has only other ones adds nothing.
        and (each.gain > _BESIDE or first.gain <= 0)
    ]
    return tuple(_without_repetition(likely, chunks, years))


def pooled_with(
    statements: Sequence[Statement], others: Sequence[Statement]
) -> tuple[Statement, ...]:
    """The statements, and behind them those of `others` that are likely enough beside the best."""
    said = {fold(each.text) for each in statements}
    enough = DOCUMENT_KEPT * max((each.probability for each in statements), default=0.0)
    more = [each for each in others if each.probability >= enough and fold(each.text) not in said]
    return (*statements, *more)[:STATEMENTS]


def is_unsure(statements: Sequence[Statement]) -> bool:
    """Whether the statements may well not answer the question: none of them is likely enough."""
    return max((each.probability for each in statements), default=0.0) < SURE


def _without_repetition(
    likely: Sequence[Candidate], chunks: Mapping[int, PlacedChunk], years: Sequence[int]
) -> Iterable[Statement]:
    documents = len({chunks[each.chunk].doc for each in likely})
    of_one = max(OF_ONE_DOCUMENT, STATEMENTS // max(1, documents))
    kept: dict[str, Statement] = {}
    vectors: list[NDArray[np.float32]] = []
    of_document: dict[str, int] = {}
    for each in likely:
        quote = _quote(each, chunks[each.chunk])
        same = fold(quote.text)
        if same in kept:
            if all(q.doc != quote.doc for q in kept[same].quotes):
                kept[same] = replace(kept[same], quotes=(*kept[same].quotes, quote))
            continue
        alike = any(float(each.vector @ other) > _ALIKE for other in vectors)
        if alike and not quote.figures:
            continue
        if len(kept) >= STATEMENTS or of_document.get(quote.doc, 0) >= of_one:
            continue
        of_document[quote.doc] = of_document.get(quote.doc, 0) + 1
        vectors.append(each.vector)
        other = bool(years) and quote.about.year not in years
        kept[same] = Statement(quote.text, (quote,), round(each.probability, 3), other)
    return kept.values()


def _quote(each: Candidate, chunk: PlacedChunk) -> Quote:
    view = outlook(chunk.heading, chunk.about.kind, chunk.about.year)
    return Quote(
        doc=chunk.doc,
        text=each.text,
        start=each.start,
        end=each.end,
        about=chunk.about,
        heading=chunk.heading,
        page=chunk.page,
        figures=figures_in(each.text, each.start, view.year, chunk.damaged, view.plan),
        quality=chunk.quality,
        damaged=chunk.unreadable(each.start, each.end),
    )


def grouped(statements: Sequence[Statement]) -> list[tuple[str, int | None, list[Statement]]]:
    """The statements by place and year: (place, year, statements), the likeliest group first."""
    groups: dict[tuple[str, int | None], list[Statement]] = {}
    for statement in statements:
        year = statement.quotes[0].about.year
        groups.setdefault((statement.place, year), []).append(statement)
    for held in groups.values():
        held.sort(key=lambda s: (s.quotes[0].doc, s.quotes[0].start))
    return [(place, year, held) for (place, year), held in groups.items()]
