"""The document page: one whole document, scrolled to the highlighted passage."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from indexer.clean import OffsetMap
from indexer.copies import find_again
from indexer.errors import CexunError, RequestProblem
from indexer.headings import Heading, find_headings
from indexer.holders import SharedStretch
from indexer.library import Library
from indexer.pages import frame, narrow
from indexer.pages.marked import Remark, legend, marked, remarks
from indexer.pages.service import service
from indexer.records import Description, Reading, StoredDocument
from indexer.repaired import repaired_characters
from indexer.words import Words, doubt

_SHOWN = 60_000  # characters shown at once; a browser is slow beyond that
_RELATIVES = 10  # documents with the same or nearly the same text, named one by one

_MIME = {".html": "text/html", ".htm": "text/html"}


def main() -> None:
    """Show the document that the address names."""
    words = frame.words()
    library = service().library()
    doc = st.query_params.get("doc", "")
    question = st.query_params.get("q", "")
    st.page_link(
        frame.FOLDER / ("ask.py" if st.query_params.get("back") == "ask" else "search.py"),
        label=words("document.back_to_results") if question else words("document.back"),
        icon=":material/arrow_back:",
        query_params=frame.address(q=question or None, **narrow.parameters()),
    )
    if library is None or not doc:
        st.info(words("document.none"), icon=":material/draft:")
        return
    found = library.document(doc)
    start, end = _span(library, found.text)
    headings = find_headings(found.text)
    _head(words, library, doc, found.description)
    _reading(words, found.reading)
    _relatives(words, library, doc)
    raw = _condition(words, found)
    shared = [] if raw else _shared(words, library, doc)
    if raw:
        start, end = OffsetMap(found.edits).to_raw(start, end) if end > start else (0, 0)
        found = replace(found, text=found.raw, edits=())
        headings = ()
    first = max(0, min(start - _SHOWN // 2, len(found.text) - _SHOWN))
    first = _window(words, first, len(found.text))
    _outline(words, headings, first)
    repaired = repaired_characters(
        found.edits, found.text[first : first + _SHOWN], first, lambda: found.raw
    )
    damaged = [] if raw else found.condition.damaged
    damaged = [(a, b) for a, b in damaged if a < first + _SHOWN and b > first]
    legend(words, bool(repaired), bool(damaged))
    noted = remarks(words, repaired, damaged)
    st.html(_body(words, found.text, headings, (start, end), first, noted, shared))
    if end > start:
        _scroll(start, end)


def _span(library: Library, text: str) -> tuple[int, int]:
    """The highlighted stretch that the address names; none if it names none that makes sense.

    Where the address names another document as well, it is the stretch with that one's words.
    """
    try:
        start, end = int(st.query_params["start"]), int(st.query_params["end"])
        like = st.query_params.get("like")
        there = library.document(like).text if like else text
    except (KeyError, ValueError, RequestProblem):
        return 0, 0
    if not 0 <= start < end <= len(there):
        return 0, 0
    return (find_again(there[start:end], text) or (0, 0)) if like else (start, end)


def _head(words: Words, library: Library, doc: str, about: Description) -> None:
    known = [about.issuer, about.number, about.date, about.place, about.year, about.kind]
    tags = [frame.tag(words("sample.badge"), "cx-sample")] if about.fictional else []
    tags += [frame.tag(str(value)) for value in dict.fromkeys(known) if value]
    st.html(
        f'<div class="cx-doc-title">{frame.escape(about.title)}</div>'
        f'<div class="cx-about">{"".join(tags)}<span class="cx-file">{frame.escape(doc)}</span>'
        "</div>"
    )
    try:
        path = library.original(doc)
        content = path.read_bytes()
    except (CexunError, OSError):
        st.html(f'<div class="cx-count">{frame.escape(words("document.no_original"))}</div>')
        return
    st.download_button(
        words("document.download"),
        content,
        file_name=path.name,
        mime=_MIME.get(path.suffix.lower(), "application/octet-stream"),
        icon=":material/download:",
        on_click="ignore",
    )


def _reading(words: Words, reading: Reading) -> None:
    """Topics, documents cited by number, and what does not fit together."""
    told = {
        "topics": "、".join(reading.topics),
        "cites": "、".join(reading.cites),
        "doubts": "；".join(doubt(words, code) for code in reading.doubts),
    }
    lines = [
        f'<div class="cx-reading{" cx-doubt" if name == "doubts" else ""}">'
        f"{frame.escape(words(f'document.{name}'))}"
        f'<span class="cx-told">{frame.escape(text)}</span></div>'
        for name, text in told.items()
        if text
    ]
    if lines:
        st.html("".join(lines))


def _relatives(words: Words, library: Library, doc: str) -> None:
    """Name the documents with nearly the same text, so that neither is taken for the other."""
    relatives = library.relatives(doc)
    if not relatives:
        return
    with st.container(border=True):
        for other, relation in relatives[:_RELATIVES]:
            key = "document.same" if relation.kind == "same" else "document.near"
            text = words(key, percent=min(99, round(100 * relation.shared)))
            st.html(
                f'<div class="cx-count">{frame.escape(text)}'
                f' <span class="cx-file">{frame.escape(other.doc)}</span></div>'
            )
            st.page_link(
                frame.FOLDER / "document.py",
                label=frame.plain(other.title),
                icon=":material/difference:",
                query_params=frame.address(doc=other.doc),
            )
            if relation.kind == "near":
                st.page_link(
                    frame.FOLDER / "compare_texts.py",
                    label=words("document.differences"),
                    icon=":material/compare_arrows:",
                    query_params=frame.address(a=doc, b=other.doc),
                )
        if len(relatives) > _RELATIVES:
            more = words("search.and_more", n=len(relatives) - _RELATIVES)
            st.html(f'<div class="cx-count">{frame.escape(more)}</div>')


def _shared(words: Words, library: Library, doc: str) -> list[SharedStretch]:
    """The stretches that many documents share, if one wants to be told of them."""
    if not st.toggle(words("document.shared"), key=f"shared {doc}"):
        return []
    shared = library.shared(doc)
    if not shared:
        st.html(f'<div class="cx-count">{frame.escape(words("document.shared_none"))}</div>')
    return shared


def _condition(words: Words, found: StoredDocument) -> bool:
    """Say what was repaired, and let one see the text as it was; whether one wants to."""
    reasons = [reason.split(":") for reason in found.condition.reasons]
    if reasons:
        percent = round(100 * found.condition.quality)
        told = "；" if words.language == "zh" else "; "
        causes = told.join(words(f"quality.{code}", n=count) for code, count in reasons)
        text = words("search.quality", percent=percent) + " · " + causes
        st.html(f'<div class="cx-count">{frame.escape(text)}</div>')
    if not reasons:  # nothing but blanks was touched
        return False
    return st.toggle(words("document.raw"), key=f"raw {found.doc}")


def _window(words: Words, first: int, length: int) -> int:
    """Where the shown part of a very long document begins; buttons move it."""
    if length <= _SHOWN:
        return 0
    # Where one has turned to counts for this document and this hit only.
    place = "first_shown " + " ".join(st.query_params.get(k, "") for k in ("doc", "start", "end"))
    first = int(st.session_state.get(place, first))
    with st.container(horizontal=True, vertical_alignment="center"):
        share = words("document.part", a=first + 1, b=min(length, first + _SHOWN), n=length)
        st.html(f'<div class="cx-count">{frame.escape(share)}</div>')
        if st.button(words("document.earlier"), disabled=first == 0):
            st.session_state[place] = max(0, first - _SHOWN)
            st.rerun()
        if st.button(words("document.later"), disabled=first + _SHOWN >= length):
            st.session_state[place] = first + _SHOWN
            st.rerun()
    return first


def _outline(words: Words, headings: tuple[Heading, ...], first: int) -> None:
    top = [h for h in headings if h.level <= 2 and h.alone and first <= h.start < first + _SHOWN]
    if len(top) < 3:
        return
    links = "".join(
        f'<a class="cx-o{h.level}" href="#h{h.start}">{frame.escape(h.title)}</a>' for h in top
    )
    with st.expander(words("document.outline"), icon=":material/toc:"):
        st.html(f'<div class="cx-outline">{links}</div>')


def _body(
    words: Words,
    text: str,
    headings: tuple[Heading, ...],
    highlight: tuple[int, int],
    first: int,
    noted: Sequence[Remark],
    shared: list[SharedStretch],
) -> str:
    """The shown part of the text as HTML, a paragraph a line."""
    by_start = {heading.start: heading for heading in headings if heading.alone}
    paragraphs: list[str] = []
    at = first
    for line in text[first : first + _SHOWN].split("\n"):
        if line.strip():
            inside = _line(words, line, at, highlight, noted, shared)
            heading = by_start.get(at)
            style = f' class="cx-h cx-h{heading.level}" id="h{at}"' if heading else ""
            if not heading and " | " in line:
                style = ' class="cx-row"'
            paragraphs.append(f"<p{style}>{inside}</p>")
        at += len(line) + 1
    return f'<div class="cx-doc">{"".join(paragraphs)}</div>'


def _line(
    words: Words,
    line: str,
    at: int,
    highlight: tuple[int, int],
    noted: Sequence[Remark],
    shared: list[SharedStretch],
) -> str:
    """A line as HTML; what other documents share is set off and followed by how many do."""

    def shown(begin: int, stop: int) -> str:
        anchor = _anchor(begin, highlight)
        return marked(line[begin - at : stop - at], begin, (highlight,), anchor, noted)

    parts: list[str] = []
    done, end = at, at + len(line)
    for stretch in shared:
        begin, stop = max(done, stretch.start), min(end, stretch.end)
        if begin >= stop:
            continue
        parts += [shown(done, begin), f'<span class="cx-shared">{shown(begin, stop)}</span>']
        if stretch.end <= end:
            note = words("document.shared_by", n=stretch.documents)
            parts.append(f'<span class="cx-note">{frame.escape(note)}</span>')
        done = stop
    return "".join(parts) + shown(done, end)


def _anchor(line_start: int, highlight: tuple[int, int]) -> str:
    """The id of the mark in the first line that the highlight touches."""
    start, end = highlight
    return f"hit-{start}-{end}" if end > start and line_start <= start else ""


def _scroll(start: int, end: int) -> None:
    """Bring the highlight into view, and again if the page moves while it is being laid out.

    From the first key, wheel or touch of the reader on, the page is theirs.
    """
    name = json.dumps(f"hit-{start}-{end}")
    st.html(
        f"""<script>
        (() => {{
          let tries = 0, taken = false;
          const take = () => {{ taken = true; }};
          for (const done of ["wheel", "touchstart", "keydown", "pointerdown"])
            addEventListener(done, take, {{ once: true, passive: true }});
          const bring = () => {{
            const mark = document.getElementById({name});
            if (taken || tries++ > 40) return;
            if (mark) {{
              const box = mark.getBoundingClientRect();
              if (box.top < 0 || box.bottom > innerHeight)
                mark.scrollIntoView({{ block: "center" }});
            }}
            setTimeout(bring, 100);
          }};
          bring();
        }})();
        </script>""",
        unsafe_allow_javascript=True,
    )


main()
