"""The metadata block at the head of a text or Markdown file.

YAML between two lines of three hyphens, as static-site tools use it. It is read before anything
else and is no part of the text.
"""

from __future__ import annotations

import re

import yaml

from indexer.errors import FileProblem

_BLOCK = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.{0,20000}?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_KEY = re.compile(r"^[A-Za-z_\u4e00-\u9fff]+\s*:", re.MULTILINE)


def split_front_matter(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """Part a text into (front matter as key and value, the rest).

    Raises FileProblem: bad_front_matter, where a block that looks like metadata is not YAML.
    """
    found = _BLOCK.match(text)
    if not found or not _KEY.search(found.group(1)):
        return (), text
    try:
        # BaseLoader builds nothing but strings, lists and dictionaries.
        values = yaml.load(found.group(1), Loader=yaml.BaseLoader)
    except yaml.YAMLError as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", 0)
        raise FileProblem("bad_front_matter", line=line + 2) from problem
    if not isinstance(values, dict):
        return (), text
    pairs = tuple(
        (str(key).strip().lower(), value) for key, value in values.items() if isinstance(value, str)
    )
    return pairs, text[found.end() :]
