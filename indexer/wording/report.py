"""What was found, in words: for the command, the page and the file for Word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.cite import Form, cite
from indexer.export import Block, Heading, Quote, Table, paragraph
from indexer.export.blocks import Column, row
from indexer.wording.records import Group, Use, Worded
from indexer.words import Words

_PLACES = 4


@dataclass(frozen=True, slots=True)
class Pick:
    """A wording that a writer has put into the basket, and the sentence it was found for."""

    use: Use
    sentence: str
    note: str


def counts_line(words: Words, group: Group) -> str:
    """How often, in how many documents, where and when: one line."""
    names = words("wording.and").join(name for name, _ in group.places[:_PLACES])
    if len(group.places) > _PLACES:
        names = words("wording.more_places", names=names, n=len(group.places))
    parts = [words("wording.counts", uses=group.count, documents=group.documents), names]
    if group.first is not None:
        years = words("wording.one_year", year=group.first)
        if group.last != group.first:
            years = words("wording.years", first=group.first, last=group.last)
        parts.append(years)
    return " · ".join(part for part in parts if part)


def notes(words: Words, sentence: Worded) -> list[str]:
    """What a writer should look at in a sentence: copied, or at odds with the library."""
    told = []
    if sentence.copied:
        told.append(words("wording.copied", title=sentence.copied.reference.title))
    told += [
        words(
            "wording.contradicts",
            draft=each.text,
            found=each.found,
            title=each.use.reference.title,
        )
        for each in sentence.contradictions
    ]
    return told


def basket_blocks(picks: Sequence[Pick], words: Words, form: Form) -> tuple[Block, ...]:
    """The basket as quotations with footnotes, and a list of the sources."""
    blocks: list[Block] = [paragraph(words("wording.basket_lead", n=len(picks)))]
    for number, pick in enumerate(picks, 1):
        blocks.append(Heading(f"{number}. {pick.sentence}", 2))
        if pick.note:
            blocks.append(paragraph(pick.note))
        blocks.append(Quote(pick.use.text, pick.use.reference))
    documents = {pick.use.reference.doc: pick.use.reference for pick in picks}
    rows = tuple(row(cite(each, form, words), each.doc) for each in documents.values())
    columns = (Column(words("export.citation")), Column(words("export.file")))
    title = words("export.sources")
    return (*blocks, Table(title, columns, rows, title))
