"""The targets of a place beside what its reports say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from indexer import comparing
from indexer.export.indicators import outcome_name
from indexer.indicators import Outcome, Point
from indexer.library import Library
from indexer.pages import address, frame, grid, save_table
from indexer.pages.marked import marked
from indexer.records import Filters
from indexer.words import Words

_VERDICTS = ("met", "not_met", "not_reported", "no_report", "unclear")


def show(words: Words, library: Library) -> None:
    """Choose a place; show its targets and what became of them."""
    counts = library.counts("place", Filters())
    places = sorted(map(str, counts))
    asked = address.read("place")
    if st.session_state.get("plan_place") not in places:
        most = str(counts.most_common(1)[0][0])
        known = [place for place in asked if place in places]
        st.session_state["plan_place"] = known[0] if known else _first(library, places) or most
    left, right = st.columns([1, 1])
    place = str(
        left.selectbox(words("compare.place_label"), places, key="plan_place", placeholder="")
    )
    address.write("place", (place,))
    outcomes = _outcomes(library, place)
    years = sorted({each.year for each in outcomes})
    address.choice("year", years, "plan_years")
    right.multiselect(
        words("compare.plan_year"),
        years,
        key="plan_years",
        placeholder=words("compare.all_years"),
    )
    wanted = st.session_state["plan_years"]
    address.write("year", wanted)
    outcomes = [each for each in outcomes if not wanted or each.year in wanted]
    if not outcomes:
        st.info(words("compare.no_plans"))
        return
    _table(words, library, place, outcomes)


def _first(library: Library, places: Sequence[str]) -> str | None:
    """A place with a plan for a year and a report of the same year, to begin with."""
    kinds: dict[tuple[str, int], set[str]] = {}
    for _, _, about in library.documents():
        if about.place and about.year and about.kind:
            kinds.setdefault((about.place, about.year), set()).add(about.kind)
    both = (place for (place, _), found in kinds.items() if {"工作要点", "工作总结"} <= found)
    return next((place for place in both if place in places), None)


def _outcomes(library: Library, place: str) -> list[Outcome]:
    key = place, library.catalogue.last_change()
    held = st.session_state.get("outcomes")
    if held is None or held[0] != key:
        st.session_state["outcomes"] = held = key, library.outcomes(place)
    return list(held[1])


def _table(words: Words, library: Library, place: str, outcomes: Sequence[Outcome]) -> None:
    counted = Counter(each.verdict for each in outcomes)
    gaps = {name: counted[name] for name in _VERDICTS}  # type: ignore[index]
    text = words("compare.plan_counts", of=len(outcomes), **gaps)
    st.html(f'<div class="cx-coverage">{frame.escape(text)}</div>')
    save_table.show(words, lambda: comparing.of_outcomes(library, outcomes, place, words))
    names = ("indicator", "year", "target", "verdict", "result")
    rows = [
        [
            frame.escape(outcome_name(each, words)),
            str(each.year),
            _points(each.targets[:1]) + _remarks(words, each),
            f'<span class="cx-tag cx-v-{each.verdict}">'
            f"{frame.escape(words(f'verdict.{each.verdict}'))}</span>",
            _points(each.results),
        ]
        for each in outcomes
    ]
    heads = [words(f"compare.{name}") for name in names]
    st.html(grid.table(heads, rows, words("compare.plans")))


def _remarks(words: Words, outcome: Outcome) -> str:
    told = [("draft", outcome.draft), ("differs", outcome.differs)]
    return "".join(frame.tag(words(f"compare.{n}"), "cx-sample") for n, is_so in told if is_so)


def _points(points: Sequence[Point]) -> str:
    parts: list[str] = []
    for point in points:
        figure = point.figure
        inside = marked(point.sentence, point.start, ((figure.start, figure.end),))
        linked = grid.link(inside, point.doc, point.start, point.end, point.reference.title)
        parts.append(f'<div class="cx-said">{linked}</div>')
    return "".join(parts)
