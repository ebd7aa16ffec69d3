"""Running heads, feet and page numbers of a paged document, found by their repetition."""

from __future__ import annotations

import re
from collections import defaultdict
from statistics import median

from indexer.read.layout import Piece, rows

_MARGIN = 0.15
"""The share of the page's height, above and below, where heads and feet stand."""

_PAGE_NUMBER = re.compile(
    r"[-—–－―─·•~\s]*(?:[-—–－―─·•~]\s*\d{1,4}\s*[-—–－―─·•~]|第\s*\d{1,4}\s*页)"
    r"(?:\s*[，,/／]?\s*共\s*\d{1,4}\s*页)?[-—–－―─·•~\s]*|\d{1,4}\s*[/／]\s*\d{1,4}|page\s*\d+(?:\s*of\s*\d+)?|[ivx]{1,5}",
    re.IGNORECASE,
)


def without_running(pages: list[tuple[list[Piece], float]]) -> list[list[Piece]]:
    """Pages (pieces and height) -> their pieces less what repeats in the margins."""
    marginal: list[list[tuple[set[str], str, list[Piece]]]] = []
    heights: dict[str, list[float]] = defaultdict(list)
    for number, (pieces, height) in enumerate(pages):
        found = []
        in_rows = rows(pieces)
        for row in {id(r): r for r in [*in_rows[:3], *in_rows[-3:]]}.values():
            at = row[0].middle / height
            if at < _MARGIN or at > 1 - _MARGIN:
                text = "".join("".join(piece.text.split()) for piece in row)
                keys = _keys(text, number, at < _MARGIN)
                found.append((keys, text, row))
                for key in keys:
                    heights[key].append(at)
        marginal.append(found)
    repeated = {
        key
        for key, places in heights.items()
        if len(places) >= (2 if len(pages) < 4 else 3)
        and sum(abs(at - median(places)) < 0.012 for at in places) >= 0.6 * len(places)
    }
    kept = []
    for (pieces, _), found in zip(pages, marginal, strict=True):
        gone = {
            id(piece)
            for keys, text, row in found
            if keys & repeated or _PAGE_NUMBER.fullmatch(text)
            for piece in row
        }
        kept.append([piece for piece in pieces if id(piece) not in gone])
    return kept


def _keys(text: str, page: int, top: bool) -> set[str]:
    """The text, and the text with each of its numbers as its distance from the page's number.

    So a head that counts the pages is the same on all of them, and headings that happen to stand
    at the same height (第3条, 第7条) are not.
    """
    place = "above" if top else "below"
    return {f"{place} {text}"} | {
        f"{place} {text[: n.start()]}#{int(n[0]) - page}{text[n.end() :]}"
        for n in re.finditer(r"[0-9]{1,5}", text)
    }
