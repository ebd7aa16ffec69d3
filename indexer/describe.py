"""Text and front matter -> what the document is.

Front matter is believed. Where it is silent, only the title is read from the text so far; place,
year and kind stay unknown rather than guessed.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from indexer.records import Description, RawText

_KIND_WORD = re.compile(
    r"(?:报告|总结|要点|计划|规划|方案|意见|通知|办法|细则|规定|纲要|材料|汇报|讲话|决定|公报|函|制度)"
    r"(?:[（(〔\[【][^）)〕\]】]{1,12}[）)〕\]】])?$"
)
_ENDS_SENTENCE = re.compile(r"[。；，！,;]$")
_MAX_TITLE = 60
_LINES_READ = 8


def describe(raw: RawText, text: str, doc: str) -> Description:
    """Describe a document from its front matter, its text and its path in the library."""
    front = {key: value.strip() for key, value in raw.front if value.strip()}
    year = front.get("year", "")
    return Description(
        title=front.get("title") or raw.title or title_of(text) or PurePosixPath(doc).stem,
        province=front.get("province"),
        city=front.get("city"),
        place=front.get("place"),
        level=front.get("level"),
        year=int(year) if re.fullmatch(r"[12]\d{3}", year) else None,
        kind=front.get("kind"),
        issuer=front.get("issuer"),
        number=front.get("number"),
        date=front.get("date"),
        stage=front.get("stage"),
        fictional=front.get("fictional", "").lower() in {"true", "yes", "1", "是"},
    )


def title_of(text: str) -> str | None:
    """The line among the first few that reads like the title of an official document.

    Such a title ends in the kind of document (报告, 方案, 意见 ...); without one, the first line
    is taken if it is short and no sentence. None: no line will do.
    """
    lines = [line.strip() for line in text.split("\n", 40)[:40] if line.strip()][:_LINES_READ]
    short = [line for line in lines if len(line) <= _MAX_TITLE and not _ENDS_SENTENCE.search(line)]
    for line in short:
        if _KIND_WORD.search(line):
            return line
    return short[0] if short and short[0] == lines[0] else None
