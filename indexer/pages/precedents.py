"""The precedents of a sentence, and the use of a phrase, as the wording page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from indexer.cite import plain
from indexer.pages import basket, copy_button, frame
from indexer.wording.records import Group, PhraseUse, Share, Use, Worded
from indexer.wording.report import counts_line, notes
from indexer.words import Words

_MARK_STYLES = {"set": "cx-set", "precedented": "", "new": "cx-new"}
_KIND_STYLES = {"exact": "cx-set", "variant": "", "meaning": "cx-sample", "near": "cx-new"}
_LISTED = 8  # uses listed of a group
_BARS = 12  # places in the chart


def sentence(words: Words, number: int | None, found: Worded) -> None:
    """The sentence itself, what it is, and where it is copied from."""
    label = f'<span class="cx-hit-number">{number}</span>' if number else ""
    mark = frame.tag(words(f"wording.mark_{found.mark}"), _MARK_STYLES[found.mark])
    lines = [f'<div class="cx-sentence">{label}{frame.escape(found.text)} {mark}</div>']
    lines += [f'<div class="cx-path">{frame.escape(told)}</div>' for told in notes(words, found)]
    st.html("".join(lines))


def groups(words: Words, key: str, found: Worded, newest: bool) -> None:
    """The groups of a sentence; `newest`: those used latest first, and the latest use of each."""
    if not found.groups:
        st.html(f'<p class="cx-count">{frame.escape(words("wording.none"))}</p>')
    if not any(group.precedent for group in found.groups) and found.groups:
        st.html(f'<p class="cx-count">{frame.escape(words("wording.help_near"))}</p>')
    ordered = list(enumerate(found.groups))
    if newest:
        ordered.sort(key=lambda item: -(item[1].last or 0))
    for number, group in ordered:
        _group(words, f"{key}_{number}", found, group, newest)


def _group(words: Words, key: str, found: Worded, group: Group, newest: bool) -> None:
    uses = sorted(group.uses, key=lambda u: -(u.reference.year or 0)) if newest else group.uses
    lead = uses[0]
    kind = frame.tag(words(f"wording.kind_{group.kind}"), _KIND_STYLES[group.kind])
    sample = frame.tag(words("sample.badge"), "cx-sample") if lead.reference.fictional else ""
    help_text = frame.escape(words(f"wording.help_{group.kind}"))
    frame_line = ""
    if group.kind == "variant" and "__" in group.frame:
        shown = frame.escape(words("wording.frame", frame=group.frame))
        frame_line = f'<div class="cx-path">{shown}</div>'
    st.html(
        f'<div class="cx-about" title="{help_text}">{kind}{sample}'
        f"<span>{frame.escape(counts_line(words, group))}</span></div>"
        f'<div class="cx-text">{_changes(lead)}</div>{frame_line}'
    )
    with st.container(horizontal=True, vertical_alignment="center", key=f"acts_{key}"):
        _cite(words, lead)
        basket_key = f"pick_{key}_{lead.reference.doc}_{lead.reference.start}"
        held = basket.holds(lead)
        st.button(
            words("wording.picked" if held else "wording.pick"),
            key=basket_key,
            icon=":material/bookmark_added:" if held else ":material/bookmark_add:",
            disabled=held,
            on_click=basket.put,
            args=(lead, found.text, counts_line(words, group)),
        )
        _open(words, lead, words("wording.open"))
        if len(uses) > 1:
            listed = uses[:_LISTED]
            label = words("wording.uses", n=len(listed), all=group.count)
            with st.popover(label, icon=":material/list:"):
                for use in listed:
                    st.html(f'<div class="cx-text">{_changes(use)}</div>')
                    _open(words, use, _about(use))


def _cite(words: Words, use: Use) -> None:
    parts = {
        "copy": use.text,
        "copy_gbt2025": plain(use.text, use.reference, words, "gbt2025"),
        "copy_official": plain(use.text, use.reference, words, "official"),
    }
    with st.popover(words("wording.cite"), icon=":material/content_copy:"):
        buttons = (
            copy_button.html(words, words(f"wording.{name}"), text) for name, text in parts.items()
        )
        st.html("".join(buttons))


def _open(words: Words, use: Use, label: str) -> None:
    place = use.reference
    st.page_link(
        frame.FOLDER / "document.py",
        label=frame.plain(label),
        icon=":material/menu_book:",
        query_params=frame.address(doc=place.doc, start=place.start, end=place.end),
    )


def _about(use: Use) -> str:
    place = use.reference
    return " · ".join(str(each) for each in (place.title, place.place, place.year) if each)


def _changes(use: Use) -> str:
    """The wording with what differs from the pasted sentence marked."""
    if not use.changes:
        return frame.escape(use.text)
    parts = []
    for kind, mine, theirs in use.changes:
        if kind == "equal":
            parts.append(frame.escape(theirs))
            continue
        parts.append(f"<del>{frame.escape(mine)}</del>" if mine else "")
        parts.append(f"<ins>{frame.escape(theirs)}</ins>" if theirs else "")
    return "".join(parts)


def phrase(words: Words, use: PhraseUse) -> None:
    """How often a phrase is used: over the years, by place, and with which words."""
    with st.container(border=True, key="phrase_use"):
        key = "wording.phrase_count" if use.count else "wording.phrase_none"
        text = words(key, phrase=use.phrase, n=use.count, documents=use.documents)
        st.html(f'<div class="cx-sentence">{frame.escape(text)}</div>')
        if not use.count:
            return
        if len(use.years) > 1:
            _chart(words, use.years, "year")
        used = [share for share in use.places if share.count]
        if len(used) > 1:
            _chart(words, used[:_BARS], "place")
        for name, neighbours in (("before", use.before), ("after", use.after)):
            if neighbours:
                tags = (frame.tag(words("wording.word_count", word=w, n=n)) for w, n in neighbours)
                head = frame.escape(words(f"wording.{name}"))
                st.html(
                    f'<div class="cx-chart-head">{head}</div>'
                    f'<div class="cx-words">{"".join(tags)}</div>'
                )


def _chart(words: Words, shares: Sequence[Share], field: str) -> None:
    import altair as alt  # takes a while, and most texts are no phrases

    name, rate, count = (words(f"wording.{each}") for each in (field, "rate", "count"))
    rows: list[dict[str, Any]] = [
        {"name": str(each.name), "rate": round(each.rate, 2), "count": each.count}
        for each in shares
    ]
    data = alt.Data(values=rows)  # type: ignore[no-untyped-call]
    bars = alt.Chart(data).mark_bar(color="#1f5a8c", size=16)
    tips = [
        alt.Tooltip("name:N", title=name),
        alt.Tooltip("count:Q", title=count),
        alt.Tooltip("rate:Q", title=rate),
    ]
    if field == "year":
        upright = alt.X("name:N", title=None, axis=alt.Axis(labelAngle=0))
        chart = bars.encode(upright, alt.Y("rate:Q", title=None), tooltip=tips)
        height = 170
    else:
        across = alt.Y("name:N", title=None, sort=None)
        chart = bars.encode(alt.X("rate:Q", title=None), across, tooltip=tips)
        height = 26 * len(rows) + 40
    st.html(f'<div class="cx-chart-head">{frame.escape(words(f"wording.by_{field}"))}</div>')
    st.altair_chart(chart.properties(height=height), width="stretch")
