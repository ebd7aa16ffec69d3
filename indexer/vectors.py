"""A view of the catalogue: the chunk vectors in a FAISS index, held in memory.

A flat index over float16 components (`SQfp16`), inner product, so the search is exhaustive and
exact to float16. The snapshot on disk is one file, written beside and renamed over: a line of JSON
(which catalogue, up to which change, how many vectors, checksum), then FAISS's own bytes. Whatever
does not fit is thrown away and made again from the catalogue; nothing is embedded for it.

The index that questions are asked of is never changed in place: catching up works on a copy and
swaps it in, so that a search in another thread goes on undisturbed.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue
from indexer.records import Vector

FILE_NAME = "vectors.faiss"
_FORMAT = 1


class _State(NamedTuple):
    index: faiss.Index
    seq: int


class VectorView:
    """The vectors of one catalogue, searchable."""

    def __init__(self, catalogue: Catalogue, folder: Path, dimension: int) -> None:
        """Load the snapshot of a folder if it fits the catalogue, and catch up."""
        self._catalogue = catalogue
        self._path = folder / FILE_NAME
        self._dimension = dimension
        self._lock = threading.Lock()
        self._identity = catalogue.settings()["id"]
        loaded = self._load()
        self._state = loaded or _State(_empty(dimension), 0)
        self._saved = loaded.seq if loaded else -1
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
        return int(self._state.index.ntotal)

    def catch_up(self) -> None:
        """Apply what has changed in the catalogue since."""
        with self._lock:
            if self._catalogue.last_change() == self._state.seq:
                return
            changes = self._catalogue.changes_since(self._state.seq)
            index = faiss.clone_index(self._state.index)
            if changes.removed and index.ntotal:
                index.remove_ids(np.array(changes.removed, np.int64))
            if changes.added:
                index.add_with_ids(changes.vectors, np.array(changes.added, np.int64))
            agrees = index.ntotal == changes.total
            self._state = _State(index, changes.seq) if agrees else self._rebuilt()

    def search(
        self, vector: Vector, count: int, only: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The nearest chunks and their inner products, best first.

        `only` restricts the search to these chunk ids, inside the search, so that a full result
        comes back whenever there are enough of them.
        """
        index = self._state.index
        count = min(count, index.ntotal if only is None else len(only))
        if count == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        if only is not None:
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(only))
        with _one_thread():
            scores, ids = index.search(vector[None, :], count, params=parameters)
        found = ids[0] >= 0
        return ids[0][found], scores[0][found]

    def ids(self) -> NDArray[np.int64]:
        """The ids of all chunks in the view."""
        index = self._state.index
        return np.asarray(faiss.vector_to_array(index.id_map), np.int64)

    def reconstruct(self, chunk: int) -> Vector:
        """The vector that the view holds of a chunk."""
        return np.asarray(self._state.index.reconstruct(int(chunk)), np.float32)

    def save(self) -> None:
        """Write the snapshot, whole or not at all."""
        state = self._state
        body = faiss.serialize_index(state.index)
        head = {
            "format": _FORMAT,
            "catalogue": self._identity,
            "seq": state.seq,
            "count": int(state.index.ntotal),
            "crc32": zlib.crc32(body),
        }
        beside = self._path.with_name(f"{FILE_NAME}.{os.getpid()}.tmp")
        with beside.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        self._saved = state.seq

    def rebuild(self) -> None:
        """Make the view again from the catalogue."""
        with self._lock:
            self._state = self._rebuilt()

    def _rebuilt(self) -> _State:
        seq, ids, vectors = self._catalogue.all_vectors()
        index = _empty(self._dimension)
        if ids:
            index.add_with_ids(vectors, np.array(ids, np.int64))
        return _State(index, seq)

    def _load(self) -> _State | None:
        """The snapshot, or None if it is missing, damaged or of another catalogue."""
        try:
            with self._path.open("rb") as file:
                head = json.loads(file.readline(1000))
                body = np.frombuffer(file.read(), np.uint8)
        except (OSError, ValueError):
            return None
        if not isinstance(head, dict) or head.get("format") != _FORMAT:
            return None
        if head.get("catalogue") != self._identity or head.get("crc32") != zlib.crc32(body):
            return None
        index = faiss.deserialize_index(body)
        if index.d != self._dimension or head["seq"] > self._catalogue.last_change():
            return None
        return _State(index, head["seq"])


def _empty(dimension: int) -> faiss.Index:
    flat = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    return faiss.IndexIDMap2(flat)


@contextmanager
def _one_thread() -> Iterator[None]:
    """One OpenMP thread for a search: on a busy machine two took 24 ms where one took 5.3.

    torch reads the same setting, so it is put back: embedding a question wants all cores.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
