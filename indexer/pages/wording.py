"""The wording page: a phrase, a sentence or a draft in; who has written so, and how, out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from indexer.errors import FileProblem
from indexer.library import Library
from indexer.pages import basket, frame, narrow, opening, precedents
from indexer.read import read_file
from indexer.records import Filters
from indexer.wording.phrases import is_phrase
from indexer.wording.records import Mark, Worded
from indexer.wording.search import LONGEST_TEXT
from indexer.words import Words

_EXAMPLES = 4
_IN_ADDRESS = 200  # a longer text does not go into the address
_SENTENCES = 20
_OPEN = 3  # of so few sentences the precedents are shown at once
_DRAFT_GROUPS, _DRAFT_USES = 5, 8  # of each sentence of a longer draft
_MARKS: tuple[Mark, ...] = ("set", "precedented", "new")


def main() -> None:
    """Take the text, look its sentences up, show what there is."""
    words = frame.words()
    library = opening.library_to_read(words)
    if library is None:
        return
    text = _text(words)
    with st.container(horizontal=True, vertical_alignment="center", key="wording_tools"):
        _upload(words)
        basket.show(words)
    if problem := st.session_state.get("wording_problem"):
        st.error(words.error(problem))
    if not text:
        _welcome(words)
        return
    filters = narrow.sidebar(words, library)
    found = _found(words, library, text, filters)
    if len(text) > LONGEST_TEXT:
        st.warning(words("wording.too_long", n=LONGEST_TEXT))
    if is_phrase(text):
        use = library.phrase(text, filters)
        if use is not None:
            precedents.phrase(words, use)
    _sentences(words, found)


def _text(words: Words) -> str:
    asked = st.query_params.get("t", "")
    if "wording_text" not in st.session_state or (
        asked and asked != st.session_state.get("wording_asked")
    ):
        st.session_state["wording_text"] = asked or st.session_state.get("wording_kept", "")
        st.session_state["wording_asked"] = asked
    with st.form("wording", border=False):
        typed = st.text_area(
            words("wording.label"),
            key="wording_text",
            placeholder=words("wording.placeholder"),
            label_visibility="collapsed",
            height=110,
        )
        sent = st.form_submit_button(words("wording.button"), type="primary")
    text = (typed or "").strip()
    if sent:
        _ask(text)
        if not text:
            st.warning(words("wording.blank"))
    return text


def _ask(text: str) -> None:
    """Remember the text; a short one goes into the address, to be bookmarked and sent."""
    short = text if len(text) <= _IN_ADDRESS else ""
    st.session_state.update(
        wording_kept=text, wording_asked=short, wording_shown=_SENTENCES, wording_only=None
    )
    if short:
        st.query_params["t"] = short
    else:
        st.query_params.pop("t", None)


def _choose(text: str) -> None:
    st.session_state["wording_text"] = text
    _ask(text)


def _upload(words: Words) -> None:
    """Take the text of a file into the field above."""
    button, hint = (
        words(f"wording.{name}").replace('"', "") for name in ("upload_button", "upload_hint")
    )
    # Streamlit's own words in this widget are English only; these take their place.
    style = (
        f'<style>.st-key-upload section button > div::after {{ content: "{button}"; }}'
        f' .st-key-upload section::after {{ content: "{hint}"; }}</style>'
    )
    with (
        st.popover(words("wording.upload"), icon=":material/upload_file:"),
        st.container(key="upload"),
    ):
        st.html(style)
        st.file_uploader(
            words("wording.upload"),
            label_visibility="collapsed",
            key="wording_file",
            on_change=_take_file,
        )


def _take_file() -> None:
    file = st.session_state.get("wording_file")
    st.session_state["wording_problem"] = None
    if file is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"draft{Path(file.name).suffix}"
        path.write_bytes(file.getvalue())
        try:
            _choose(read_file(path).text.strip())
        except FileProblem as problem:
            st.session_state["wording_problem"] = problem


def _welcome(words: Words) -> None:
    st.html(f'<p class="cx-lead">{frame.escape(words("wording.lead"))}</p>')
    st.html(f'<p class="cx-lead">{frame.escape(words("wording.try"))}</p>')
    for number in range(1, _EXAMPLES + 1):
        example = words(f"wording.example_{number}")
        st.button(
            example,
            key=f"example_{number}",
            on_click=_choose,
            args=(example,),
            icon=":material/north_west:",
            width="stretch",
        )


def _found(words: Words, library: Library, text: str, filters: Filters) -> tuple[Worded, ...]:
    """What the library has; asked once for a text, though each click runs the page anew."""
    key = (text, filters, library.catalogue.last_change())
    kept: tuple[object, tuple[Worded, ...]] | None = st.session_state.get("wording_found")
    if kept is not None and kept[0] == key:
        return kept[1]
    waiting = words("wording.searching") if library.ready else words("search.loading_model")
    with st.spinner(waiting):
        found = library.wording(text, filters)
        if len(found) > _OPEN:  # a draft: what is shown of each sentence is less
            found = tuple(
                replace(
                    each,
                    groups=tuple(
                        replace(group, uses=group.uses[:_DRAFT_USES])
                        for group in each.groups[:_DRAFT_GROUPS]
                    ),
                )
                for each in found
            )
    st.session_state["wording_found"] = (key, found)
    return found


def _sentences(words: Words, found: Sequence[Worded]) -> None:
    only, newest = _head(words, found)
    shown = [(n, each) for n, each in enumerate(found, 1) if only in (None, each.mark)]
    most = st.session_state.setdefault("wording_shown", _SENTENCES)
    for number, sentence in shown[:most]:
        with st.container(border=True, key=f"sentence_{number}"):
            precedents.sentence(words, number if len(found) > 1 else None, sentence)
            if len(found) > _OPEN and sentence.groups and not _unfolded(words, number, sentence):
                continue
            precedents.groups(words, f"{number}", sentence, newest)
    if len(shown) > most and st.button(words("wording.more"), width="stretch"):
        st.session_state["wording_shown"] = most + _SENTENCES
        st.rerun()


def _unfolded(words: Words, number: int, sentence: Worded) -> bool:
    key = "wording.unfold_near" if sentence.mark == "new" else "wording.unfold"
    label = words(key, n=len(sentence.groups))
    return st.toggle(label, key=f"unfold_{number}_{sentence.start}")


def _head(words: Words, found: Sequence[Worded]) -> tuple[Mark | None, bool]:
    """How many sentences are what, which of them to show, and in which order their uses."""
    only: Mark | None = None
    with st.container(horizontal=True, vertical_alignment="center", key="results_head"):
        if len(found) > 1:
            counts = {mark: sum(each.mark == mark for each in found) for mark in _MARKS}
            text = words("wording.summary", all=len(found), **counts)
            st.html(f'<div class="cx-count">{frame.escape(text)}</div>')
            only = st.segmented_control(
                words("wording.only"),
                _MARKS,
                format_func=lambda mark: words(f"wording.only_{mark}"),
                label_visibility="collapsed",
                key="wording_only",
            )
        newest = st.toggle(words("wording.newest"), key="wording_newest")
    return only, newest


main()
