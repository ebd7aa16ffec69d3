"""What a passage can be narrowed by, as short marks shared by all searches.

A mark is a letter and a value: `p:青禾县` (its county, city and province alike), `y:2018` (the
year its document reports on), `n:2016` (a year its own text names), `k:` kind, `l:` level, `s:`
stage, `d:` its own number, `f:` its file, `real` where the document is no fictional sample.
"""

from __future__ import annotations

from collections.abc import Mapping

from indexer.numbers import plain_number
from indexer.records import Description, Filters

REAL = "real"


def document_facets(doc: str, about: Description) -> tuple[str, ...]:
    """The marks that all passages of a document carry."""
    places = dict.fromkeys(name for name in (about.place, about.city, about.province) if name)
    marks = [f"f:{doc}", *(f"p:{name}" for name in places)]
    if about.year:
        marks.append(f"y:{about.year}")
    for letter, value in (("k", about.kind), ("l", about.level), ("s", about.stage)):
        if value:
            marks.append(f"{letter}:{value}")
    if about.number:
        marks.append(f"d:{plain_number(about.number)}")
    if not about.fictional:
        marks.append(REAL)
    return tuple(marks)


def year_facets(years: str) -> tuple[str, ...]:
    """The marks of the years that a passage names (as the catalogue keeps them, `2016 2018`)."""
    return tuple(f"n:{year}" for year in years.split())


def wanted(filters: Filters) -> tuple[tuple[str, ...], ...]:
    """What filters ask for: of each of these lists a passage must carry one mark."""
    lists: list[tuple[str, ...]] = []
    if filters.place:
        lists.append(tuple(f"p:{place}" for place in filters.place))
    if filters.year:
        lists.append(tuple(f"{letter}:{year}" for year in filters.year for letter in "yn"))
    fields: Mapping[str, tuple[str, ...]] = {
        "k": filters.kind,
        "l": filters.level,
        "s": filters.stage,
        "d": filters.number,
        "f": filters.doc,
    }
    lists += [tuple(f"{letter}:{v}" for v in values) for letter, values in fields.items() if values]
    if not filters.samples:
        lists.append((REAL,))
    return tuple(lists)
