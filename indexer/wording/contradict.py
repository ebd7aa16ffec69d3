"""Figures of a draft that the library's documents of the same place state otherwise.

A draft is of the place that it names most, and of the year in its first line, else of the one that
it names most. A figure is held against those that measure the same thing, in the same words, unit
and year; where one of them agrees there is no contradiction, whatever another says.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from indexer.catalogue import PlacedChunk
from indexer.cite import reference_to
from indexer.figures import figures_in, outlook, same_figure
from indexer.figures.units import kind
from indexer.records import Figure
from indexer.sentences import split_sentences
from indexer.wording.frames import plain_form
from indexer.wording.records import Contradiction, Use
from indexer.years import years_named

_SHOWN = 3  # contradictions told of one figure

_Key = tuple[str, int, str, str | None]  # what is measured, year, unit, part of the year


def draft_place(text: str, names: Iterable[str]) -> str | None:
    """The place that a draft names most, of those that documents are of."""
    counts = Counter({name: text.count(name) for name in names})
    best = counts.most_common(1)
    return best[0][0] if best and best[0][1] else None


def draft_year(text: str) -> int | None:
    """The year that a draft is about, as far as it tells."""
    first = years_named(text.strip().partition("\n")[0]) if "\n" in text.strip() else ()
    if len(first) == 1:
        return first[0]
    named = Counter(
        year for sentence in split_sentences(text) for year in years_named(sentence.text)
    )
    return named.most_common(1)[0][0] if named else None


def contradictions(
    text: str, year: int | None, chunks: Iterable[PlacedChunk]
) -> tuple[Contradiction, ...]:
    """The figures of a draft that these chunks, all of its place, state otherwise, in order."""
    mine: dict[_Key, list[Figure]] = defaultdict(list)
    for figure in figures_in(text, 0, year):
        if key := _key(figure):
            mine[key].append(figure)
    if not mine:
        return ()
    theirs: dict[_Key, list[tuple[Figure, PlacedChunk]]] = defaultdict(list)
    for chunk in chunks:
        view = outlook(chunk.heading, chunk.about.kind, chunk.about.year)
        for figure in figures_in(chunk.text, chunk.start, view.year, chunk.damaged, view.plan):
            key = _key(figure)
            if key in mine:
                theirs[key].append((figure, chunk))
    found = []
    for key, figures in mine.items():
        for figure in figures:
            others = theirs[key]
            if others and not any(same_figure(figure, other) for other, _ in others):
                once = {chunk.doc: (other, chunk) for other, chunk in reversed(others)}
                found += [_told(figure, *each) for each in list(once.values())[:_SHOWN]]
    return tuple(sorted(found, key=lambda each: each.start))


def within(found: Sequence[Contradiction], start: int, end: int) -> tuple[Contradiction, ...]:
    """Those whose figure stands in a stretch of the draft."""
    return tuple(each for each in found if start <= each.start < end)


def _key(figure: Figure) -> _Key | None:
    """What must be the same for two figures to be comparable; None where that is not told."""
    # A share is of a whole that its sentence need not name.
    if figure.sort != "value" or not figure.measures or figure.bound or figure.share:
        return None
    if figure.year is None:
        return None
    measures = re.sub("^(?:全[省市县区]|我[省市县区])", "", plain_form(figure.measures))
    return (measures, figure.year, kind(figure.unit), figure.part)


def _told(figure: Figure, other: Figure, chunk: PlacedChunk) -> Contradiction:
    sentence = next(
        each
        for each in split_sentences(chunk.text, chunk.start)
        if each.start <= other.start < each.end
    )
    reference = reference_to(
        chunk.doc,
        chunk.about,
        start=sentence.start,
        end=sentence.end,
        heading=chunk.heading,
        page=chunk.page,
    )
    return Contradiction(
        figure.start, figure.end, figure.text, other.text, Use(sentence.text, reference)
    )
