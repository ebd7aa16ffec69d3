"""The thumbs under a passage: whether it answers the question, kept in the documents folder."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import streamlit as st

from indexer.errors import CexunError
from indexer.glossary_tables import FOLDER
from indexer.judgements import FILE_NAME, Judgement, add, load, matching, remove
from indexer.pages import frame, narrow
from indexer.pages.service import corpus_folder
from indexer.records import Filters, Passage
from indexer.words import Words

_GRADES = (-1, 1)
"""Of the widget's values 0, thumb down, and 1, thumb up."""

_SAID = "judge said"


def judge(words: Words, passage: Passage, question: str) -> None:
    """Show the thumbs with what was judged before, and keep what is judged now."""
    judgement = _judgement(passage, question)
    name = f"{question}\n{judgement.filters}\n{passage.doc}\n{passage.start}"
    key = "judge_" + hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest()
    known = matching(_known(), judgement)
    # The file says what was judged: another session or a spreadsheet may have changed it.
    st.session_state[key] = None if known is None else _GRADES.index(known.grade)
    st.feedback("thumbs", key=key, on_change=_keep, args=(key, judgement))
    if st.session_state.get(_SAID, (None, None))[0] != key:
        return
    problem = st.session_state.pop(_SAID)[1]
    if problem is not None:
        st.error(words.error(problem))
    elif known is not None:
        thanks = words("judge.good" if known.grade > 0 else "judge.bad")
        st.html(f'<span class="cx-count">{frame.escape(thanks)}</span>')


def _judgement(passage: Passage, question: str) -> Judgement:
    given = narrow.from_address()
    question = " ".join(question.split())
    return Judgement(
        question=question,
        language="zh" if any("\u4e00" <= c <= "\u9fff" for c in question) else "en",
        filters=Filters(place=given.place, year=given.year, kind=given.kind),
        doc=passage.doc,
        start=passage.start,
        end=passage.end,
        quote=" ".join(passage.text.split()),
        grade=1,
        date=date.today().isoformat(),
    )


def _keep(key: str, judgement: Judgement) -> None:
    """Keep the new grade, or take the judgement back where the thumb was clicked away."""
    value: int | None = st.session_state[key]
    problem: CexunError | None = None
    try:
        if value is None:
            remove(corpus_folder(), judgement)
        else:
            add(corpus_folder(), replace(judgement, grade=_GRADES[value]))
    except CexunError as error:  # shown beside the thumbs: what a callback raises no page catches
        problem = error
    st.session_state[_SAID] = (key, problem)


def _known() -> tuple[Judgement, ...]:
    path = corpus_folder() / FOLDER / FILE_NAME
    try:
        found = path.stat()
    except OSError:  # none judged yet
        return ()
    return _read(corpus_folder(), found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=2)
def _read(corpus: Path, changed: int, size: int) -> tuple[Judgement, ...]:
    """The judgements of a file as of one state of it: a page asks for each of its passages."""
    return load(corpus)[0]
