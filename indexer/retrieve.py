"""A question -> the passages that speak to it.

    dense candidates ─┐
                      ├─ all of them scored by both sides, and again with their sentences → ranked
    word candidates  ─┘

Candidates come from the chunk vectors and from BM25. Each is then scored by both: fusing ranks
alone would let keyword search drag down questions that it cannot read, such as English ones over
Chinese text. So BM25 counts as a share of the most it could be if every word of the question were
matched: words that nothing in the library answers to lower that share by themselves. The best
sentence counts beside its chunk, for a policy paragraph packs ten measures into one block and one
vector blurs them; it is also the one that is highlighted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue, SentenceRow
from indexer.covered import SentenceTexts
from indexer.expand import Group
from indexer.records import Filters, Passage, ScoreParts, Vector
from indexer.repaired import repaired_characters
from indexer.selection import Chosen
from indexer.sentences import names_only, split_sentences
from indexer.terms import SATURATION, TermsView
from indexer.vectors import VectorView
from indexer.years import years_named

CANDIDATES = 120
"""Chunks that each side proposes; more of them changed no result measured."""

MAX_HIGHLIGHT = 120
"""A clause is highlighted with the sentence it stands in, unless that is longer than this."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the parts of a score count. `benchmarks/ranking.py` shows what each of them adds.

    `sentence` is the share of the best sentence's cosine in the dense part; `words` what a full
    BM25 match adds to a cosine, `covered` what a best sentence with all words of the question adds.
    `dense` 0 leaves the vectors out: BM25 alone.
    """

    dense: float = 1.0
    sentence: float = 0.4
    words: float = 0.06
    covered: float = 0.06

    def score(self, parts: ScoreParts) -> float:
        """The score that orders passages."""
        dense = (1 - self.sentence) * parts.passage + self.sentence * parts.sentence
        return self.dense * dense + self.words * parts.words + self.covered * parts.covered


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts of the search take part, to see what each of them adds.

    `glossary`: English phrases in Chinese, and synonyms. `reading`: the places, years and kinds
    that the question names narrow it.
    """

    weights: Weights = DEFAULT_WEIGHTS
    glossary: bool = True
    reading: bool = True


