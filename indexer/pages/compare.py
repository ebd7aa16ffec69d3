"""The comparison page: a table of places by years, indicators over time, plans and results."""

from __future__ import annotations

import streamlit as st

from indexer.pages import frame, indicator_tab, matrix_tab, opening, plans_tab
from indexer.words import Words

_TABS = {"matrix": matrix_tab.show, "indicators": indicator_tab.show, "plans": plans_tab.show}


def main() -> None:
    """Show the part that the address names."""
    words = frame.words()
    library = opening.library_to_read(words)
    if library is None:
        return
    st.html("<style>[data-testid='stMainBlockContainer']{max-width:1240px}</style>")
    _TABS[_tab(words)](words, library)


def _tab(words: Words) -> str:
    asked = st.query_params.get("tab", "matrix")
    asked = asked if asked in _TABS else "matrix"
    chosen = st.segmented_control(
        words("page.compare"),
        list(_TABS),
        default=asked,
        format_func=lambda name: words(f"compare.tab_{name}"),
        label_visibility="collapsed",
        required=True,
        key="compare_tab",
    )
    if chosen and chosen != asked:
        st.query_params["tab"] = chosen
    return chosen or asked


main()
