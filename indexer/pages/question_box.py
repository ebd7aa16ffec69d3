"""The line a question is typed into, shared by the pages that take one; it lives in the address."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from indexer.pages import narrow
from indexer.words import Words


def show(words: Words, page: str, on_new: Callable[[str], None] | None = None) -> str:
    """Show the line and give the question in force; `on_new` is told of one just sent."""
    typed_key, asked_key = f"question_{page}", f"asked_{page}"
    asked = st.query_params.get("q", "")
    if typed_key not in st.session_state or st.session_state.get(asked_key) != asked:
        st.session_state[typed_key] = st.session_state[asked_key] = asked
    with (
        st.form(f"form_{page}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", wrap=False),
    ):
        typed = st.text_input(
            words("search.label"),
            key=typed_key,
            placeholder=words(f"{page}.placeholder"),
            label_visibility="collapsed",
            icon=":material/search:",
        )
        sent = st.form_submit_button(words(f"{page}.button"), type="primary")
    typed = (typed or "").strip()
    # A press that falls into the page's own redrawing may be lost; what was typed with it is not.
    if sent or typed != asked.strip():
        if on_new is not None and typed:
            on_new(typed)
        put(page, typed)
        if not typed:
            st.warning(words("search.blank"))
    return typed


def put(page: str, question: str) -> None:
    """Put a question into the address, so that it can be bookmarked and sent."""
    st.session_state[f"asked_{page}"] = question
    st.session_state["limit"] = None
    narrow.forget_reading()
    if question:
        st.query_params["q"] = question
    else:
        st.query_params.pop("q", None)


def choose(page: str, question: str) -> None:
    """Ask an example, as if it had been typed."""
    st.session_state[f"question_{page}"] = question
    put(page, question)