ALL_PARTS = Parts()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made ready: its vector, its words with their weights, and what narrows it.

    `below` are the places within those asked for of which there are documents.
    """

    vector: Vector
    groups: tuple[Group, ...]
    weights: tuple[float, ...]
    chosen: Chosen | None = None
    facets: tuple[tuple[str, ...], ...] = ()
    years: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    below: frozenset[str] = frozenset()


class Hit(NamedTuple):
    """A chunk with its score, its best sentence as offsets (None: it has none), and the parts."""

    chunk: int
    score: float
    sentence: tuple[int, int] | None
    parts: ScoreParts


def rank(
    asked: Asked,
    catalogue: Catalogue,
    vectors: VectorView,
    terms: TermsView,
    candidates: int = CANDIDATES,
    weights: Weights = DEFAULT_WEIGHTS,
) -> list[Hit]:
    """The chunks that fit a question best, best first, of so many candidates from each side."""
    nearest = candidates if weights.dense else 0
    ids, cosines = vectors.search(asked.vector, nearest, asked.chosen)
    dense = dict(zip(ids.tolist(), cosines.tolist(), strict=True))
    shares: dict[int, float] = {}
    most = SATURATION * sum(asked.weights)
    if most > 0 and (weights.words or weights.covered):
        scores = terms.search(asked.groups, candidates, asked.facets)
        by_words = [chunk for chunk in scores if chunk not in dense]
        dense |= vectors.products(asked.vector, by_words)
        by_vector = [chunk for chunk in dense if chunk not in scores]
        scores |= terms.search(asked.groups, len(by_vector), (), only=by_vector)
        shares = {chunk: min(1.0, score / most) for chunk, score in scores.items()}
    return _scored(asked, catalogue, dense, shares, weights)


def rank_all(
    asked: Asked, catalogue: Catalogue, vectors: VectorView, terms: TermsView, most: int
) -> list[Hit]:
    """All chunks of the selection, best first; the nearest `most` of them where it has more."""
    ids, cosines = vectors.search(asked.vector, most, asked.chosen)
    dense = dict(zip(ids.tolist(), cosines.tolist(), strict=True))
    full = SATURATION * sum(asked.weights)
    scores = terms.search(asked.groups, most, asked.facets) if full else {}
    shares = {chunk: min(1.0, score / full) for chunk, score in scores.items()}
    return _scored(asked, catalogue, dense, shares, DEFAULT_WEIGHTS)


def _scored(
    asked: Asked,
    catalogue: Catalogue,
    dense: Mapping[int, float],
    shares: Mapping[int, float],
    weights: Weights,
) -> list[Hit]:
    rows = catalogue.sentence_rows(list(dense))
    best = _best_sentences(asked, rows, weights)
    hits: list[Hit] = []
    for chunk, cosine in dense.items():
        row = rows.get(chunk)
        if row is None:  # removed since the view was made
            continue
        shown, sentence_cosine, covered = best.get(chunk, (-1, cosine, 0.0))
        parts = ScoreParts(cosine, sentence_cosine, shares.get(chunk, 0.0), covered)
        span = (int(row.spans[shown][0]), int(row.spans[shown][1])) if shown >= 0 else None
        hits.append(Hit(chunk, weights.score(parts), span, parts))
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk))


def _best_sentences(
    asked: Asked, rows: Mapping[int, SentenceRow], weights: Weights
) -> dict[int, tuple[int, float, float]]:
    """For each chunk with sentences: which to show, the best one's cosine and its share of words.

    The best is shown, but for a bare heading what stands best below it.
    """
    held = [(chunk, row) for chunk, row in rows.items() if len(row.spans)]
    if not held:
        return {}
    cosines = np.concatenate([row.whole for _, row in held]).astype(np.float32) @ asked.vector
    cosines *= np.concatenate([row.scales for _, row in held])
    covered = SentenceTexts([row for _, row in held]).covered(asked.groups, asked.weights)
    values = cosines + weights.covered / max(weights.sentence, 0.01) * covered
    found: dict[int, tuple[int, float, float]] = {}
    end = 0
    for chunk, row in held:
        start, end = end, end + len(row.spans)
        value = values[start:end]
        if asked.years and row.year not in asked.years:
            value = value + _names_year(row.texts(), asked.years)
        at = int(np.argmax(value))
        best = start + at
        found[chunk] = (_telling(row, value, at), float(cosines[best]), float(covered[best]))
    return found


def _telling(row: SentenceRow, value: NDArray[np.float32], best: int) -> int:
    """The sentence of most value that says something, or `best`, that of most value."""
    start, end = (row.spans[best] - row.start).tolist()
    if not names_only(row.text[start:end]):
        return best
    texts = row.texts()
    order: list[int] = np.argsort(-value, kind="stable").tolist()
    return next((at for at in order if not names_only(texts[at])), best)


def _names_year(
    texts: Sequence[str], years: Sequence[int]
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """1 for each sentence that names one of the years: it is why the passage is there at all."""
    return np.array([bool(set(years_named(text)) & set(years)) for text in texts], np.float32)


def best_per_document(hits: Sequence[Hit], owners: Sequence[int]) -> list[Hit]:
    """Keep the best hit of each document, in order; `owners` says which each hit is of."""
    kept: dict[int, Hit] = {}
    for hit, owner in zip(hits, owners, strict=True):
        kept.setdefault(owner, hit)
    return list(kept.values())


def fetch(
    hits: Sequence[Hit],
    catalogue: Catalogue,
    filters: Filters,
    also_in: Mapping[int, tuple[str, ...]] | None = None,
) -> list[Passage]:
    """The passages of these hits, with text and place; `also_in` names documents by chunk."""
    also_in = also_in or {}
    chunks = catalogue.placed_chunks([hit.chunk for hit in hits])
    edits = catalogue.edits_of({chunk.doc for chunk in chunks.values()})
    raw_text = cache(catalogue.raw_text)
    passages = []
    for hit in hits:
        chunk = chunks.get(hit.chunk)
        if chunk is None:
            continue
        about = chunk.about
        passages.append(
            Passage(
                doc=chunk.doc,
                title=about.title,
                place=about.own_place,
                year=about.year,
                kind=about.kind,
                heading=chunk.heading,
                text=chunk.text,
                start=chunk.start,
                end=chunk.start + len(chunk.text),
                page=chunk.page,
                score=round(hit.score, 4),
                highlights=_highlights(chunk.text, chunk.start, hit.sentence),
                quality=chunk.quality,
                also_in=also_in.get(hit.chunk),
                date=about.date,
                issuer=about.issuer,
                fictional=about.fictional,
                number=about.number,
                parts=hit.parts,
                other_year=bool(filters.year) and about.year not in filters.year,
                repaired=repaired_characters(
                    edits.get(chunk.doc, ()),
                    chunk.text,
                    chunk.start,
                    partial(raw_text, chunk.doc),
                ),
                damaged=chunk.unreadable(chunk.start, chunk.start + len(chunk.text)),
            )
        )
    return passages


def _highlights(text: str, start: int, best: tuple[int, int] | None) -> tuple[tuple[int, int], ...]:
    """The sentence round the best statement of a chunk, as offsets in the document."""
    if best is None:
        return ()
    for sentence in split_sentences(text, start):
        whole = sentence.start <= best[0] and best[1] <= sentence.end
        if whole and len(sentence.text) <= MAX_HIGHLIGHT:
            return ((sentence.start, sentence.end),)
    return (best,)
