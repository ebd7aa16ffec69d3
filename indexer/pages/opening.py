"""What a page begins with: the library, or what there is to know or do before it can be read."""

from __future__ import annotations

import streamlit as st

from indexer.library import Library
from indexer.pages import frame, progress
from indexer.pages.service import corpus_folder, service
from indexer.words import Words


def library_to_read(words: Words) -> Library | None:
    """The library if passages of it can be read; else None, and the page says what is missing.

    At the first start the app makes the index itself, whichever page is opened first.
    """
    library = service().library()
    if library is None and service().never_asked and corpus_folder().is_dir():
        service().start_build(words.language)
    building = progress.build_in_progress()
    if library is not None and library.catalogue.counts()["embedded_chunks"]:
        return library
    if building:
        st.info(words("opening.first_start"), icon=":material/hourglass_top:")
    elif library is None:
        _no_index(words)
    else:
        st.info(words("opening.empty"), icon=":material/folder_off:")
    return None


def _no_index(words: Words) -> None:
    told = words("opening.no_index", folder=str(corpus_folder()))
    st.info(frame.plain(told), icon=":material/folder_off:")
    if corpus_folder().is_dir() and st.button(words("documents.update"), type="primary"):
        service().start_build(words.language)
        st.rerun()
