"""A text -> for each of its sentences the groups of precedents in the library.

Three ways lead to a candidate: the sentence's own clauses by hash, one of its clauses by hash, and
the nearest statements by vector, all sentences of the text in one batch. Each candidate is put
into words (the neighbouring clauses likest to the sentence), and these words are then looked up by
hash again, so that every group counts all its uses in the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from indexer.catalogue import Catalogue
from indexer.embed import Encoder
from indexer.records import Sentence
from indexer.segment import Segmenter
from indexer.selection import Chosen, SelectionView
from indexer.sentences import MAX_STATEMENT, split_sentences, split_statements
from indexer.wording.frames import Clause, clauses, frame_hash, plain_hash, stretches
from indexer.wording.groups import Gathered, make_groups
from indexer.wording.match import (
    VARIANT,
    Meaning,
    Stated,
    best_window,
    common_words,
    meaning_for,
    stated,
)
from indexer.wording.records import Kind, Worded
from indexer.wording.view import WordingView, joined_key

LONGEST_TEXT = 30_000
"""Characters of a draft that are looked at."""

_NEAREST = 40  # statements looked at for a sentence
_NEAREST_MANY = 20  # ... of a draft of many sentences
_MANY = 5
_BY_CLAUSE = 8  # places looked at for a clause that a sentence shares
_LETTERS = 6  # of a clause worth looking up by itself
_SAME = 80.0  # frames this like each other (rapidfuzz ratio) are one group
_NEAR_SHOWN = 5
_STOPS = re.compile(r"[。！？；!?;\n|\t]")


class Sources(NamedTuple):
    """What a search needs of the library. `names` are the places that documents are of."""

    catalogue: Catalogue
    view: WordingView
    selection: SelectionView
    segmenter: Segmenter
    encoder: Encoder
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Clauses of the library, by their frames, that may be a precedent."""

    kind: Kind
    frames: tuple[int, ...]
    stated: Stated
    key: int  # of the normal form, where only that counts (exact)
    score: float


def search(
    text: str, sources: Sources, only: Chosen | None, limit: int, uses: int
) -> tuple[Worded, ...]:
    """Each sentence of a text with its groups, at most `limit`, of at most `uses` uses each.

    Raises nothing of its own; a text without a sentence has no groups.
    """
    text = text.encode("utf-8", "ignore").decode()[:LONGEST_TEXT]
    sentences = [each for each in split_sentences(text) if each.embedded]
    sentences = sentences or [each for each in split_sentences(text) if any(stretches(each.text))]
    return _Search(sources, only, limit, uses).of(sentences)


