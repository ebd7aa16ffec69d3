"""Which documents of the catalogue hold a passage or sentence, too.

Sentences are looked up by their hashes. Of a sentence that stands in more than MOST_PLACES chunks
the first so many are looked at; what is told of such boilerplate is then a lower bound.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue
from indexer.copies import Piece, enough
from indexer.records import Named

MOST_PLACES = 5000

_ALL = "(SELECT value FROM json_each(?))"


class SharedStretch(NamedTuple):
    """Sentences that follow one another, and how many other documents hold each of them."""

    start: int
    end: int
    documents: int


def pieces_of(catalogue: Catalogue, chunks: Iterable[int]) -> dict[int, Piece]:
    """What is known of these chunks for telling their copies, by id and in order."""
    ids = list(chunks)
    letters: dict[int, dict[bytes, int]] = defaultdict(dict)
    with catalogue.reading() as read:
        rows = {
            chunk: rest
            for chunk, *rest in read.execute(
                "SELECT id, chunks.document, text, spans, folded FROM chunks LEFT JOIN prints"
                f" ON prints.document = chunks.document WHERE id IN {_ALL}",
                (json.dumps(ids),),
            )
        }
        lengths = {chunk: _lengths(row[2]) for chunk, row in rows.items()}
        for chunk, ordinal, key in read.execute(
            f"SELECT chunk, ordinal, hash FROM sentences WHERE chunk IN {_ALL}", (json.dumps(ids),)
        ):
            letters[chunk][key] = int(lengths[chunk][ordinal])
    return {
        chunk: Piece(
            document=rows[chunk][0],
            text=rows[chunk][1],
            letters=letters[chunk],
            total=int(lengths[chunk].sum()),
            folded=rows[chunk][3],
        )
        for chunk in ids
        if chunk in rows
    }


def also_in(
    catalogue: Catalogue,
    merged: Mapping[int, Sequence[int]],
    only: NDArray[np.int64] | None = None,
) -> dict[int, tuple[str, ...]]:
    """The other documents that hold a copy of each of these chunks, by date and name.

    `merged` gives for each chunk the copies that are known already; the others are looked up.
    `only` narrows to documents with a chunk among these.
    """
    found: dict[int, list[tuple[int, str, str]]] = {}
    pieces = pieces_of(catalogue, merged)
    by_sentences = _copies(catalogue, pieces)
    for chunk, piece in pieces.items():
        copies = [*merged[chunk], *by_sentences[chunk], *_same_texts(catalogue, piece)]
        found[chunk] = _about(catalogue, copies)
    if only is not None:
        wanted = {chunk for rows in found.values() for chunk, _, _ in rows}
        chosen = set(only[np.isin(only, list(wanted))].tolist())
        found = {chunk: [row for row in rows if row[0] in chosen] for chunk, rows in found.items()}
    return {
        chunk: tuple(dict.fromkeys(doc for _, _, doc in sorted(rows, key=lambda row: row[1:])))
        for chunk, rows in found.items()
    }


def _copies(catalogue: Catalogue, pieces: Mapping[int, Piece]) -> dict[int, list[int]]:
    """For each of these chunks those of other documents that are copies by their sentences."""
    holding: dict[bytes, NDArray[np.int64]] = {}  # boilerplate is in many of them, and read once
    with catalogue.reading() as read:
        for key in {key for piece in pieces.values() for key in piece.letters}:
            found = read.execute(
                "SELECT DISTINCT chunk FROM sentences WHERE hash = ? LIMIT ?", (key, MOST_PLACES)
            )
            holding[key] = np.fromiter((chunk for (chunk,) in found), np.int64)
        ids = np.unique(np.concatenate([np.zeros(0, np.int64), *holding.values()]))
        rows = read.execute(
            f"SELECT id, document, spans FROM chunks WHERE id IN {_ALL} ORDER BY id",
            (json.dumps(ids.tolist()),),
        ).fetchall()
    ids = np.array([row[0] for row in rows], np.int64)
    documents = np.array([row[1] for row in rows], np.int64)
    totals = np.array([_lengths(row[2]).sum() for row in rows], np.int64)
    copies: dict[int, list[int]] = {}
    for number, piece in pieces.items():
        common = np.zeros(len(ids), np.int64)
        for key, letters in piece.letters.items():
            common[np.searchsorted(ids, holding[key])] += letters
        copies[number] = [
            int(ids[at])
            for at in np.flatnonzero((common > 0) & (documents != piece.document))
            if enough(int(common[at]), piece.total, int(totals[at]))
        ]
    return copies


def _same_texts(catalogue: Catalogue, piece: Piece) -> list[int]:
    """A chunk of each other document that has the same text as this one's."""
    with catalogue.reading() as read:
        rows = read.execute(
            "SELECT min(id) FROM prints JOIN chunks ON chunks.document = prints.document"
            " WHERE folded = ? AND prints.document != ? AND hash IS NOT NULL"
            " GROUP BY prints.document",
            (piece.folded, piece.document),
        )
        return [chunk for (chunk,) in rows]


def _about(catalogue: Catalogue, chunks: Sequence[int]) -> list[tuple[int, str, str]]:
    """Of these chunks the id, the date of their document (unknown ones last) and its name."""
    with catalogue.reading() as read:
        return read.execute(
            "SELECT chunks.id, coalesce(date, CAST(year AS TEXT), '9999'), doc FROM chunks"
            f" JOIN documents ON documents.id = chunks.document WHERE chunks.id IN {_ALL}",
            (json.dumps(list(chunks)),),
        ).fetchall()


def named(catalogue: Catalogue, docs: Iterable[str]) -> list[Named]:
    """Title and date of these documents, in the order given."""
    wanted = list(docs)
    with catalogue.reading() as read:
        rows = read.execute(
            f"SELECT doc, title, date FROM documents WHERE doc IN {_ALL}",
            (json.dumps(wanted),),
        ).fetchall()
    about = {row[0]: Named(*row) for row in rows}
    return [about[doc] for doc in wanted if doc in about]


def shared_stretches(catalogue: Catalogue, doc: str, least: int = 3) -> list[SharedStretch]:
    """The stretches of a document that stand word for word in `least` others or more."""
    with catalogue.reading() as read:
        rows: list[tuple[Any, ...]] = read.execute(
            "SELECT spans, ordinal, (SELECT count(DISTINCT document) FROM chunks AS other"
            "  WHERE other.id IN (SELECT chunk FROM sentences AS there"
            "   WHERE there.hash = here.hash LIMIT ?) AND other.document != chunks.document)"
            " FROM documents JOIN chunks ON chunks.document = documents.id"
            " JOIN sentences AS here ON here.chunk = chunks.id"
            " WHERE doc = ? ORDER BY chunks.start, ordinal",
            (MOST_PLACES, doc),
        ).fetchall()
    found: list[SharedStretch] = []
    follows = False
    for spans, ordinal, documents in rows:
        start, end = np.frombuffer(spans, np.int32).reshape(-1, 2)[ordinal].tolist()
        if documents < least:
            follows = False
            continue
        if follows and found[-1].documents == documents:
            start = found.pop().start
        found.append(SharedStretch(start, end, documents))
        follows = True
    return found


def _lengths(spans: bytes) -> NDArray[np.int32]:
    offsets = np.frombuffer(spans, np.int32).reshape(-1, 2)
    return offsets[:, 1] - offsets[:, 0]
