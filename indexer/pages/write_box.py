"""An answer written out by a language model, beside the default answer, which stands in any case.

Each sentence is shown as soon as it is whole, checked; one that does not hold is struck out and
says why. What the model writes reaches the page as escaped text only.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import streamlit as st

from indexer.answer import Answer, Quote, grouped
from indexer.errors import WriterError
from indexer.pages import frame, writer_form
from indexer.verify import CheckedSentence, Checker, Problem
from indexer.verify.cut import CITATION
from indexer.words import Words
from indexer.writer import Writing
from indexer.writer.prompt import fitted
from indexer.writer.settings import WriterSettings, load_settings

_KEY = "draft"
_LOOK = 0.25  # seconds that one look at a running answer takes, new text shown as it comes
_PAUSE = 0.4  # from one look to the next; between them a click gets through


@dataclass
class Draft:
    """An answer being written, and what was checked of it; `about`: question and passages."""

    about: tuple[str, tuple[str, ...]]
    writing: Writing
    checker: Checker
    sentences: list[CheckedSentence] = field(default_factory=list)
    text: str = ""
    done: bool = False

    def look(self) -> None:
        """Take in what has come."""
        ended, text = self.writing.done, self.writing.text
        self.sentences += self.checker.feed(text[len(self.text) :])
        self.text = text
        if ended and not self.done:
            self.sentences += self.checker.finish()
            self.done = True


def show(words: Words, question: str, answer: Answer) -> None:
    """Offer to have an answer written out, and show what is written."""
    if answer.status == "answered":
        _offer(words, question, evidence(answer))


def evidence(answer: Answer) -> tuple[Quote, ...]:
    """What may be cited, in the order in which the page numbers it."""
    return tuple(s.quotes[0] for _, _, statements in grouped(answer.statements) for s in statements)


def passage(quote: Quote) -> str:
    """A piece of evidence as the model gets it: whose it is, where it stands, what it says."""
    about = quote.about
    year = f"{about.year}年" if about.year else None
    known = "，".join(part for part in (about.own_place, year) if part)
    head = about.title + (f"（{known}）" if known else "")
    return "\n".join(part for part in (head, " › ".join(quote.heading), quote.text) if part)


@st.fragment
def _offer(words: Words, question: str, quotes: tuple[Quote, ...]) -> None:
    about = (question, tuple(passage(quote) for quote in quotes))
    draft: Draft | None = st.session_state.get(_KEY)
    if draft is not None and draft.about != about:
        draft.writing.cancel()
        del st.session_state[_KEY]
        draft = None
    with st.container(key="write_box"):
        try:
            settings = load_settings()
        except WriterError as problem:
            st.warning(frame.plain(words.error(problem)))
            return
        with st.container(horizontal=True, vertical_alignment="center", key="write_head"):
            if settings is None:
                st.html(f'<span class="cx-count">{frame.escape(words("write.none"))}</span>')
            elif draft is None or draft.done:
                st.button(
                    words("write.button" if draft is None else "write.again"),
                    key="write",
                    icon=":material/edit_note:",
                    on_click=_begin,
                    args=(settings, about),
                )
            writer_form.show(words)
        if settings is not None:
            sent = words(f"write.sent_{settings.where}", n=len(quotes), address=settings.origin)
            st.html(f'<p class="cx-count">{frame.escape(sent)}</p>')
        if draft is not None:
            pause = None if draft.done else _PAUSE
            st.fragment(_written, run_every=pause)(words, draft, quotes)


def _begin(settings: WriterSettings, about: tuple[str, tuple[str, ...]]) -> None:
    question, passages = about
    checker = Checker(fitted(passages))
    st.session_state[_KEY] = Draft(about, Writing(settings, question, passages), checker)


def _written(words: Words, draft: Draft, quotes: Sequence[Quote]) -> None:
    """Show what is written; while it is being written, as it comes."""
    running = not draft.done
    place = st.empty()
    if running:
        st.button(
            words("write.stop"), key="write_stop", on_click=draft.writing.cancel,
            icon=":material/stop_circle:",
        )  # fmt: skip
    until = time.monotonic() + _LOOK
    while True:
        draft.look()
        place.html(_page(words, draft, quotes))
        left = until - time.monotonic()
        if draft.done or left <= 0:
            break
        draft.writing.wait(left, beyond=len(draft.text))
    if running and draft.done:
        st.rerun()  # once more, without looking again
    if draft.done and draft.writing.problem is not None:
        reason = words.error(draft.writing.problem)  # which may hold what a server says
        st.warning(frame.plain(words("write.failed", reason=reason)))
    elif draft.done and draft.writing.cancelled:
        st.info(words("write.stopped"))


def _page(words: Words, draft: Draft, quotes: Sequence[Quote]) -> str:
    if not draft.text.strip():
        waited = round(time.monotonic() - draft.writing.started)
        told = "" if draft.done else words("write.waiting", n=waited)
        return f'<p class="cx-count">{frame.escape(told)}</p>'
    parts: list[str] = []
    at = 0
    for sentence in draft.sentences:
        parts.append(frame.escape(draft.text[at : sentence.start]))
        parts.append(_sentence(words, sentence, quotes))
        at = sentence.end
    rest = f'<span class="cx-faint">{frame.escape(draft.text[at:])}</span>'
    return (
        f'<div class="cx-written"><div class="cx-answer-head">{frame.escape(words("write.head"))}'
        f'</div><div class="cx-text">{"".join(parts)}{rest}</div>'
        f'<p class="cx-count">{frame.escape(_summary(words, draft))}</p></div>'
    )


def _summary(words: Words, draft: Draft) -> str:
    count = len(draft.sentences)
    wrong = sum(bool(sentence.problems) for sentence in draft.sentences)
    told = words("write.wrong", n=count, wrong=wrong) if wrong else words("write.right", n=count)
    return f"{told} {words('write.note')}" if draft.done else words("write.writing", n=count)


def _sentence(words: Words, sentence: CheckedSentence, quotes: Sequence[Quote]) -> str:
    problems = sorted(sentence.problems, key=lambda each: each.start)
    faults = [(p.start - sentence.start, p.end - sentence.start) for p in problems]
    whole = (0, len(sentence.text))
    cited = [found.span() for found in CITATION.finditer(sentence.text)]
    cuts = sorted({0, len(sentence.text), *(cut for span in (*faults, *cited) for cut in span)})
    parts: list[str] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        text = sentence.text[start:end]
        inside = any(a <= start and end <= b for a, b in cited)
        part = _linked(text, quotes) if inside else frame.escape(text)
        if any(a <= start and end <= b and (a, b) != whole for a, b in faults):
            part = f'<b class="cx-wrong">{part}</b>'
        parts.append(part)
    if not problems:
        return "".join(parts)
    reasons = words("write.and").join(_reason(words, problem) for problem in problems)
    return (
        f'<s class="cx-struck">{"".join(parts)}</s>'
        f'<span class="cx-reason">{frame.escape(words("write.reason", reason=reasons))}</span>'
    )


def _reason(words: Words, problem: Problem) -> str:
    code = f"{problem.code}_instead" if problem.instead else problem.code
    return words(f"write.{code}", text=problem.text, instead=problem.instead)


def _linked(citation: str, quotes: Sequence[Quote]) -> str:
    """A citation with its numbers as links to the evidence in its document."""

    def link(found: re.Match[str]) -> str:
        number = int(found[0])
        if not 1 <= number <= len(quotes):
            return found[0]
        quote = quotes[number - 1]
        target = urlencode(frame.address(doc=quote.doc, start=quote.start, end=quote.end))
        return f'<a class="cx-cite" href="document?{frame.escape(target)}">{found[0]}</a>'

    return re.sub(r"\d+", link, frame.escape(citation))
