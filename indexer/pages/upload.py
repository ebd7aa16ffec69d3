"""Files by drag and drop, and what has become of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from indexer import intake
from indexer.errors import CexunError
from indexer.library import Library
from indexer.pages import frame
from indexer.pages.service import corpus_folder, service
from indexer.words import Words

_UPLOADED = "uploaded"  # names of the files of this session, with the problem of those refused


def widget(words: Words, name: str, hint: str, *, several: bool) -> list[Any]:
    """A place to drop files; Streamlit's own words in it are English only, so ours take over."""
    texts = [words(key).replace('"', "") for key in ("documents.upload_button", hint)]
    turn = st.session_state.setdefault(f"turn_{name}", 0)
    st.html(
        f'<style>.st-key-upload_{name} section button > div::after {{ content: "{texts[0]}"; }}'
        f' .st-key-upload_{name} section::after {{ content: "{texts[1]}"; }}</style>'
    )
    with st.container(key=f"upload_{name}"):
        files: Any = st.file_uploader(
            words("documents.upload"),
            accept_multiple_files=several,
            label_visibility="collapsed",
            key=f"files_{name}_{turn}",
        )
    return list(files or ()) if several else [files] if files else []


def clear(name: str) -> None:
    """Empty the place for the next files."""
    st.session_state[f"turn_{name}"] += 1


def section(words: Words, library: Library | None, building: bool) -> None:
    """Take files, put them into the folder, index them and tell of each how it went."""
    files = widget(words, "files", "documents.upload_hint", several=True)
    if files:
        noted: list[tuple[str, str]] = []
        for file in files:
            try:
                noted.append((intake.save_upload(corpus_folder(), file.name, file.getvalue()), ""))
            except CexunError as problem:
                noted.append((file.name, words.error(problem)))
        st.session_state[_UPLOADED] = noted
        clear("files")
        if any(not problem for _, problem in noted):
            service().start_build(words.language)
        st.rerun()
    noted = st.session_state.get(_UPLOADED, [])
    if noted:
        _outcome(words, library, building, noted)


def _outcome(
    words: Words, library: Library | None, building: bool, noted: Sequence[tuple[str, str]]
) -> None:
    failed = {failure["file"]: failure for failure in library.failures()} if library else {}
    held = {doc for doc, _, _ in library.documents()} if library else set()
    lines: list[str] = []
    for name, problem in noted:
        if problem:
            style, told = "cx-damaged", problem
        elif building:
            style, told = "", words("documents.waiting")
        elif name in failed:
            style = "cx-damaged"
            told = words.explain(failed[name]["code"], failed[name]["facts"])
        else:
            style = "" if name in held else "cx-damaged"
            told = words("documents.taken_in" if name in held else "documents.waiting")
        lines.append(
            f'<div class="cx-failure"><b>{frame.escape(name)}</b><br>'
            f'<span class="cx-outcome {style}">{frame.escape(told)}</span></div>'
        )
    with st.container(border=True, key="outcome"):
        st.html("".join(lines))
        if not building and st.button(words("documents.dismiss"), type="tertiary"):
            del st.session_state[_UPLOADED]
            st.rerun()
