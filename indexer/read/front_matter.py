"""The metadata block at the head of a text or Markdown file.

YAML between two lines of three hyphens, as static-site tools use it. It is read before anything
else and is no part of the text.
"""

from __future__ import annotations

import re

import yaml

from indexer.errors import FileProblem

_BLOCK = re.compile(
    r"\A\ufeff?\s*^---[ \t]*\r?\n(.{0,20000}?)\r?\n---[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_KEY = re.compile(r"^(?:[A-Za-z_]+\s*[:：](?!//)|[\u4e00-\u9fff]+\s*:(?=\s))", re.MULTILINE)


def split_front_matter(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """Part a text into (front matter as key and value, the rest).

    Raises FileProblem: bad_front_matter, where a block that looks like metadata is not YAML.
    """
    found = _BLOCK.match(text)
    if not found or not _KEY.search(found.group(1)):
        return (), text
    first = text.count("\n", 0, found.start(1)) + 1
    try:
        # BaseLoader builds nothing but strings, lists and dictionaries.
        values = yaml.load(found.group(1), Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError) as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", 0)
        raise FileProblem("bad_front_matter", line=first + line) from problem
    if not isinstance(values, dict):  # `title：X` and `title:X` are no pairs to YAML
        raise FileProblem("bad_front_matter", line=first)
    pairs = tuple(
        (str(key).strip().lower(), value) for key, value in values.items() if isinstance(value, str)
    )
    return pairs, text[found.end() :]
