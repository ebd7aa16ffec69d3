"""A view of the catalogue: every clause by its hashes, every statement by its vector, in memory.

Clauses stand in the order of their documents, so a sentence is a run of neighbours and is found
by hash alone, whatever sentence it is a part of there. Equal statements share one vector. A
statement of 30 characters costs its vector in bytes (384) and about 50 more.

Like the other views it follows the numbered changes, never changes what is being searched, and has
a snapshot on disk that is made again from the catalogue where it does not fit.
"""

from __future__ import annotations

import json
import os
import threading
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue, text_hash
from indexer.records import Matrix
from indexer.selection import Chosen
from indexer.vectors import WholeVectors
from indexer.wording.frames import clauses, frame_hash, plain_hash

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
    seq: int
    vectors: WholeVectors
    keys: NDArray[np.uint64]  # of the text of each vector
    chunks: NDArray[np.int64]  # ascending
    first_place: NDArray[np.int32]  # for each chunk, and the end
    first_clause: NDArray[np.int32]
    place_vector: NDArray[np.int32]  # for each statement of each chunk
    by_vector: NDArray[np.int32]  # places in the order of their vectors
    frames: NDArray[np.uint64]  # for each clause of each chunk
    by_frame: NDArray[np.int32]  # clauses in the order of their frames
    plains: NDArray[np.uint32]


_ARRAYS: dict[str, type[np.generic]] = {
    "keys": np.uint64,
    "chunks": np.int64,
    "first_place": np.int32,
    "first_clause": np.int32,
    "place_vector": np.int32,
    "frames": np.uint64,
    "plains": np.uint32,
}


