"""A question -> the passages that speak to it, in two stages.

First the nearest chunks by their own vectors, exhaustively. Then each of these is scored again
together with its best sentence: a policy paragraph packs ten measures into one block, and its one
vector blurs them. The best sentence is also the one that is highlighted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue
from indexer.records import Passage, Vector
from indexer.repaired import repaired_characters
from indexer.sentences import split_sentences
from indexer.vectors import VectorView

CANDIDATES = 150
"""Chunks that the second stage looks at; more of them changed no result measured."""

SENTENCE_WEIGHT = 0.35
"""Share of the best sentence in a chunk's score; the rest is the chunk's own vector."""

MAX_HIGHLIGHT = 120
"""A clause is highlighted with the sentence it stands in, unless that is longer than this."""


class Hit(NamedTuple):
    """A chunk with its score, and its best sentence as offsets (None: it has none)."""

    chunk: int
    score: float
    sentence: tuple[int, int] | None


def rank(
    question: Vector,
    catalogue: Catalogue,
    view: VectorView,
    only: NDArray[np.int64] | None = None,
    candidates: int = CANDIDATES,
) -> list[Hit]:
    """The chunks that fit a question best, best first; `only` narrows to these chunk ids."""
    ids, scores = view.search(question, candidates, only)
    if not len(ids):
        return []
    sentences = catalogue.sentence_vectors(ids.tolist())
    hits: list[Hit] = []
    for chunk, score in zip(ids.tolist(), scores.tolist(), strict=True):
        if chunk not in sentences:  # removed since the view was made
            continue
        spans, vectors = sentences[chunk]
        if not len(spans):
            hits.append(Hit(chunk, score, None))
            continue
        products = vectors @ question
        best = int(np.argmax(products))
        total = (1 - SENTENCE_WEIGHT) * score + SENTENCE_WEIGHT * float(products[best])
        hits.append(Hit(chunk, total, (int(spans[best][0]), int(spans[best][1]))))
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk))


def best_per_document(hits: Sequence[Hit], catalogue: Catalogue) -> list[Hit]:
    """Keep the best hit of each document, in order."""
    documents = catalogue.documents_of([hit.chunk for hit in hits])
    kept: dict[int, Hit] = {}
    for hit in hits:
        kept.setdefault(documents.get(hit.chunk, -hit.chunk), hit)
    return list(kept.values())


def fetch(
    hits: Sequence[Hit], catalogue: Catalogue, also_in: Mapping[int, tuple[str, ...]] | None = None
) -> list[Passage]:
    """The passages of these hits, with text and place; `also_in` names documents by chunk."""
    also_in = also_in or {}
    rows = catalogue.chunk_rows([hit.chunk for hit in hits])
    edits = catalogue.edits_of({row["doc"] for row in rows.values()})
    raw_text = cache(catalogue.raw_text)
    passages = []
    for hit in hits:
        row = rows.get(hit.chunk)
        if row is None:
            continue
        passages.append(
            Passage(
                doc=row["doc"],
                title=row["title"],
                place=row["place"] or row["city"] or row["province"],
                year=row["year"],
                kind=row["kind"],
                heading=tuple(json.loads(row["heading"])),
                text=row["text"],
                start=row["start"],
                end=row["end"],
                page=row["page"],
                score=round(hit.score, 4),
                highlights=_highlights(row["text"], row["start"], hit.sentence),
                quality=row["quality"],
                also_in=also_in.get(hit.chunk),
                date=row["date"],
                issuer=row["issuer"],
                fictional=bool(row["fictional"]),
                repaired=repaired_characters(
                    edits.get(row["doc"], ()),
                    row["text"],
                    row["start"],
                    partial(raw_text, row["doc"]),
                ),
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
