"""Choosing the language model that may write answers out, and trying whether it answers."""

from __future__ import annotations

import time

import streamlit as st

from indexer.errors import CexunError
from indexer.pages import frame
from indexer.words import Words
from indexer.writer import Writing
from indexer.writer.settings import (
    DEFAULT_TIMEOUT,
    LONGEST_TIMEOUT,
    WriterSettings,
    clear_settings,
    from_environment,
    save_settings,
    saved_settings,
)

_FIELDS = ("writer_address", "writer_model", "writer_timeout")
_SAVES = "writer_saves"


def show(words: Words) -> None:
    """The settings behind a small button."""
    with st.popover(words("writer.head"), icon=":material/settings:"):
        st.html(f'<p class="cx-count">{frame.escape(words("writer.what"))}</p>')
        fixed = from_environment()
        if fixed is None:
            _form(words)
            return
        st.info(words("writer.fixed", model=frame.plain(fixed.model)))
        _where(words, fixed)
        if st.button(words("writer.test"), key="writer_test"):
            try:
                _try(words, fixed)
            except CexunError as problem:
                st.error(frame.plain(words.error(problem)))


def _form(words: Words) -> None:
    saved = saved_settings()
    with st.form("writer_form", border=False):
        address = st.text_input(
            words("writer.address"),
            value=saved.address if saved else "",
            placeholder="http://127.0.0.1:11434/v1",
            key="writer_address",
        )
        model = st.text_input(
            words("writer.model"),
            value=saved.model if saved else "",
            placeholder="qwen3:8b",
            key="writer_model",
        )
        # A key that is kept is never sent to the page, not even as dots.
        key = st.text_input(
            words("writer.key"),
            type="password",
            placeholder=words("writer.key_kept" if saved and saved.key else "writer.key_none"),
            autocomplete="off",
            key=f"writer_key_{st.session_state.setdefault(_SAVES, 0)}",
        )
        timeout = st.number_input(
            words("writer.timeout"),
            min_value=5,
            max_value=int(LONGEST_TIMEOUT),
            value=int(saved.timeout if saved else DEFAULT_TIMEOUT),
            step=5,
            key="writer_timeout",
        )
        with st.container(horizontal=True, key="writer_acts"):
            to_save = st.form_submit_button(words("writer.save"), type="primary")
            to_try = st.form_submit_button(words("writer.test"))
    shown = saved
    try:
        if to_save or to_try:
            chosen = _chosen(address, model, key, float(timeout), saved)
            if to_save:
                save_settings(chosen)
                st.session_state[_SAVES] += 1  # a new field for the key: the typed one is gone
                st.toast(words("writer.saved"))
                st.rerun()
            shown = chosen
            _try(words, chosen)
    except CexunError as problem:
        st.error(frame.plain(words.error(problem)))
    if shown is not None:
        _where(words, shown)
    if saved is not None:
        st.button(words("writer.clear"), key="writer_clear", on_click=_clear)


def _chosen(
    address: str, model: str, key: str, timeout: float, saved: WriterSettings | None
) -> WriterSettings:
    """The settings as typed; a key left empty is the one kept, but for the same server only."""
    chosen = WriterSettings(address.strip(), model.strip(), key.strip(), timeout)
    if not chosen.key and saved is not None and saved.origin == chosen.origin:
        return WriterSettings(chosen.address, chosen.model, saved.key, timeout)
    return chosen


def _clear() -> None:
    clear_settings()
    for name in _FIELDS:
        st.session_state.pop(name, None)


def _where(words: Words, settings: WriterSettings) -> None:
    """Say plainly where questions go, the louder the further."""
    told = words(f"writer.{settings.where}", address=frame.plain(settings.origin))
    if settings.where == "here":
        st.info(told, icon=":material/computer:")
    else:
        st.warning(told, icon=":material/outbound:")
    if settings.readable_on_the_way:
        st.warning(words("writer.readable"), icon=":material/lock_open:")


def _try(words: Words, settings: WriterSettings) -> None:
    """Ask a question that gives nothing away, and say how long the first word took."""
    question, passage = words("writer.test_question"), words("writer.test_passage")
    writing = Writing(settings, question, [passage])
    place = st.empty()
    try:
        while not writing.wait(0.5):
            waited = round(time.monotonic() - writing.started)
            place.html(f'<p class="cx-count">{frame.escape(words("write.waiting", n=waited))}</p>')
    finally:  # also where the page is left meanwhile
        writing.cancel()
    place.empty()
    if writing.problem is not None and not writing.text:
        raise writing.problem
    st.success(words("writer.works", seconds=f"{writing.first or 0:.1f}"))
