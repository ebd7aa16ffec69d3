"""What a language model is sent: the rules, the numbered passages as data, and the question.

A passage may hold anything, orders to the model and made-up marks included. Each request draws a
boundary by lot that no passage can know, so none can end its own frame or begin another's; and
whatever the model makes of it, its answer is only ever text that is checked (see `verify`).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cache
from importlib import resources

from indexer.speaks import language_of

LONGEST_PASSAGE = 2_000
MOST_PASSAGES = 30
"""Ten statements are the most an answer has; this bounds what any caller can send."""

Message = dict[str, str]
_FRAME = {"zh": "资料 {n}", "en": "Passage {n}"}
_END = {"zh": "资料 {n} 完", "en": "End of passage {n}"}
_QUESTION = {"zh": "问题：{question}", "en": "Question: {question}"}


def fitted(passages: Sequence[str]) -> tuple[str, ...]:
    """The passages as they are sent and checked against: not too many, none too long."""
    return tuple(passage[:LONGEST_PASSAGE] for passage in passages[:MOST_PASSAGES])


def messages(question: str, passages: Sequence[str], boundary: str | None = None) -> list[Message]:
    """The request: rules, then passages numbered from 1 and the question, in its language."""
    language = language_of(question)
    boundary = boundary or secrets.token_hex(8)
    framed = [
        f"<<<{boundary} {_FRAME[language].format(n=number)}>>>\n{passage}\n"
        f"<<<{boundary} {_END[language].format(n=number)}>>>"
        for number, passage in enumerate(fitted(passages), 1)
    ]
    asked = _QUESTION[language].format(question=question)
    return [
        {"role": "system", "content": _rules(language).replace("{boundary}", boundary)},
        {"role": "user", "content": _encodable("\n\n".join([*framed, asked]))},
    ]


def _encodable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


@cache
def _rules(language: str) -> str:
    source = resources.files("indexer").joinpath("data", f"writer_{language}.txt")
    return source.read_text(encoding="utf-8").strip()
