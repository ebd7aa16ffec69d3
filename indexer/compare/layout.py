"""Which chunks of the library may speak for which places and years.

A chunk stands in the row of its document's place, or, of a city's or province's document, in the
rows of the places below that its sentences name. Its column is its document's year; where it names
other years, its sentences may also stand there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.places import same_place
from indexer.records import Description
from indexer.selection import Marks


@dataclass(frozen=True, slots=True)
class Layout:
    """The chunks to read, ascending, and for each the position of its document in `documents`.

    `rows` and `columns` are those of each document, -1 for none; `below` the rows that a document
    reports on without being of them. `count` is how many documents each row and column has.
    """

    places: tuple[str, ...]
    years: tuple[int, ...]
    chunks: NDArray[np.int64]
    owner: NDArray[np.int32]
    documents: tuple[tuple[str, Description], ...]
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    below: Mapping[int, tuple[int, ...]]
    count: NDArray[np.int32]


def lay_out(
    marks: Marks, docs: Collection[str], places: Sequence[str], years: Sequence[int]
) -> Layout:
    """The layout of a comparison of these documents; no places or years: all they are of."""
    allowed = np.array([doc in docs for doc, _ in marks.documents], bool)
    known = [about for doc, about in marks.documents if doc in docs]
    places = places or sorted({name for about in known if (name := about.own_place)})
    years = list(dict.fromkeys(years)) or sorted({about.year for about in known if about.year})
    places = list(dict.fromkeys(places))
    row = {name: at for at, place in enumerate(places) for name in (place, *same_place(place))}
    column = {year: at for at, year in enumerate(years)}
    parents = _parents(marks.documents, row)
    rows = np.full(len(marks.documents), -1, np.int32)
    columns = np.full(len(marks.documents), -1, np.int32)
    below: dict[int, tuple[int, ...]] = {}
    count = np.zeros((len(places), len(years)), np.int32)
    for at, (_, about) in enumerate(marks.documents):
        if not allowed[at]:
            continue
        own = about.own_place or ""
        rows[at] = row.get(own, -1)
        columns[at] = column.get(about.year or 0, -1)
        if own in parents:
            below[at] = parents[own]
        if rows[at] >= 0 and columns[at] >= 0:
            count[rows[at], columns[at]] += 1
    of_place = rows >= 0
    of_place[list(below)] = True
    named = np.zeros(len(marks.ids), bool)
    for year in years:
        held = marks.holders.get(f"n:{year}")
        if held is not None:
            named[held] = True
    keep = of_place[marks.owner] & ((columns >= 0)[marks.owner] | named)
    return Layout(
        places=tuple(places),
        years=tuple(years),
        chunks=marks.ids[keep],
        owner=marks.owner[keep],
        documents=marks.documents,
        rows=rows,
        columns=columns,
        below=below,
        count=count,
    )


def _parents(
    documents: Sequence[tuple[str, Description]], row: Mapping[str, int]
) -> dict[str, tuple[int, ...]]:
    """For each city and province the rows of the places in it."""
    found: dict[str, set[int]] = {}
    for _, about in documents:
        own = about.own_place or ""
        for above in (about.city, about.province):
            if above and above != own and own in row:
                found.setdefault(above, set()).add(row[own])
    return {place: tuple(sorted(rows)) for place, rows in found.items()}
