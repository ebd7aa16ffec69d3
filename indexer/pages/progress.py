"""The progress of a build, for the pages that show it."""

from __future__ import annotations

import streamlit as st

from indexer.errors import IndexProblem
from indexer.pages import frame
from indexer.pages.service import service
from indexer.words import Words, duration


def build_in_progress() -> bool:
    """Show the running build, if there is one, and keep the picture moving by itself."""
    if not service().building():
        if problem := service().build_problem():
            st.error(frame.plain(problem))
        return False
    with st.container(border=True, key="building"):
        _bar()
    return True


@st.fragment(run_every=1.0)
def _bar() -> None:
    words = frame.words()
    if not service().building():
        st.rerun(scope="app")
    try:
        library = service().library()
    except IndexProblem:  # one that cannot be used, about to be made anew
        library = None
    progress = library.progress() if library else None
    if progress is None:
        st.progress(0.0, text=words("progress.starting"))
        return
    text = words(f"progress.{progress.stage}")
    if progress.documents_total:
        text += " · " + words(
            "progress.files", done=progress.documents_done, total=progress.documents_total
        )
    text += _left(words, progress.seconds_left)
    st.progress(progress.share, text=text)
    if progress.documents_done:
        st.html(f'<div class="cx-count">{frame.escape(words("progress.already"))}</div>')
    if st.button(words("progress.stop"), key="stop", type="tertiary", icon=":material/stop:"):
        service().stop_build()
        st.rerun(scope="app")


def _left(words: Words, seconds: float | None) -> str:
    return words("progress.left", time=duration(words, seconds)) if seconds else ""
