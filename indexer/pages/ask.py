"""The ask page: a question in, the documents' own sentences out, each with its source."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from indexer.answer import Answer, Quote, Statement, grouped
from indexer.library import Found, Library
from indexer.pages import (
    follow_up,
    frame,
    hit,
    narrow,
    opening,
    question_box,
    save_answer,
    write_box,
)
from indexer.pages.marked import legend, marked, remarks
from indexer.words import Words, together

_EXAMPLES = 4


def main() -> None:
    """Read the question, answer it, show what the answer rests on."""
    words = frame.words()
    library = opening.library_to_read(words)
    if library is None:
        return
    question = question_box.show(words, "ask", partial(follow_up.carry_over, library))
    given = narrow.sidebar(words, library)
    beside = st.sidebar.container()
    if not question:
        follow_up.history(words, beside)
        _welcome(words)
        return
    whole = follow_up.completed(question)
    with st.spinner(words("search.searching") if library.ready else words("search.loading_model")):
        answer, found = library.ask(whole, given, skip=narrow.not_read())
    follow_up.remember(question, found)
    follow_up.history(words, beside)
    if found.missing:
        narrow.missing(words, library, found)
        return
    follow_up.topic_mark(words)
    narrow.marks(words, found, given)
    if answer.status == "insufficient" and not answer.nearest:
        narrow.nothing(words, library, found, given)
    elif answer.status == "insufficient":
        _insufficient(words, library, answer, found)
    else:
        _answered(words, answer, found)


def _welcome(words: Words) -> None:
    st.html(f'<p class="cx-lead">{frame.escape(words("ask.lead"))}</p>')
    for number in range(1, _EXAMPLES + 1):
        example = words(f"ask.example_{number}")
        st.button(
            example,
            key=f"example_{number}",
            on_click=question_box.choose,
            args=("ask", example),
            icon=":material/north_west:",
            width="stretch",
        )


def _insufficient(words: Words, library: Library, answer: Answer, found: Found) -> None:
    untold = [words("ask.untold", name=frame.plain(name)) for name in answer.untold]
    told = together(words, words("ask.insufficient"), *untold)
    st.warning(told, icon=":material/contract_delete:")
    st.html(f'<div class="cx-count">{frame.escape(words("ask.nearest"))}</div>')
    for number, passage in enumerate(answer.nearest, 1):
        hit.show(words, library, str(number), passage, found.reading.text)


def _answered(words: Words, answer: Answer, found: Found) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="answer_head"):
        summary = lead(words, answer, found)
        caution = words("ask.unsure") if answer.unsure else ""
        unsure = f'<div class="cx-unsure">{frame.escape(caution)}</div>' if caution else ""
        st.html(f'<div class="cx-coverage">{frame.escape(summary)}{unsure}</div>')
        save_answer.show(words, answer, found, together(words, summary, caution))
    ordered = [s for _, _, statements in grouped(answer.statements) for s in statements]
    numbers = {id(statement): number for number, statement in enumerate(ordered, 1)}
    told, evidence = st.columns([1.55, 1], gap="medium")
    with told:
        for place, year, statements in grouped(answer.statements):
            head = " · ".join(str(part) for part in (place, year) if part)
            question = found.reading.text
            body = "".join(_statement(words, s, numbers[id(s)], question) for s in statements)
            st.html(
                f'<div class="cx-answer"><div class="cx-answer-head">{frame.escape(head)}</div>'
                f"{body}</div>"
            )
        st.html(f'<p class="cx-count">{frame.escape(words("ask.verbatim"))}</p>')
        legend(words, False, any(s.quotes[0].damaged for s in ordered))
    with evidence:
        st.html(f'<div class="cx-side">{frame.escape(words("ask.evidence"))}</div>')
        for number, statement in enumerate(ordered, 1):
            _evidence(words, number, statement, found.reading.text)
    write_box.show(words, found.reading.text, answer)


def lead(words: Words, answer: Answer, found: Found) -> str:
    """The line that sums up what the selection has on the question."""
    coverage = answer.coverage
    if answer.elsewhere:
        return words("ask.elsewhere", names="、".join(found.filters.place))
    if answer.year_after:
        return words("ask.year_after", years="、".join(map(str, found.filters.year)))
    if coverage is None:
        return ""
    if answer.unsure:  # nor is it sure then that any document speaks of it
        return words("ask.searched", of=coverage.documents)
    key = "ask.coverage" if coverage.whole else "ask.coverage_least"
    return words(
        key,
        of=coverage.documents,
        n=coverage.speaking,
        places=coverage.places,
        figures=coverage.with_figures,
    )


def _statement(words: Words, statement: Statement, number: int, question: str) -> str:
    quote = statement.quotes[0]
    address = urlencode(_address(quote, question))
    other = frame.tag(words("search.other_year"), "cx-sample") if statement.other_year else ""
    if statement.below:
        other += frame.tag(words("compare.above", place=quote.about.own_place), "cx-sample")
    noted = remarks(words, damaged=quote.damaged, figures=quote.figures)
    return (
        f'<p class="cx-statement">{marked(quote.text, quote.start, noted=noted)}'
        f'<a class="cx-cite" href="document?{frame.escape(address)}" target="_blank">[{number}]</a>'
        f"{other}</p>"
    )


def _evidence(words: Words, number: int, statement: Statement, question: str) -> None:
    for order, quote in enumerate(statement.quotes):
        about = quote.about
        tags = [frame.tag(words("sample.badge"), "cx-sample")] if about.fictional else []
        tags += [frame.tag(str(v)) for v in (about.place, about.year, about.kind) if v]
        tags += hit.quality_tag(words, quote.quality)
        page = words("search.page", n=quote.page) if quote.page else ""
        path = " › ".join(quote.heading)
        with st.container(key=f"evidence_{number}_{order}"):
            st.html(
                f'<div class="cx-evidence"><span class="cx-cite">[{number}]</span>'
                f" {frame.escape(about.title)}"
                f'<div class="cx-about">{"".join(tags)}<span>{frame.escape(page)}</span></div>'
                f'<div class="cx-path">{frame.escape(path)}</div></div>'
            )
            st.page_link(
                frame.FOLDER / "document.py",
                label=words("search.open"),
                icon=":material/menu_book:",
                query_params=_address(quote, question),
            )


def _address(quote: Quote, question: str) -> dict[str, str]:
    place = frame.address(doc=quote.doc, start=quote.start, end=quote.end, q=question, back="ask")
    return place | narrow.parameters()


main()
