"""A labelled text with a button that copies it; the script behind it stands in `frame.begin`."""

from __future__ import annotations

from indexer.pages import frame
from indexer.words import Words

_SHOWN = 160


def html(words: Words, label: str, text: str, link: bool = False) -> str:
    """The button as HTML; `link`: the text is a path that gets the page's own address before it."""
    kind = "data-cx-link" if link else "data-cx-copy"
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……"
    shown = "" if link else f'<div class="cx-copied">{frame.escape(short)}</div>'
    return (
        f'<div class="cx-copy"><div><b>{frame.escape(label)}</b>'
        f'<button type="button" {kind}="{frame.escape(text)}"'
        f' data-cx-done="{frame.escape(words("copy.done"))}">'
        f"{frame.escape(words('copy.button'))}</button></div>{shown}</div>"
    )
