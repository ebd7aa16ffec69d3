"""Copying and citing a passage: its text with the source, the reference in each form, its link."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from indexer.cite import FORMS, cite, plain, reference_of
from indexer.pages import copy_button, frame
from indexer.records import Passage
from indexer.words import Words


def show(words: Words, passage: Passage) -> None:
    """A small box with what may be pasted elsewhere, each part with its button."""
    reference = reference_of(passage)
    start, end = passage.highlights[0] if passage.highlights else (passage.start, passage.end)
    quote = passage.text[start - passage.start : end - passage.start]
    address = urlencode(frame.address(doc=passage.doc, start=start, end=end))
    with st.popover(words("copy.head"), icon=":material/format_quote:"):
        parts = {
            "quote": plain(quote, reference, words),
            "passage": plain(passage.text, reference, words),
        } | {form: cite(reference, form, words) for form in FORMS}
        buttons = [copy_button.html(words, words(f"copy.{k}"), text) for k, text in parts.items()]
        link = copy_button.html(words, words("copy.link"), f"/document?{address}", link=True)
        st.html("".join(buttons) + link)
