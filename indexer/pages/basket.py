"""The basket of picked wordings, kept for the session and saved as a Word file with footnotes."""

from __future__ import annotations

import streamlit as st

from indexer.export import docx
from indexer.pages import frame
from indexer.wording.records import Use
from indexer.wording.report import Pick, basket_blocks
from indexer.words import Words

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def picks() -> list[Pick]:
    """What is in the basket."""
    found: list[Pick] = st.session_state.setdefault("wording_basket", [])
    return found


def holds(use: Use) -> bool:
    """Whether the basket has this use already."""
    return any(pick.use.reference == use.reference for pick in picks())


def put(use: Use, sentence: str, note: str) -> None:
    """Put a use into the basket."""
    if not holds(use):
        picks().append(Pick(use, sentence, note))


def _take_out(number: int) -> None:
    picks().pop(number)


def show(words: Words) -> None:
    """The basket: its wordings, each with a way to take it out, and the file of them all."""
    held = picks()
    with st.popover(words("wording.basket", n=len(held)), icon=":material/bookmarks:"):
        if not held:
            st.html(f'<p class="cx-count">{frame.escape(words("wording.basket_empty"))}</p>')
            return
        for number, pick in enumerate(held):
            about = pick.use.reference.title
            st.html(
                f'<div class="cx-text">{frame.escape(pick.use.text)}</div>'
                f'<div class="cx-count">{frame.escape(about)}</div>'
            )
            st.button(
                words("wording.take_out"),
                key=f"take_out_{number}",
                icon=":material/close:",
                type="tertiary",
                on_click=_take_out,
                args=(number,),
            )
        title = words("wording.basket_title")
        st.download_button(
            words("wording.export"),
            lambda: docx(title, basket_blocks(held, words, "gbt2025"), words),
            file_name=f"{title}.docx",
            mime=_WORD,
            key="export_basket",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )
        st.button(words("wording.clear"), key="clear_basket", on_click=held.clear)
