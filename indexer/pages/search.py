"""The search page: a question in, passages out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from indexer.errors import IndexProblem
from indexer.library import Found, Library
from indexer.pages import frame, hit, narrow, opening, question_box, save_results
from indexer.pages.marked import legend
from indexer.pages.narrow import FIELDS
from indexer.records import Passage
from indexer.words import Words

_MORE = 10
_EXAMPLES = 4
_OF_ONE = 6  # passages of one document shown on request, the first among them


def main() -> None:
    """Read the question, ask the library, show what it found."""
    words = frame.words()
    question = question_box.show(words, "search")
    library = opening.library_to_read(words)
    if library is None:
        return
    if not question:
        _welcome(words, library)
        return
    _answer(words, library, question)


def _welcome(words: Words, library: Library) -> None:
    counts = library.catalogue.counts()
    st.html(f'<p class="cx-lead">{frame.escape(words("search.lead", **counts))}</p>')
    st.html(f'<p class="cx-lead">{frame.escape(words("search.try"))}</p>')
    for number in range(1, _EXAMPLES + 1):
        example = words(f"search.example_{number}")
        st.button(
            example,
            key=f"example_{number}",
            on_click=question_box.choose,
            args=("search", example),
            icon=":material/north_west:",
            width="stretch",
        )


def _answer(words: Words, library: Library, question: str) -> None:
    given = narrow.sidebar(words, library)
    limit = st.session_state.get("limit") or _MORE
    waiting = words("search.searching") if library.ready else words("search.loading_model")
    try:
        with st.spinner(waiting):
            found = library.find(
                question, given, limit=limit + 1, group=True, skip=narrow.not_read()
            )
    except IndexProblem as problem:
        st.error(frame.plain(words.error(problem)))
        return
    if found.missing:
        narrow.missing(words, library, found)
        return
    narrow.marks(words, found, given)
    if not found.passages:
        narrow.nothing(words, library, found, given)
        return
    shown = _head(words, found, limit)
    told = st.empty()
    legend(words, any(each.repaired for each in shown), any(each.damaged for each in shown))
    for number, passage in enumerate(shown, 1):
        key = f"rest {question} {passage.doc}"
        opened = st.session_state.get(key, False)
        more = None if opened else partial(st.session_state.__setitem__, key, True)
        hit.show(words, library, str(number), passage, question, more)
        if opened:
            _rest(words, library, number, passage, found)
    if len(found.passages) > limit and st.button(words("search.more"), width="stretch"):
        st.session_state["limit"] = limit + _MORE
        st.rerun()
    _coverage(words, library, found, told)  # last: it looks at the whole selection


def _coverage(words: Words, library: Library, found: Found, told: DeltaGenerator) -> None:
    """How many documents of the selection speak to the question."""
    coverage = library.coverage(found.reading.text, found.filters, skip=FIELDS)
    if coverage is None:
        return
    key = "coverage" if coverage.whole else "coverage_least"
    if not coverage.speaking:
        key = "coverage_none"
    text = words(f"search.{key}", n=coverage.speaking, of=coverage.documents)
    told.html(f'<div class="cx-coverage">{frame.escape(text)}</div>')


def _head(words: Words, found: Found, limit: int) -> list[Passage]:
    """How many there are, in which order a person wants them, and the way to take them along."""
    passages = found.passages[:limit]
    with st.container(horizontal=True, vertical_alignment="center", key="results_head"):
        count = words("search.count", n=len(passages))
        st.html(f'<div class="cx-count">{frame.escape(count)}</div>')
        order = st.selectbox(
            words("search.order"),
            ("fit", "newest", "oldest", "place"),
            format_func=lambda name: words(f"search.order_{name}"),
            label_visibility="collapsed",
            placeholder="",  # Streamlit's own is English
            key="order",
            width=190,
        )
        save_results.show(words, replace(found, passages=passages))
    if order == "place":
        return sorted(passages, key=lambda p: (p.place or "\uffff", -(p.year or 0)))
    if order in ("newest", "oldest"):
        sign = -1 if order == "newest" else 1
        return sorted(passages, key=lambda p: (p.year is None, sign * (p.year or 0)))
    return list(passages)


def _rest(words: Words, library: Library, number: int, passage: Passage, found: Found) -> None:
    """The other passages of a document."""
    only = replace(found.filters, doc=(passage.doc,))
    question = found.reading.text
    others = library.find(question, only, limit=_OF_ONE, skip=FIELDS).passages
    others = tuple(other for other in others if other.start != passage.start)
    if not others:
        st.html(f'<div class="cx-count">{frame.escape(words("search.no_rest"))}</div>')
    for at, other in enumerate(others, 1):
        hit.show(words, library, f"{number}.{at}", other, question)


main()
