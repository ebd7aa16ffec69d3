"""Word documents (.docx): the text as Word shows it, without its headers and footers.

Read from the XML itself, by lxml: libraries over it leave out text boxes, notes, automatic numbers
and tracked changes, and refuse files with a broken reference that Word and WPS open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from indexer.errors import FileProblem
from indexer.read.blocks import Block, assemble
from indexer.read.docx_inline import Inline, inline
from indexer.read.docx_styles import Styles
from indexer.read.grid import Cell, one_line, table_blocks
from indexer.read.numbering import W, load
from indexer.read.package import Package
from indexer.read.properties import package_properties, with_properties
from indexer.read.titles import TITLE_LENGTH, is_letterhead
from indexer.records import RawText

_TITLE = -1
_TRANSPARENT = {
    f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "body")
}
_CONTENTS = re.compile(r"^目\s*录$")


def read(content: bytes) -> RawText:
    """Read a .docx file. Raises FileProblem: malformed, encrypted, unpacks_too_large."""
    package = Package(content)
    names = package.related("", "officeDocument") or ["word/document.xml"]
    tree = package.xml(names[0])
    if tree is None or (body := tree.find(f"{W}body")) is None:
        raise FileProblem("malformed", reason="word/document.xml")
    blocks = _Writer(package, names[0]).blocks(body)
    return with_properties(assemble(_levels(blocks)), *package_properties(package))


@dataclass(slots=True)
class _Written:
    """A paragraph or a row; `level` is -1 for a title, `large` where it is set like one."""

    text: str
    level: int = 0
    large: bool = False


class _Writer:
    """Walks a document in order; holds what paragraphs depend on: styles, counts, notes."""

    def __init__(self, package: Package, main: str) -> None:
        def part(kind: str) -> etree._Element | None:
            names = package.related(main, kind)
            return package.xml(names[0]) if names else None

        self._styles = Styles(part("styles"))
        self._numbers = load(part("numbering"))
        self._notes = {
            (kind, note.get(f"{W}id", "")): note
            for kind in ("footnote", "endnote")
            if (tree := part(f"{kind}s")) is not None
            for note in tree.iter(f"{W}{kind}")
        }
        self._carried: Inline | None = None

    def blocks(self, parent: etree._Element) -> list[_Written]:
        """Everything below a body, a cell, a text box or a note."""
        written: list[_Written] = []
        for child in parent:
            if child.tag == f"{W}p":
                written += self._paragraph(child)
            elif child.tag == f"{W}tbl":
                grid, heads = self._grid(child)
                written += [_Written(block.text) for block in table_blocks(grid, heads)]
            elif child.tag in _TRANSPARENT:
                written += self.blocks(child)
        return written

    def _paragraph(self, node: etree._Element) -> list[_Written]:
        style = self._styles.of(node)
        found = inline(node)
        if self._carried:
            found, self._carried = self._carried + found, None
        if node.find(f"{W}pPr/{W}rPr/{W}del") is not None:
            # The end of this paragraph was deleted: its text goes on in the next.
            self._carried = found
            return []
        number, at = style.list_id, style.list_level
        if (number, style.name_id) in self._numbers.styles and at is None:
            at = self._numbers.styles[number, style.name_id]
        lead = self._numbers.next(number, at or 0) if number else ""
        text = found.text.strip()
        written: list[_Written] = []
        if text and not style.contents and not _CONTENTS.match(text):
            level = _TITLE if style.title else style.level
            text = one_line(text) if level else text
            written.append(_Written(_led(lead, text), level, self._styles.large(node, style)))
        for box in found.boxes:
            written += self.blocks(box)
        for note in found.notes:
            if (content := self._notes.get(note)) is not None:
                lines = [each.text for each in self.blocks(content)]
                written += [_Written(f"注：{' '.join(lines)}")] if any(lines) else []
        return written

    def _grid(self, table: etree._Element) -> tuple[list[list[Cell]], int]:
        """The cells of a table, each at every place that it covers; how many rows repeat."""
        grid: list[list[Cell]] = []
        heads = 0
        for row in _descend(table, "tr"):
            if row.find(f"{W}trPr/{W}del") is not None:
                continue
            y = len(grid)
            before = row.find(f"{W}trPr/{W}gridBefore")
            cells = [Cell("", y, x) for x in range(_number(before))]
            for node in _descend(row, "tc"):
                x = len(cells)
                span = max(1, min(_number(node.find(f"{W}tcPr/{W}gridSpan")), 100))
                merge = node.find(f"{W}tcPr/{W}vMerge")
                gone = node.find(f"{W}tcPr/{W}cellDel") is not None
                text = "" if gone else "\n".join(each.text for each in self.blocks(node))
                cell = Cell(text, y, x)
                if merge is not None and merge.get(f"{W}val", "continue") == "continue":
                    above = grid[y - 1][x] if y and x < len(grid[y - 1]) else cell
                    cell = cell if text and text != above.text else above
                cells += [cell] * span
            grid.append(cells)
            if heads == y and row.find(f"{W}trPr/{W}tblHeader") is not None:
                heads += 1
        return grid, heads


def _descend(node: etree._Element, name: str) -> Iterator[etree._Element]:
    """Children of a name, also those inside content controls and tracked insertions."""
    for child in node:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in _TRANSPARENT:
            yield from _descend(child, name)


def _number(node: etree._Element | None) -> int:
    value = "" if node is None else node.get(f"{W}val", "")
    return min(int(value), 200) if value.isdigit() else 0


def _led(lead: str, text: str) -> str:
    """A number before its text; a space between them unless a Chinese mark parts them."""
    if not lead or text.startswith(lead):
        return text
    close = not lead[-1].isalnum() and not (text[0].isascii() and text[0].isalnum())
    return lead + ("" if close else " ") + text


def _levels(written: list[_Written]) -> list[Block]:
    """Heading levels from 1; a title above them, by style or else by its looks."""
    if not any(each.level == _TITLE for each in written):
        written = _title_by_looks(written)
    first = next((at for at, each in enumerate(written) if each.level == _TITLE), None)
    down = 1 if first is not None else 0
    return [
        Block(
            each.text,
            1
            if at == first
            else min(each.level + down, 6)
            if each.level > 0
            else 2
            if each.level < 0
            else 0,
        )
        for at, each in enumerate(written)
    ]


def _title_by_looks(written: list[_Written]) -> list[_Written]:
    """Large centred lines at the top that are no letterhead become the title, as one line."""
    for at, each in enumerate(written[:12]):
        if not each.large or is_letterhead(each.text):
            continue
        end = at + 1
        while end < len(written) and written[end].large and end - at < 4:
            end += 1
        title = one_line("\n".join(line.text for line in written[at:end]))
        if len(title) > TITLE_LENGTH:
            return written
        return [*written[:at], _Written(title, _TITLE), *written[end:]]
    return written
