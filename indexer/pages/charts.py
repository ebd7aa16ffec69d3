"""How many documents the library holds of each place, year and kind, as small charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from indexer.gazetteer import place_of
from indexer.pages import frame
from indexer.records import Holding
from indexer.words import Words

FIELDS = ("place", "year", "kind")
_BAR, _CHART = 22, 230  # pixels


def value(words: Words, held: Holding, field: str) -> str:
    """The value to count and filter by, as it is shown: a place by its name of today."""
    if field == "place" and held.reading.code:
        return str(place_of(held.reading.code).name)
    known = getattr(held.description, field)
    return words("documents.unknown") if known is None else str(known)


def show(words: Words, holdings: Sequence[Holding]) -> None:
    """Show how many documents there are of each place, year and kind; a click filters by it."""
    hint = frame.escape(words("documents.chart_hint"))
    st.html(f'<div class="cx-count">{hint}</div>')
    for column, field in zip(st.columns(3), FIELDS, strict=True):
        with column:
            title = frame.escape(words(f"documents.by_{field}"))
            st.html(f'<div class="cx-chart-title">{title}</div>')
            _chart(words, field, Counter(value(words, held, field) for held in holdings))


def _chart(words: Words, field: str, counts: Counter[str]) -> None:
    """Bars across, so that names stay readable; many of them scroll inside their frame."""
    import altair as alt
    import pandas as pd

    ordered = sorted(counts.items(), reverse=True) if field == "year" else counts.most_common()
    data = pd.DataFrame(ordered, columns=["name", "count"])
    pick = alt.selection_point(name="pick", fields=["name"])
    names = alt.Y("name:N", sort=[name for name, _ in ordered], title=None)
    base = alt.Chart(data).encode(
        y=names.axis(
            labelLimit=150, ticks=False, domain=False, labelOverlap=False, labelFlush=False
        ),
        x=alt.X("count:Q", title=None, axis=None),
    )
    bars = base.mark_bar(color="#5b8db8", cornerRadiusEnd=2, cursor="pointer").encode(
        opacity=alt.condition(pick, alt.value(1), alt.value(0.35)),
        tooltip=alt.value(None),
    )
    labels = base.mark_text(align="left", dx=4, color="#5b6b7b").encode(text="count:Q")
    chart = alt.layer(bars.add_params(pick), labels).properties(
        height=_BAR * len(ordered), usermeta={"embedOptions": {"actions": False}}
    )
    tall = _BAR * len(ordered) + 40 > _CHART
    with st.container(height=_CHART if tall else "content", border=True, key=f"frame_{field}"):
        st.altair_chart(
            chart,
            width="stretch",
            height=_BAR * len(ordered) + 8,
            key=f"chart_{field}",
            on_select=lambda: _pick(field),
            alt=words(f"documents.by_{field}"),
        )


def _pick(field: str) -> None:
    """A click on bars filters the table by them."""
    state = st.session_state[f"chart_{field}"]
    picked = [str(point["name"]) for point in state["selection"].get("pick", ())]
    st.session_state[f"filter_{field}"] = picked
