"""Blocks of a structured document (paragraphs, headings, rows) -> raw text with heading marks."""

from __future__ import annotations

from typing import NamedTuple

from indexer.records import HeadingMark, RawText


class Block(NamedTuple):
    """One block of text; `level` is 1 to 6 for a heading and 0 for anything else."""

    text: str
    level: int = 0


def assemble(blocks: list[Block], front: tuple[tuple[str, str], ...] = ()) -> RawText:
    """Write blocks one below the other.

    A single heading of the highest level is the title of the document; the levels of the rest are
    moved up so that the highest in use is 1.
    """
    blocks = [Block(block.text.strip(), block.level) for block in blocks if block.text.strip()]
    levels = [block.level for block in blocks if block.level]
    top = min(levels, default=0)
    title = next((b.text for b in blocks if b.level == top), None) if top else None
    alone = levels.count(top) == 1 and title is not None
    base = min((level for level in levels if level > top), default=top) if alone else top
    text = ""
    marks: list[HeadingMark] = []
    for block in blocks:
        if text:
            text += "\n"
        if block.level:
            is_title = alone and block.level == top
            level = 0 if is_title else block.level - base + 1
            marks.append(HeadingMark(len(text), len(text) + len(block.text), level))
        text += block.text
    return RawText(text, tuple(marks), front=front, title=title if alone else None)


def table_rows(rows: list[list[str]]) -> list[Block]:
    """Write a table as lines that read by themselves: each cell behind its column's head."""
    rows = [[" ".join(cell.split()) for cell in row] for row in rows if any(row)]
    if len(rows) < 2:
        return [Block("，".join(cell for cell in row if cell)) for row in rows]
    head, *body = rows
    lines = [Block(" | ".join(head))]
    for row in body:
        cells = [
            f"{name}：{cell}" if name and at else cell
            for at, (name, cell) in enumerate(zip([*head, *[""] * len(row)], row, strict=False))
            if cell
        ]
        lines.append(Block("，".join(cells)))
    return lines
