"""What people have entered beside the documents, and its effect on what is told of them.

Corrections and the list of themes may change while no document does. Documents are then described
anew from what is stored: no file is read and nothing embedded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from indexer import corrections, themes
from indexer.catalogue import Catalogue
from indexer.corrections import Correction, load_corrections
from indexer.errors import FileProblem
from indexer.records import Description, Failure, Reading
from indexer.themes import Themes, load_themes


@dataclass(frozen=True, slots=True)
class Entered:
    """The tables of a documents folder; None for one that cannot be read."""

    corrections: Mapping[str, Correction] | None
    themes: Themes | None

    def applied(
        self, as_read: tuple[Description, Reading], digest: str, text: str, headings: Iterable[str]
    ) -> tuple[Description, Reading]:
        """A description as read, with corrections and topics."""
        description, reading = corrections.apply(*as_read, (self.corrections or {}).get(digest))
        if self.themes is None:
            return description, reading
        topics = self.themes.topics(description.title, headings, text)
        return description, replace(reading, topics=topics)


def load_entered(corpus: str) -> tuple[Entered, list[Failure]]:
    """The tables of a documents folder ("" for none), and what in them could not be used."""
    if not corpus:
        return Entered({}, load_themes()), []
    corrected: dict[str, Correction] | None = None
    listed: Themes | None = None
    failures: list[Failure] = []
    try:
        corrected, failures = load_corrections(Path(corpus))
    except FileProblem as problem:
        failures.append(_failure(corrections.FILE_NAME, problem))
    try:
        listed = load_themes(Path(corpus))
    except FileProblem as problem:
        failures.append(_failure(themes.FILE_NAME, problem))
    return Entered(corrected, listed), failures


def _failure(file: str, problem: FileProblem) -> Failure:
    return Failure(file=file, code=problem.code, facts=problem.facts)


def redescribe(catalogue: Catalogue, entered: Entered) -> None:
    """Let corrections and themes that have changed show in the documents there are.

    What a table that cannot be read has brought about before stays.
    """
    version = entered.themes.version if entered.themes else None
    relisted = version is not None and catalogue.settings().get("themes") != version
    for held in catalogue.holdings():
        told = (held.description, held.reading)
        if entered.corrections is not None:
            description, reading = corrections.apply(
                *held.as_read, entered.corrections.get(held.digest)
            )
            told = (description, replace(reading, topics=held.reading.topics))
        if entered.themes and (relisted or told[0].title != held.description.title):
            text, headings = catalogue.text_and_headings(held.doc)
            topics = entered.themes.topics(told[0].title, headings, text)
            told = (told[0], replace(told[1], topics=topics))
        if told != (held.description, held.reading):
            catalogue.redescribe(held.doc, *told)
    if version is not None:
        catalogue.set(themes=version)
