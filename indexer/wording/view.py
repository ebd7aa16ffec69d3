"""A view of the catalogue: every clause by its hashes, every statement by its vector, in memory.

Clauses stand in the order of their documents, so a sentence is a run of neighbours and is found
by hash alone, whatever sentence it is a part of there. A statement of 30 characters costs its
vector in bytes (384 with the bundled model) and about 50 more.

Like the other views it follows the numbered changes, never changes what is being searched, and has
a snapshot on disk that is made again from the catalogue where it does not fit.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue
from indexer.records import Matrix
from indexer.selection import Chosen
from indexer.vectors import WholeVectors
from indexer.wording import parts
from indexer.wording.parts import Parts

FILE_NAME = "wording.npz"
_FORMAT = 1
_BATCH = 5_000  # chunks taken in at a time


class Runs(NamedTuple):
    """Runs of clauses found by hash: the chunk of each, its first clause counted in the chunk, and
    a key of its normal form."""

    chunks: NDArray[np.int64]
    clauses: NDArray[np.int64]
    plains: NDArray[np.uint64]

    def only(self, keep: NDArray[np.bool_]) -> Runs:
        """Some of them."""
        return Runs(self.chunks[keep], self.clauses[keep], self.plains[keep])


class _State(NamedTuple):
    """The parts, put in order for searching: clauses by frame, places by vector."""

    seq: int
    vectors: WholeVectors
    keys: NDArray[np.uint64]
    chunks: NDArray[np.int64]
    first_place: NDArray[np.int32]
    first_clause: NDArray[np.int32]
    places: NDArray[np.int32]  # those of the first vector, those of the second ...
    first_of_vector: NDArray[np.int32]  # where they begin
    frames: NDArray[np.uint64]  # ascending
    clauses: NDArray[np.int32]  # the clause of each frame, ascending within a frame
    plains: NDArray[np.uint32]  # of each clause


class WordingView:
    """The sentences of one catalogue: found by hash, and by vector."""

    def __init__(self, catalogue: Catalogue, folder: Path, dimension: int) -> None:
        """Load the snapshot of a folder if it fits the catalogue, and catch up."""
        self._catalogue = catalogue
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()
        self._dimension = dimension
        self._head: dict[str, object] = {
            "format": _FORMAT,
            "catalogue": catalogue.settings()["id"],
            "dimension": dimension,
        }
        loaded = self._load()
        self._saved = loaded.seq if loaded else -1
        self._state = loaded or _ordered(0, parts.empty(dimension))
        self._flags: tuple[Chosen, int, NDArray[np.bool_]] | None = None
        self.catch_up()

    @property
    def seq(self) -> int:
        """The last change of the catalogue that this view has applied."""
        return self._state.seq

    @property
    def unsaved(self) -> bool:
        """Whether the view has changed since its snapshot was written."""
        return self._saved != self._state.seq

    def __len__(self) -> int:
        return len(self._state.places)

    @property
    def bytes_held(self) -> int:
        """Memory of the arrays and vectors."""
        arrays = (part.nbytes for part in self._state if isinstance(part, np.ndarray))
        return sum(arrays) + len(self._state.vectors) * self._dimension

    def find(self, frames: Sequence[int], only: Chosen | None = None) -> Runs:
        """Where clauses of these frames follow one another within a chunk, in order."""
        state = self._state
        wanted = np.array(frames, np.uint64)
        low = np.searchsorted(state.frames, wanted, "left").tolist()
        high = np.searchsorted(state.frames, wanted, "right").tolist()
        counts = [b - a for a, b in zip(low, high, strict=True)]
        if not counts or not min(counts):
            nothing = np.zeros(0, np.int64)
            return Runs(nothing, nothing, nothing.astype(np.uint64))
        rarest = counts.index(min(counts))
        at = state.clauses[low[rarest] : high[rarest]] - np.int32(rarest)
        for step in range(len(wanted)):
            if step != rarest:
                at = at[_among(at + np.int32(step), state.clauses[low[step] : high[step]])]
        owner = np.searchsorted(state.first_clause, at, "right") - 1
        whole = (owner >= 0) & (at + len(wanted) <= state.first_clause[owner + 1])
        if only is not None:
            whole &= _among(state.chunks[owner], only.ids)
        at, owner = at[whole], owner[whole]
        plains = joined_key([state.plains[at + step] for step in range(len(wanted))])
        return Runs(state.chunks[owner], (at - state.first_clause[owner]).astype(np.int64), plains)

    def nearest(
        self, vectors: Matrix, count: int, only: Chosen | None = None
    ) -> list[list[tuple[int, int, float]]]:
        """For each vector the places of the nearest statements: (chunk, ordinal, cosine).

        All vectors are searched in one batch. A statement that stands in many places is told once.
        """
        state = self._state
        rows, cosines = state.vectors.search(vectors, count, self._only(state, only))
        return [
            [
                (*_place(state, vector, only), cosine)
                for vector, cosine in zip(line, products, strict=True)
                if vector >= 0
            ]
            for line, products in zip(rows.tolist(), cosines.tolist(), strict=True)
        ]

    def _only(self, state: _State, only: Chosen | None) -> NDArray[np.bool_] | None:
        """A flag for each vector that stands in one of the chosen chunks."""
        if only is None or not len(state.places):
            return None
        if self._flags is None or self._flags[0] is not only or self._flags[1] != state.seq:
            kept = np.repeat(_among(state.chunks, only.ids), np.diff(state.first_place))
            flags = np.logical_or.reduceat(kept[state.places], state.first_of_vector[:-1])
            self._flags = (only, state.seq, flags)
        return self._flags[2]

    def catch_up(self) -> None:
        """Apply what has changed in the catalogue since."""
        with self._lock:
            if self._catalogue.last_change() == self._state.seq:
                return
            seq, removed, added = self._catalogue.chunk_changes(self._state.seq)
            now = parts.without(_parts(self._state), removed)
            for at in range(0, len(added), _BATCH):
                entries = self._catalogue.wording_entries(added[at : at + _BATCH])
                now = parts.extended(now, entries, self._dimension)
            # Vectors that have been added to hold up to twice the memory; a copy is tight.
            none = np.zeros(len(now.vectors), bool)
            self._state = _ordered(seq, now._replace(vectors=now.vectors.without(none)))

    def save(self) -> None:
        """Write the snapshot, whole or not at all. Raises OSError."""
        state = self._state
        parts.save(_parts(state), self._path, self._head | {"seq": state.seq})
        self._saved = state.seq

    def _load(self) -> _State | None:
        """The snapshot, or None if it is missing, damaged or of another catalogue."""
        loaded = parts.load(self._path)
        if loaded is None:
            return None
        head, stored = loaded
        seq = head.pop("seq", None)
        if head != self._head or seq is None or seq > self._catalogue.last_change():
            return None
        return _ordered(seq, stored)


def joined_key(plains: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint64]:
    """One key for the normal forms of several clauses, for each of several runs."""
    found = np.zeros(len(plains[0]), np.uint64)
    for each in plains:
        found = found * np.uint64(1_000_003) + each
    return found


def _place(state: _State, vector: int, only: Chosen | None) -> tuple[int, int]:
    """A place of a vector (chunk, ordinal): the first, or the first in the chosen chunks."""
    places = state.places[state.first_of_vector[vector] : state.first_of_vector[vector + 1]]
    if only is None:
        places = places[:1]
    owners = np.searchsorted(state.first_place, places, "right") - 1
    at = 0 if only is None else int(np.argmax(_among(state.chunks[owners], only.ids)))
    owner = int(owners[at])
    return int(state.chunks[owner]), int(places[at] - state.first_place[owner])


def _among(
    values: NDArray[np.signedinteger], ascending: NDArray[np.signedinteger]
) -> NDArray[np.bool_]:
    """Which values are among others, which ascend; both of one type, or numpy would copy them."""
    if not len(ascending):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    found: NDArray[np.bool_] = ascending[at] == values
    return found


def _ordered(seq: int, made: Parts) -> _State:
    by_frame = np.argsort(made.frames, kind="stable").astype(np.int32)
    counts = np.bincount(made.place_vector, minlength=len(made.keys))
    return _State(
        seq,
        made.vectors,
        made.keys,
        made.chunks,
        made.first_place,
        made.first_clause,
        np.argsort(made.place_vector, kind="stable").astype(np.int32),
        np.append(0, np.cumsum(counts)).astype(np.int32),
        made.frames[by_frame],
        by_frame,
        made.plains,
    )


def _parts(state: _State) -> Parts:
    place_vector = np.empty(len(state.places), np.int32)
    place_vector[state.places] = np.repeat(
        np.arange(len(state.keys), dtype=np.int32), np.diff(state.first_of_vector)
    )
    frames = np.empty_like(state.frames)
    frames[state.clauses] = state.frames
    return Parts(
        state.vectors,
        state.keys,
        state.chunks,
        state.first_place,
        state.first_clause,
        place_vector,
        frames,
        state.plains,
    )
