"""Whose document it is: the place, its level and the office that issued it.

A place counts only where it stands for the writer: in the title, in a line that signs or opens the
document, as the publisher's source, in the writer's own documents cited beside 我县, or in the
path of the file. A place mentioned in passing never counts, and a writer made anonymous (X县,
某市, **区) stays so, whatever else the text names.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from indexer.doubts import misfiled, signed_by_another
from indexer.gazetteer import Place
from indexer.places import Hit, find_places, resolve
from indexer.signs import (
    LEVELS,
    MASKED,
    MINE,
    OFFICE,
    leading,
    office_at,
    own_documents,
    signature,
    subject,
    written_by_school,
)

_AWAY = re.compile(r"(?:赴|援|支援|帮扶|学习|对口|考察|转发|借鉴|协作|来自|与|和|同|及)$")
_UNIT_OF_TITLE = re.compile(
    r"^(?:【[^】]*】)?(?:\d{4}年)?(?:关于)?(县|市|区|州|旗|省)(?:委|人民|政府|教育|教体|教科|教委)"
)
_UNIT_OF_OFFICE = re.compile(r"(?<![地治园])(县|市|区|州|旗|省)(?:教育|教体|教委|委|政府|人民政府)")
_SCHOOL = re.compile(
    r"(?:学校|小学|中学|幼儿园|学院|大学|职中|中专)(?:[\d二〇]{4}|关于|[（(]|$|第)|我校"
)
_DEPTH = {"省": 0, "市": 1, "县": 2}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose document it is. `place` is as the document writes it where the name is a former one.

    `where` tells what the place (or what is known above it) was read from, see `Origin`.
    """

    province: str | None = None
    city: str | None = None
    place: str | None = None
    level: str | None = None
    issuer: str | None = None
    where: str = ""
    level_where: str = ""
    issuer_where: str = ""
    doubts: tuple[str, ...] = ()


def owner_of(title: str, lines: list[str], doc: str, context: str = "") -> Owner:
    """Find the owner from the strongest sign to the weakest; `context` names places known of it."""
    head, opening = _bare(title), "\n".join(lines[:12])[:1200]
    path = _path_places(doc)
    owner = _owner(head, opening, lines, path, context)
    owner = replace(owner, doubts=(*owner.doubts, *_misfiled(owner, path)))
    if written_by_school(head, opening):
        return replace(
            owner, level="校", level_where="title" if _SCHOOL.search(head) else "opening"
        )
    return owner


def _owner(
    head: str, opening: str, lines: list[str], path: list[tuple[str, Place]], context: str
) -> Owner:
    near = " ".join((context, *(name for name, _ in path)))
    level = _own_level(head, opening)
    masked = MASKED.search(head)
    if masked:
        return _masked_owner(head[: masked.start()], LEVELS.get(masked[2], "县"), path, near)
    titled = _in_title(head, near, opening)
    signed = signature(lines, f"{near} {opening}")
    if titled and not _too_high(titled.place, level):
        office = office_at(head, titled)
        issuer = (office, "title") if office else (signed[0], "signature") if signed else None
        owner = _named(titled, "title", head, issuer)
        return replace(owner, doubts=signed_by_another(titled, signed and signed[1]))
    hidden = MASKED.search(opening)
    if hidden:
        unit = LEVELS.get(hidden[2], "县")
        if signed is None or level != signed[1].place.level or level == unit:
            return _at_level(_path_above(path, level or unit), level or unit, "opening")
    found, where = (signed[1], "signature") if signed else (None, "")
    if found and not _fits(found.place, level):
        found = None
    if found is None:
        found, where = subject(lines, near), "opening"
    if found is None:
        found, where = own_documents("\n".join(lines)), "own_documents"
    if found and not _too_high(found.place, level):
        return _named(found, where, head, (signed[0], "signature") if signed else None)
    by_path = _by_path(path, level)
    if by_path is None:
        by_path = _above(titled.place, level, "title") if titled else _path_above(path, level)
    return by_path if by_path.level else _at_level(by_path, level, "own_words")


def _at_level(owner: Owner, level: str | None, where: str) -> Owner:
    return replace(owner, level=level, level_where=where)


