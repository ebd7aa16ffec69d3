"""The quality page: how well the search finds what people judged to be right, part by part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import streamlit as st

import indexer
from indexer import ablation
from indexer.ablation import Question, Result
from indexer.choices import load_choices
from indexer.errors import FileProblem
from indexer.export import Column, Table, row, xlsx
from indexer.judgements import FILE_NAME, SAMPLES_NAME, Judgement, labelled, load
from indexer.library import Library
from indexer.pages import frame, opening
from indexer.pages.service import corpus_folder
from indexer.records import Filters, Passage
from indexer.retrieve import Parts
from indexer.words import Words

_FEW = 20
_PROBLEMS_SHOWN = 20


class _Asked(NamedTuple):
    """The questions of one file that can be measured in this library, and what else it holds."""

    questions: tuple[Question, ...]
    judgements: tuple[Judgement, ...]
    lost: int
    problems: tuple[FileProblem, ...]


def main() -> None:
    """Show what has been judged, measure on request, show what was measured."""
    words = frame.words()
    library = opening.library_to_read(words)
    if library is None:
        return
    st.html(f'<p class="cx-lead">{frame.escape(words("ablation.lead"))}</p>')
    documents = frozenset(doc for doc, _, _ in library.documents())
    own = _asked(library, FILE_NAME, documents)
    _tell(words, own)
    samples = _samples(documents)
    with st.container(horizontal=True, key="measure"):
        if own.questions and st.button(
            words("ablation.run"), type="primary", icon=":material/speed:"
        ):
            st.session_state["measure"] = "own"
        if samples and st.button(
            words("ablation.run_samples", n=samples), icon=":material/science:"
        ):
            st.session_state["measure"] = "samples"
    wanted = st.session_state.pop("measure", None)
    if wanted:
        if wanted == "samples":
            own = _asked(library, SAMPLES_NAME, documents)
        questions = own.questions
        title = words(f"ablation.{wanted}_title", n=len(questions))
        result = _measured(words, library, questions)
        st.session_state["quality"] = (library.index, title, datetime.now(), result)
    if kept := st.session_state.get("quality"):
        index, title, when, result = kept
        if index == library.index:
            _show(words, library, title, when, result)


def _asked(library: Library, name: str, documents: Collection[str]) -> _Asked:
    judgements, problems = load(corpus_folder(), name)
    found, lost = ablation.questions_of(labelled(judgements), documents, library.passages_of)
    return _Asked(found, judgements, lost, problems)


def _samples(documents: Collection[str]) -> int:
    """How many questions of the sample library there are, while it is part of this one."""
    if load_choices(corpus_folder()).samples_aside:
        return 0
    held = (each for each in load(corpus_folder(), SAMPLES_NAME)[0] if each.doc in documents)
    return len(labelled(held))


def _tell(words: Words, own: _Asked) -> None:
    """What has been judged so far, and how to judge."""
    for problem in own.problems[:_PROBLEMS_SHOWN]:
        st.warning(frame.plain(words.error(problem)))
    if not own.judgements:
        st.info(words("ablation.empty"), icon=":material/thumbs_up_down:")
        st.page_link(
            frame.FOLDER / "search.py",
            label=words("ablation.to_search"),
            icon=":material/search:",
            query_params=frame.address(),
        )
        return
    good = sum(each.grade > 0 for each in own.judgements)
    told = [
        words(
            "ablation.counted",
            questions=len(own.questions),
            judgements=len(own.judgements),
            good=good,
        )
    ]
    if own.lost:
        told.append(words("ablation.lost", n=own.lost))
    if not good:
        told.append(words("ablation.only_bad"))
    elif len(own.questions) < _FEW:
        told.append(words("ablation.few"))
    lines = "<br>".join(map(frame.escape, told))
    st.html(f'<div class="cx-count">{lines}</div>')


def _measured(words: Words, library: Library, questions: Sequence[Question]) -> Result:
    """Ask them all. Any click on the page, such as that on the button shown, ends it."""
    place = st.empty()
    with place.container(border=True):
        bar = st.progress(0.0)
        st.button(words("ablation.stop"), type="tertiary", icon=":material/stop:")

    def search(question: str, filters: Filters, parts: Parts) -> Sequence[Passage]:
        return library.find(question, filters, ablation.DEPTH, merge=False, parts=parts).passages

    def report(done: int, total: int) -> None:
        bar.progress(done / total, text=words("ablation.working", done=done + 1, total=total))

    result = ablation.ablate(questions, search, report)
    place.empty()
    return result


def _show(words: Words, library: Library, title: str, when: datetime, result: Result) -> None:
    head = ("part", "success_1", "success_3", "ndcg_10")
    cells = "".join(f"<th>{frame.escape(words(f'ablation.{name}'))}</th>" for name in head)
    rows = "".join(_row(words, each) for each in result.rows)
    st.html(
        f"<h4>{frame.escape(title)}</h4>"
        f'<table class="cx-quality"><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="cx-count">{frame.escape(words("ablation.measures"))}</p>'
    )
    st.download_button(
        words("ablation.download"),
        _file(words, library, title, when, result),
        file_name=f"{words('ablation.sheet')}-{when:%Y%m%d-%H%M}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/download:",
        on_click="ignore",
    )
    if result.missed:
        with st.expander(words("ablation.missed", n=len(result.missed))):
            for question in result.missed:
                st.page_link(
                    frame.FOLDER / "search.py",
                    label=frame.plain(question.text),
                    query_params=frame.address(q=question.text) | _narrowed(question.filters),
                )


def _row(words: Words, each: ablation.Row) -> str:
    numbers = "".join(
        f"<td>{value:.3f}</td>" if name == "ndcg@10" else f"<td>{100 * value:.1f}%</td>"
        for name, value in zip(ablation.MEASURES, each.values, strict=True)
    )
    return (
        f"<tr><td>{frame.escape(words(f'ablation.{each.step}'))}"
        f'<div class="cx-count">{frame.escape(words(f"ablation.{each.step}_meaning"))}</div></td>'
        f"{numbers}</tr>"
    )


def _narrowed(filters: Filters) -> dict[str, str]:
    return {
        name: "|".join(map(str, values))
        for name in ("place", "year", "kind")
        if (values := getattr(filters, name))
    }


def _file(words: Words, library: Library, title: str, when: datetime, result: Result) -> bytes:
    about = Table(
        words("ablation.sheet_method"),
        (Column(words("export.item")), Column(words("export.value"), 60)),
        (
            row(words("ablation.questions"), result.questions),
            row(words("ablation.measured"), when),
            row(words("ablation.model"), library.catalogue.settings()["model"]),
            row(words("export.program"), f"{words('page.name')} {indexer.__version__}"),
            row(words("ablation.ndcg_10"), words("ablation.measures")),
        ),
        words("ablation.sheet_method"),
    )
    return xlsx([ablation.result_table(result, words, title), about], words)


main()
