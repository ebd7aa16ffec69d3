"""The table of places by years: questions in, quotations out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from indexer import comparing
from indexer.compare import Cell, Comparison, Quote
from indexer.export.comparison import marks_of, status_text
from indexer.library import Library
from indexer.pages import address, frame, grid, save_table
from indexer.pages.marked import marked
from indexer.records import Filters
from indexer.words import Words

_KEPT = ("all", "quoted", "silent", "missing")
_STATUS = {"quoted": "quoted", "silent": "silent", "missing": "no document"}


class _Asked(NamedTuple):
    """What is compared, and the state of the library it is asked of."""

    questions: tuple[str, ...]
    places: tuple[str, ...]
    years: tuple[int, ...]
    kinds: tuple[str, ...]
    change: int


class _Row(NamedTuple):
    """A row of the table: what heads it, and its cells."""

    labels: tuple[str, ...]
    cells: tuple[Cell, ...]


def show(words: Words, library: Library) -> None:
    """Ask for questions, places and years; compare; show the table."""
    asked = _form(words, library)
    if not asked.questions:
        st.info(words("compare.blank"))
        return
    if st.session_state.get("compare_stopped") == asked:
        st.info(words("compare.stopped"), icon=":material/stop_circle:")
        return
    found = _compared(words, library, asked)
    _result(words, library, found, asked)


def _form(words: Words, library: Library) -> _Asked:
    places = sorted(map(str, library.counts("place", Filters())))
    years = sorted(int(year) for year in library.counts("year", Filters()))
    kinds = sorted(map(str, library.counts("kind", Filters())))
    given = address.read("q")
    if "compare_questions" not in st.session_state:
        example = words("compare.example_question")
        st.session_state["compare_questions"] = "\n".join(given or (example,))
    address.choice("place", places, "compare_places")
    address.choice("year", years, "compare_years")
    address.choice("kind", kinds, "compare_kinds")
    with st.form("compare", border=False):
        st.text_area(words("compare.questions_label"), key="compare_questions", height=68)
        narrowed = any(st.session_state[f"compare_{name}"] for name in ("places", "years", "kinds"))
        choices: tuple[tuple[str, Sequence[str | int]], ...] = (
            ("places", places),
            ("years", years),
            ("kinds", kinds),
        )
        with st.expander(words("compare.narrow"), expanded=narrowed):
            for column, (name, known) in zip(st.columns([2, 1, 1]), choices, strict=True):
                column.multiselect(
                    words(f"compare.{name}_label"),
                    known,
                    key=f"compare_{name}",
                    placeholder=words(f"compare.all_{name}"),
                )
        sent = st.form_submit_button(words("compare.button"), type="primary")
    lines = st.session_state["compare_questions"].splitlines()
    questions = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if sent:
        st.session_state.pop("compare_stopped", None)
        for name, values in (
            ("q", questions),
            ("place", st.session_state["compare_places"]),
            ("year", st.session_state["compare_years"]),
            ("kind", st.session_state["compare_kinds"]),
        ):
            address.write(name, values)
    elif not given:
        st.html(f'<p class="cx-count">{frame.escape(words("compare.example"))}</p>')
    return _Asked(
        questions,
        tuple(st.session_state["compare_places"]),
        tuple(sorted(st.session_state["compare_years"])),
        tuple(st.session_state["compare_kinds"]),
        library.catalogue.last_change(),
    )


def _compared(words: Words, library: Library, asked: _Asked) -> Comparison:
    """The comparison, made once. Pressing stop runs the page anew, which ends the work here."""
    held = st.session_state.get("compared")
    if held is not None and held[0] == asked:
        found: Comparison = held[1]
        return found
    place = st.empty()
    with place.container(border=True):
        bar = st.progress(0.0, text=words("compare.working"))
        st.button(
            words("compare.stop"),
            key="compare_stop",
            icon=":material/stop:",
            on_click=st.session_state.__setitem__,
            args=("compare_stopped", asked),
        )
        found = library.compare(
            asked.questions,
            asked.places,
            asked.years,
            Filters(kind=asked.kinds),
            lambda share: _tell(bar, share, words),
        )
    place.empty()
    st.session_state["compared"] = (asked, found)
    return found


def _result(words: Words, library: Library, found: Comparison, asked: _Asked) -> None:
    for question, counts in zip(found.questions, found.counts, strict=True):
        text = words(
            "compare.counts",
            documents=counts.documents,
            speak=counts.speak,
            silent=counts.silent,
            quoted_cells=counts.quoted_cells,
            silent_cells=counts.silent_cells,
            missing=counts.missing,
        )
        head = f"<b>{frame.escape(question)}</b> " if len(found.questions) > 1 else ""
        st.html(f'<div class="cx-coverage">{head}{frame.escape(text)}</div>')
    if not found.calibrated:
        st.html(f'<div class="cx-count">{frame.escape(words("compare.how_uncalibrated"))}</div>')
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare_tools"):
        sought = st.text_input(
            words("compare.find"), key="compare_find", placeholder=words("compare.find_hint")
        )
        kept = st.selectbox(
            words("compare.show_only"),
            _KEPT,
            format_func=lambda name: words(f"compare.show_{name}"),
            key="compare_show",
            placeholder="",
            width=200,
        )
        if "compare_swap" not in st.session_state:
            st.session_state["compare_swap"] = address.read("swap") == ("1",)
        swapped = st.toggle(words("compare.swap"), key="compare_swap")
        address.write("swap", ("1",) if swapped else ())
        save_table.show(
            words, lambda: comparing.of_comparison(library, found, words, Filters(kind=asked.kinds))
        )
    heads, rows = _axes(words, found, swapped)
    wanted = [row for row in rows if _fits(row, (sought or "").strip().lower(), kept)]
    if not wanted:
        st.info(words("compare.no_match"))
        return
    body = [
        [*map(frame.escape, row.labels), *(_cell(words, cell) for cell in row.cells)]
        for row in wanted
    ]
    st.html(grid.table(heads, body, words("compare.matrix"), fixed=len(wanted[0].labels)))
    told = words("compare.rows", n=len(wanted), of=len(rows))
    st.html(f'<div class="cx-count">{frame.escape(told)}</div>')


def _tell(bar: DeltaGenerator, share: float, words: Words) -> None:
    bar.progress(min(1.0, share), text=words("compare.working"))


def _axes(words: Words, found: Comparison, swapped: bool) -> tuple[list[str], list[_Row]]:
    """The heads and rows: places by years, or the other way round.

    Several questions are columns beside place and year, or rows within each place.
    """
    place, year, question = (words(f"compare.{name}") for name in ("place", "year", "question"))
    years = [str(each) for each in found.years]
    if len(found.questions) > 1 and not swapped:
        return [place, year, *found.questions], [
            _Row((p, str(y)), tuple(found.cell(p, y, q) for q in found.questions))
            for p in found.places
            for y in found.years
        ]
    if len(found.questions) > 1:
        return [place, question, *years], [
            _Row((p, q), tuple(found.cell(p, y, q) for y in found.years))
            for p in found.places
            for q in found.questions
        ]
    (only,) = found.questions
    if swapped:
        return [year, *found.places], [
            _Row((str(y),), tuple(found.cell(p, y, only) for p in found.places))
            for y in found.years
        ]
    return [place, *years], [
        _Row((p,), tuple(found.cell(p, y, only) for y in found.years)) for p in found.places
    ]


def _fits(row: _Row, sought: str, kept: str) -> bool:
    if kept != "all" and not any(cell.status == _STATUS[kept] for cell in row.cells):
        return False
    texts = (*row.labels, *(quote.text for cell in row.cells for quote in cell.quotes))
    return not sought or any(sought in text.lower() for text in texts)


def _cell(words: Words, cell: Cell) -> str:
    if not cell.quotes:
        style = "cx-silent" if cell.status == "silent" else "cx-none"
        return f'<span class="{style}">{frame.escape(status_text(cell, words))}</span>'
    first, *others = (_quote(words, quote) for quote in cell.quotes)
    if not others:
        return first
    more = frame.escape(words("compare.more", n=len(others)))
    return f"{first}<details><summary>{more}</summary>{''.join(others)}</details>"


def _quote(words: Words, quote: Quote) -> str:
    spans = tuple((figure.start, figure.end) for figure in quote.figures)
    inside = marked(quote.text, quote.start, spans)
    title = words("compare.open", title=quote.reference.title)
    marks = marks_of(quote, words)
    tag = frame.tag(marks, "cx-sample") if marks else ""
    linked = grid.link(inside, quote.doc, quote.start, quote.end, title)
    return f'<div class="cx-said">{linked}{tag}</div>'
