"""What a file states about itself in its document properties, where it has no front matter.

The keywords of a Word, Excel, PowerPoint or PDF file may hold the same entries as front matter:
`place=枫浦县; year=2024; fictional=true`. Other keywords are let be.
"""

from __future__ import annotations

import re
from dataclasses import replace

from indexer.read.package import Package
from indexer.read.titles import opens_with
from indexer.records import RawText

_KEYS = {"province", "city", "place", "level", "year", "kind", "issuer", "number", "date"} | {
    *("stage", "fictional"),
}
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"


def with_properties(raw: RawText, title: str, keywords: str) -> RawText:
    """The text with its stated title, if it opens with that, and the front matter of keywords."""
    stated = " ".join(title.split())
    if raw.title is None and opens_with(raw.text, stated):
        raw = replace(raw, title=stated)
    return replace(raw, front=(*raw.front, *_front(keywords)))


def package_properties(package: Package) -> tuple[str, str]:
    """The title and the keywords that an office package states."""
    for name in package.related("", "core-properties"):
        tree = package.xml(name)
        if tree is not None:
            title = tree.findtext(f"{_DUBLIN_CORE}title")
            return title or "", tree.findtext(f"{_CORE}keywords") or ""
    return "", ""


def _front(keywords: str) -> tuple[tuple[str, str], ...]:
    # LibreOffice parts keywords by commas when it writes a PDF, whatever parted them before.
    pairs = (entry.partition("=") for entry in re.split(r"[;,；，]", keywords))
    return tuple(
        (key.strip().lower(), value.strip())
        for key, _, value in pairs
        if key.strip().lower() in _KEYS and value.strip()
    )
