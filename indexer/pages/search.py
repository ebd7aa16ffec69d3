"""The search page: a question in, passages out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from indexer.errors import IndexProblem
from indexer.library import Library
from indexer.pages import frame, progress
from indexer.pages.service import corpus_folder, service
from indexer.records import Named, Passage
from indexer.words import Words

_MORE = 10
_EXAMPLES = 4
_LISTED = 20  # documents that hold a copy of a hit, named one by one
_GOOD = 0.9  # texts below this quality are marked


def main() -> None:
    """Read the question, ask the library, show what it found."""
    words = frame.words()
    question = _question(words)
    library = service().library()
    if library is None and service().never_asked and corpus_folder().is_dir():
        service().start_build(words.language)  # first start: the app makes the index itself
    building = progress.build_in_progress()
    if library is None:
        if building:
            st.info(words("search.first_start"), icon=":material/hourglass_top:")
        else:
            _no_index(words)
        return
    if not question:
        _welcome(words, library)
        return
    _answer(words, library, question)


def _question(words: Words) -> str:
    asked = st.query_params.get("q", "")
    if "question" not in st.session_state or st.session_state.get("asked") != asked:
        st.session_state["question"] = st.session_state["asked"] = asked
    with (
        st.form("ask", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", wrap=False),
    ):
        typed = st.text_input(
            words("search.label"),
            key="question",
            placeholder=words("search.placeholder"),
            label_visibility="collapsed",
            icon=":material/search:",
        )
        sent = st.form_submit_button(words("search.button"), type="primary")
    typed = (typed or "").strip()
    if sent:
        _ask(typed)
        if not typed:
            st.warning(words("search.blank"))
    return typed


def _ask(question: str) -> None:
    """Put the question into the address, so that it can be bookmarked and sent."""
    st.session_state["asked"] = question
    st.session_state["limit"] = _MORE
    if question:
        st.query_params["q"] = question
    else:
        st.query_params.pop("q", None)


def _choose(question: str) -> None:
    st.session_state["question"] = question
    _ask(question)


def _no_index(words: Words) -> None:
    st.info(words("search.no_index", folder=str(corpus_folder())), icon=":material/folder_off:")
    if corpus_folder().is_dir() and st.button(words("documents.update"), type="primary"):
        service().start_build(words.language)
        st.rerun()


def _welcome(words: Words, library: Library) -> None:
    counts = library.catalogue.counts()
    if not counts["embedded_chunks"]:
        if not service().building():
            st.info(words("search.empty_library"), icon=":material/folder_off:")
        return
    st.html(f'<p class="cx-lead">{frame.escape(words("search.lead", **counts))}</p>')
    st.html(f'<p class="cx-lead">{frame.escape(words("search.try"))}</p>')
    for number in range(1, _EXAMPLES + 1):
        example = words(f"search.example_{number}")
        st.button(
            example,
            key=f"example_{number}",
            on_click=_choose,
            args=(example,),
            icon=":material/north_west:",
            width="stretch",
        )


def _answer(words: Words, library: Library, question: str) -> None:
    if not library.catalogue.counts()["embedded_chunks"]:
        key = "search.first_start" if service().building() else "search.empty_library"
        st.info(words(key), icon=":material/hourglass_top:")
        return
    limit = st.session_state.setdefault("limit", _MORE)
    waiting = words("search.searching") if library.ready else words("search.loading_model")
    try:
        with st.spinner(waiting):
            passages = library.search(question, limit=limit + 1)
    except IndexProblem as problem:
        st.error(words.error(problem))
        return
    if not passages:
        st.info(words("search.none"), icon=":material/search_off:")
        return
    shown = passages[:limit]
    documents = len({passage.doc for passage in shown})
    count = words("search.count", passages=len(shown), documents=documents)
    st.html(f'<div class="cx-count">{frame.escape(count)}</div>')
    if any(passage.repaired for passage in shown):
        frame.legend(words)
    about = {each.doc: each for each in library.named(_listed(shown))}
    for number, passage in enumerate(shown, 1):
        _show(words, number, passage, question)
        if passage.also_in:
            _copies(words, number, passage, about, question)
    if len(passages) > limit and st.button(words("search.more"), width="stretch"):
        st.session_state["limit"] = limit + _MORE
        st.rerun()


def _show(words: Words, number: int, passage: Passage, question: str) -> None:
    tags = [frame.tag(words("sample.badge"), "cx-sample")] if passage.fictional else []
    tags += [
        frame.tag(str(value)) for value in (passage.place, passage.year, passage.kind) if value
    ]
    if passage.quality is not None and passage.quality < _GOOD:
        quality = words("search.quality", percent=round(100 * passage.quality))
        tags.append(frame.tag(quality, "cx-damaged"))
    page = words("search.page", n=passage.page) if passage.page else ""
    path = " › ".join(passage.heading)
    with st.container(border=True, key=f"hit_{number}"):
        st.html(
            f'<div class="cx-hit-title"><span class="cx-hit-number">{number}</span>'
            f"{frame.escape(passage.title)}</div>"
            f'<div class="cx-about">{"".join(tags)}'
            f'<span class="cx-file">{frame.escape(passage.doc)}</span>'
            f"<span>{frame.escape(page)}</span></div>"
            + (f'<div class="cx-path">{frame.escape(path)}</div>' if path else "")
            + f'<div class="cx-text">{_body(passage)}</div>'
        )
        start, end = passage.highlights[0] if passage.highlights else (passage.start, passage.end)
        st.page_link(
            frame.FOLDER / "document.py",
            label=words("search.open"),
            icon=":material/menu_book:",
            query_params=frame.address(doc=passage.doc, start=start, end=end, q=question),
        )


def _listed(passages: Sequence[Passage]) -> list[str]:
    """The documents named in the lists of copies."""
    docs = (doc for passage in passages for doc in (passage.also_in or ())[:_LISTED])
    return list(dict.fromkeys(docs))


def _copies(
    words: Words, number: int, passage: Passage, about: Mapping[str, Named], question: str
) -> None:
    """The other documents that hold this passage, each with a link to it there."""
    docs = passage.also_in or ()
    with st.expander(
        words("search.also_in", n=len(docs)), icon=":material/file_copy:", key=f"copies_{number}"
    ):
        for doc in docs[:_LISTED]:
            other = about.get(doc)
            if other is None:  # removed while the page was made
                continue
            dated = f"{other.title}（{other.date}）" if other.date else other.title
            st.page_link(
                frame.FOLDER / "document.py",
                label=frame.plain(dated),
                help=frame.plain(doc),
                icon=":material/draft:",
                query_params=frame.address(
                    doc=doc, like=passage.doc, start=passage.start, end=passage.end, q=question
                ),
            )
        if len(docs) > _LISTED:
            more = words("search.and_more", n=len(docs) - _LISTED)
            st.html(f'<div class="cx-count">{frame.escape(more)}</div>')


def _body(passage: Passage) -> str:
    """The passage with its best sentence marked, without the white space round it."""
    text = passage.text
    lead = len(text) - len(text.lstrip())
    return frame.marked(
        text.strip(), passage.start + lead, passage.highlights, anchor="", repaired=passage.repaired
    )


main()
