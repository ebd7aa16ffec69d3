"""The results as files: an Excel workbook and a Word document with footnotes."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from indexer.export import docx, result_blocks, result_tables, xlsx
from indexer.library import Found
from indexer.pages import frame
from indexer.words import Words

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def show(words: Words, found: Found) -> None:
    """Two buttons; the file is made when one is pressed."""
    question = found.reading.text

    def excel() -> bytes:
        now = datetime.now().astimezone()
        return xlsx(result_tables(found.passages, question, found.filters, words, now), words)

    def word() -> bytes:
        now = datetime.now().astimezone()
        blocks = result_blocks(found.passages, question, found.filters, words, now)
        return docx(question, blocks, words)

    with st.popover(words("save.head"), icon=":material/download:"):
        for name, make, kind in (("xlsx", excel, _EXCEL), ("docx", word, _WORD)):
            st.download_button(
                words(f"save.{name}"),
                make,
                file_name=f"{frame.file_name(question)}.{name}",
                mime=kind,
                key=f"save_{name}",
                on_click="ignore",
                width="stretch",
            )
        st.html(f'<p class="cx-count">{frame.escape(words("save.print"))}</p>')
