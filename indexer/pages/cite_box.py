"""Copying and citing a passage: its text with the source, the reference in each form, its link."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from indexer.cite import FORMS, cite, plain, reference_of
from indexer.pages import frame
from indexer.records import Passage
from indexer.words import Words


def show(words: Words, passage: Passage) -> None:
    """A small box with what may be pasted elsewhere, each part with its button."""
    reference = reference_of(passage)
    start, end = passage.highlights[0] if passage.highlights else (passage.start, passage.end)
    quote = passage.text[start - passage.start : end - passage.start]
    address = urlencode(frame.address(doc=passage.doc, start=start, end=end))
    with st.popover(words("copy.head"), icon=":material/format_quote:"):
        st.html(
            _part(words, "quote", plain(quote, reference, words))
            + _part(words, "passage", plain(passage.text, reference, words))
            + "".join(_part(words, form, cite(reference, form, words)) for form in FORMS)
            + _part(words, "link", f"/document?{address}", link=True)
        )


def _part(words: Words, name: str, text: str, link: bool = False) -> str:
    kind = "data-cx-link" if link else "data-cx-copy"
    shown = "" if link else f'<div class="cx-copied">{frame.escape(_short(text))}</div>'
    return (
        f'<div class="cx-copy"><div><b>{frame.escape(words(f"copy.{name}"))}</b>'
        f'<button type="button" {kind}="{frame.escape(text)}"'
        f' data-cx-done="{frame.escape(words("copy.done"))}">'
        f"{frame.escape(words('copy.button'))}</button></div>{shown}</div>"
    )


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:160]}……"
