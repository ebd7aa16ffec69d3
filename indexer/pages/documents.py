"""The library page: what is in the library, what could not be taken in, and updating it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from indexer import intake
from indexer.choices import Choices, load_choices, save_choices
from indexer.errors import IndexProblem
from indexer.library import Library
from indexer.pages import charts, frame, panel, progress, table, upload
from indexer.pages.service import corpus_folder, service
from indexer.records import Holding
from indexer.words import Words

_SHOWN = 50


def main() -> None:
    """Show the library."""
    words = frame.words()
    st.html("<style>[data-testid=stMainBlockContainer] { max-width: 1200px; }</style>")
    try:
        library = service().library()
    except IndexProblem as problem:
        building = progress.build_in_progress()
        if not building:  # else it is just being made anew
            st.error(frame.plain(words.error(problem)))
        _rebuild(words, building)
        return
    building = progress.build_in_progress()
    _update(words, building)
    upload.section(words, library, building)
    _bring_back(words)
    if library is None:
        st.info(words("documents.nothing"), icon=":material/folder_off:")
        return
    holdings = library.holdings()
    if holdings:
        _tiles(words, library, holdings)
        _samples(words, holdings)
    elif not building:
        st.info(words("documents.empty"), icon=":material/folder_open:")
    _failures(words, library)
    if holdings:
        chosen = table.show(words, holdings)
        if chosen:
            panel.show(words, chosen, building)


def _update(words: Words, building: bool) -> None:
    st.html(
        f'<p class="cx-lead">{frame.escape(words("documents.how"))}<br>'
        f"<code>{frame.escape(str(corpus_folder().resolve()))}</code></p>"
    )
    with st.container(horizontal=True):
        if st.button(
            words("documents.update"), type="primary", icon=":material/sync:", disabled=building
        ):
            service().start_build(words.language)
            st.rerun()
        _rebuild(words, building)


def _rebuild(words: Words, building: bool) -> None:
    with st.popover(words("documents.rebuild"), icon=":material/restart_alt:", disabled=building):
        st.html(f"<p>{frame.escape(words('documents.rebuild_confirm'))}</p>")
        if st.button(words("documents.rebuild_yes"), type="primary", disabled=building):
            service().start_build(words.language, fresh=True)
            st.rerun()


def _bring_back(words: Words) -> None:
    gone = intake.removed(corpus_folder())
    if not gone:
        return
    with st.expander(words("documents.removed", n=len(gone)), icon=":material/undo:"):
        for number, doc in enumerate(gone[:_SHOWN]):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(f'<span class="cx-file">{frame.escape(doc)}</span>')
                if st.button(words("documents.bring_back"), key=f"back_{number}"):
                    intake.bring_back(corpus_folder(), doc)
                    service().start_build(words.language)
                    st.rerun()


def _tiles(words: Words, library: Library, holdings: Sequence[Holding]) -> None:
    places = {charts.value(words, held, "place") for held in holdings if held.description.place}
    years = sorted({held.description.year for held in holdings if held.description.year})
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else "".join(map(str, years)) or "—"
    values = (
        ("documents.count", len(holdings)),
        ("documents.passages", library.catalogue.counts()["embedded_chunks"]),
        ("documents.places", len(places)),
        ("documents.years", span),
    )
    tiles = "".join(
        f"<div><b>{frame.escape(str(value))}</b><span>{frame.escape(words(key))}</span></div>"
        for key, value in values
    )
    st.html(f'<div class="cx-tiles">{tiles}</div>')


def _samples(words: Words, holdings: Sequence[Holding]) -> None:
    samples = sum(held.description.fictional for held in holdings)
    if not samples:
        return
    aside = load_choices(corpus_folder()).samples_aside
    if not aside and samples == len(holdings):  # nothing of one's own yet
        st.info(words("sample.only", n=samples), icon=":material/science:")
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        text = words("sample.aside" if aside else "sample.beside", n=samples)
        st.html(f'<div class="cx-count">{frame.escape(text)}</div>')
        label = words("sample.bring_back" if aside else "sample.set_aside")
        if st.button(label, key="samples"):
            save_choices(corpus_folder(), Choices(samples_aside=not aside))
            st.rerun()


def _failures(words: Words, library: Library) -> None:
    failures = library.failures()
    if not failures:
        return
    with st.expander(
        words("documents.failed", n=len(failures)), icon=":material/warning:", expanded=True
    ):
        for failure in failures[:200]:
            reason = words.explain(failure["code"], failure["facts"])
            st.html(
                f'<div class="cx-failure"><b>{frame.escape(failure["file"])}</b><br>'
                f"{frame.escape(reason)}</div>"
            )


main()
