"""What people have put right in the descriptions, kept in `_library/metadata.csv`.

A row belongs to a content (its SHA-256), not to a name: it survives renaming and moving, and holds
for every copy. An empty cell leaves the field as it was read, a lone `-` says that it is not
known. What was read stays stored, so that taking a row out undoes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from indexer.describe import FIELDS, place_code
from indexer.errors import RequestProblem
from indexer.places import resolve
from indexer.records import Description, Failure, Origin, Reading
from indexer.tables import read_table, write_table

FILE_NAME = "_library/metadata.csv"
LEVELS = ("省", "市", "县", "校")
UNKNOWN = "-"

_COLUMNS = ("digest", "doc", *FIELDS)
_YEAR = re.compile(r"((?:19|20)\d{2})(?:\.0)?年?度?")
_DATE = re.compile(r"((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_LONGEST = 300

Correction = Mapping[str, str]
"""Field -> its right value as text, or UNKNOWN. Fields left as they were read are not in it."""


def load_corrections(corpus: Path) -> tuple[dict[str, Correction], list[Failure]]:
    """The corrections by digest, and what in the table could not be used.

    A wrong cell is left out and named; the rest of its row holds. Raises FileProblem: bad_table.
    """
    found: dict[str, Correction] = {}
    wrong: list[tuple[int, str, str]] = []
    for row in read_table(corpus / FILE_NAME, "digest"):
        digest = row.cells["digest"].lower()
        correction: dict[str, str] = {}
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            wrong.append((row.number, "digest", digest))
            continue
        for field in FIELDS:
            text = row.cells.get(field, "")
            try:
                value = checked(field, text)
            except RequestProblem:
                wrong.append((row.number, field, text))
            else:
                correction |= {field: value} if value else {}
        found[digest] = correction
    if not wrong:
        return found, []
    number, column, value = wrong[0]
    facts: dict[str, object] = {
        "rows": ", ".join(str(n) for n in dict.fromkeys(n for n, _, _ in wrong)),
        "row": number,
        "column": column,
        "value": value[:60],
    }
    return found, [Failure(file=FILE_NAME, code="bad_rows", facts=facts)]


def checked(field: str, text: str) -> str:
    """The value of a field as it is kept. Raises RequestProblem: bad_value.

    Spreadsheets turn 2024-01-05 into 2024/1/5; both are taken.
    """
    text = " ".join(text.split())
    if text in ("", UNKNOWN):
        return "" if field == "title" else text
    value: str | None = text
    if field == "year":
        year = _YEAR.fullmatch(text)
        value = year[1] if year else None
    elif field == "date":
        value = _iso(text)
    elif field == "level":
        value = text if text in LEVELS else None
    if value is None or len(value) > _LONGEST:
        raise RequestProblem("bad_value", field=field, value=text[:60])
    return value


def _iso(text: str) -> str | None:
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else None
    except ValueError:  # 2023-02-30
        return None


def apply(
    description: Description, reading: Reading, correction: Correction | None
) -> tuple[Description, Reading]:
    """What was read with the corrections in place; a place brings its city, province and code."""
    if not correction:
        return description, reading
    values = dict(correction) | _around(description, correction)
    changed = {field: _value(field, text) for field, text in values.items()}
    right = replace(description, **changed)  # type: ignore[arg-type]  # checked on loading
    kept = [origin for origin in reading.origins if origin.field not in values]
    made = [
        Origin(field, "corrected" if field in correction else "gazetteer", "high")
        for field in FIELDS
        if field in correction or (field in values and changed[field] is not None)
    ]
    settled = tuple(f"{field}_" for field in ("year", "place") if field in correction)
    return right, replace(
        reading,
        origins=tuple(sorted((*kept, *made), key=lambda origin: FIELDS.index(origin.field))),
        code=place_code(right),
        doubts=tuple(d for d in reading.doubts if not settled or not d.startswith(settled)),
    )


def _around(description: Description, correction: Correction) -> dict[str, str]:
    """City, province and level of a corrected place, where they are not corrected themselves."""
    place = correction.get("place", UNKNOWN)
    if place == UNKNOWN:
        return {}
    stated = [correction.get(field, "") for field in ("province", "city")]
    known = resolve(place, " ".join(stated) + place)
    if known.province is None:
        known = resolve(place, f"{description.province} {description.city} {' '.join(stated)}")
    if known.level is None:
        return {}
    around = {"province": known.province or UNKNOWN, "city": known.city or UNKNOWN}
    if description.level != "校":
        around["level"] = known.level
    return {field: value for field, value in around.items() if field not in correction}


def _value(field: str, text: str) -> str | int | None:
    if text == UNKNOWN:
        return None
    return int(text) if field == "year" else text


def changed(
    as_read: tuple[Description, Reading], old: Correction, typed: Mapping[str, str]
) -> dict[str, str]:
    """The correction after a person has typed these values, "" for not known.

    A cell that says no more than what holds without it is left empty. Raises RequestProblem:
    bad_value.
    """
    now, _ = apply(*as_read, old)
    new = dict(old)
    for field, text in typed.items():
        value = checked(field, text)
        if field == "title" and not value:  # a document has a title: back to the one read
            new.pop(field, None)
        elif value != text_of(now, field):
            new[field] = value or UNKNOWN
    for field in typed:
        if field in new:
            without = {name: value for name, value in new.items() if name != field}
            if apply(*as_read, without)[0] == apply(*as_read, new)[0]:
                new = without
    return new


def text_of(description: Description, field: str) -> str:
    """A field as text, "" where it is not known."""
    value = getattr(description, field)
    return "" if value is None else str(value)


def save_correction(corpus: Path, digest: str, doc: str, correction: Correction) -> None:
    """Keep the correction of a content in place of any older one; an empty one is taken out.

    All other rows and columns of the table stay as they are. Raises FileProblem: bad_table and
    RequestProblem: table_not_writable.
    """
    path = corpus / FILE_NAME
    rows = [row.cells for row in read_table(path, "digest")]
    columns = list(dict.fromkeys((*_COLUMNS, *(name for row in rows for name in row if name))))
    kept = [row for row in rows if row["digest"].lower() != digest]
    if correction:
        kept.append({"digest": digest, "doc": doc, **correction})
    if kept or path.exists():
        write_table(path, columns, kept)


def correction_of(corpus: Path, digest: str) -> Correction:
    """The correction of one content, empty where there is none. Raises FileProblem: bad_table."""
    return load_corrections(corpus)[0].get(digest, {})
