"""How good a text is: a score between 0 and 1 and the reasons, from what repair did and could not.

Every reason takes its weight times its share off the score, at most its limit. The weights are set
by judgement: a seed with a hundred damages comes to about a half, an untouched report to one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from indexer.repair_characters import unknown_characters

_MISSING_FIGURE = re.compile(
    r"[%％](?<=[㐀-鿿][%％])(?=[，。；、,;（()）]|的|$)|(?:增长|下降|提高|上升|减少|增加)个百分点"
    r"|[约为达积备](?:亿元|万元|万平方?米|万人)|[为得]分?分(?=[，。；,;(（])"
)
_MASKED = re.compile(r"\*{2,}|(?<=[㐀-鿿])[×]{2,}")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010fffd]+")
_DROPPED = re.compile(
    r"\n(?:[是力度](?=[一-鿿])|[着善化][“一-鿿])"  # 一是, 大力, 完善 without their first character
    r"|[。；，](?:年|亿|万)[，,、]"
    r"|[亿万](?<=\d[亿万])(?=[，。；、,;)）])"  # an amount without its unit
)
_PAIRS = (("（", "）"), ("(", ")"), ("〔", "〕"), ("《", "》"), ("“", "”"))
_STRETCH = re.compile(r"[^，。；：、！？,.;:!?\n|（）()“”《》…\s—-]{46,}")
_PARAGRAPH = 60
"""Characters of a line that holds sentences, if it has a comma and no cells of a table."""

_COMMA = re.compile("[，,]")
_ENDED = re.compile(r"[。！？；：…!?;:.”’」』）)】》]\s*$")

_WEIGHTS: dict[str, tuple[float, float]] = {
    # code: (weight of one case in 1,000 characters, most it may take off)
    "lookalikes": (0.03, 0.25),
    "unknown_characters": (0.03, 0.25),
    "dropped_characters": (0.03, 0.25),
    "missing_punctuation": (0.03, 0.15),
    "damaged_numbers": (0.08, 0.15),
    "missing_figures": (0.03, 0.2),
    "masked": (0.03, 0.1),
    "unreadable": (0.03, 0.3),
    "residue": (0.005, 0.05),
    "repeated": (0.005, 0.05),
    "gaps": (0.005, 0.05),
}


def assess(
    text: str, done: Mapping[str, int], dropped: int, damaged: int
) -> tuple[float, tuple[str, ...]]:
    """Score a repaired text.

    `done`: repairs by name; `dropped`: as `dropped_characters` counts; `damaged`: numbers that
    cannot be read.
    """
    found = {
        "lookalikes": done.get("lookalikes", 0),
        "unknown_characters": unknown_characters(text),
        "dropped_characters": dropped,
        "missing_punctuation": _missing_punctuation(text),
        "damaged_numbers": damaged,
        "missing_figures": len(_MISSING_FIGURE.findall(text)),
        "masked": len(_MASKED.findall(text)),
        "unreadable": len(_PRIVATE.findall(text)),
        "residue": done.get("residue", 0),
        "repeated": done.get("repeated", 0),
        "gaps": done.get("gaps", 0),
    }
    thousands = max(len(text) / 1000, 0.5)
    score = 1.0
    for code, (weight, most) in _WEIGHTS.items():
        score -= min(most, weight * found[code] / thousands)
    reasons = tuple(f"{code}:{count}" for code, count in found.items() if count)
    return round(max(0.0, score), 3), reasons


def dropped_characters(text: str) -> int:
    """How many places look as if characters fell out there. An estimate from below."""
    unpaired = sum(abs(text.count(first) - text.count(second)) for first, second in _PAIRS)
    return len(_DROPPED.findall(text)) + unpaired


def unreadable_stretches(text: str) -> list[tuple[int, int]]:
    """The runs of private-use and replacement characters."""
    return [match.span() for match in _PRIVATE.finditer(text)]


def _missing_punctuation(text: str) -> int:
    """How many long stretches and paragraphs lack the mark that would end them."""
    open_ends = [
        line
        for line in text.split("\n")
        if len(line) >= _PARAGRAPH
        and "|" not in line
        and _COMMA.search(line)
        and not _ENDED.search(line, len(line) - 5)
    ]
    return len(_STRETCH.findall(text)) + len(open_ends)
