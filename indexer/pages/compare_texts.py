"""The page that lays two related documents side by side, sentence by sentence."""

from __future__ import annotations

from collections import Counter

import streamlit as st
from rapidfuzz.distance import Levenshtein

from indexer.duplicates import Difference, differences
from indexer.pages import frame
from indexer.pages.service import service
from indexer.records import Sentence, StoredDocument
from indexer.words import Words

_ROWS = 300  # shown at once


def main() -> None:
    """Show how the two documents that the address names differ."""
    words = frame.words()
    library = service().library()
    names = st.query_params.get("a", ""), st.query_params.get("b", "")
    if library is None or not all(names):
        st.info(words("compare_texts.none"), icon=":material/compare_arrows:")
        return
    first, second = (library.document(name) for name in names)
    title = frame.escape(words("compare_texts.title"))
    st.html(f'<div class="cx-doc-title">{title}</div>')
    for column, key, found in zip(st.columns(2), ("first", "second"), (first, second), strict=True):
        with column:
            _head(words, words(f"compare_texts.{key}"), found)
    rows = differences(first.text, second.text)
    counts = Counter[str](row.kind for row in rows)
    if counts.keys() <= {"same"}:
        st.info(words("compare_texts.equal"), icon=":material/check:")
    kinds = ("same", "changed", "moved", "dropped", "added")
    summary = words("compare_texts.summary", **{kind: counts[kind] for kind in kinds})
    st.html(f'<div class="cx-count">{frame.escape(summary)}</div>')
    only = st.toggle(words("compare_texts.only_changes"), value=True)
    blocks = _blocks(words, rows, only)
    place = "rows_shown " + " ".join(names)
    shown = int(st.session_state.get(place, _ROWS))
    st.html("".join(blocks[:shown]))
    if len(blocks) > shown and st.button(words("search.more"), width="stretch"):
        st.session_state[place] = shown + _ROWS
        st.rerun()


def _head(words: Words, which: str, found: StoredDocument) -> None:
    st.html(f'<div class="cx-count">{frame.escape(which)}</div>')
    st.page_link(
        frame.FOLDER / "document.py",
        label=frame.plain(found.description.title),
        icon=":material/draft:",
        query_params=frame.address(doc=found.doc),
    )
    dated = [found.description.date or "", found.doc]
    about = " · ".join(each for each in dated if each)
    st.html(f'<div class="cx-file">{frame.escape(about)}</div>')


def _blocks(words: Words, rows: tuple[Difference, ...], only: bool) -> list[str]:
    """The rows as HTML; with `only`, sentences that are the same are just counted."""
    blocks: list[str] = []
    same = 0
    for row in rows:
        if only and row.kind == "same":
            same += 1
            continue
        if same:
            blocks.append(_skipped(words, same))
            same = 0
        blocks.append(_pair(words, row))
    return [*blocks, _skipped(words, same)] if same else blocks


def _skipped(words: Words, count: int) -> str:
    text = frame.escape(words("compare_texts.skipped", n=count))
    return f'<div class="cx-pair"><div class="cx-count">{text}</div></div>'


def _pair(words: Words, row: Difference) -> str:
    kind = "" if row.kind == "same" else words(f"compare_texts.{row.kind}")
    told = f'<div class="cx-count">{frame.escape(kind)}</div>' if kind else ""
    left, right = _sides(row.a, row.b)
    return f'<div class="cx-pair">{told}{left}{right}</div>'


def _sides(a: Sentence | None, b: Sentence | None) -> tuple[str, str]:
    """Both sentences as HTML, with what only one of them has marked."""
    empty = '<div class="cx-empty"></div>'
    if a is None or b is None:
        left = f'<div><span class="cx-out">{frame.escape(a.text)}</span></div>' if a else empty
        right = f'<div><span class="cx-in">{frame.escape(b.text)}</span></div>' if b else empty
        return left, right
    left = right = ""
    for step in Levenshtein.opcodes(a.text, b.text):
        gone = frame.escape(a.text[step.src_start : step.src_end])
        new = frame.escape(b.text[step.dest_start : step.dest_end])
        if step.tag == "equal":
            left, right = left + gone, right + new
            continue
        left += f'<span class="cx-out">{gone}</span>' if gone else ""
        right += f'<span class="cx-in">{new}</span>' if new else ""
    return f"<div>{left}</div>", f"<div>{right}</div>"


main()
