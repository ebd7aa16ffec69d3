"""The library page: what is in the library, what could not be taken in, and updating it."""

from __future__ import annotations

import streamlit as st

from indexer import intake
from indexer.choices import Choices, load_choices, save_choices
from indexer.errors import CexunError
from indexer.library import Library
from indexer.pages import frame, progress
from indexer.pages.service import corpus_folder, service
from indexer.records import Description
from indexer.words import Words

_SHOWN = 50


def main() -> None:
    """Show the library."""
    words = frame.words()
    library = service().library()
    building = progress.build_in_progress()
    _update(words, building)
    _upload(words)
    _bring_back(words)
    if library is None:
        st.info(words("documents.nothing"), icon=":material/folder_off:")
        return
    documents = library.documents()
    _tiles(words, library, documents)
    _samples(words, documents)
    _failures(words, library)
    _list(words, documents)


def _update(words: Words, building: bool) -> None:
    st.html(
        f'<p class="cx-lead">{frame.escape(words("documents.how"))}<br>'
        f"<code>{frame.escape(str(corpus_folder().resolve()))}</code></p>"
    )
    if st.button(
        words("documents.update"), type="primary", icon=":material/sync:", disabled=building
    ):
        service().start_build(words.language)
        st.rerun()


def _upload(words: Words) -> None:
    """Take files by drag and drop, put them into the folder and index them."""
    hint = words("documents.upload_hint").replace('"', "")
    button = words("documents.upload_button").replace('"', "")
    # Streamlit's own words in this widget are English only; these take their place.
    st.html(
        f'<style>.st-key-upload section button > div::after {{ content: "{button}"; }}'
        f' .st-key-upload section::after {{ content: "{hint}"; }}</style>'
    )
    turn = st.session_state.setdefault("upload_turn", 0)
    with st.container(key="upload"):
        files = st.file_uploader(
            words("documents.upload"),
            accept_multiple_files=True,
            label_visibility="collapsed",
            key=f"files_{turn}",
        )
    if not files:
        for text in st.session_state.pop("upload_messages", []):
            st.success(text)
        return
    saved: list[str] = []
    for file in files:
        try:
            saved.append(intake.save_upload(corpus_folder(), file.name, file.getvalue()))
        except CexunError as problem:
            st.error(words.error(problem))
    if saved:
        names = "、".join(saved) if words.language == "zh" else ", ".join(saved)
        st.session_state["upload_messages"] = [
            frame.plain(words("documents.uploaded", n=len(saved), names=names))
        ]
        st.session_state["upload_turn"] = turn + 1  # an empty widget for the next files
        service().start_build(words.language)
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


@st.dialog(" ")
def _confirm_removal(doc: str) -> None:
    words = frame.words()
    st.html(f"<p>{frame.escape(words('documents.confirm'))}</p><p><b>{frame.escape(doc)}</b></p>")
    if st.button(words("documents.remove"), type="primary", key="confirm_removal"):
        intake.remove(corpus_folder(), doc)
        service().start_build(words.language)
        st.rerun()


def _tiles(words: Words, library: Library, documents: list[tuple[str, int, Description]]) -> None:
    places = {about.place for _, _, about in documents if about.place}
    years = sorted({about.year for _, _, about in documents if about.year})
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else "".join(map(str, years)) or "—"
    values = (
        ("documents.count", len(documents)),
        ("documents.passages", library.catalogue.counts()["embedded_chunks"]),
        ("documents.places", len(places)),
        ("documents.years", span),
    )
    tiles = "".join(
        f"<div><b>{frame.escape(str(value))}</b><span>{frame.escape(words(key))}</span></div>"
        for key, value in values
    )
    st.html(f'<div class="cx-tiles">{tiles}</div>')


def _samples(words: Words, documents: list[tuple[str, int, Description]]) -> None:
    samples = sum(about.fictional for _, _, about in documents)
    if not samples:
        return
    aside = load_choices(corpus_folder()).samples_aside
    if not aside and samples == len(documents):  # nothing of one's own yet
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


def _list(words: Words, documents: list[tuple[str, int, Description]]) -> None:
    if not documents:
        return
    wanted = st.text_input(
        words("documents.filter"),
        placeholder=words("documents.filter_hint"),
        label_visibility="collapsed",
        icon=":material/filter_list:",
        key="document_filter",
    )
    parts = (wanted or "").lower().split()
    found = [row for row in documents if all(part in _searchable(row) for part in parts)]
    if not found:
        st.info(words("documents.no_match"), icon=":material/search_off:")
        return
    limit = st.session_state.setdefault("documents_shown", _SHOWN)
    for number, (doc, _, about) in enumerate(found[:limit]):
        tags = [frame.tag(words("sample.badge"), "cx-sample")] if about.fictional else []
        known = (about.place, about.year, about.kind)
        tags += [frame.tag(str(value)) for value in known if value]
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"document_{number}", wrap=False
        ):
            st.html(
                f'<div class="cx-row-title">{frame.escape(about.title)}</div>'
                f'<div class="cx-about">{"".join(tags)}'
                f'<span class="cx-file">{frame.escape(doc)}</span></div>'
            )
            st.page_link(
                frame.FOLDER / "document.py",
                label=words("documents.open"),
                query_params=frame.address(doc=doc),
            )
            if st.button(
                words("documents.remove"), key=f"remove_{number}", type="tertiary", wrap=False
            ):
                _confirm_removal(doc)
    if len(found) > limit and st.button(words("search.more"), width="stretch"):
        st.session_state["documents_shown"] = limit + _SHOWN
        st.rerun()


def _searchable(row: tuple[str, int, Description]) -> str:
    doc, _, about = row
    return f"{doc} {about.title} {about.place} {about.year} {about.kind} {about.issuer}".lower()


main()
