"""Uses found by hash -> groups: counted, described and, as far as they are shown, read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from indexer.catalogue import Catalogue, PlacedChunk
from indexer.cite import reference_to
from indexer.records import Description, Filters
from indexer.selection import SelectionView
from indexer.wording.differ import differences
from indexer.wording.frames import shown, stretches
from indexer.wording.records import Group, Kind, Use
from indexer.wording.view import Runs

_TOLD_APART: tuple[Kind, ...] = ("exact", "variant")
"""In other words altogether everything differs, and marks would say nothing."""


_STOP = re.compile(r"[”’」』）)】》]*[。！？；!?;][”’」』）)】》]*")


@dataclass(slots=True)
class Gathered:
    """A group in the making: the frame that leads it, and runs with their number of clauses."""

    kind: Kind
    frame: str
    score: float
    runs: list[tuple[Runs, int]]


class _Place(NamedTuple):
    chunk: int
    clause: int
    size: int
    form: tuple[int, int]
    owner: int  # the position of the document


def make_groups(
    sentences: Sequence[tuple[str, Sequence[Gathered]]],
    catalogue: Catalogue,
    selection: SelectionView,
    most: int,
) -> list[tuple[Group, ...]]:
    """The groups of each sentence (its text is needed for the differences).

    `most` is how many uses of a group are read.
    """
    documents = selection.documents(Filters())
    placed = [[_places(group, selection) for group in groups] for _, groups in sentences]
    chosen = [[_chosen(places, documents, most) for places in each] for each in placed]
    wanted = {place.chunk for each in chosen for places in each for place in places}
    chunks = catalogue.placed_chunks(sorted(wanted)) if wanted else {}
    found = []
    for (text, groups), all_places, all_chosen in zip(sentences, placed, chosen, strict=True):
        made = (
            _group(text, *each, documents, chunks)
            for each in zip(groups, all_places, all_chosen, strict=True)
        )
        found.append(tuple(group for group in made if group))
    return found


def _places(group: Gathered, selection: SelectionView) -> list[_Place]:
    found = []
    for runs, size in group.runs:
        chunks = runs.chunks.tolist()
        parts = zip(
            chunks,
            runs.clauses.tolist(),
            runs.plains.tolist(),
            selection.documents_of(chunks),
            strict=True,
        )
        found += [
            _Place(chunk, clause, size, (size, form), owner)
            for chunk, clause, form, owner in parts
            if owner >= 0
        ]
    return found


def _chosen(
    places: Sequence[_Place], documents: Sequence[tuple[str, Description]], most: int
) -> list[_Place]:
    """The uses to be read: the latest of each form, the most common form first, then the rest."""
    forms = Counter(place.form for place in places)
    rank = {form: at for at, (form, _) in enumerate(forms.most_common())}
    latest = sorted(places, key=lambda p: -(documents[p.owner][1].year or 0))
    first: dict[tuple[int, int], _Place] = {}
    for place in latest:
        first.setdefault(place.form, place)
    heads = sorted(first.values(), key=lambda p: rank[p.form])
    led = set(heads)
    rest = sorted((p for p in latest if p not in led), key=lambda p: rank[p.form])
    return [*heads, *rest][:most]


def _group(
    sentence: str,
    group: Gathered,
    places: Sequence[_Place],
    chosen: Sequence[_Place],
    documents: Sequence[tuple[str, Description]],
    chunks: Mapping[int, PlacedChunk],
) -> Group | None:
    uses = [use for place in chosen if (use := _use(place, chunks)) is not None]
    if not uses:
        return None  # a build has taken them out since
    if group.kind in _TOLD_APART:
        uses = [Use(u.text, u.reference, differences(sentence, u.text)) for u in uses]
    owners = {place.owner for place in places}
    about = [documents[owner][1] for owner in owners]
    names = Counter(name for each in about if (name := each.own_place))
    years = Counter(each.year for each in about if each.year)
    return Group(
        kind=group.kind,
        text=uses[0].text,
        frame=shown(group.frame),
        count=len(places),
        documents=len(owners),
        places=tuple(sorted(names.items(), key=lambda item: (-item[1], item[0]))),
        years=tuple(sorted(years.items())),
        uses=tuple(uses),
        likeness=round(group.score, 3),
    )


def _use(place: _Place, chunks: Mapping[int, PlacedChunk]) -> Use | None:
    chunk = chunks.get(place.chunk)
    if chunk is None:
        return None
    found = list(islice(stretches(chunk.text), place.clause, place.clause + place.size))
    stop = _STOP.match(chunk.text, found[-1].end)
    start, end = found[0].start, stop.end() if stop else found[-1].end
    reference = reference_to(
        chunk.doc,
        chunk.about,
        start=chunk.start + start,
        end=chunk.start + end,
        heading=chunk.heading,
        page=chunk.page,
    )
    return Use(chunk.text[start:end], reference)
