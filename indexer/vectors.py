"""A view of the catalogue: the chunk vectors in a FAISS index, held in memory.

`WholeVectors` holds vectors of whole numbers for whoever keeps their order (precedent wording).

A flat index over float16 components (`SQfp16`), inner product, so the search is exhaustive and
exact to float16. The snapshot on disk is one file, written beside and renamed over: a line of JSON
(which catalogue, up to which change, checksum of it all), then FAISS's own bytes. Whatever
does not fit is thrown away and made again from the catalogue; nothing is embedded for it.

The index that questions are asked of is never changed in place: catching up works on a copy and
swaps it in, so that a search in another thread goes on undisturbed.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue
from indexer.records import Matrix, Vector
from indexer.selection import Chosen

FILE_NAME = "vectors.faiss"
_FORMAT = 1


class _State(NamedTuple):
    flat: faiss.IndexIDMap2
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
        return int(self._state.flat.ntotal)

    def catch_up(self) -> None:
        """Apply what has changed in the catalogue since."""
        with self._lock:
            if self._catalogue.last_change() == self._state.seq:
                return
            changes = self._catalogue.changes_since(self._state.seq)
            flat: faiss.IndexIDMap2 = faiss.clone_index(self._state.flat)  # type: ignore[assignment]
            if changes.removed and flat.ntotal:
                flat.remove_ids(faiss.IDSelectorBatch(np.array(changes.removed, np.int64)))
            if changes.added:
                flat.add_with_ids(changes.vectors, np.array(changes.added, np.int64))
            agrees = flat.ntotal == changes.total
            self._state = _State(flat, changes.seq) if agrees else self._rebuilt()

    def search(
        self, vector: Vector, count: int, only: Chosen | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The nearest chunks and their inner products, best first.

        `only` restricts the search to these chunks, inside the search, so that a full result
        comes back whenever there are enough of them.
        """
        flat = self._state.flat
        count = min(count, flat.ntotal if only is None else len(only.ids))
        if count == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        if only is not None:
            selector = faiss.IDSelectorBitmap(only.bits)  # type: ignore[call-arg,arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        with _one_thread():
            scores, ids = flat.search(vector[None, :], count, params=parameters)
        found = ids[0] >= 0
        return ids[0][found], scores[0][found]

    def products(self, vector: Vector, chunks: Sequence[int]) -> dict[int, float]:
        """The inner products with these chunks, those that are not there left out."""
        flat = self._state.flat
        found: dict[int, float] = {}
        for chunk in chunks:
            try:
                found[chunk] = float(flat.reconstruct(chunk) @ vector)
            except RuntimeError:  # removed since the other view was made
                continue
        return found

    def ids(self) -> NDArray[np.int64]:
        """The ids of all chunks in the view."""
        return np.asarray(faiss.vector_to_array(self._state.flat.id_map), np.int64)

    def reconstruct(self, chunk: int) -> Vector:
        """The vector that the view holds of a chunk."""
        return np.asarray(self._state.flat.reconstruct(int(chunk)), np.float32)

    def save(self) -> None:
        """Write the snapshot, whole or not at all."""
        state = self._state
        body = faiss.serialize_index(state.flat).data
        head: dict[str, object] = {
            "format": _FORMAT,
            "catalogue": self._identity,
            "seq": state.seq,
        }
        head["crc32"] = _checksum(head, body)
        # Only the build that holds the folder's lock writes: one name will do, and what a killed
        # build has left under it is written over.
        beside = self._path.with_name(f"{FILE_NAME}.tmp")
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
        flat = _empty(self._dimension)
        if ids:
            flat.add_with_ids(vectors, np.array(ids, np.int64))
        return _State(flat, seq)

    def _load(self) -> _State | None:
        """The snapshot, or None if it is missing, damaged or of another catalogue."""
        try:
            with self._path.open("rb") as file:
                head = json.loads(file.readline(1000))
                body = np.frombuffer(file.read(), np.uint8)
        except (OSError, ValueError):
            return None
        if not isinstance(head, dict) or head.pop("crc32", None) != _checksum(head, body.data):
            return None
        if head["format"] != _FORMAT or head["catalogue"] != self._identity:
            return None
        try:
            flat = faiss.deserialize_index(body)
        except RuntimeError:  # written by a version of FAISS that this one cannot read
            return None
        if not isinstance(flat, faiss.IndexIDMap2):
            return None
        fits = flat.d == self._dimension and head["seq"] <= self._catalogue.last_change()
        return _State(flat, head["seq"]) if fits else None


class WholeVectors:
    """Vectors of whole numbers (int8) in one block: a number's place is its only name.

    Unit vectors go in times `scale`, rounded. Unlike a view this holds no ids: rows keep their
    order when others are taken out.
    """

    def __init__(self, rows: NDArray[np.int8], scale: float) -> None:
        self.scale = scale
        self._flat: faiss.IndexScalarQuantizer = faiss.IndexScalarQuantizer(
            rows.shape[1], faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        )
        self._add(rows)

    def __len__(self) -> int:
        return int(self._flat.ntotal)

    def without(self, gone: NDArray[np.bool_]) -> WholeVectors:
        """A block of its own with the rows that are not gone, to add to."""
        new = WholeVectors(np.zeros((0, self._flat.d), np.int8), self.scale)
        new._flat = faiss.clone_index(self._flat)  # type: ignore[assignment]
        if gone.any():
            new._flat.remove_ids(faiss.IDSelectorBatch(np.flatnonzero(gone)))
        return new

    def add(self, vectors: Matrix) -> None:
        """Put unit vectors behind the others; only for a block that nobody searches yet."""
        self._add(self._whole(vectors).astype(np.int8))

    def search(
        self, vectors: Matrix, count: int, only: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """For each vector the rows with the largest products, best first: (rows, products).

        `only` has a flag for every row. Rows are -1 where there are no more.
        """
        count = min(count, len(self))
        if not count or not len(vectors):
            empty = (len(vectors), 0)
            return np.zeros(empty, np.int64), np.zeros(empty, np.float32)
        parameters = None
        if only is not None:
            selector = faiss.IDSelectorBitmap(  # type: ignore[call-arg]
                np.packbits(only, bitorder="little")  # type: ignore[arg-type]
            )
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        with _one_thread() if len(vectors) == 1 else nullcontext():
            products, rows = self._flat.search(self._whole(vectors), count, params=parameters)
        return rows, products / self.scale**2

    def rows(self) -> NDArray[np.int8]:
        """All rows as they are held."""
        codes = faiss.vector_to_array(self._flat.codes).reshape(-1, self._flat.d)
        return (codes.astype(np.int16) - 128).astype(np.int8)

    def _whole(self, vectors: Matrix) -> Matrix:
        """Unit vectors as whole numbers: FAISS compares bytes, and cuts a question to them too."""
        whole: Matrix = np.clip(np.rint(vectors * self.scale), -127, 127)
        return whole

    def _add(self, rows: NDArray[np.int8]) -> None:
        for at in range(0, len(rows), 10_000):
            self._flat.add(rows[at : at + 10_000].astype(np.float32))


def _checksum(head: dict[str, object], body: memoryview) -> int:
    return zlib.crc32(body, zlib.crc32(json.dumps(head).encode()))


def _empty(dimension: int) -> faiss.IndexIDMap2:
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
