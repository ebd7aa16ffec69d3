"""A view of the catalogue: which chunks carry which marks, held in memory for narrowing a search.

A number for each chunk's document and a list of documents for each mark are enough to say in a few
milliseconds which of a million chunks a filter leaves.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue
from indexer.facets import document_facets, wanted, year_facets
from indexer.records import Description, Filters


class Chosen(NamedTuple):
    """The chunks that filters leave: their ids, ascending, and those ids as a bit each."""

    ids: NDArray[np.int64]
    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, ids: NDArray[np.int64]) -> Chosen:
        """Choose these chunks."""
        flags = np.zeros(int(ids.max(initial=-1)) + 1, bool)
        flags[ids] = True
        return cls(ids, np.packbits(flags, bitorder="little"))


@dataclass(frozen=True, slots=True)
class Marks:
    """The chunks by id, for each the position of its document, and what carries each mark."""

    seq: int
    ids: NDArray[np.int64]
    owner: NDArray[np.int32]  # for each chunk the position of its document
    documents: tuple[tuple[str, Description], ...]
    holders: dict[str, NDArray[np.int64]]  # positions: of documents, for n: marks of chunks
    below: dict[str, frozenset[str]]  # for each province and city the places in it

    @classmethod
    def empty(cls) -> Marks:
        """The marks of a library without a document."""
        return cls(0, np.zeros(0, np.int64), np.zeros(0, np.int32), (), {}, {})


class SelectionView:
    """The marks of one catalogue's chunks."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._state = self._read()
        self._last: tuple[int, Filters, Chosen] | None = None

    @property
    def seq(self) -> int:
        """The last change of the catalogue that this view has applied."""
        return self._state.seq

    @property
    def marks(self) -> Marks:
        """What the view holds now."""
        return self._state

    def catch_up(self) -> None:
        """Read the marks again if the catalogue has changed."""
        with self._lock:
            if self._catalogue.last_change() != self._state.seq:
                self._state = self._read()

    def _read(self) -> Marks:
        seq, rows, documents = self._catalogue.marks()
        position = {number: at for at, (number, _, _) in enumerate(documents)}
        ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        owner = np.fromiter((position[row[1]] for row in rows), np.int32, len(rows))
        holders: dict[str, list[int]] = defaultdict(list)
        for at, (_, doc, about) in enumerate(documents):
            for mark in document_facets(doc, about):
                holders[mark].append(at)
        for at, row in enumerate(rows):
            if row[2]:
                for mark in year_facets(row[2]):
                    holders[mark].append(at)
        return Marks(
            seq,
            ids,
            owner,
            tuple((doc, about) for _, doc, about in documents),
            {mark: np.array(held, np.int64) for mark, held in holders.items()},
            _places_below(about for _, _, about in documents),
        )

    def choose(self, filters: Filters) -> Chosen | None:
        """The chunks that the filters leave, None for all; the last answer is remembered."""
        if filters.empty:
            return None
        state = self._state
        if self._last is not None and self._last[:2] == (state.seq, filters):
            return self._last[2]
        keep = self._mask(state, filters)
        chosen = Chosen.of(state.ids[keep])
        self._last = (state.seq, filters, chosen)
        return chosen

    def _mask(self, state: Marks, filters: Filters) -> NDArray[np.bool_]:
        keep = np.ones(len(state.ids), bool)
        for marks in wanted(filters):
            of_documents = np.zeros(len(state.documents), bool)
            of_chunks: list[NDArray[np.int64]] = []
            for mark in marks:
                held = state.holders.get(mark)
                if held is None:
                    continue
                if mark.startswith("n:"):
                    of_chunks.append(held)
                else:
                    of_documents[held] = True
            fits = of_documents[state.owner]
            for held in of_chunks:
                fits[held] = True
            keep &= fits
        return keep

    def documents_of(self, chunks: Sequence[int]) -> list[int]:
        """The position of each chunk's document; -1 for a chunk that is no longer there."""
        state = self._state
        if not len(state.ids):
            return [-1] * len(chunks)
        wanted_ids = np.asarray(chunks, np.int64)
        at = np.minimum(np.searchsorted(state.ids, wanted_ids), len(state.ids) - 1)
        owners: list[int] = np.where(state.ids[at] == wanted_ids, state.owner[at], -1).tolist()
        return owners

    def documents(self, filters: Filters) -> list[tuple[str, Description]]:
        """The documents that have chunks left by the filters."""
        state = self._state
        if filters.empty:
            return list(state.documents)
        owners = np.unique(state.owner[self._mask(state, filters)])
        return [state.documents[at] for at in owners.tolist()]

    def counts(self, field: str, filters: Filters) -> Counter[str | int]:
        """How many of the documents left by the filters have each value of a field.

        For `place` a document counts for its county, its city and its province.
        """
        found: Counter[str | int] = Counter()
        for _, about in self.documents(filters):
            if field == "place":
                names = (about.place, about.city, about.province)
                found.update({name for name in names if name})
            elif (value := getattr(about, field)) is not None:
                found[value] += 1
        return found

    def holds_place(self, names: Sequence[str]) -> bool:
        """Whether any document is of one of these places, or of a place within it."""
        return any(f"p:{name}" in self._state.holders for name in names)

    def holds_year(self, year: int) -> bool:
        """Whether any document reports on the year or names it."""
        return any(f"{letter}:{year}" in self._state.holders for letter in "yn")

    def holds_number(self, numbers: Sequence[str]) -> bool:
        """Whether any document bears one of these numbers."""
        return any(f"d:{number}" in self._state.holders for number in numbers)

    def places(self) -> tuple[str, ...]:
        """The names of all places that documents are of, provinces and cities among them."""
        return tuple(mark[2:] for mark in self._state.holders if mark.startswith("p:"))

    def places_below(self, places: Iterable[str | None]) -> frozenset[str]:
        """The places within these of which there are documents."""
        below = self._state.below
        return frozenset().union(*(below.get(place, frozenset()) for place in places if place))

    def kinds(self) -> tuple[str, ...]:
        """The kinds of document that there are."""
        return tuple(mark[2:] for mark in self._state.holders if mark.startswith("k:"))


def _places_below(known: Iterable[Description]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for about in known:
        for above in {about.city, about.province} - {None, about.own_place}:
            if about.own_place:
                found[str(above)].add(about.own_place)
    return {above: frozenset(places) for above, places in found.items()}
