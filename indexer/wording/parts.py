"""What the sentence index is made of: arrays that grow and shrink with the catalogue.

Chunks stand in ascending order with their statements and clauses one after another; equal
statements share a vector. The snapshot on disk is these arrays.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from indexer.catalogue import WordingEntry, text_hash
from indexer.records import Matrix
from indexer.vectors import WholeVectors
from indexer.wording.frames import clauses, frame_hash, plain_hash


class Parts(NamedTuple):
    """The arrays; `first_place` and `first_clause` have one more than there are chunks."""

    vectors: WholeVectors
    keys: NDArray[np.uint64]  # of the text of each vector
    chunks: NDArray[np.int64]
    first_place: NDArray[np.int32]
    first_clause: NDArray[np.int32]
    place_vector: NDArray[np.int32]  # for each statement of each chunk
    frames: NDArray[np.uint64]  # for each clause of each chunk
    plains: NDArray[np.uint32]


def empty(dimension: int) -> Parts:
    """The parts of an empty catalogue."""
    return Parts(
        WholeVectors(np.zeros((0, dimension), np.int8), 0.0),
        np.zeros(0, np.uint64),
        np.zeros(0, np.int64),
        np.zeros(1, np.int32),
        np.zeros(1, np.int32),
        np.zeros(0, np.int32),
        np.zeros(0, np.uint64),
        np.zeros(0, np.uint32),
    )


def without(parts: Parts, removed: Iterable[int]) -> Parts:
    """The parts less some chunks, on vectors of their own."""
    gone = np.isin(parts.chunks, np.array(list(removed), np.int64))
    places, sizes = np.diff(parts.first_place), np.diff(parts.first_clause)
    place_vector = parts.place_vector[~np.repeat(gone, places)]
    in_use = np.zeros(len(parts.keys), bool)
    in_use[place_vector] = True
    clause_stays = ~np.repeat(gone, sizes)
    return Parts(
        vectors=parts.vectors.without(~in_use),
        keys=parts.keys[in_use],
        chunks=parts.chunks[~gone],
        first_place=_starts(places[~gone]),
        first_clause=_starts(sizes[~gone]),
        place_vector=(np.cumsum(in_use) - 1)[place_vector].astype(np.int32),
        frames=parts.frames[clause_stays],
        plains=parts.plains[clause_stays],
    )


def extended(parts: Parts, entries: Iterable[WordingEntry], dimension: int) -> Parts:
    """The parts with more chunks, whose ids are higher; their vectors are added to in place."""
    known = {key: at for at, key in enumerate(parts.keys.tolist())}
    keys: list[int] = []
    vectors: list[Matrix] = []
    chunks: list[int] = []
    place_vector: list[int] = []
    frames: list[int] = []
    plains: list[int] = []
    places, sizes = [], []
    for chunk, row, names in entries:
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
    unit = np.array(vectors, np.float32).reshape(len(vectors), dimension)
    if not parts.vectors.scale:  # the first ones say how large a component may be
        parts.vectors.scale = 127 / float(np.abs(unit).max(initial=0.25))
    parts.vectors.add(unit)
    return Parts(
        vectors=parts.vectors,
        keys=np.append(parts.keys, np.array(keys, np.uint64)),
        chunks=np.append(parts.chunks, np.array(chunks, np.int64)),
        first_place=_starts(np.append(np.diff(parts.first_place), places)),
        first_clause=_starts(np.append(np.diff(parts.first_clause), sizes)),
        place_vector=np.append(parts.place_vector, np.array(place_vector, np.int32)),
        frames=np.append(parts.frames, np.array(frames, np.uint64)),
        plains=np.append(parts.plains, np.array(plains, np.uint32)),
    )


def save(parts: Parts, path: Path, head: dict[str, object]) -> None:
    """Write a snapshot, whole or not at all. Raises OSError."""
    arrays = {name: value for name, value in parts._asdict().items() if name != "vectors"}
    told = np.array(json.dumps(head | {"scale": parts.vectors.scale}))
    beside = path.with_name(f"{path.name}.tmp")
    # The app may write while a build does. What a killed process has left is written over.
    with FileLock(path.with_suffix(".lock")):
        try:
            with beside.open("wb") as file:
                np.savez(file, head=told, rows=parts.vectors.rows(), **arrays)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def load(path: Path) -> tuple[dict[str, Any], Parts] | None:
    """A snapshot and its head, or None if it is missing or damaged.

    Every part of the file has a checksum, which is looked at on reading.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        head = json.loads(str(arrays.pop("head")))
        vectors = WholeVectors(arrays.pop("rows"), float(head.pop("scale")))
        return head, Parts(vectors, **{name: arrays[name] for name in Parts._fields[1:]})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def _starts(sizes: NDArray[Any]) -> NDArray[np.int32]:
    """Where each of several stretches begins, and where the last one ends."""
    return np.append(0, np.cumsum(sizes)).astype(np.int32)
