"""The app: page settings, navigation, and the one place where a page's errors are caught."""

from __future__ import annotations

import logging

import streamlit as st

from indexer.errors import CexunError
from indexer.pages import frame


def main() -> None:
    """Run the page that the address names."""
    words = frame.begin()
    pages = {
        name: st.Page(
            frame.FOLDER / f"{name}.py",
            title=words(f"page.{name}"),
            icon=icon,
            url_path=name,
            default=name == "search",
            visibility="visible" if icon else "hidden",
        )
        for name, icon in frame.PAGES.items()
    }
    page = st.navigation(list(pages.values()), position="top")
    frame.header(words)
    try:
        page.run()
    except CexunError as problem:
        st.error(frame.plain(words.error(problem)))
    # Whatever else went wrong: the log gets the traceback, the reader a sentence.
    except Exception:
        logging.getLogger("cexun").exception("A page failed")
        st.error(words("page.failed"))


main()
