"""The answer without a language model: the sentences that answer, word for word, with sources.

    scored sentences → those likely to answer → without repetition → by place and year

Nothing is written that a document does not say: a statement is a stretch of a document, and its
figures are those that stand in it. Where no sentence is likely enough the answer is that the
documents do not say it, and the nearest passages are offered as no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import PlacedChunk, SentenceRow
from indexer.duplicates import fold
from indexer.figures import figures_in, outlook
from indexer.records import Description, Figure, Passage, ScoreParts
from indexer.retrieve import Asked, Hit, covered_shares
from indexer.sentences import split_sentences
from indexer.speaks import Calibration, language_of
from indexer.wanted import worth
from indexer.years import years_named

ENOUGH = {"zh": 0.05, "en": 0.06}
"""By language: the answer stands if its likeliest sentence has this probability. About one in
twenty of the labelled questions that have an answer fall below it; see the README's table."""

ENOUGH_ELSEWHERE = 0.3
"""The same for sentences of other documents that name the place asked for."""

KEPT = 0.15
"""A statement needs this share of the likeliest one's probability."""

DOCUMENT_KEPT = 0.4
"""The likeliest statement of a document needs this share of it: a document that only touches on
the question is not one that answers it."""

STATEMENTS = 10
OF_ONE_DOCUMENT = 3  # where several documents answer; where few do, more of each
LONGEST_SENTENCE = 160
LOOKED_AT = 60
_BESIDE = -0.75  # what a sentence loses that gives other figures than the one asked for
_HEADING = 8  # characters; so short a sentence without a figure only names its subject
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,3}(?:[）)、.．]|是)\s*")
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

    `other_year`: its document is of another year than asked for, which the sentence names.
    """

    text: str
    quotes: tuple[Quote, ...]
    probability: float
    other_year: bool = False


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

    `elsewhere`: the documents of the place asked for say nothing, and the statements are those of
    other documents that name it.
    """

    status: Literal["answered", "insufficient"]
    elsewhere: bool = False
    statements: tuple[Statement, ...] = ()
    coverage: Coverage | None = None
    nearest: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    probability: float
    gain: float
    chunk: int
    start: int
    end: int
    vector: NDArray[np.float32]


def statements_of(
    question: str,
    asked: Asked,
    hits: Sequence[Hit],
    rows: Mapping[int, SentenceRow],
    chunks: Mapping[int, PlacedChunk],
    calibration: Calibration,
    naming: Sequence[str] = (),
) -> tuple[Statement, ...]:
    """The statements that answer, best first; none if no sentence is likely enough.

    With `naming` only sentences count that hold one of these names.
    `hits` are ranked; `rows` and `chunks` hold their sentences and where they stand.
    """
    candidates = [
        each
        for hit in hits[:LOOKED_AT]
        if hit.chunk in rows and hit.chunk in chunks
        for each in _candidates(
            question, asked, hit, rows[hit.chunk], chunks[hit.chunk], calibration
        )
    ]
    if naming:
        candidates = [each for each in candidates if _names(each, chunks[each.chunk], naming)]
    candidates.sort(key=lambda each: (-each.probability, each.chunk, each.start))
    enough = ENOUGH_ELSEWHERE if naming else ENOUGH[language_of(question)]
    if not candidates or candidates[0].probability < enough:
        return ()
    top = candidates[0].probability
    best = {chunks[each.chunk].doc: each.probability for each in reversed(candidates)}
    likely = (
        each
        for each in candidates
        if each.probability >= KEPT * top
        and best[chunks[each.chunk].doc] >= DOCUMENT_KEPT * top
        # Where the figure asked for is given, a sentence that has only other ones adds nothing.
        and (each.gain > _BESIDE or candidates[0].gain <= 0)
    )
    return tuple(_without_repetition(likely, chunks, asked.years))


def _candidates(
    question: str,
    asked: Asked,
    hit: Hit,
    row: SentenceRow,
    chunk: PlacedChunk,
    calibration: Calibration,
) -> Iterable[_Candidate]:
    """The sentences of a passage; a sentence is as likely as the likeliest of its statements."""
    if not len(row.spans):
        return
    vectors = row.whole.astype(np.float32) * row.scales[:, None]
    cosines = vectors @ asked.vector
    covered = covered_shares(asked.groups, asked.weights, row)
    spans = row.spans.tolist()
    other_year = bool(asked.years) and row.year not in asked.years
    for sentence in split_sentences(row.text, row.start):
        inside = [n for n, (a, b) in enumerate(spans) if sentence.start <= a and b <= sentence.end]
        # A sentence without an end, as damaged texts have them, is looked at clause by clause.
        whole = sentence.end - sentence.start <= LONGEST_SENTENCE
        for members in [inside] if whole and inside else [[n] for n in inside]:
            start, end = (sentence.start, sentence.end) if whole else spans[members[0]]
            text = row.text[start - row.start : end - row.start]
            if _only_a_heading(text, chunk.about.title):
                continue
            if other_year and not set(asked.years) & set(years_named(text)):
                continue
            gain = worth(question, asked, text, chunk)
            probabilities = [
                calibration.probability(
                    ScoreParts(
                        hit.parts.passage, float(cosines[n]), hit.parts.words, float(covered[n])
                    ),
                    gain,
                )
                for n in members
            ]
            at = int(np.argmax(probabilities))
            yield _Candidate(probabilities[at], gain, hit.chunk, start, end, vectors[members[at]])


def _only_a_heading(text: str, title: str) -> bool:
    """Whether a sentence only names its subject: the document's title, or （一）化解大班额。"""
    said = fold(_NUMBERING.sub("", text.strip()))
    return said == fold(title) or (len(said) <= _HEADING and not any(map(str.isdigit, said)))


def _names(each: _Candidate, chunk: PlacedChunk, naming: Sequence[str]) -> bool:
    text = chunk.text[each.start - chunk.start : each.end - chunk.start]
    return any(name in text for name in naming)


def _without_repetition(
    likely: Iterable[_Candidate],
    chunks: Mapping[int, PlacedChunk],
    years: tuple[int, ...],
) -> Iterable[Statement]:
    likely = list(likely)
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


def _quote(each: _Candidate, chunk: PlacedChunk) -> Quote:
    text = chunk.text[each.start - chunk.start : each.end - chunk.start]
    view = outlook(chunk.heading, chunk.about.kind, chunk.about.year)
    return Quote(
        doc=chunk.doc,
        text=text,
        start=each.start,
        end=each.end,
        about=chunk.about,
        heading=chunk.heading,
        page=chunk.page,
        figures=figures_in(text, each.start, view.year, chunk.damaged, view.plan),
        quality=chunk.quality,
        damaged=chunk.unreadable(each.start, each.end),
    )


def grouped(statements: Sequence[Statement]) -> list[tuple[str, int | None, list[Statement]]]:
    """The statements by place and year: (place, year, statements), the likeliest group first."""
    groups: dict[tuple[str, int | None], list[Statement]] = {}
    for statement in statements:
        about = statement.quotes[0].about
        groups.setdefault((about.own_place or "", about.year), []).append(statement)
    for held in groups.values():
        held.sort(key=lambda s: (s.quotes[0].doc, s.quotes[0].start))
    return [(place, year, held) for (place, year), held in groups.items()]
