"""The sentences of the best passages, each with the probability that it answers a question.

    passages → their sentences, each as likely as its likeliest statement → the likeliest read again

The second reading is token by token: one vector blurs a sentence, most of all to a question in
another language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import PlacedChunk, SentenceRow
from indexer.duplicates import fold
from indexer.records import ScoreParts
from indexer.retrieve import Asked, Hit, covered_shares
from indexer.sentences import split_sentences
from indexer.speaks import Calibration
from indexer.wanted import worth
from indexer.years import years_named

LONGEST_SENTENCE = 160
_HEADING = 8  # characters; so short a sentence without a figure only names its subject
_NUMBERING = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,3}(?:[）)、.．]|是)\s*")

ALIGNED = 8
"""The likeliest sentences that are read again, token by token; they take about .1 s."""

_ALIGNMENT = 0.6
"""Log-odds for an alignment one standard deviation above that of the other sentences read."""

_SAME = 1e-6  # so small a spread tells nothing apart


Align = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts -> how well each fits the question token by token (`Encoder.alignments`)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a chunk, with its offsets in the document and its vector.

    `probability` that it answers; `gain` what of its log-odds is due to the kind of question;
    `weight` what orders it: the probability, after the second reading with its alignment.
    """

    text: str
    chunk: int
    start: int
    end: int
    probability: float
    gain: float
    weight: float
    vector: NDArray[np.float32]


def candidates_of(
    question: str,
    asked: Asked,
    hits: Sequence[Hit],
    rows: Mapping[int, SentenceRow],
    chunks: Mapping[int, PlacedChunk],
    calibration: Calibration,
) -> list[Candidate]:
    """The sentences of these passages, the likeliest first.

    `rows` and `chunks` hold their sentences and where they stand; what they lack is left out.
    """
    found = [
        each
        for hit in hits
        if hit.chunk in rows and hit.chunk in chunks
        for each in _of_passage(
            question, asked, hit, rows[hit.chunk], chunks[hit.chunk], calibration
        )
    ]
    return _in_order(found)


def aligned(candidates: Sequence[Candidate], align: Align) -> list[Candidate]:
    """Candidates in order anew, the likeliest of them read again token by token.

    How well a sentence fits so tells sentences of one question apart, but not one question from
    another: it changes the order and no probability.
    """
    texts = list(dict.fromkeys(each.text for each in candidates[:ALIGNED]))
    fits = np.asarray(align(texts), np.float64)
    spread = float(fits.std())
    if spread < _SAME:
        return list(candidates)
    more = dict(zip(texts, _ALIGNMENT * (fits - fits.mean()) / spread, strict=True))
    return _in_order(
        replace(each, weight=_shifted(each.weight, more[each.text])) if each.text in more else each
        for each in candidates
    )


def _in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda each: (-each.weight, each.chunk, each.start))


def _shifted(probability: float, log_odds: float) -> float:
    odds = probability / max(1e-12, 1 - probability) * math.exp(log_odds)
    return odds / (1 + odds)


def _of_passage(
    question: str,
    asked: Asked,
    hit: Hit,
    row: SentenceRow,
    chunk: PlacedChunk,
    calibration: Calibration,
) -> Iterable[Candidate]:
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
            likely = probabilities[at]
            yield Candidate(text, hit.chunk, start, end, likely, gain, likely, vectors[members[at]])


def _only_a_heading(text: str, title: str) -> bool:
    """Whether a sentence only names its subject: the document's title, or （一）化解大班额。"""
    said = fold(_NUMBERING.sub("", text.strip()))
    return said == fold(title) or (len(said) <= _HEADING and not any(map(str.isdigit, said)))
