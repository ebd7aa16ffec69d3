"""How many of a question's words the sentences of many passages hold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import SentenceRow
from indexer.expand import Group

Floats = NDArray[np.float32]


def named_share(groups: Sequence[Group], weights: Sequence[float], text: str) -> float:
    """The share of the question's words, by weight, that one text holds, 0 to 1."""
    folded, total = text.lower(), sum(weights)
    held = sum(
        weight * max((n for words, n in group.ways if all(w in folded for w in words)), default=0)
        for group, weight in zip(groups, weights, strict=True)
    )
    return held / total if total > 0 else 0.0


class SentenceTexts:
    """The sentences of passages, in order, as one text: a word is looked for once in all of it."""

    def __init__(self, rows: Sequence[SentenceRow]) -> None:
        texts = [row.text.lower() for row in rows]  # clean texts: their widths are folded already
        lengths = np.array([len(text) + 1 for text in texts], np.int64)
        shift = np.cumsum(lengths) - lengths - np.array([row.start for row in rows], np.int64)
        spans = np.concatenate([np.zeros((0, 2), np.int32), *(row.spans for row in rows)])
        of_row = np.repeat(np.arange(len(rows)), [len(row.spans) for row in rows])
        self._text = "\n".join(texts)
        self._starts = spans[:, 0] + shift[of_row]
        self._ends = spans[:, 1] + shift[of_row]

    def __len__(self) -> int:
        return len(self._starts)

    def covered(self, groups: Sequence[Group], weights: Sequence[float]) -> Floats:
        """For each sentence the share of the question's words, by weight, that it holds, 0 to 1."""
        total = sum(weights)
        covered = np.zeros(len(self), np.float32)
        if total <= 0:
            return covered
        for group, weight in zip(groups, weights, strict=True):
            share = np.zeros(len(self), np.float32)
            for words, counts in group.ways:
                holds = np.logical_and.reduce([self._holding(word) for word in words])
                share = np.maximum(share, counts * holds)
            covered += weight / total * share
        return covered

    def _holding(self, word: str) -> NDArray[np.bool_]:
        """Which sentences hold a word."""
        found = np.zeros(len(self), bool)
        where = np.fromiter(iter(partial(self._next, [0], word), -1), np.int64)
        at = np.searchsorted(self._starts, where, "right") - 1
        inside = (at >= 0) & (where + len(word) <= self._ends[at])
        found[at[inside]] = True
        return found

    def _next(self, position: list[int], word: str) -> int:
        found = self._text.find(word, position[0])
        position[0] = found + 1
        return found
