"""A comparison as files: an Excel workbook, a CSV table and a Word evidence pack."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from indexer.comparing import ENDINGS, Made
from indexer.words import Words

_KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def show(words: Words, make: Callable[[], Made]) -> None:
    """A button for each kind of file, which is made when it is pressed."""
    with st.popover(words("compare.save"), icon=":material/download:"):
        for ending in ENDINGS:
            name = words("page.compare") + ending
            st.download_button(
                words(f"compare.{ending[1:]}"),
                partial(_content, make, Path(name)),
                file_name=name,
                mime=_KINDS[ending],
                key=f"save_{ending}",
                on_click="ignore",
                width="stretch",
            )


def _content(make: Callable[[], Made], path: Path) -> bytes:
    return make().content(path)
