"""Blocks of a structured document (paragraphs, headings, rows) -> raw text with heading marks."""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.records import HeadingMark, RawText

_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[、.．）)]|第.{1,4}[编章节条]")
_NOTE = re.compile(r"[^\d：:][^：:]{0,9}[：:]\s*\S")
_BEFORE_TITLE = 100
"""Characters that may stand before a title: a date line, a document number, no paragraph."""


class Block(NamedTuple):
    """One block of text; `level` is 1 to 6 for a heading and 0 for anything else."""

    text: str
    level: int = 0


def assemble(blocks: list[Block], front: tuple[tuple[str, str], ...] = ()) -> RawText:
    """Write blocks one below the other.

    A single heading of the highest level at the head of the document is its title, unless it is
    numbered; the levels of the rest are moved up so that the highest in use is 1.
    """
    blocks = [Block(block.text.strip(), block.level) for block in blocks if block.text.strip()]
    title = _title(blocks)
    levels = [block.level for block in blocks if block.level and block is not title]
    base = min(levels, default=1)
    text = ""
    marks: list[HeadingMark] = []
    for block in blocks:
        if text:
            text += "\n"
        if block.level:
            level = 0 if block is title else block.level - base + 1
            marks.append(HeadingMark(len(text), len(text) + len(block.text), level))
        text += block.text
    return RawText(text, tuple(marks), front=front, title=title.text if title else None)


def _title(blocks: list[Block]) -> Block | None:
    headings = [block for block in blocks if block.level]
    top = min((block.level for block in headings), default=0)
    if [block.level for block in headings].count(top) != 1 or headings[0].level != top:
        return None
    title = headings[0]
    before = sum(len(block.text) for block in blocks[: blocks.index(title)])
    return None if before > _BEFORE_TITLE or _NUMBERED.match(title.text) else title


def table_rows(rows: list[list[str]], head_rows: int = 1) -> list[Block]:
    """Write a table as lines that read by themselves: each cell behind its column's head.

    The head may take several rows, whose cells are then joined, or none.
    """
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    if not head_rows or len(rows) <= head_rows:
        return [Block("，".join(cell for cell in row if cell)) for row in rows]
    width = max(len(row) for row in rows)
    rows = [row + [""] * (width - len(row)) for row in rows]
    # dict.fromkeys: a cell that spans the rows of the head names its column once.
    columns = zip(*rows[:head_rows], strict=True)
    head = ["".join(dict.fromkeys(column)) for column in columns]
    lines = [Block(" | ".join(head))]
    for row in rows[head_rows:]:
        cells = [
            f"{name}：{cell}" if name and at else cell
            for at, (name, cell) in enumerate(zip(head, row, strict=True))
            if cell
        ]
        lines.append(Block("，".join(cells)))
    return lines


def is_note(entries: list[str]) -> bool:
    """Whether a row above a table tells of it (填报单位：… 单位：人), and names no columns."""
    entries = [entry for entry in entries if entry]
    return bool(entries) and all(map(_NOTE.match, entries))


def form_rows(rows: list[list[str]]) -> list[Block]:
    """The rows of a form (索引号： | … | 发布机构： | …), each label with its value.

    Empty: this is no form.
    """
    rows = [["".join(cell.split()) for cell in row] for row in rows if any(row)]
    for row in rows:
        labels = row[::2]
        if len(row) % 2 or not row[0] or any(label[-1] not in "：:" for label in labels if label):
            return []
    pairs = [
        [label + value for label, value in zip(row[::2], row[1::2], strict=True) if label + value]
        for row in rows
    ]
    return [Block("，".join(entries)) for entries in pairs]
