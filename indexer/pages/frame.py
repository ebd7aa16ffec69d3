"""What all pages share: language, style, header, and the way document text reaches a page.

Text of documents and names of files are only ever shown through `escape` and `st.html`: no
Markdown, no mathematics, no markup.
"""

from __future__ import annotations

import json
from html import escape as _escape
from pathlib import Path

import streamlit as st

from indexer.words import LANGUAGES, Words

FOLDER = Path(__file__).parent
# File (and address) of each page with its icon, in the order of the menu; no icon: not in it.
PAGES = {
    "search": ":material/search:",
    "ask": ":material/forum:",
    "compare": ":material/table_chart:",
    "wording": ":material/format_quote:",
    "documents": ":material/folder_open:",
    "quality": ":material/speed:",
    "document": None,
    "compare_texts": None,
}

_LABELS = {"zh": "中文", "en": "English"}


def begin() -> Words:
    """Set the page up; first call of every run."""
    language = current_language()
    words = Words(language)
    st.set_page_config(
        page_title=words("page.title"), page_icon=str(FOLDER / "icon.png"), layout="centered"
    )
    st.html(FOLDER / "style.css")
    # Readers of the screen go by the language of the page; Streamlit's own link over its head
    # knows English only.
    st.html(
        f"""<script>
        (() => {{
          document.documentElement.lang = {json.dumps(words.language)};
          const skip = document.querySelector('[data-testid="stSkipToContent"]');
          if (!window.cxCopy) {{
            window.cxCopy = true;
            document.addEventListener("click", (event) => {{
              const button = event.target.closest("[data-cx-copy], [data-cx-link]");
              if (!button) return;
              const link = button.dataset.cxLink;
              const text = link ? new URL(link, location.origin).href : button.dataset.cxCopy;
              navigator.clipboard.writeText(text).then(() => {{
                const before = button.textContent;
                button.textContent = button.dataset.cxDone;
                setTimeout(() => {{ button.textContent = before; }}, 1500);
              }});
            }});
          }}
          if (skip && skip.firstChild) skip.firstChild.nodeValue = {json.dumps(words("page.skip"))};
        }})();
        </script>""",
        unsafe_allow_javascript=True,
    )
    if language != LANGUAGES[0] and st.query_params.get("lang") != language:
        st.query_params["lang"] = language  # links of the menu drop it
    return words


def current_language() -> str:
    """The language chosen in this session, else the address's, else Chinese."""
    asked = st.session_state.get("language") or st.query_params.get("lang")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def words() -> Words:
    """The words of the language in use."""
    return Words(current_language())


def header(words: Words) -> None:
    """The name of the product and the choice of language, above every page."""
    with st.container(horizontal=True, vertical_alignment="center", key="masthead"):
        st.html(
            f'<div class="cx-name">{escape(words("page.name"))}'
            f'<span class="cx-motto">{escape(words("page.motto"))}</span></div>'
        )
        chosen = st.segmented_control(
            words("page.language"),
            LANGUAGES,
            default=words.language,
            format_func=_LABELS.__getitem__,
            label_visibility="collapsed",
            required=True,
            key="language_choice",
        )
    if chosen and chosen != words.language:
        st.session_state["language"] = chosen
        st.query_params["lang"] = chosen
        st.rerun()


def address(**values: str | int | None) -> dict[str, str]:
    """Query parameters for a link to a page, with the language kept."""
    kept = {name: str(value) for name, value in values.items() if value is not None}
    if current_language() != LANGUAGES[0]:
        kept["lang"] = current_language()
    return kept


def file_name(text: str) -> str:
    """Text as the name of a file to save, without its ending."""
    kept = "".join(c if c.isalnum() else "_" for c in text)[:40].strip("_")
    return kept or "cexun"


def escape(text: str) -> str:
    """Text as it is written, for use in HTML."""
    # Braces and dollars mean nothing in HTML, but a colon pair may be read as an icon elsewhere.
    return _escape(text, quote=True)


def plain(text: str) -> str:
    """Text for a widget's label, where Streamlit would read Markdown."""
    return "".join("\\" + c if c in "\\`*_{}[]()<>#+-.!|$:~^=" else c for c in text)


def tag(text: str, style: str = "") -> str:
    """A small label as HTML."""
    return f'<span class="cx-tag {style}">{escape(text)}</span>'