def _named(hit: Hit, where: str, head: str, issuer: tuple[str, str] | None) -> Owner:
    """The owner by a place that stands for it; of a title about schools the level stays open."""
    place = hit.place
    name = hit.text if hit.form in ("former", "zone") else place.name
    school = _SCHOOL.search(head) and not office_at(head, hit)
    return Owner(
        place.province,
        place.city,
        name,
        None if school else place.level,
        *((issuer[0], where, "gazetteer", issuer[1]) if issuer else (None, where, "gazetteer")),
    )


def _misfiled(owner: Owner, path: list[tuple[str, Place]]) -> tuple[str, ...]:
    if not path or not owner.place or owner.where == "path":
        return ()
    return misfiled(resolve(owner.place, f"{owner.province} {owner.city}"), path[-1][1])


def _masked_owner(before: str, level: str, path: list[tuple[str, Place]], near: str) -> Owner:
    """A writer whose name is masked: known at most by what stands before the mask (湖南省X县)."""
    hits = find_places(before, near)
    if hits and hits[-1].end == len(before):
        return _at_level(_above(hits[-1].place, level, "title"), level, "title")
    return _at_level(_path_above(path, level), level, "title")


def _bare(title: str) -> str:
    """The title without the documents of others that it cites; what it issues is its own."""
    return re.sub(r"(?<!印发)(?<!发布)(?<!公布)《[^》]*》", "《》", title)


def _in_title(head: str, near: str, opening: str) -> Hit | None:
    """The first place of the title, the lowest of a chain, unless it is a partner's."""
    hits = find_places(head, near)
    if any(len(hit.codes) > 1 for hit in hits):
        hits = find_places(head, f"{near} {opening}")
    if not hits or _AWAY.search(head[: hits[0].start]):
        return None
    last = hits[0]
    for hit in hits[1:]:
        if hit.start == last.end:
            last = hit
    return last


def _own_level(head: str, opening: str) -> str | None:
    """The level that the writer speaks at: the title's bare 县教育局, failing that 我县 or 全县."""
    if _SCHOOL.search(head) or "我校" in opening:
        return None
    titled = _UNIT_OF_TITLE.match(head)
    own = Counter(found[1] for found in MINE.finditer(f"{head}\n{opening}")).most_common(1)
    office = _UNIT_OF_OFFICE.search(head)
    unit = titled[1] if titled else own[0][0] if own else office[1] if office else None
    return LEVELS.get(unit, "县") if unit else None


def _too_high(place: Place, level: str | None) -> bool:
    """Whether a place lies above the level that the writer speaks at (a province beside 我县)."""
    if level == "市" and (place.province or "")[-1:] == "市":
        return False  # 全市 of a municipality
    return bool(level and place.level and _DEPTH[place.level] < _DEPTH[level])


def _fits(place: Place, level: str | None) -> bool:
    """Whether one who speaks at this level may be of this place: 我市 is no district's word."""
    below = level in ("市", "省") and place.level == "县" and (place.name or "")[-1:] != "市"
    return not below and not _too_high(place, level)


def _above(place: Place, level: str | None, where: str) -> Owner:
    """What stays known of a writer whose own name is not told: the units above it."""
    if level == "省":
        return Owner()
    return Owner(place.province, place.city if level == "县" else None, where=where)


def _path_places(doc: str) -> list[tuple[str, Place]]:
    """The folders and the file's name that are places, from the top down."""
    path = PurePosixPath(doc)
    found: list[tuple[str, Place]] = []
    for part in (*path.parts[:-1], path.stem):
        above = "/".join(name for name, _ in found)
        place, name = resolve(part, above), part
        if place.level is None and part == path.stem:
            hit = leading(part, above)
            if hit and (OFFICE.match(part, hit.end) or hit.form != "short"):
                place, name = hit.place, hit.text
        if place.level:
            found.append((name, place))
    return found


def _by_path(path: list[tuple[str, Place]], level: str | None) -> Owner | None:
    """The owner by the path: its county, or a unit of exactly the level that the writer names."""
    if not path:
        return None
    name, place = path[-1]
    county_as_city = level == "市" and place.level == "县" and name.endswith("市")
    if place.level == level or county_as_city or (level is None and place.level == "县"):
        return Owner(place.province, place.city, place.name, place.level, None, "path", "gazetteer")
    return None


def _path_above(path: list[tuple[str, Place]], level: str | None) -> Owner:
    higher = [place for _, place in path if _too_high(place, level)]
    return _above(higher[-1], level, "path") if higher else Owner()
