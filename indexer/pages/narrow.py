"""What narrows a search: the side bar with its counts, and the removable marks above the results.

Everything that narrows stands in the page's address, so that a search can be kept and sent.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from indexer.library import Found, Library
from indexer.pages import frame
from indexer.records import Filters
from indexer.words import Words

FIELDS = ("place", "year", "kind", "level", "stage")
_SHOWN = (*FIELDS, "number")  # a document's number is read from a question, never chosen
_BETWEEN = "|"
_WITHOUT = "without"


def from_address() -> Filters:
    """The filters that the address names; what makes no sense is left out."""
    chosen: dict[str, tuple[str | int, ...]] = {}
    for field in FIELDS:
        values = [v for v in st.query_params.get(field, "").split(_BETWEEN) if v]
        if field == "year":
            chosen[field] = tuple(int(v) for v in values if v.isdigit() and len(v) == 4)
        else:
            chosen[field] = tuple(values)
    return Filters(**chosen)  # type: ignore[arg-type]  # years are whole numbers, the rest texts


def not_read() -> tuple[str, ...]:
    """The fields that a person does not want read from the question."""
    return tuple(v for v in st.query_params.get(_WITHOUT, "").split(_BETWEEN) if v in _SHOWN)


def parameters() -> dict[str, str]:
    """What narrows the search now, for the address of another page."""
    return {name: st.query_params[name] for name in (*FIELDS, _WITHOUT) if name in st.query_params}


def forget_reading() -> None:
    """A new question is read afresh."""
    st.query_params.pop(_WITHOUT, None)


def sidebar(words: Words, library: Library) -> Filters:
    """The choices beside the results, with how many documents each would leave."""
    chosen = from_address()
    # The address was typed, a mark taken away, or the choices were not on the page meanwhile.
    typed = st.session_state.get("narrowed") != chosen
    for field in FIELDS:
        if typed or f"narrow_{field}" not in st.session_state:
            st.session_state[f"narrow_{field}"] = list(getattr(chosen, field))
    picked = {field: tuple(st.session_state[f"narrow_{field}"]) for field in FIELDS}
    chosen = Filters(**picked)  # type: ignore[arg-type]
    put(chosen)
    with st.sidebar:
        st.html(f'<div class="cx-side">{frame.escape(words("narrow.head"))}</div>')
        for field in FIELDS:
            _choice(words, library, field, chosen)
        if not chosen.empty and st.button(words("narrow.clear"), icon=":material/close:"):
            put(Filters())
            st.session_state["narrowed"] = None  # so that the choices follow
            st.rerun()
    return chosen


def _choice(words: Words, library: Library, field: str, chosen: Filters) -> None:
    others = replace(chosen, **{field: ()})  # type: ignore[arg-type]
    counts = library.counts(field, others)
    values = set(counts) | set(getattr(chosen, field))
    if not values:
        return
    ordered = sorted(values, key=str, reverse=field == "year")
    if field != "year":
        ordered.sort(key=lambda value: -counts[value])

    def label(value: str | int) -> str:
        return frame.plain(words("narrow.option", value=value, n=counts[value]))

    st.multiselect(
        words(f"narrow.{field}"),
        ordered,
        format_func=label,
        key=f"narrow_{field}",
        placeholder=words("narrow.any"),
    )


def put(filters: Filters) -> None:
    """Narrow by these filters from now on."""
    for field in FIELDS:
        values = getattr(filters, field)
        if values:
            st.query_params[field] = _BETWEEN.join(map(str, values))
        else:
            st.query_params.pop(field, None)
    st.session_state["narrowed"] = filters


def _take_away(field: str, given: bool) -> None:
    if given:
        put(replace(from_address(), **{field: ()}))  # type: ignore[arg-type]
        st.session_state["narrowed"] = None
    else:
        st.query_params[_WITHOUT] = _BETWEEN.join(dict.fromkeys((*not_read(), field)))


def marks(words: Words, found: Found, given: Filters) -> None:
    """What the search is narrowed by, each with a way to take it away."""
    present = [field for field in _SHOWN if getattr(found.filters, field)]
    if not present:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="marks"):
        st.html(
            f'<span class="cx-count">{frame.escape(words("narrow.only"))}</span>', width="content"
        )
        for field in present:
            values = _span(getattr(found.filters, field))
            st.button(
                frame.plain(words(f"narrow.mark_{field}", values=values)),
                key=f"mark_{field}",
                icon=":material/close:",
                on_click=_take_away,
                args=(field, bool(getattr(given, field))),
                help=words("narrow.take_away"),
            )


def missing(words: Words, library: Library, found: Found) -> None:
    """Say that no document is of what the question names, and offer to search without it."""
    names = "、".join(_as_asked(words, found, field, name) for field, name in found.missing)
    st.info(frame.plain(words("narrow.missing", names=names)), icon=":material/location_off:")
    held = library.counts("place", Filters())
    if held and any(field == "place" for field, _ in found.missing):
        known = "、".join(str(name) for name, _ in held.most_common(12))
        st.html(f'<p class="cx-count">{frame.escape(words("narrow.held", names=known))}</p>')
    for field in dict.fromkeys(field for field, _ in found.missing):
        st.button(
            words(f"narrow.without_{field}"),
            key=f"without_{field}",
            on_click=_take_away,
            args=(field, False),
        )


def nothing(words: Words, library: Library, found: Found, given: Filters) -> None:
    """Say that nothing is left of the place and year asked for, and offer to search without them.

    A place and a year may each be held, and not together.
    """
    places, years = found.filters.place, found.filters.year
    if not places or not years:
        st.info(words("search.none"), icon=":material/search_off:")
        return
    place = "、".join(places)
    text = words("narrow.nothing_of_year", place=place, years=_span(years))
    st.info(frame.plain(text), icon=":material/event_busy:")
    held = sorted(int(year) for year in library.counts("year", Filters(place=places)))
    if held:
        text = words("narrow.years_held", place=place, years="、".join(map(str, held)))
        st.html(f'<p class="cx-count">{frame.escape(text)}</p>')
    for field in ("year", "place"):
        st.button(
            words(f"narrow.without_{field}"),
            key=f"without_{field}",
            on_click=_take_away,
            args=(field, bool(getattr(given, field))),
        )


def _as_asked(words: Words, found: Found, field: str, name: str) -> str:
    """What is missing, in the words of the question where the library calls it otherwise."""
    if field == "year":
        return words("narrow.mark_year", values=name)
    for each in found.reading.named:
        typed = found.reading.text[each.start : each.end]
        if each.field == field and name in each.values and not name.startswith(typed):
            return words("narrow.renamed", asked=typed, name=name)
    return name


def _span(values: tuple[str | int, ...]) -> str:
    """Several values in few words; a run of years by its ends."""
    years = [value for value in values if isinstance(value, int)]
    if len(years) > 2 and years == list(range(years[0], years[-1] + 1)):
        return f"{years[0]}–{years[-1]}"
    return "、".join(map(str, values))
