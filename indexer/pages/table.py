"""The documents of the library as charts and as a table: filter, sort, choose one, download."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from indexer.gazetteer import place_of
from indexer.pages import charts, frame
from indexer.records import Holding
from indexer.spreadsheet import Cell, workbook
from indexer.words import Words, doubt, level

LOW_QUALITY = 0.8
_COLUMNS = (
    *("title", "place", "year", "kind", "level", "issuer", "number", "date"),
    *("topics", "quality", "doubts", "file"),
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(words: Words, holdings: Sequence[Holding]) -> Holding | None:
    """Show charts, filters and table; the document that is chosen, or None."""
    charts.show(words, holdings)
    found = _filtered(words, holdings)
    if not found:
        st.info(words("documents.no_match"), icon=":material/search_off:")
        return None
    rows = [_row(words, held) for held in found]
    hint = frame.escape(words("documents.row_hint"))
    st.html(f'<div class="cx-count">{hint}</div>')
    _table(words, [held.doc for held in found], rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        count = words("documents.shown", total=len(holdings), n=len(found))
        st.html(f'<div class="cx-count">{frame.escape(count)}</div>')
        name = words("documents.download_name")
        header = [words(f"field.{column}") for column in _COLUMNS]
        st.download_button(
            words("documents.download"),
            lambda: workbook(name, header, rows),
            file_name=f"{name}.xlsx",
            mime=_XLSX,
            icon=":material/download:",
            on_click="ignore",
        )
    return _chosen(words, found)


# Filters ---------------------------------------------------------------------------------------


def _filtered(words: Words, holdings: Sequence[Holding]) -> list[Holding]:
    wanted = st.text_input(
        words("documents.filter"),
        placeholder=words("documents.filter_hint"),
        label_visibility="collapsed",
        icon=":material/filter_list:",
        key="document_filter",
    )
    found = list(holdings)
    for part in (wanted or "").lower().split():
        found = [held for held in found if part in _searchable(held)]
    for column, field in zip(st.columns(4), (*charts.FIELDS, "topics"), strict=True):
        counts = Counter(name for held in holdings for name in _values(words, held, field))
        names = (
            sorted(counts, reverse=True)
            if field == "year"
            else [n for n, _ in counts.most_common()]
        )
        kept = [name for name in st.session_state.get(f"filter_{field}", ()) if name in counts]
        st.session_state[f"filter_{field}"] = kept  # a correction may have taken a name away
        with column:
            chosen = st.multiselect(
                words(f"field.{field}"),
                names,
                key=f"filter_{field}",
                placeholder=words("documents.all") if names else words("documents.none_found"),
                select_all=False,
            )
        if chosen:
            found = [held for held in found if set(chosen) & set(_values(words, held, field))]
    with st.container(horizontal=True):
        if st.checkbox(words("documents.low_quality"), key="filter_quality"):
            found = [held for held in found if held.quality < LOW_QUALITY]
        if st.checkbox(words("documents.doubtful"), key="filter_doubts"):
            found = [held for held in found if held.reading.doubts]
    return found


def _values(words: Words, held: Holding, field: str) -> tuple[str, ...]:
    return held.reading.topics if field == "topics" else (charts.value(words, held, field),)


def _searchable(held: Holding) -> str:
    about = held.description
    known = (about.title, about.place, about.city, about.province, about.year, about.kind)
    told = (*known, about.issuer, about.number, *held.reading.topics)
    today = place_of(held.reading.code).name if held.reading.code else ""
    return f"{held.doc} {today} {' '.join(str(each) for each in told if each)}".lower()


# Table -----------------------------------------------------------------------------------------


def _row(words: Words, held: Holding) -> list[Cell]:
    about = held.description
    doubts = "；" if words.language == "zh" else "; "
    return [
        about.title,
        about.place,
        about.year,
        about.kind,
        level(words, about.level),
        about.issuer,
        about.number,
        about.date,
        "、".join(held.reading.topics),
        round(held.quality, 2),
        doubts.join(doubt(words, code) for code in held.reading.doubts),
        held.doc,
    ]


def _table(words: Words, docs: list[str], rows: list[list[Cell]]) -> None:
    import pandas as pd

    config = st.column_config
    data = pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"year": "Int64"})
    texts = {
        column: config.TextColumn(
            words(f"field.{column}"), width="large" if column == "title" else None
        )
        for column in _COLUMNS
    }
    st.dataframe(
        data,
        hide_index=True,
        height=min(400, 38 + 35 * len(rows)),
        column_config=texts
        | {
            "year": config.NumberColumn(words("field.year"), format="%d", width="small"),
            "quality": config.NumberColumn(words("field.quality"), format="percent"),
        },
        placeholder="",
        key="table",
        on_select=lambda: _tick(docs),
        selection_mode="single-row",
    )


def _tick(docs: list[str]) -> None:
    rows = st.session_state["table"]["selection"]["rows"]
    st.session_state["chosen"] = docs[rows[0]] if rows and rows[0] < len(docs) else None


def _chosen(words: Words, found: Sequence[Holding]) -> Holding | None:
    """The document ticked in the table, or chosen here by those who use no mouse."""
    by_name = {held.doc: held for held in found}
    if st.session_state.get("chosen") not in by_name:
        st.session_state["chosen"] = None
    chosen = st.selectbox(
        words("documents.choose"),
        list(by_name),
        index=None,
        key="chosen",
        placeholder=words("documents.choose_hint"),
        filter_mode="contains",
    )
    return by_name[chosen] if chosen else None
