"""A place in a document -> the reference by which others find it again.

Three forms: GB/T 7714-2025 and GB/T 7714-2015, the national rules for lists of references, and
the official form of Chinese offices, issuer《title》（number，date）. What is not known is marked
in square brackets; nothing is guessed. A sample document says first that it is fictional.

How the rules were read for documents of public offices:

- Reports are R. Other documents of an office (notices, plans, opinions) are A in the 2015 rules,
  whose own example of a notice is so; the 2025 rules keep A for holdings of archives, so there
  they are EB (web page) with an address and Z (other) without. What is neither is Z.
- /OL and the address stand only where an address is known: a file in a folder is not online.
- The number of a document is further information on the title and follows it after a colon.
- The 2025 rules give reports a date of issue and no publisher; the 2015 rules treat them as books,
  where an unknown place and publisher are marked and only the year stands.
- In the 2025 rules all signs but the full stop and square brackets are full width.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from indexer.records import Description, Passage, StoredDocument
from indexer.words import Words

Form = Literal["gbt2025", "gbt2015", "official"]
FORMS: tuple[Form, ...] = get_args(Form)

_REPORTS = {"工作总结", "督导报告", "工作报告", "情况报告"}
_PAPERS = {
    *("工作要点", "实施方案", "规划", "工作计划", "意见", "办法", "细则", "规定", "制度", "章程"),
    *(
        "预案",
        "通报",
        "公告",
        "通告",
        "公报",
        "决定",
        "批复",
        "纪要",
        "请示",
        "答复",
        "简报",
        "通知",
    ),
    *("函", "倡议书", "责任书"),
}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")
_OUTER, _BOTH = str.maketrans("《》", "〈〉"), str.maketrans("〈〉《》", "《》〈〉")


@dataclass(frozen=True, slots=True)
class Reference:
    """What is cited, and where in it: `start` and `end` are offsets in the cleaned text.

    `date` is the day of issue as it is known (2019-01-10, 2019-01, 2019), `year` the year that
    the document is about, which is never cited as its date. `url` and `accessed` (a date) are for
    documents that were taken from the web.
    """

    doc: str
    title: str
    issuer: str | None = None
    number: str | None = None
    date: str | None = None
    year: int | None = None
    place: str | None = None
    kind: str | None = None
    heading: tuple[str, ...] = ()
    page: int | None = None
    start: int = 0
    end: int = 0
    fictional: bool = False
    url: str | None = None
    accessed: str | None = None


def reference_to(
    doc: str,
    about: Description,
    *,
    start: int = 0,
    end: int = 0,
    heading: tuple[str, ...] = (),
    page: int | None = None,
) -> Reference:
    """The reference to a stretch of a document that is described so."""
    return Reference(
        doc=doc,
        title=about.title,
        issuer=about.issuer,
        number=about.number,
        date=about.date,
        year=about.year,
        place=about.own_place,
        kind=about.kind,
        heading=heading,
        page=page,
        start=start,
        end=end,
        fictional=about.fictional,
    )


def reference_of(source: Passage | StoredDocument) -> Reference:
    """The reference of a passage (its highlight, if any) or of a whole document.

    For another place in either use `dataclasses.replace`.
    """
    if isinstance(source, StoredDocument):
        return reference_to(source.doc, source.description, end=len(source.text))
    start, end = source.highlights[0] if source.highlights else (source.start, source.end)
    return Reference(
        doc=source.doc,
        title=source.title,
        issuer=source.issuer,
        number=source.number,
        date=source.date,
        year=source.year,
        place=source.place,
        kind=source.kind,
        heading=source.heading,
        page=source.page,
        start=start,
        end=end,
        fictional=source.fictional,
    )


def cite(reference: Reference, form: Form, words: Words) -> str:
    """The reference in a form, with its page."""
    write = {"gbt2025": _gbt2025, "gbt2015": _gbt2015, "official": _official}[form]
    warning = words("cite.fictional") if reference.fictional else ""
    return warning + write(reference, words)


def located(reference: Reference, form: Form, words: Words) -> str:
    """The reference in a form, with its page and the headings above the place."""
    path = heading_path(reference)
    return cite(reference, form, words) + (words("cite.under", heading=path) if path else "")


def heading_path(reference: Reference) -> str:
    """The headings above the place, highest first."""
    return " › ".join(reference.heading)


def plain(quote: str, reference: Reference, words: Words, form: Form = "official") -> str:
    """A quotation with its source, to paste into any text."""
    return words("cite.plain", quote=quote.strip(), citation=located(reference, form, words))


def markdown(quote: str, reference: Reference, words: Words, form: Form = "official") -> str:
    """A quotation with its source as a Markdown block quote that shows both as they are."""
    source = words("cite.source", citation=located(reference, form, words))
    lines = [*_escaped(quote.strip()), "", *_escaped(source)]
    return "\n".join(f"> {line}".rstrip() for line in lines)


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """A numbered list: `numbers` has one for each reference given, `entries` one a document."""

    numbers: tuple[int, ...]
    entries: tuple[str, ...]


def reference_list(references: Sequence[Reference], form: Form, words: Words) -> ReferenceList:
    """Number references in the order of their first use; a document keeps its first number.

    The entries name no page, which belongs to the place of use (`marker`).
    """
    first: dict[str, tuple[int, Reference]] = {}
    for each in references:
        first.setdefault(each.doc, (len(first) + 1, each))
    return ReferenceList(
        tuple(first[each.doc][0] for each in references),
        tuple(
            f"[{number}] {cite(replace(each, page=None), form, words)}"
            for number, each in first.values()
        ),
    )


def marker(number: int, reference: Reference) -> str:
    """The number to put behind a quotation; the rules set the page outside the brackets."""
    return f"[{number}]{reference.page or ''}"


def _official(reference: Reference, words: Words) -> str:
    title = reference.title
    if title:
        title = title.translate(_BOTH if "《" in title and "〈" in title else _OUTER)
    return words(
        "cite.official",
        issuer=reference.issuer or _mark("issuer", words),
        title=title or _mark("title", words),
        number=reference.number or _mark("number", words),
        date=_spoken(reference.date, words) or _mark("date", words),
        page="" if reference.page is None else words("cite.page", page=reference.page),
    )


def _gbt2025(reference: Reference, words: Words) -> str:
    online = "/OL" if reference.url else ""
    code = "R" if reference.kind in _REPORTS else "EB" if online else "Z"
    head = f"{_head(reference, '：', words)}[{code}{online}]. "
    date = _iso(reference.date) or _mark("date", words)
    if code == "EB":
        accessed = _iso(reference.accessed) or words("cite.no_access_date")
        return f"{head}（{date}）[{accessed}]. {reference.url}."
    page = "" if reference.page is None else f"：{reference.page}"
    address = f" {reference.url}." if online else ""
    return f"{head}{date}{page}.{address}"


def _gbt2015(reference: Reference, words: Words) -> str:
    online = "/OL" if reference.url else ""
    code = "R" if reference.kind in _REPORTS else "A" if reference.kind in _PAPERS else "Z"
    head = f"{_head(reference, ': ', words)}[{code}{online}]. "
    date = _iso(reference.date)
    year = date[:4] if date and date[:4].isdigit() else _mark("date", words)
    page = "" if reference.page is None else f": {reference.page}"
    if not online:
        place = f"[{words('cite.no_place')}: {words('cite.no_publisher')}]"
        return f"{head}{place}, {year}{page}."
    accessed = _iso(reference.accessed) or words("cite.no_access_date")
    printed = f"{year}{page}" if page else ""
    return f"{head}{printed}({date or _mark('date', words)})[{accessed}]. {reference.url}."


def _head(reference: Reference, colon: str, words: Words) -> str:
    issuer = reference.issuer or _mark("issuer", words)
    title = reference.title or _mark("title", words)
    number = f"{colon}{reference.number}" if reference.number else ""
    return f"{issuer}. {title}{number}"


def _mark(part: str, words: Words) -> str:
    return f"[{words(f'cite.no_{part}')}]"


def _parts(date: str | None) -> list[int]:
    """Year, month and day as far as a date is written in figures that make one; else nothing."""
    found = _DATE.fullmatch((date or "").strip())
    parts = [int(part) for part in found.groups() if part] if found else []
    possible = all(1 <= part <= most for part, most in zip(parts[1:], (12, 31), strict=False))
    return parts if possible else []


def _iso(date: str | None) -> str | None:
    parts = _parts(date)
    return "-".join(f"{part:02}" for part in parts) if parts else (date or "").strip() or None


def _spoken(date: str | None, words: Words) -> str | None:
    parts = _parts(date)
    names = ("year", "month", "day")[: len(parts)]
    if not parts:
        return _iso(date)
    return words(f"cite.by_{names[-1]}", **dict(zip(names, parts, strict=True)))


_ANYWHERE = re.compile(r"[\\`*_\[\]<>|~$&]")
_AT_START = re.compile(r"^(\d+)(?=[.)])|^(?=[#+=-])")


def _escaped(text: str) -> list[str]:
    lines = (_ANYWHERE.sub(r"\\\g<0>", line.strip()) for line in text.splitlines())
    return [_AT_START.sub(r"\1\\", line) for line in lines]