class _Search:
    """One search: what it has read of the library is read once."""

    def __init__(self, sources: Sources, only: Chosen | None, limit: int, uses: int) -> None:
        self._sources = sources
        self._only = only
        self._limit = limit
        self._uses = uses
        self._meaning: Meaning | None = meaning_for(sources.encoder.name)
        self._rows: dict[int, tuple[int, str, NDArray[np.int32], tuple[str, ...]]] = {}
        self._parsed: dict[tuple[int, int], tuple[Clause, ...]] = {}
        self._known: dict[str, frozenset[str]] = {}

    def of(self, sentences: Sequence[Sentence]) -> tuple[Worded, ...]:
        nearest = self._nearest(sentences)
        names = self._sources.names
        own = [clauses(each.text, [n for n in names if n in each.text]) for each in sentences]
        shared = [self._by_clause(each) for each in own]
        self._read(
            {place[0] for places in nearest for place in places}
            | {chunk for runs in shared for chunk, _ in runs}
        )
        gathered = [
            self._groups(*each) for each in zip(sentences, own, nearest, shared, strict=True)
        ]
        made = make_groups(
            [(each.text, groups) for each, groups in zip(sentences, gathered, strict=True)],
            self._sources.catalogue,
            self._sources.selection,
            self._uses,
        )
        return tuple(
            Worded(each.start, each.end, each.text, groups)
            for each, groups in zip(sentences, made, strict=True)
        )

    # Candidates ----------------------------------------------------------------------------

    def _nearest(self, sentences: Sequence[Sentence]) -> list[list[tuple[int, int, float]]]:
        """The places of the nearest statements of each sentence: (chunk, ordinal, cosine)."""
        texts: list[str] = []
        owners: list[int] = []
        for number, sentence in enumerate(sentences):
            parts = [sentence.text]
            if len(sentence.text) > MAX_STATEMENT:
                parts += [p.text for p in split_statements(sentence.text) if p.embedded]
            texts += parts
            owners += [number] * len(parts)
        found: list[dict[tuple[int, int], float]] = [{} for _ in sentences]
        if texts:
            vectors = np.stack([self._sources.encoder.encode_sentence(each) for each in texts])
            count = _NEAREST_MANY if len(sentences) > _MANY else _NEAREST
            hits = self._sources.view.nearest(vectors, count, self._only)
            for owner, places in zip(owners, hits, strict=True):
                for chunk, ordinal, cosine in places:
                    before = found[owner].get((chunk, ordinal), -1.0)
                    found[owner][chunk, ordinal] = max(before, cosine)
        return [[(*place, cosine) for place, cosine in each.items()] for each in found]

    def _by_clause(self, own: Sequence[Clause]) -> list[tuple[int, int]]:
        """Where a clause of the sentence stands, alone or among others: (chunk, clause)."""
        places: list[tuple[int, int]] = []
        for clause in own:
            if len(clause.frame) >= _LETTERS:
                runs = self._sources.view.find([frame_hash(clause.frame)], self._only)
                places += zip(
                    runs.chunks[:_BY_CLAUSE].tolist(),
                    runs.clauses[:_BY_CLAUSE].tolist(),
                    strict=True,
                )
        return places

    def _read(self, chunks: Iterable[int]) -> None:
        for chunk, row, names in self._sources.catalogue.wording_entries(sorted(chunks)):
            self._rows[chunk] = (row.start, row.text, row.spans, names)

    def _groups(
        self,
        sentence: Sentence,
        own: tuple[Clause, ...],
        places: Sequence[tuple[int, int, float]],
        runs: Sequence[tuple[int, int]],
    ) -> list[Gathered]:
        mine = stated(own)
        keys = _key(own)
        frames = tuple(frame_hash(clause.frame) for clause in own)
        candidates: dict[tuple[Kind, tuple[int, ...], int], _Candidate] = {}

        def add(candidate: _Candidate) -> None:
            name = (candidate.kind, candidate.frames, candidate.key)
            if name not in candidates or candidates[name].score < candidate.score:
                candidates[name] = candidate

        add(_Candidate("exact", frames, mine, keys, 2.0))
        add(_Candidate("variant", frames, mine, keys, 1.0))
        for chunk, number in runs:
            if chunk in self._rows:
                text = self._rows[chunk][1]
                for each in islice(stretches(text), number, number + 1):
                    add(self._candidate(sentence, mine, chunk, each.start, each.end, None))
        for chunk, ordinal, cosine in places:
            if chunk in self._rows:
                start, _, spans, _ = self._rows[chunk]
                a, b = (spans[ordinal] - start).tolist()
                add(self._candidate(sentence, mine, chunk, a, b, cosine))
        return self._gather(sorted(candidates.values(), key=_rank))

    def _candidate(
        self, sentence: Sentence, mine: Stated, chunk: int, a: int, b: int, cosine: float | None
    ) -> _Candidate:
        """What stands at an offset of a chunk, as a precedent of the sentence."""
        text = self._rows[chunk][1]
        found, offset = self._sentence_at(chunk, a, b)
        first = sum(clause.end + offset <= a for clause in found)
        end = max(first + 1, sum(clause.start + offset < b for clause in found))
        window = best_window(mine, found, first, end)
        kind: Kind = "exact" if window.exact else "variant"
        score = window.likeness
        taken = found[window.first : window.end]
        if not window.exact and window.likeness < VARIANT:
            taken = found[first:end]
            kind, score = "near", 0.0
            if cosine is not None:
                words = common_words(self._words(sentence.text), self._words(text[a:b]))
                weight = self._meaning.words if self._meaning else 0.0
                score = cosine + weight * words
                if self._meaning and score >= self._meaning.threshold:
                    kind = "meaning"
        frames = tuple(frame_hash(clause.frame) for clause in taken)
        return _Candidate(kind, frames, stated(taken), _key(taken) if window.exact else 0, score)

    def _words(self, text: str) -> frozenset[str]:
        if text not in self._known:
            self._known[text] = frozenset(self._sources.segmenter.question_words(text))
        return self._known[text]

    def _sentence_at(self, chunk: int, a: int, b: int) -> tuple[tuple[Clause, ...], int]:
        """The clauses of the sentences round a stretch of a chunk, and where they begin."""
        _, text, _, names = self._rows[chunk]
        start = max((m.end() for m in _STOPS.finditer(text, max(0, a - 400), a)), default=0)
        stop = _STOPS.search(text, max(a, b - 1))
        key = (chunk, start)
        if key not in self._parsed or self._parsed[key][-1].end + start < b:
            self._parsed[key] = clauses(text[start : stop.end() if stop else None], names)
        return self._parsed[key], start

    def _gather(self, candidates: Sequence[_Candidate]) -> list[Gathered]:
        """The candidates with their uses; those of one wording are one group, the best leading."""
        groups: list[Gathered] = []
        taken: set[tuple[int, int]] = set()
        for candidate in candidates:
            if candidate.kind == "near" and (
                len(groups) >= _NEAR_SHOWN or any(g.kind in ("exact", "variant") for g in groups)
            ):
                break
            into = next((g for g in groups if _together(g, candidate)), None)
            if into is None and len(groups) >= self._limit:
                continue
            size = len(candidate.frames)
            runs = self._sources.view.find(candidate.frames, self._only)
            if candidate.kind == "exact":
                runs = runs.only(runs.plains == np.uint64(candidate.key))
            at = list(zip(runs.chunks.tolist(), runs.clauses.tolist(), strict=True))
            runs = runs.only(np.array([place not in taken for place in at], bool))
            if not len(runs.chunks):
                continue
            taken |= {(chunk, clause + n) for chunk, clause in at for n in range(size)}
            if into is None:
                into = Gathered(candidate.kind, candidate.stated.frame, candidate.score, [])
                groups.append(into)
            into.runs.append((runs, size))
        return groups


def _together(group: Gathered, candidate: _Candidate) -> bool:
    """Whether a candidate is another form of a group's wording."""
    return group.kind == candidate.kind and (
        group.kind == "exact" or ratio(group.frame, candidate.stated.frame) >= _SAME
    )


def _rank(candidate: _Candidate) -> tuple[int, float]:
    return get_args(Kind).index(candidate.kind), -candidate.score


def _key(taken: Sequence[Clause]) -> int:
    """The key of the normal form of neighbouring clauses, as the view has it."""
    plains = [np.array([plain_hash(clause.plain)], np.uint32) for clause in taken]
    return int(joined_key(plains)[0])
