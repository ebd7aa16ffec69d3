"""An answer to take along: as text, Markdown and a Word document with footnotes."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from indexer.answer import Answer, Quote, Statement, grouped
from indexer.cite import Reference, marker, reference_list, reference_to
from indexer.export import Block, Heading, docx, paragraph
from indexer.export import Quote as QuoteBlock
from indexer.library import Found
from indexer.pages import copy_button, frame
from indexer.words import Words

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def show(words: Words, answer: Answer, found: Found, lead: str) -> None:
    """Buttons to copy or save the whole answer with its citations."""
    question = found.reading.text
    with st.popover(words("save.head_answer"), icon=":material/download:"):
        st.html(
            copy_button.html(words, words("save.text"), as_text(words, answer, question, lead))
            + copy_button.html(
                words, "Markdown", as_text(words, answer, question, lead, markdown=True)
            )
        )
        st.download_button(
            words("save.docx"),
            lambda: docx(question, _blocks(words, answer, lead), words),
            file_name=f"{datetime.now().astimezone():%Y%m%d}_{frame.file_name(question)}.docx",
            mime=_WORD,
            key="save_answer_docx",
            on_click="ignore",
            width="stretch",
        )


def reference(quote: Quote) -> Reference:
    """The reference of a statement's source."""
    return reference_to(
        quote.doc,
        quote.about,
        start=quote.start,
        end=quote.end,
        heading=quote.heading,
        page=quote.page,
    )


def as_text(words: Words, answer: Answer, question: str, lead: str, markdown: bool = False) -> str:
    """The answer with numbered citations and the list of sources."""
    ordered = [s for _, _, statements in grouped(answer.statements) for s in statements]
    references = [reference(statement.quotes[0]) for statement in ordered]
    listed = reference_list(references, "gbt2025", words)
    marks = {
        id(statement): marker(number, each)
        for statement, number, each in zip(ordered, listed.numbers, references, strict=True)
    }
    head, group, item = ("## ", "### ", "- ") if markdown else ("", "", "")
    lines = [f"{head}{question}", "", lead, ""]
    for place, year, statements in grouped(answer.statements):
        if title := _title(place, year):
            lines.append(group + title)
        lines += [
            f"{item}{_one_line(s.text)}{marks[id(s)]}{_from_above(words, s)}" for s in statements
        ]
        lines.append("")
    lines += [f"{group}{words('ask.evidence')}"]
    lines += [f"{item}{entry}" for entry in listed.entries]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    """A statement with the note that stands on the line below it."""
    return text.strip().replace("\n", "")


def _from_above(words: Words, statement: Statement) -> str:
    """Says that a statement on a county comes from its city's or province's document."""
    if not statement.below:
        return ""
    marks = words("compare.above", place=statement.quotes[0].about.own_place)
    return words("compare.marked", marks=marks)


def _blocks(words: Words, answer: Answer, lead: str) -> tuple[Block, ...]:
    blocks: list[Block] = [paragraph(lead)]
    for place, year, statements in grouped(answer.statements):
        if title := _title(place, year):
            blocks.append(Heading(title, 2))
        blocks += [QuoteBlock(_one_line(s.text), reference(s.quotes[0]), ()) for s in statements]
    blocks.append(paragraph(words("ask.verbatim")))
    return tuple(blocks)


def _title(place: str, year: int | None) -> str:
    """The heading of a group of statements; "" where neither is known."""
    return " · ".join(str(part) for part in (place, year) if part)
