"""What people have chosen for a documents folder, kept beside the documents in `_library/`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import RequestProblem

FILE_NAME = "_library/choices.toml"


@dataclass(frozen=True, slots=True)
class Choices:
    """`samples_aside`: the documents marked as fictional are left out of every search."""

    samples_aside: bool = False


def load_choices(corpus: Path) -> Choices:
    """The choices made for a corpus; the defaults where none were, or the file is unreadable."""
    try:
        values = tomllib.loads((corpus / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Choices()
    return Choices(samples_aside=values.get("samples_aside") is True)


def save_choices(corpus: Path, choices: Choices) -> None:
    """Keep choices. Raises RequestProblem: not_writable."""
    path = corpus / FILE_NAME
    try:
        path.parent.mkdir(exist_ok=True)
        beside = path.with_suffix(".tmp")
        beside.write_text(
            f"samples_aside = {str(choices.samples_aside).lower()}\n", encoding="utf-8"
        )
        beside.replace(path)
    except OSError as problem:
        raise RequestProblem("not_writable", folder=str(path.parent)) from problem
