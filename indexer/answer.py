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
from indexer.years import years_named

ENOUGH = {"zh": 0.05, "en": 0.04}
"""By language: the answer stands if its likeliest sentence has this probability. About one in
twenty of the labelled questions that have an answer fall below it; see the README's table."""

ENOUGH_ELSEWHERE = 0.3
"""The same for sentences of other documents that name the place asked for."""

KEPT = 0.25
"""A statement needs this share of the likeliest one's probability."""

DOCUMENT_KEPT = 0.4
"""The likeliest statement of a document needs this share of it: a document that only touches on
the question is not one that answers it."""

STATEMENTS = 10
OF_ONE_DOCUMENT = 3  # where several documents answer; where few do, more of each
LONGEST_SENTENCE = 160
LOOKED_AT = 60
_ALIKE = 0.97  # the product of two sentence vectors that say the same
_FIGURE_WORTH = 1.5  # what a figure adds to the log-odds where the question asks for one
_ASKS_HOW = re.compile(
    r"如何|怎么|怎样|做法|措施|办法|举措|经验|采取|途径|\bhow\b|measures?\b|what did|approach",
    re.IGNORECASE,
)
_ASKS_GOAL = re.compile(r"目标|计划|要求|打算|力争|\b(?:target|goal|plan)", re.IGNORECASE)
_MEASURE = re.compile(
    r"通过|新建|扩建|新增|增设|实行|实施|推行|推进|严格|严禁|建立|控制|分流|划片|统筹|招聘|采取|一是|二是"
    r"|三是|四是|列入|纳入|设立|安排|组织|落实|配备|补充|下派|选派|开设|改造|调剂|补助|签订|考核|约谈"
)
_MEASURE_WORTH = 0.5
_NAMED = 0.4  # of the question's words stand in what the figure measures
_ASKS_FIGURE = re.compile(
    r"多少|几[个所名人家次成万亿]|比例|占比|比率|[率数]是|率$|率(?:达|为|提|降|有)|增长了|下降了"
    r"|how (?:many|much|large|high|far|long)|what (?:share|percentage|proportion|rate|number)"
    r"|\brate\b|\bshare\b|\bnumber of\b|percent",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Where a statement stands: `text` is the document's text from `start` to `end`."""

    doc: str
    text: str
    start: int
    end: int
    about: Description
    heading: tuple[str, ...]
    page: int | None
    figures: tuple[Figure, ...]
    quality: float | None = None


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
    chunk: int
    start: int
    end: int
    vector: NDArray[np.float32]


def asks_figure(question: str) -> bool:
    """Whether a question wants a number for an answer."""
    return bool(_ASKS_FIGURE.search(question))


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
        if each.probability >= KEPT * top and best[chunks[each.chunk].doc] >= DOCUMENT_KEPT * top
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
            if other_year and not set(asked.years) & set(years_named(text)):
                continue
            worth = _worth(question, asked, text, chunk)
            probabilities = [
                calibration.probability(
                    ScoreParts(
                        hit.parts.passage, float(cosines[n]), hit.parts.words, float(covered[n])
                    ),
                    worth,
                )
                for n in members
            ]
            at = int(np.argmax(probabilities))
            yield _Candidate(probabilities[at], hit.chunk, start, end, vectors[members[at]])


def _names(each: _Candidate, chunk: PlacedChunk, naming: Sequence[str]) -> bool:
    text = chunk.text[each.start - chunk.start : each.end - chunk.start]
    return any(name in text for name in naming)


def _worth(question: str, asked: Asked, sentence: str, chunk: PlacedChunk) -> float:
    """What a sentence gains or loses by the kind of question: does it give what is asked for?

    A question for a figure wants that figure, of the year asked for, and no goal for a result; one
    that asks how something was done wants a measure.
    """
    if not asks_figure(question):
        how = bool(_ASKS_HOW.search(question))
        return (_MEASURE_WORTH if _MEASURE.search(sentence) else -_MEASURE_WORTH) if how else 0.0
    view = outlook(chunk.heading, chunk.about.kind, chunk.about.year)
    figures = figures_in(sentence, 0, view.year, plan=view.plan)
    if asked.years:
        figures = tuple(f for f in figures if f.year is None or f.year in asked.years)
    named = {f: _named_share(asked, f.measures.lower()) for f in figures}
    fitting = [figure for figure, share in named.items() if share >= _NAMED]
    if any(figure.sort == "value" for figure in fitting) or (
        fitting and _ASKS_GOAL.search(question)
    ):
        return _FIGURE_WORTH
    return 0.0 if any(named.values()) else -_FIGURE_WORTH


def _named_share(asked: Asked, measures: str) -> float:
    """The share of the question's words, by weight, that name what a figure measures."""
    total = sum(asked.weights)
    held = sum(
        weight
        for group, weight in zip(asked.groups, asked.weights, strict=True)
        if any(all(word in measures for word in words) for words, _ in group.ways)
    )
    return held / total if total else 0.0


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
    )


def grouped(statements: Sequence[Statement]) -> list[tuple[str, int | None, list[Statement]]]:
    """The statements by place and year: (place, year, statements), the likeliest group first."""
    groups: dict[tuple[str, int | None], list[Statement]] = {}
    for statement in statements:
        about = statement.quotes[0].about
        place = about.place or about.city or about.province or ""
        groups.setdefault((place, about.year), []).append(statement)
    for held in groups.values():
        held.sort(key=lambda s: (s.quotes[0].doc, s.quotes[0].start))
    return [(place, year, held) for (place, year), held in groups.items()]
