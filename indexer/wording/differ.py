"""The differences of two texts, character by character; a number counts as one character."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq

_TOKENS = re.compile(r"\d+(?:[.,，]\d+)*|.", re.DOTALL)


class Change(NamedTuple):
    """A stretch of two texts: what the first has there, and what the second has.

    The firsts of all joined are the first text, the seconds the second.
    """

    kind: Literal["equal", "changed", "dropped", "added"]
    first: str
    second: str


def differences(first: str, second: str) -> tuple[Change, ...]:
    """The two texts side by side, in order."""
    a, b = _TOKENS.findall(first), _TOKENS.findall(second)
    found: list[Change] = []
    for step in LCSseq.opcodes(a, b):
        left, right = (
            "".join(a[step.src_start : step.src_end]),
            "".join(b[step.dest_start : step.dest_end]),
        )
        if step.tag != "equal" and found and found[-1].kind != "equal":
            left, right = found[-1].first + left, found.pop().second + right
        kind: Literal["equal", "changed", "dropped", "added"]
        if step.tag == "equal":
            kind = "equal"
        else:
            kind = "changed" if left and right else "dropped" if left else "added"
        found.append(Change(kind, left, right))
    return tuple(found)
