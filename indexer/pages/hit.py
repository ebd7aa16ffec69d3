"""One passage of the results: where it is from, its text, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from indexer.library import Library
from indexer.pages import cite_box, frame, judge, narrow
from indexer.pages.marked import marked, remarks
from indexer.records import Passage
from indexer.words import Words

_GOOD = 0.9  # texts below this quality are marked
_LISTED = 20  # documents that hold a copy of a hit, named one by one


def show(
    words: Words,
    library: Library,
    number: str,
    passage: Passage,
    question: str,
    more: Callable[[], object] | None = None,
) -> None:
    """Show a passage; `number` is its place in the list and the key of its parts.

    `more` is called when more of its document is asked for.
    """
    page = words("search.page", n=passage.page) if passage.page else ""
    path = " › ".join(passage.heading)
    with st.container(border=True, key=f"hit_{number}"):
        st.html(
            f'<div class="cx-hit-title"><span class="cx-hit-number">{number}</span>'
            f"{frame.escape(passage.title)}</div>"
            f'<div class="cx-about">{"".join(_tags(words, passage))}'
            f'<span class="cx-file">{frame.escape(passage.doc)}</span>'
            f"<span>{frame.escape(page)}</span></div>"
            + (f'<div class="cx-path">{frame.escape(path)}</div>' if path else "")
            + f'<div class="cx-text">{_body(words, passage)}</div>'
        )
        with st.container(horizontal=True, vertical_alignment="center", key=f"acts_{number}"):
            _acts(words, library, passage, question)
            if more is not None and st.button(
                words("search.rest"), key=f"rest_{number}", icon=":material/expand_more:"
            ):
                more()
                st.rerun()
        if passage.also_in:
            _copies(words, library, number, passage, question)


def _tags(words: Words, passage: Passage) -> list[str]:
    tags = [frame.tag(words("sample.badge"), "cx-sample")] if passage.fictional else []
    known = (passage.place, passage.year, passage.kind)
    tags += [frame.tag(str(value)) for value in known if value]
    if passage.other_year:
        tags.append(frame.tag(words("search.other_year"), "cx-sample"))
    return [*tags, *quality_tag(words, passage.quality)]


def quality_tag(words: Words, quality: float | None) -> list[str]:
    """A tag that says how well a damaged text has come down; none for a sound one."""
    if quality is None or quality >= _GOOD:
        return []
    return [frame.tag(words("search.quality", percent=round(100 * quality)), "cx-damaged")]


def _acts(words: Words, library: Library, passage: Passage, question: str) -> None:
    start, end = passage.highlights[0] if passage.highlights else (passage.start, passage.end)
    st.page_link(
        frame.FOLDER / "document.py",
        label=words("search.open"),
        icon=":material/menu_book:",
        query_params=frame.address(
            doc=passage.doc, start=start, end=end, q=question, **narrow.parameters()
        ),
    )
    with st.popover(words("search.context"), icon=":material/unfold_more:"):
        before, after = library.neighbours(passage.doc, passage.start, passage.end)
        st.html(
            f'<div class="cx-text cx-faint">{frame.escape(before.strip())}</div>'
            f'<div class="cx-text">{_body(words, passage)}</div>'
            f'<div class="cx-text cx-faint">{frame.escape(after.strip())}</div>'
        )
    cite_box.show(words, passage)
    judge.judge(words, passage, question)
    if passage.parts is not None:
        with st.popover(words("search.why"), icon=":material/help:"):
            st.html(_why(words, passage))


def _why(words: Words, passage: Passage) -> str:
    parts = passage.parts
    assert parts is not None
    rows = (
        ("passage", f"{parts.passage:.3f}"),
        ("sentence", f"{parts.sentence:.3f}"),
        ("words", f"{100 * parts.words:.0f}%"),
        ("covered", f"{100 * parts.covered:.0f}%"),
        ("score", f"{passage.score:.3f}"),
    )
    cells = "".join(
        f"<tr><td>{frame.escape(words(f'why.{name}'))}</td><td>{value}</td></tr>"
        for name, value in rows
    )
    return (
        f'<table class="cx-why">{cells}</table>'
        f'<p class="cx-count">{frame.escape(words("why.note"))}</p>'
    )


def _body(words: Words, passage: Passage) -> str:
    """The passage with its best sentence marked, without the white space round it."""
    text = passage.text
    lead = len(text) - len(text.lstrip())
    noted = remarks(words, passage.repaired, passage.damaged)
    return marked(text.strip(), passage.start + lead, passage.highlights, noted=noted)


def _copies(words: Words, library: Library, number: str, passage: Passage, question: str) -> None:
    """The other documents that hold this passage, each with a link to it there."""
    docs = passage.also_in or ()
    with st.expander(
        words("search.also_in", n=len(docs)), icon=":material/file_copy:", key=f"copies_{number}"
    ):
        for other in library.named(docs[:_LISTED]):
            dated = f"{other.title}（{other.date}）" if other.date else other.title
            st.page_link(
                frame.FOLDER / "document.py",
                label=frame.plain(dated),
                help=frame.plain(other.doc),
                icon=":material/draft:",
                query_params=frame.address(
                    doc=other.doc,
                    like=passage.doc,
                    start=passage.start,
                    end=passage.end,
                    q=question,
                    **narrow.parameters(),
                ),
            )
        if len(docs) > _LISTED:
            more = words("search.and_more", n=len(docs) - _LISTED)
            st.html(f'<div class="cx-count">{frame.escape(more)}</div>')
