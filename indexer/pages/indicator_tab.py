"""Indicators over places and years: a chart and a table, each point linked to its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import altair as alt
import streamlit as st

from indexer import comparing
from indexer.export.indicators import points_of, scale_of, scaled
from indexer.indicators import Entry, Indicator, Point, entries_of
from indexer.library import Library
from indexer.pages import address, frame, grid, save_table
from indexer.pages.marked import marked
from indexer.records import Filters
from indexer.words import Words

_FIRST = "大班额比例"
_COLOURS = (
    *("#1f5a8c", "#c0562f", "#3c8d5a", "#8a5a9c", "#b8902a", "#4aa0a8", "#a83c5c", "#5b6b7b"),
    *("#6f9bd1", "#e39a6f", "#8fbf6a", "#c39bd3", "#7a5a1e", "#2f6f73", "#e07a9a", "#34495e"),
    *("#9aa83c", "#7d3c98", "#2e86c1", "#af601a"),
)


def show(words: Words, library: Library) -> None:
    """Choose an indicator and places; show its values."""
    known, problems = library.indicators()
    for problem in problems:
        st.warning(frame.plain(words("compare.problem_row", problem=words.error(problem))))
    indicator, places = _choices(words, library, known)
    points = _points(library, indicator, places)
    entries = [entry for entry in entries_of(points) if entry.value or entry.targets]
    part = _part(words, entries)
    shown = [entry for entry in entries if entry.part == part]
    if not shown:
        st.info(words("compare.no_values"))
    else:
        _values(words, library, indicator, shown)
    st.html(f'<p class="cx-count">{frame.escape(words("compare.own"))}</p>')


def _choices(
    words: Words, library: Library, known: Sequence[Indicator]
) -> tuple[Indicator, tuple[str, ...]]:
    by_name = {each.name: each for each in known}
    places = sorted(map(str, library.counts("place", Filters())))
    asked = address.read("indicator")
    if st.session_state.get("indicator") not in by_name:
        first = _FIRST if _FIRST in by_name else next(iter(by_name))
        st.session_state["indicator"] = asked[0] if asked and asked[0] in by_name else first
    address.choice("place", places, "indicator_places")

    def label(name: str) -> str:
        each = by_name[name]
        shown = each.name if words.language == "zh" else each.english
        return words("compare.theme", theme=_theme(words, each), name=shown)

    left, right = st.columns([1, 1])
    name = left.selectbox(
        words("compare.indicator_label"),
        list(by_name),
        format_func=label,
        key="indicator",
        placeholder="",
    )
    right.multiselect(
        words("compare.places_label"),
        places,
        key="indicator_places",
        placeholder=words("compare.all_places"),
    )
    chosen = tuple(st.session_state["indicator_places"])
    address.write("indicator", (name,))
    address.write("place", chosen)
    return by_name[str(name)], chosen


def _theme(words: Words, indicator: Indicator) -> str:
    known = {"own", *(each for each in _THEMES)}
    return words(f"theme.{indicator.theme}") if indicator.theme in known else indicator.theme


_THEMES = (
    *("classes", "preschool", "compulsory", "teachers", "upper", "relief", "welfare", "money"),
    *("health", "safety"),
)


def _points(library: Library, indicator: Indicator, places: tuple[str, ...]) -> tuple[Point, ...]:
    key = indicator, places, library.catalogue.last_change()
    held = st.session_state.get("indicator_points")
    if held is None or held[0] != key:
        st.session_state["indicator_points"] = held = (
            key,
            library.indicator((indicator.name,), places),
        )
    points: tuple[Point, ...] = held[1]
    return points


def _part(words: Words, entries: Sequence[Entry]) -> str:
    """What of the whole is shown; parts never stand beside the whole in one chart."""
    parts = sorted({entry.part for entry in entries})
    if parts in ([], [""]):
        return ""
    if st.session_state.get("indicator_part") not in parts:
        st.session_state["indicator_part"] = parts[0]
    chosen = st.pills(
        words("compare.parts_label"),
        parts,
        format_func=lambda part: frame.plain(part) if part else words("compare.whole"),
        key="indicator_part",
    )
    return str(chosen or parts[0])


def _values(words: Words, library: Library, indicator: Indicator, entries: Sequence[Entry]) -> None:
    scale, unit = scale_of(indicator, entries)
    years = list(range(min(e.year for e in entries), max(e.year for e in entries) + 1))
    left, right = st.columns([1, 1], gap="medium")
    with left:
        st.html(f'<div class="cx-side">{frame.escape(words("compare.chart"))}</div>')
        st.altair_chart(_chart(words, entries, scale, unit), width="stretch")
        st.html(f'<div class="cx-count">{frame.escape(words("compare.chart_hint"))}</div>')
    with right:
        st.html(f'<div class="cx-side">{frame.escape(words("compare.values"))}</div>')
        by_place: dict[str, dict[int, Entry]] = {}
        for entry in entries:
            by_place.setdefault(entry.place, {})[entry.year] = entry
        heads = [words("compare.place"), *(f"{year} ({unit})" for year in years)]
        rows = [
            [frame.escape(place), *(_cell(words, found.get(year), scale) for year in years)]
            for place, found in by_place.items()
        ]
        st.html(grid.table(heads, rows, words("compare.values")))
        save_table.show(
            words, lambda: comparing.of_indicators(library, {indicator: entries}, words)
        )
    points = [(entry, point) for entry in entries for point in points_of(entry)]
    with st.expander(words("compare.all_points", n=len(points))):
        heads = [words(f"compare.{n}") for n in ("place", "year", "sort", "written", "quote")]
        rows = [[_escaped(cell) for cell in _listed(words, *pair)] for pair in points]
        st.html(grid.table(heads, rows, words("compare.figures")))


def _chart(
    words: Words, entries: Sequence[Entry], scale: Decimal, unit: str
) -> alt.LayerChart | alt.FacetChart:
    place, year, sort = (words(f"compare.{name}") for name in ("place", "year", "sort"))
    rows = [
        {
            place: entry.place,
            year: entry.year,
            unit: float(scaled(point.figure.value, scale)),
            sort: words(f"sort.{point.figure.sort}"),
            words("compare.quote"): point.sentence[:120],
            "href": grid.address(point.doc, point.start, point.end),
        }
        for entry in entries
        for point in (entry.value, *entry.targets[:1])
        if point is not None
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(f"{year}:O", axis=alt.Axis(labelAngle=0, title=None)),
        y=alt.Y(f"{unit}:Q", title=unit, scale=alt.Scale(zero=False)),
        color=alt.Color(
            f"{place}:N",
            scale=alt.Scale(range=list(_COLOURS)),
            legend=alt.Legend(title=None, orient="bottom", columns=4),
        ),
    )
    value = words("sort.value")
    lines = base.transform_filter(alt.FieldEqualPredicate(field=sort, equal=value)).mark_line()
    marks = base.mark_point(size=90, filled=True, opacity=1).encode(
        shape=alt.Shape(
            f"{sort}:N",
            scale=alt.Scale(domain=[value, words("sort.target")], range=["circle", "triangle-up"]),
            legend=alt.Legend(title=None, orient="bottom"),
        ),
        href="href:N",
        tooltip=[
            alt.Tooltip(f"{name}:{kind}")
            for name, kind in (
                (place, "N"),
                (year, "O"),
                (sort, "N"),
                (unit, "Q"),
                (words("compare.quote"), "N"),
            )
        ],
    )
    both = alt.layer(lines, marks)
    return both.properties(height=360)


def _cell(words: Words, entry: Entry | None, scale: Decimal) -> str:
    """The value with its link; what documents disagree on, and targets, stand below it."""
    if entry is None:
        return ""
    parts: list[str] = []
    if entry.value is not None:
        number = f"{scaled(entry.value.figure.value, scale):f}"
        parts.append(f'<b class="cx-number">{_linked(frame.escape(number), entry.value)}</b>')
    if entry.contradicted:
        values = words("export.or").join(dict.fromkeys(p.figure.text for p in entry.values))
        parts.append(frame.tag(words("compare.contradiction", values=values), "cx-damaged"))
    if entry.disputed:
        values = words("export.or").join(dict.fromkeys(p.figure.text for p in entry.targets))
        parts.append(frame.tag(words("compare.disputed", values=values), "cx-sample"))
    for target in {point.figure.text: point for point in entry.targets}.values():
        text = words("compare.target_short", value=target.figure.text)
        parts.append(f'<small class="cx-target">{_linked(frame.escape(text), target)}</small>')
    return " ".join(parts)


def _linked(inside: str, point: Point) -> str:
    return grid.link(inside, point.doc, point.start, point.end, point.sentence)


class _Html(str):
    """Text that is HTML already."""


def _escaped(cell: str) -> str:
    return cell if isinstance(cell, _Html) else frame.escape(cell)


def _listed(words: Words, entry: Entry, point: Point) -> list[str]:
    figure = point.figure
    inside = marked(point.sentence, point.start, ((figure.start, figure.end),))
    sort = words(f"sort.{figure.sort}")
    return [entry.place, str(entry.year), sort, figure.text, _Html(_linked(inside, point))]
