"""Choices of a page that stand in its address, so that they can be kept and sent."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

_BETWEEN = "|"


def read(name: str) -> tuple[str, ...]:
    """The values that the address gives a name."""
    return tuple(part for part in st.query_params.get(name, "").split(_BETWEEN) if part)


def write(name: str, values: Iterable[object]) -> None:
    """Put values under a name into the address; none take it away."""
    text = _BETWEEN.join(str(value).replace(_BETWEEN, "｜") for value in values)
    if text != st.query_params.get(name, ""):
        if text:
            st.query_params[name] = text
        else:
            st.query_params.pop(name, None)


def choice(name: str, known: Iterable[object], key: str) -> list[object]:
    """What a widget with this key begins with: the values of the address that are known."""
    by_text = {str(value): value for value in known}
    if key not in st.session_state:
        st.session_state[key] = [by_text[text] for text in read(name) if text in by_text]
    else:
        st.session_state[key] = [v for v in st.session_state[key] if str(v) in by_text]
    return list(st.session_state[key])