class WordingView:
    """The sentences of one catalogue: found by hash, and by vector."""

    def __init__(self, catalogue: Catalogue, folder: Path, dimension: int) -> None:
        """Load the snapshot of a folder if it fits the catalogue, and catch up."""
        self._catalogue = catalogue
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()
        self._dimension = dimension
        self._head = {
            "format": _FORMAT,
            "catalogue": catalogue.settings()["id"],
            "dimension": dimension,
        }
        loaded = self._load()
        self._saved = loaded.seq if loaded else -1
        self._state = loaded or self._empty()
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
        return len(self._state.place_vector)

    @property
    def bytes_held(self) -> int:
        """Memory of the arrays and vectors."""
        arrays = (part.nbytes for part in self._state if isinstance(part, np.ndarray))
        return sum(arrays) + len(self._state.vectors) * self._dimension

    # Searching -----------------------------------------------------------------------------

    def find(self, frames: Sequence[int], only: Chosen | None = None) -> Runs:
        """Where clauses of these frames follow one another within a chunk."""
        state = self._state
        nothing = np.zeros(0, np.int64)
        if not frames or len(frames) > len(state.frames):
            return Runs(nothing, nothing, nothing.astype(np.uint64))
        wanted = np.array(frames, np.uint64)
        low, high = (
            np.searchsorted(state.frames, wanted, side, sorter=state.by_frame)
            for side in ("left", "right")
        )
        rarest = int(np.argmin(high - low))
        at = state.by_frame[low[rarest] : high[rarest]].astype(np.int64) - rarest
        at = at[(at >= 0) & (at + len(wanted) <= len(state.frames))]
        for step, frame in enumerate(wanted):
            at = at[state.frames[at + step] == frame]
        owner = np.searchsorted(state.first_clause, at, "right") - 1
        whole = at + len(wanted) <= state.first_clause[owner + 1]
        if only is not None:
            whole &= np.isin(state.chunks[owner], only.ids)
        at, owner = at[whole], owner[whole]
        plains = joined_key([state.plains[at + step] for step in range(len(wanted))])
        order = np.argsort(at)
        at, owner = at[order], owner[order]
        return Runs(state.chunks[owner], at - state.first_clause[owner], plains[order])

    def nearest(
        self, vectors: Matrix, count: int, only: Chosen | None = None
    ) -> list[list[tuple[int, int, float]]]:
        """For each vector the places of the nearest statements: (chunk, ordinal, cosine).

        All vectors are searched in one batch. A statement that stands in many places is told once.
        """
        state = self._state
        rows, cosines = state.vectors.search(vectors, count, self._only(state, only))
        keep = None if only is None else np.isin(state.chunks, only.ids)
        found = []
        for line, products in zip(rows, cosines, strict=True):
            places = []
            for vector, cosine in zip(line.tolist(), products.tolist(), strict=True):
                if vector >= 0:
                    chunk, ordinal = self._place(state, vector, keep)
                    places.append((chunk, ordinal, cosine))
            found.append(places)
        return found

    @staticmethod
    def _place(state: _State, vector: int, keep: NDArray[np.bool_] | None) -> tuple[int, int]:
        low, high = (
            int(np.searchsorted(state.place_vector, vector, side, sorter=state.by_vector))
            for side in ("left", "right")
        )
        places = state.by_vector[low:high]
        owners = np.searchsorted(state.first_place, places, "right") - 1
        at = 0 if keep is None else int(np.argmax(keep[owners]))
        owner = int(owners[at])
        return int(state.chunks[owner]), int(places[at] - state.first_place[owner])

    def _only(self, state: _State, only: Chosen | None) -> NDArray[np.bool_] | None:
        """A flag for each vector that stands in one of the chosen chunks."""
        if only is None:
            return None
        if self._flags is None or self._flags[0] is not only or self._flags[1] != state.seq:
            keep = np.isin(state.chunks, only.ids)
            flags = np.zeros(len(state.keys), bool)
            flags[state.place_vector[np.repeat(keep, np.diff(state.first_place))]] = True
            self._flags = (only, state.seq, flags)
        return self._flags[2]

    # Keeping up ----------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Apply what has changed in the catalogue since."""
        with self._lock:
            if self._catalogue.last_change() == self._state.seq:
                return
            seq, removed, added = self._catalogue.chunk_changes(self._state.seq)
            state = self._without(self._state, removed)
            for at in range(0, len(added), _BATCH):
                state = self._with(state, added[at : at + _BATCH])
            self._state = _ordered(state._replace(seq=seq))

    def rebuild(self) -> None:
        """Make the view again from the catalogue."""
        with self._lock:
            self._state = self._empty()
        self.catch_up()

    def _empty(self) -> _State:
        none = WholeVectors(np.zeros((0, self._dimension), np.int8), 0.0)
        return _state(0, none, {name: np.zeros(0, dtype) for name, dtype in _ARRAYS.items()})

    def _without(self, state: _State, removed: Sequence[int]) -> _State:
        """The state without some chunks, on vectors of its own."""
        gone = np.isin(state.chunks, np.array(removed, np.int64))
        places, sizes = np.diff(state.first_place), np.diff(state.first_clause)
        place_vector = state.place_vector[~np.repeat(gone, places)]
        in_use = np.zeros(len(state.keys), bool)
        in_use[place_vector] = True
        clause_stays = ~np.repeat(gone, sizes)
        return state._replace(
            vectors=state.vectors.without(~in_use),
            keys=state.keys[in_use],
            chunks=state.chunks[~gone],
            first_place=_starts(places[~gone]),
            first_clause=_starts(sizes[~gone]),
            place_vector=(np.cumsum(in_use) - 1)[place_vector].astype(np.int32),
            frames=state.frames[clause_stays],
            plains=state.plains[clause_stays],
        )

    def _with(self, state: _State, added: Sequence[int]) -> _State:
        """The state with some more chunks; as ids ascend, they come behind what is there."""
        known = {key: at for at, key in enumerate(state.keys.tolist())}
        keys: list[int] = []
        vectors: list[Matrix] = []
        chunks: list[int] = []
        place_vector: list[int] = []
        frames: list[int] = []
        plains: list[int] = []
        places, sizes = [], []
        for chunk, row, names in self._catalogue.wording_entries(added):
            found = clauses(row.text, names)
            chunks.append(chunk)
            places.append(len(row.spans))
            sizes.append(len(found))
            frames += [frame_hash(clause.frame) for clause in found]
            plains += [plain_hash(clause.plain) for clause in found]
            for ordinal, text in enumerate(row.texts()):
                key = int.from_bytes(text_hash(text)[:8], "little")
                if key not in known:
                    known[key] = len(known)
                    keys.append(key)
                    vectors.append(row.scales[ordinal] * row.whole[ordinal].astype(np.float32))
                place_vector.append(known[key])
        unit = np.array(vectors, np.float32).reshape(len(vectors), self._dimension)
        if not state.vectors.scale:  # the first ones say how large a component may be
            state.vectors.scale = 127 / float(np.abs(unit).max(initial=0.25))
        state.vectors.add(unit)
        return state._replace(
            keys=np.append(state.keys, np.array(keys, np.uint64)),
            chunks=np.append(state.chunks, np.array(chunks, np.int64)),
            first_place=_starts(np.append(np.diff(state.first_place), places)),
            first_clause=_starts(np.append(np.diff(state.first_clause), sizes)),
            place_vector=np.append(state.place_vector, np.array(place_vector, np.int32)),
            frames=np.append(state.frames, np.array(frames, np.uint64)),
            plains=np.append(state.plains, np.array(plains, np.uint32)),
        )

    # The snapshot --------------------------------------------------------------------------

    def save(self) -> None:
        """Write the snapshot, whole or not at all."""
        state = self._state
        head = json.dumps(self._head | {"seq": state.seq, "scale": state.vectors.scale})
        arrays = {name: getattr(state, name) for name in _ARRAYS}
        # The app may write while a build does: each under a name of its own.
        beside = self._path.with_name(f"{FILE_NAME}.{os.getpid()}.tmp")
        try:
            with beside.open("wb") as file:
                np.savez(file, head=np.array(head), rows=state.vectors.rows(), **arrays)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        finally:
            beside.unlink(missing_ok=True)
        self._saved = state.seq

    def _load(self) -> _State | None:
        """The snapshot, or None if it is missing, damaged or of another catalogue.

        Every part of the file has a checksum, which numpy looks at on reading.
        """
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                parts = dict(stored)
            head = json.loads(str(parts["head"]))
            seq, scale = int(head.pop("seq")), float(head.pop("scale"))
            arrays = {name: parts[name] for name in _ARRAYS}
            rows = parts["rows"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None
        if head != self._head or seq > self._catalogue.last_change():
            return None
        return _state(seq, WholeVectors(rows, scale), arrays)


def joined_key(plains: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint64]:
    """One key for the normal forms of several clauses, for each of several runs."""
    found = np.zeros(len(plains[0]), np.uint64)
    for each in plains:
        found = found * np.uint64(1_000_003) + each
    return found


def _state(seq: int, vectors: WholeVectors, arrays: Mapping[str, NDArray[Any]]) -> _State:
    order = np.zeros(0, np.int32)
    parts: dict[str, Any] = dict(arrays)
    for name in ("first_place", "first_clause"):
        if not len(parts[name]):
            parts[name] = _starts(order)
    return _ordered(_State(seq, vectors, by_vector=order, by_frame=order, **parts))


def _ordered(state: _State) -> _State:
    """The state with its two orders, which are quicker made than kept."""
    return state._replace(
        by_vector=np.argsort(state.place_vector, kind="stable").astype(np.int32),
        by_frame=np.argsort(state.frames, kind="stable").astype(np.int32),
    )


def _starts(sizes: NDArray[Any]) -> NDArray[np.int32]:
    """Where each of several parts begins, and where the last one ends."""
    return np.append(0, np.cumsum(sizes)).astype(np.int32)
