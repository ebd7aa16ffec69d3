"""Which characters of a text repair has changed, and what stood there before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from indexer.records import Replaced

_LONGEST = 8
"""Characters of the original that are told: an entity such as `&hellip;` has as many."""


def repaired_characters(
    edits: Sequence[Replaced], text: str, offset: int, raw: Callable[[], str]
) -> tuple[tuple[int, int, str], ...]:
    """The changed stretches of a text that begins at `offset`: (start, end, original).

    Told are characters for which others stood there; white space, and what merely fell out, is
    not. `raw` gives the whole raw text and is only called if there is anything to tell.
    """
    found: list[tuple[int, int, str]] = []
    for start, end, raw_start, raw_end in edits[bisect_left(edits, (offset,)) :]:
        if start >= offset + len(text):
            break
        now = text[start - offset : end - offset]
        if end > offset + len(text) or not now.strip():
            continue
        was = _shown(raw()[raw_start:raw_end])
        if was and was != now:
            found.append((start, end, was))
    return tuple(found)


def _shown(original: str) -> str:
    """The characters before repair; unprintable ones by number, and no residue before them."""
    last = original.rsplit("\n", maxsplit=1)[-1].strip()[-_LONGEST:]
    return "".join(each if each.isprintable() else f"U+{ord(each):04X}" for each in last)
