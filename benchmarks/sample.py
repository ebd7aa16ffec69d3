"""What the measurements share: the sample library, its questions, the data beside the project."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

from indexer.build import build
from indexer.embed import Encoder

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
DATA = Path(os.environ.get("CEXUN_DATA") or ROOT.parent / "shared")

TODAY = date(2025, 6, 1)
"""The day that the questions are asked on: some say "last year"."""

_TAG = re.compile(r"<[^>]+>")


@contextmanager
def sample_index(given: Path | None = None, encoder: Encoder | None = None) -> Iterator[Path]:
    """The index folder given, or the sample library's, built in a folder that is removed after."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        say("building the sample library")
        build(CORPUS, Path(folder), encoder=encoder)
        yield Path(folder)


def sample_questions() -> list[dict[str, Any]]:
    """The labelled questions over the sample library, in order of their files."""
    folder = ROOT / "tests" / "data"
    files = [*sorted(folder.glob("sample_questions_*.jsonl")), folder / "questions_search.jsonl"]
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return [json.loads(line) for line in lines if line.strip()]


def varied_questions(count: int) -> list[str]:
    """Distinct questions: those of the sample library, then halves of the sentences quoted there.

    The latter are what a writer pastes who looks for precedent wording.
    """
    rows = sample_questions()
    questions = [row["question"] for row in rows]
    quotes = (unmarked(answer["quote"]) for row in rows for answer in row["answers"])
    pasted = [quote[: max(12, len(quote) // 2)] for quote in quotes if len(quote) >= 12]
    found = list(dict.fromkeys([*questions, *pasted]))[:count]
    if len(found) < count:
        raise SystemExit(f"only {len(found)} distinct questions in tests/data")
    return found


def unmarked(text: str) -> str:
    """Text of a quotation without tags, entities and the edges of table cells."""
    return " ".join(unescape(_TAG.sub(" ", text)).replace("|", " ").split())


def say(text: str) -> None:
    """A word on what is going on, to standard error; the tables alone go to standard output."""
    print(text, file=sys.stderr, flush=True)
