"""Uses found by hash -> groups: counted, described and, as far as they are shown, read."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from indexer.catalogue import Catalogue
from indexer.cite import Reference
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
    rows = catalogue.chunk_rows(sorted(wanted)) if wanted else {}
    found = []
    for (text, groups), all_places, all_chosen in zip(sentences, placed, chosen, strict=True):
        made = (
            _group(text, *each, documents, rows)
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
    rows: dict[int, dict[str, Any]],
) -> Group | None:
    uses = [use for place in chosen if (use := _use(place, rows)) is not None]
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


def _use(place: _Place, rows: dict[int, dict[str, Any]]) -> Use | None:
    row = rows.get(place.chunk)
    if row is None:
        return None
    text: str = row["text"]
    found = list(islice(stretches(text), place.clause, place.clause + place.size))
    stop = _STOP.match(text, found[-1].end)
    return use_of(row, found[0].start, stop.end() if stop else found[-1].end)


def use_of(row: dict[str, Any], start: int, end: int) -> Use:
    """A stretch of a chunk (offsets in it) as a use, with its reference."""
    return Use(
        row["text"][start:end],
        Reference(
            doc=row["doc"],
            title=row["title"],
            issuer=row["issuer"],
            number=row["number"],
            date=row["date"],
            year=row["year"],
            place=row["place"] or row["city"] or row["province"],
            kind=row["kind"],
            heading=tuple(json.loads(row["heading"])),
            page=row["page"],
            start=row["start"] + start,
            end=row["start"] + end,
            fictional=bool(row["fictional"]),
        ),
    )
