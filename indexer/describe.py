"""Text and front matter -> what the document is.

Front matter is believed. Where it is silent, the title, the first and last lines and the path of
the file tell: the place and issuer by the rules of `owner`, year and date by those of `periods`,
kind, number and stage by the rules here. What they do not tell stays unknown rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import PurePosixPath

from indexer.cited import cites_of, number_of
from indexer.doubts import year_doubts
from indexer.gazetteer import place_of
from indexer.owner import Owner, owner_of
from indexer.periods import date_of, year_of
from indexer.places import code_of, resolve, same_place
from indexer.records import Description, Origin, RawText, Reading
from indexer.title import title_of

KINDS: tuple[tuple[str, str], ...] = (
    ("督导报告", r"督导(?:评估|检查|验收|情况|工作|的|专项|结果|反馈)*(?:报告|通报)"),
    ("工作总结", r"总结(?:的?报告|材料)?|小结|工作回顾"),
    (
        "经验材料",
        r"(?:经验|典型|事迹|交流|发言)[\u4e00-\u9fff]{0,6}材料|典型(?:经验|案例)"
        r"|经验(?:做法|介绍|交流|分享|总结)?|做法[与和及](?:体会|成效|启示|思考)",
    ),
    ("讲话", r"讲话(?:稿|提纲)?|发言稿|致辞"),
    ("工作要点", r"要点"),
    ("实施方案", r"方案|行动计划|攻坚计划"),
    ("规划", r"规划(?:纲要)?|纲要"),
    ("工作计划", r"计划|(?:工作|活动)安排|打算|工作思路"),
    ("工作报告", r"政府工作报告"),
    ("情况报告", r"报告|汇报(?:材料|提纲)?|情况(?:说明)?"),
    ("意见", r"意见"),
    ("办法", r"办法"),
    *((word, word) for word in (
        "细则", "规定", "制度", "章程", "预案", "通报", "公告", "通告", "公报", "决定", "批复",
        "纪要", "请示", "答复", "简报", "倡议书", "责任书", "通知", "函",
    )),
)  # fmt: skip
"""The kinds, each with the words that titles use for it."""

_ENDS_KIND = r"(?=$|[和及与暨、，（(—\s“”]|(?:的|）|》)|范文|模板|精选|\d+篇|[一二三四五]$)"
_KIND_OF = re.compile(
    "|".join(f"(?P<k{at}>(?:{words}){_ENDS_KIND})" for at, (_, words) in enumerate(KINDS))
)
_ISSUES = re.compile(r"(?:印发|下发|转发|发布|公布)(.+?)(?:的|之)?通知$")
_SAYS = (
    ("工作总结", re.compile(r"(?:现|特)?(?:将[^。]{0,30})?总结如下")),
    ("实施方案", re.compile(r"(?:制定|制订)(?:本|如下)(?:实施|工作|行动)?方案")),
    ("工作计划", re.compile(r"(?:制定|制订)(?:本|如下)(?:工作)?计划")),
    ("意见", re.compile(r"提出(?:如下|以下)(?:实施)?意见")),
    ("情况报告", re.compile(r"(?:报告|汇报)如下")),
    ("通知", re.compile(r"通知如下")),
)
FIELDS = tuple(field.name for field in fields(Description) if field.name != "fictional")
"""What is read, and may be corrected."""

_LONGEST = 200
"""Characters of a title or a field; a longer one is none, and each passage would carry it."""

SURE = {
    **dict.fromkeys(("front", "mark", "title", "head", "signature", "corrected"), "high"),
    **dict.fromkeys(("first_lines", "opening", "own_documents", "own_words"), "medium"),
    **dict.fromkeys(("path", "number", "date"), "medium"),
    **dict.fromkeys(("file_name", "site", "text"), "low"),
}
"""How sure a value is, by where it was read."""

_SUBJECT = re.compile(r"现[将就]([^。，]{0,40}?)(?:报告|总结|汇报|通知|通报)")
_STAGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("学前", re.compile(r"学前|幼儿园|幼儿教育")),
    ("义务", re.compile(r"义务教育")),
    ("高中", re.compile(r"普通高中|普高|高中(?:教育|阶段)|县中")),
    ("职业", re.compile(r"职业教育|职教|中职|产教融合")),
    ("特殊", re.compile(r"特殊教育|特教")),
    ("高等", re.compile(r"高等教育|高校")),
)


def describe(raw: RawText, text: str, doc: str, removed: str = "") -> tuple[Description, Reading]:
    """Describe a document from its front matter, its text and its path in the library.

    `removed` is what cleaning took away: the line of a government site that says when and by whom
    a page was published. The topics are left to `themes`.
    """
    front = {key: value.strip() for key, value in raw.front if 0 < len(value.strip()) <= _LONGEST}
    marked = raw.title if len(raw.title or "") <= _LONGEST else None
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    where: dict[str, str] = dict.fromkeys(front, "front")

    def read(field: str, *ways: tuple[str, Callable[[], str | None]]) -> str | None:
        """The field as the front matter states it, or else by the first way that knows it."""
        if field in front:
            return front[field]
        for place, way in ways:
            value = way()
            if value:
                where[field] = place
                return value
        return None

    stem = PurePosixPath(doc).stem
    title = read("title", ("mark", lambda: marked), ("first_lines", lambda: title_of(text))) or stem
    where.setdefault("title", "file_name")
    kind = read(
        "kind", ("title", lambda: kind_of(title, [])), ("opening", lambda: kind_of("", lines))
    )
    number = read("number", ("head", lambda: number_of(lines)))
    issued = date_of(lines)
    owner = _owner(front, title, lines, doc)
    year: int | None = None
    if re.fullmatch(r"[12]\d{3}", front.get("year", "")):
        year = int(front["year"])
    else:
        year, where["year"] = year_of(title, lines, doc, kind, number, front.get("date") or issued)
    date = read(
        "date", ("signature", lambda: issued), ("site", lambda: date_of(removed.split("\n")))
    )
    description = Description(
        title=title,
        province=owner.province,
        city=owner.city,
        place=owner.place,
        level=owner.level,
        year=year,
        kind=kind,
        issuer=owner.issuer,
        number=number,
        date=date,
        stage=read("stage", ("title", lambda: stage_of(title, lines))),
        fictional=front.get("fictional", "").lower() in {"true", "yes", "1", "是"},
    )
    where |= {"place": owner.where, "level": owner.level_where, "issuer": owner.issuer_where}
    for above in ("province", "city"):
        if above not in front:
            where[above] = "gazetteer" if owner.place else owner.where
    doubts = (*owner.doubts, *year_doubts(title, lines, kind, year, date))
    if where["year"] == "front":  # whoever stated the year has looked
        doubts = tuple(doubt for doubt in doubts if not doubt.startswith("year_title"))
    return description, Reading(
        origins=_origins(description, where),
        code=place_code(description),
        cites=cites_of(text, number),
        doubts=doubts,
    )


def _origins(description: Description, where: dict[str, str]) -> tuple[Origin, ...]:
    """Where each known field was read; what the gazetteer adds is as sure as the place itself."""
    place = SURE.get(where.get("place", ""), "medium")
    return tuple(
        Origin(field, where[field], SURE.get(where[field], place))
        for field in FIELDS
        if getattr(description, field) is not None and where.get(field)
    )


def place_code(description: Description) -> str | None:
    """The administrative code of the place; None for a fictional, unknown or contradictory one."""
    if description.fictional or not description.place:
        return None
    above = f"{description.province or ''} {description.city or ''}"
    code = code_of(description.place, above)
    stated = description.province
    if code is None or (stated and place_of(code).province not in same_place(stated)):
        return None
    return code


def _owner(front: dict[str, str], title: str, lines: list[str], doc: str) -> Owner:
    """The owner as the front matter gives it, completed from the gazetteer or, failing it, read."""
    stated = " ".join(front[key] for key in ("province", "city") if key in front)
    if "place" in front:
        known = resolve(front["place"], f"{stated} {doc}")
        read = Owner(
            known.province, known.city, front["place"], known.level, None, "front", "gazetteer"
        )
    else:
        read = owner_of(title, lines, doc, stated)
    given = {key: front[key] for key in ("province", "city", "level", "issuer") if key in front} | {
        f"{key}_where": "front" for key in ("level", "issuer") if key in front
    }
    return replace(read, **given)  # type: ignore[arg-type]  # all of them are text


def kind_of(title: str, lines: list[str]) -> str | None:
    """The kind as the title calls it, synonyms joined; failing that as the opening does.

    A notice that issues a text is of that text's kind; of a summary with a plan the first counts.
    """
    issues = _ISSUES.search(title)
    if issues:
        issued = _kind_in(issues[1].strip("《》"))
        if issued:
            return issued
    outside = re.sub(r"《[^》]*》", "", title)
    found = _kind_in(outside) or _kind_in(title)
    if found:
        return found
    opening = " ".join(lines[:12])
    return next((kind for kind, words in _SAYS if words.search(opening)), None)


def _kind_in(title: str) -> str | None:
    for found in _KIND_OF.finditer(title):
        rest = title[found.end() :]
        if rest.startswith("的") or re.match(r"[》）]的", rest):
            continue  # 经验做法的学习体会 is no 经验材料
        return KINDS[int(str(found.lastgroup)[1:])][0]
    return None


def stage_of(title: str, lines: list[str]) -> str | None:
    """The school stage that a document is about; None where its title names several.

    A title that names none may be made plain by the sentence that states the subject.
    """
    subject = _SUBJECT.search(" ".join(lines[:6]))
    for text in (title, subject[1] if subject else ""):
        named = [stage for stage, words in _STAGES if words.search(text)]
        if named:
            return named[0] if len(named) == 1 else None
    return None
