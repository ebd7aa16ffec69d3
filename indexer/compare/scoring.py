"""Every sentence of a selection against every question, block by block.

The sentence vectors of a block are multiplied with all questions at once, and the words of the
questions are looked for in the text of the whole block at once, so that the work is proportional
to the selection and hardly grows with the questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import SentenceRow
from indexer.covered import Floats, SentenceTexts
from indexer.expand import Group
from indexer.records import Matrix, ScoreParts, Vector
from indexer.retrieve import DEFAULT_WEIGHTS
from indexer.speaks import LIKELY, Calibration

BLOCK = 1500
"""Chunks read at a time: some 20 MB of vectors."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready.

    `passages` and `words` are, for each chunk of the layout, its cosine and its share of a full
    BM25 match. Without a calibration the best sentence of each chunk is kept.
    """

    text: str
    vector: Vector
    groups: tuple[Group, ...]
    weights: tuple[float, ...]
    passages: Floats
    words: Floats
    calibration: Calibration | None


class Spoken(NamedTuple):
    """A statement that speaks to a question: numbers of question and chunk, offsets, its score."""

    question: int
    chunk: int
    start: int
    end: int
    text: str
    score: float
    speaks: float | None


def spoken(
    questions: Sequence[Question],
    chunks: NDArray[np.int64],
    read: Callable[[Sequence[int]], Mapping[int, SentenceRow]],
    progress: Callable[[float], None],
) -> Iterator[Spoken]:
    """The statements that speak to the questions, in order of the chunks.

    `progress` is told the share done after each block; what it raises ends the work.
    """
    vectors: Matrix = np.stack([each.vector for each in questions], axis=1)
    for at in range(0, len(chunks), BLOCK):
        ids = chunks[at : at + BLOCK].tolist()
        rows = read(ids)
        held = [(at + n, rows[i]) for n, i in enumerate(ids) if i in rows and len(rows[i].spans)]
        if held:
            yield from _of_block(questions, vectors, held)
        progress(min(1.0, (at + BLOCK) / len(chunks)))


def _of_block(
    questions: Sequence[Question], vectors: Matrix, held: Sequence[tuple[int, SentenceRow]]
) -> Iterator[Spoken]:
    rows = [row for _, row in held]
    sizes = [len(row.spans) for row in rows]
    scales = np.concatenate([row.scales for row in rows])
    cosines = np.concatenate([row.whole for row in rows]).astype(np.float32) @ vectors
    cosines *= scales[:, None]
    owner = np.repeat(np.array([chunk for chunk, _ in held]), sizes)
    of_row = np.repeat(np.arange(len(rows)), sizes)
    spans = np.concatenate([row.spans for row in rows])
    texts = SentenceTexts(rows)
    for number, question in enumerate(questions):
        parts = ScoreParts(
            passage=question.passages[owner],
            sentence=cosines[:, number],  # type: ignore[arg-type]
            words=question.words[owner],
            covered=texts.covered(question.groups, question.weights),  # type: ignore[arg-type]
        )
        scores = np.asarray(DEFAULT_WEIGHTS.score(parts))
        if question.calibration is None:
            speaks = None
            best = np.lexsort((-scores, owner))
            kept = best[np.unique(owner[best], return_index=True)[1]]
        else:
            speaks = question.calibration.probabilities(parts)
            kept = np.flatnonzero(speaks >= LIKELY)
        for at in kept.tolist():
            row, (start, end) = rows[of_row[at]], spans[at].tolist()
            yield Spoken(
                question=number,
                chunk=int(owner[at]),
                start=start,
                end=end,
                text=row.text[start - row.start : end - row.start],
                score=float(scores[at]),
                speaks=None if speaks is None else float(speaks[at]),
            )
