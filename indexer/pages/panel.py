"""One document of the library: open it, put its details right, replace or remove it."""

from __future__ import annotations

import streamlit as st

from indexer import intake
from indexer.corrections import (
    FILE_NAME,
    LEVELS,
    Correction,
    changed,
    correction_of,
    save_correction,
    text_of,
)
from indexer.describe import FIELDS
from indexer.errors import CexunError, RequestProblem
from indexer.pages import frame, upload
from indexer.pages.service import corpus_folder, service
from indexer.records import Holding
from indexer.words import Words, doubt, level

_MESSAGE = "panel_message"
"""(document, key, facts) of what was done to a document last; told as long as it is chosen."""


def show(words: Words, held: Holding, building: bool) -> None:
    """Show what can be done with the chosen document."""
    message = _message(words, held.doc, building)
    with st.container(border=True, key="panel"):
        about = held.description
        tags = [frame.tag(words("sample.badge"), "cx-sample")] if about.fictional else []
        st.html(
            f'<div class="cx-row-title">{frame.escape(about.title)}</div>'
            f'<div class="cx-about">{"".join(tags)}'
            f'<span class="cx-file">{frame.escape(held.doc)}</span></div>'
        )
        for code in held.reading.doubts:
            text = frame.escape(doubt(words, code))
            st.html(f'<div class="cx-about"><span class="cx-tag cx-damaged">{text}</span></div>')
        if message:
            st.success(frame.plain(message))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                frame.FOLDER / "document.py",
                label=words("documents.open"),
                icon=":material/menu_book:",
                query_params=frame.address(doc=held.doc),
            )
            with st.popover(words("documents.remove"), icon=":material/delete:"):
                st.html(f"<p>{frame.escape(words('documents.confirm'))}</p>")
                if st.button(words("documents.remove_yes"), type="primary"):
                    intake.remove(corpus_folder(), held.doc)
                    service().start_build(words.language)
                    st.rerun()
        with st.expander(words("correct.open"), icon=":material/edit:", expanded=bool(message)):
            try:
                _form(words, held, correction_of(corpus_folder(), held.digest))
            except CexunError as problem:
                st.error(frame.plain(f"{FILE_NAME}: {words.error(problem)}"))
        with st.expander(words("documents.replace"), icon=":material/swap_horiz:"):
            _replace(words, held, building)


def _message(words: Words, doc: str, building: bool) -> str:
    done, key, facts = st.session_state.get(_MESSAGE) or (None, "", {})
    if done != doc:
        st.session_state.pop(_MESSAGE, None)
        return ""
    if key == "correct.saved" and not building:
        key = "correct.saved_done"
    return words(key, **facts)


# Corrections -----------------------------------------------------------------------------------


def _form(words: Words, held: Holding, correction: Correction) -> None:
    st.html(f'<div class="cx-count">{frame.escape(words("correct.how"))}</div>')
    typed: dict[str, str] = {}
    with st.form("correct", border=False):
        typed["title"] = _field(words, held, "title")
        for left, right in zip(FIELDS[1::2], FIELDS[2::2], strict=True):
            for column, field in zip(st.columns(2), (left, right), strict=True):
                with column:
                    typed[field] = _field(words, held, field)
        with st.container(horizontal=True):
            saved = st.form_submit_button(words("correct.save"), type="primary")
            undone = st.form_submit_button(words("correct.undo"), disabled=not correction)
    if undone:
        _keep(words, held, {}, "correct.undone")
    if saved:
        try:
            new = changed(held.as_read, correction, typed)
        except RequestProblem as problem:
            field = words(f"field.{problem.facts['field']}")
            st.error(frame.plain(words("error.bad_value", **(problem.facts | {"field": field}))))
            return
        if new == dict(correction):
            st.info(words("correct.unchanged"))
        else:
            _keep(words, held, new, "correct.saved")


def _keep(words: Words, held: Holding, correction: Correction, message: str) -> None:
    save_correction(corpus_folder(), held.digest, held.doc, correction)
    st.session_state[_MESSAGE] = (held.doc, message, {})
    service().start_build(words.language)
    st.rerun()


def _field(words: Words, held: Holding, field: str) -> str:
    """One field with its value, and below it where that was read and how sure it is."""
    known = text_of(held.description, field)
    key = f"correct {field} {held.digest} {known}"  # another value, another widget
    label = words(f"field.{field}")
    if field == "level" and known in ("", *LEVELS):
        typed: str | None = st.selectbox(
            label,
            ("", *LEVELS),
            index=("", *LEVELS).index(known),
            format_func=lambda name: level(words, name) or words("documents.unknown"),
            key=key,
        )
    else:
        typed = st.text_input(label, value=known, key=key)
    told = origin(words, held, field)
    if field == "place" and held.reading.code:
        told += f" · {words('field.code')} {held.reading.code}"
    st.html(f'<div class="cx-origin">{frame.escape(told)}</div>')
    return (typed or "").strip()


def origin(words: Words, held: Holding, field: str) -> str:
    """Where a field was read and how sure that is, in plain words."""
    found = next((each for each in held.reading.origins if each.field == field), None)
    if found is None:
        return words("correct.unknown")
    before = text_of(held.as_read[0], field)
    if found.where == "corrected":
        if not before:
            return words("correct.corrected_unknown")
        return words("correct.corrected", value=before)
    if found not in held.as_read[1].origins and before != text_of(held.description, field):
        return words("correct.derived")
    where, sure = words(f"origin.{found.where}"), words(f"sure.{found.sure}")
    return words("correct.read", where=where, sure=sure)


# Replacing -------------------------------------------------------------------------------------


def _replace(words: Words, held: Holding, building: bool) -> None:
    st.html(f'<div class="cx-count">{frame.escape(words("documents.replace_how"))}</div>')
    files = upload.widget(words, "version", "documents.replace_hint", several=False)
    if files and st.button(words("documents.replace_do"), type="primary", disabled=building):
        content = files[0].getvalue()
        corpus = corpus_folder()
        correction = correction_of(corpus, held.digest)
        doc = intake.replace(corpus, held.doc, files[0].name, content)
        if correction:
            save_correction(corpus, intake.digest_of(content), doc, correction)
        upload.clear("version")
        st.session_state["chosen"] = doc
        st.session_state[_MESSAGE] = (doc, "documents.replaced", {"doc": doc})
        service().start_build(words.language)
        st.rerun()
