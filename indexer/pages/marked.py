"""Text of documents as HTML, with what a reader must see in it.

highlights   <mark>: why the text is shown
remarks      figures, repaired characters, numbers that cannot be read
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import streamlit as st

from indexer.pages.frame import escape
from indexer.records import Figure
from indexer.words import Words


class Remark(NamedTuple):
    """A stretch of a document that is set off, with what is told of it where one points at it."""

    start: int
    end: int
    style: str
    told: str = ""


def remarks(
    words: Words,
    repaired: Iterable[tuple[int, int, str]] = (),
    damaged: Iterable[tuple[int, int]] = (),
    figures: Iterable[Figure] = (),
) -> tuple[Remark, ...]:
    """The remarks on a text, in order: repaired characters, what cannot be read, figures."""
    return tuple(
        sorted(
            [
                *(
                    Remark(a, b, "cx-repaired", words("search.original", text=was))
                    for a, b, was in repaired
                ),
                *(Remark(a, b, "cx-unreadable", words("search.unreadable")) for a, b in damaged),
                *(Remark(each.start, each.end, "cx-figure") for each in figures),
            ]
        )
    )


def marked(
    text: str,
    offset: int,
    highlights: Sequence[tuple[int, int]] = (),
    anchor: str = "",
    noted: Sequence[Remark] = (),
) -> str:
    """Text with its highlights and remarks as HTML; blank lines are left out.

    `highlights` are offsets in the document, `offset` that of the text's first character; the
    first highlight gets the id `anchor` if one is given.
    """
    parts: list[str] = []
    at = 0
    for number, (start, end) in enumerate(highlights):
        begin, stop = max(at, start - offset), min(len(text), end - offset)
        if begin >= stop:
            continue
        name = f' id="{anchor}"' if anchor and not number else ""
        parts += [
            _noted(text[at:begin], offset + at, noted),
            f"<mark{name}>",
            _noted(text[begin:stop], offset + begin, noted),
            "</mark>",
        ]
        at = stop
    parts.append(_noted(text[at:], offset + at, noted))
    return re.sub(r"\n{2,}", "\n", "".join(parts))


def _noted(text: str, offset: int, noted: Sequence[Remark]) -> str:
    """Text as HTML with the remarks that lie in it; of two that overlap the first."""
    parts: list[str] = []
    at = 0
    first = bisect_left(noted, offset, key=lambda each: each.end)
    for start, end, style, told in noted[first:]:
        begin, stop = max(at, start - offset), min(len(text), end - offset)
        if start - offset >= len(text):
            break
        if begin < stop:
            title = f' title="{escape(told)}"' if told else ""
            parts += [
                escape(text[at:begin]),
                f'<span class="{style}"{title}>{escape(text[begin:stop])}</span>',
            ]
            at = stop
    return "".join(parts) + escape(text[at:])


def legend(words: Words, repaired: bool, unreadable: bool) -> None:
    """What the underlining of repaired characters and of unreadable numbers means."""
    for shown, name in ((repaired, "repaired"), (unreadable, "unreadable")):
        if shown:
            sign = escape(words(f"search.{name}_sign"))
            st.html(
                f'<div class="cx-count"><span class="cx-{name}">{sign}</span>'
                f" {escape(words(f'search.{name}_note'))}</div>"
            )
