"""A text that is still being written -> its sentences, each as soon as it is surely whole.

Unlike `sentences`, which cuts documents: citations behind the full stop belong to the sentence, a
quotation is never cut, and a semicolon ends nothing, as one citation may serve both its sides.
"""

from __future__ import annotations

import re

_STOPS = "。！？!?"
_PAIRS = {"“": "”", "「": "」", "『": "』"}
_MORE = _STOPS + "”」』’）)》"
_GOES_ON = "，、,；;：:"
_BLANK = re.compile(r"[ \t\u3000]*")
_WORD = r"(?:资料|来源|出处|段落|文献|文件|passages?|sources?|refs?\.?)"
_ONE = rf"(?:{_WORD}\s*)?\^?[0-9０-９]{{1,4}}"
_LIST = rf"{_ONE}(?:\s*(?:[,，、;；\-–—~～至和与]|and)\s*{_ONE})*"
CITATION = re.compile(
    rf"[\[【［〔]\s*{_LIST}\s*[\]】］〕](?!\s*第?\s*[0-9０-９]+\s*号)"
    rf"|[(（]\s*(?={_WORD}){_LIST}\s*[)）]"
    r"|资料\s*[0-9０-９]{1,2}(?![0-9０-９.]|[份个项条篇页本件套万亿余多])",
    re.IGNORECASE,
)
"""A citation in the ways that models write one; the year of a 文号, 〔2016〕10号, is none."""

_BEHIND = re.compile(
    rf"[\[【［〔]\s*(?![0-9０-９]{{4}}){_LIST}\s*[\]】］〕]|[(（]\s*(?={_WORD}){_LIST}\s*[)）]",
    re.IGNORECASE,
)
_OPENS = "[【［〔(（"
_LONGEST_CITATION = 60


def next_end(text: str, at: int, final: bool) -> int | None:
    """Where the sentence that begins at `at` ends; None where that takes more text to tell.

    With `final` there is no more text, and only nothing left gives None.
    """
    awaited: list[str] = []
    said = False
    for i in range(at, len(text)):
        char = text[i]
        if char == "\n":
            if said:
                return i + 1
            awaited.clear()
            continue
        said = said or char.isalpha()
        closed = bool(awaited) and char == awaited[-1]
        if closed:
            awaited.pop()
        elif char in _PAIRS or char == '"':
            awaited.append(_PAIRS.get(char, '"'))
        if awaited or not said:
            continue
        if char in _STOPS or (closed and text[i - 1] in _STOPS + "."):
            end = _behind(text, i + 1, final, closed)
        elif char == ".":
            end = _full_stop(text, i, final)
        else:
            continue
        if end != 0:
            return end
    return len(text) if final and at < len(text) else None


def _behind(text: str, at: int, final: bool, quoted: bool = False) -> int | None:
    """The end of a sentence after its stop, citations included; 0 where the sentence goes on."""
    while at < len(text) and text[at] in _MORE:
        quoted = quoted or text[at] in "”」』"
        at += 1
    if quoted and text[at : at + 1] and text[at] in _GOES_ON:
        return 0
    while True:
        blank = _BLANK.match(text, at)
        after = blank.end() if blank else at
        if after == len(text):
            return after if final else None
        citation = _BEHIND.match(text, after)
        if citation is None:
            rest = text[after:]
            opened = rest[0] in _OPENS and not re.search(r"[\]】］〕)）\n]", rest)
            if opened and not final and len(rest) < _LONGEST_CITATION:
                return None
            return at
        at = citation.end()
        while at < len(text) and text[at] in _STOPS:
            at += 1


def _full_stop(text: str, at: int, final: bool) -> int | None:
    """As `_behind`, for a stop that may be a decimal point or end an abbreviation."""
    after = re.compile(r"\s*").match(text, at + 1)
    following = after.end() if after else at + 1
    if following == len(text):
        return following if final else None
    char = text[following]
    if char in _OPENS[:4]:
        return _behind(text, at + 1, final)
    begins = char.isupper() or char in "\"'(-*" or text[at - 1] in "]】］〕"
    begins = begins or (not char.isascii() and not text[at - 1].isdigit())
    if following == at + 1 or not begins:
        return 0
    return _behind(text, at + 1, final)
