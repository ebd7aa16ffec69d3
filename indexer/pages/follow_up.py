"""Follow-up questions on the ask page, and the list of what was asked in this session.

Place, year and topic are carried over in the page's address; they stand as marks above the answer
and can be taken away.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from indexer.follow import follow
from indexer.library import Found, Library
from indexer.pages import frame, narrow
from indexer.words import Words

_MOST = 12
_TOPIC = "topic"


def carry_over(library: Library, question: str) -> None:
    """A question has been sent: keep what it leaves out and the one before had."""
    before: Found | None = st.session_state.get("answered")
    if before is None:
        return
    kept = follow(
        library.read(question), before.reading, before.filters, st.query_params.get(_TOPIC, "")
    )
    narrow.put(replace(narrow.from_address(), place=kept.place, year=kept.year))
    st.session_state["narrowed"] = None  # so that the choices in the side bar follow
    if kept.topic:
        st.query_params[_TOPIC] = kept.topic
    else:
        st.query_params.pop(_TOPIC, None)


def completed(question: str) -> str:
    """The question with the topic of the one before, where it has none of its own."""
    topic = st.query_params.get(_TOPIC, "")
    return f"{question} {topic}" if topic else question


def topic_mark(words: Words) -> None:
    """The topic that was carried over, with a way to take it away."""
    topic = st.query_params.get(_TOPIC, "")
    if topic:
        st.button(
            frame.plain(words("ask.topic", topic=topic)),
            key="mark_topic",
            icon=":material/close:",
            on_click=_forget_topic,
            help=words("narrow.take_away"),
        )


def _forget_topic() -> None:
    st.query_params.pop(_TOPIC, None)


def remember(question: str, found: Found) -> None:
    """Keep what was asked for the next question and for the list of this session."""
    st.session_state["answered"] = found
    asked: dict[str, dict[str, str]] = st.session_state.setdefault("history", {})
    asked.pop(question, None)
    topic = st.query_params.get(_TOPIC)
    asked[question] = narrow.parameters() | ({_TOPIC: topic} if topic else {})


def history(words: Words, beside: DeltaGenerator) -> None:
    """The questions of this session, the last first; a click asks one again."""
    asked: dict[str, dict[str, str]] = st.session_state.get("history", {})
    if not asked:
        return
    with beside:
        st.html(f'<div class="cx-side">{frame.escape(words("ask.history"))}</div>')
        for question, narrowed in list(reversed(asked.items()))[:_MOST]:
            st.page_link(
                frame.FOLDER / "ask.py",
                label=frame.plain(question),
                query_params=frame.address(q=question) | narrowed,
            )
        if st.button(words("ask.forget"), icon=":material/restart_alt:"):
            for key in ("answered", "history"):
                st.session_state.pop(key, None)
            st.query_params.from_dict(frame.address())
            st.rerun()
