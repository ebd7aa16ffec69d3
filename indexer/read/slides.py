"""Presentations (.pptx): each slide a page with its title, text, tables and notes."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from indexer.errors import FileProblem
from indexer.read.blocks import Block, assemble
from indexer.read.grid import Cell, table_blocks
from indexer.read.package import Package, related_by_id
from indexer.read.properties import package_properties, with_properties
from indexer.records import PageMark, RawText

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FURNITURE = {"sldNum", "ftr", "dt", "hdr", "sldImg"}


def read(content: bytes) -> RawText:
    """Read a presentation; the page of a hit is its slide. Raises FileProblem: malformed."""
    package = Package(content)
    main = package.related("", "officeDocument") or ["ppt/presentation.xml"]
    tree = package.xml(main[0])
    if tree is None:
        raise FileProblem("malformed", reason="ppt/presentation.xml")
    parts = related_by_id(package, main[0])
    blocks: list[Block] = []
    pages = []
    offset = 0
    for number, entry in enumerate(tree.iter(f"{_P}sldId"), 1):
        name = parts.get(entry.get(_ID, ""), "")
        slide = package.xml(name)
        if slide is None or slide.get("show") == "0":
            continue
        here = _shapes(slide)
        for notes in package.related(name, "notesSlide"):
            if (page := package.xml(notes)) is not None:
                here += [Block(f"备注：{block.text}") for block in _shapes(page)]
        here = [Block(b.text.strip(), b.level) for b in here if b.text.strip()]
        pages.append(PageMark(offset, number))
        blocks += here
        offset += sum(len(block.text) + 1 for block in here)
    raw = with_properties(assemble(blocks), *package_properties(package))
    return replace(raw, pages=tuple(mark for mark in pages if mark.start <= len(raw.text)))


def _shapes(tree: etree._Element) -> list[Block]:
    blocks: list[Block] = []
    for shape in tree.iter(f"{_P}sp", f"{_P}graphicFrame"):
        holder = shape.find(f".//{_P}nvPr/{_P}ph")
        kind = "" if holder is None else holder.get("type", "")
        if kind in _FURNITURE:
            continue
        if shape.tag == f"{_P}graphicFrame":
            for table in shape.iter(f"{_A}tbl"):
                blocks += table_blocks(_grid(table))
            continue
        lines = [line for line in map(_line, shape.iter(f"{_A}p")) if line]
        if kind in {"title", "ctrTitle"} and lines:
            blocks.append(Block("".join(lines), 1 if kind == "ctrTitle" else 2))
        else:
            blocks += [Block(line) for line in lines]
    return blocks


def _line(paragraph: etree._Element) -> str:
    parts = (
        "\n" if node.tag == f"{_A}br" else node.text or ""
        for node in paragraph.iter(f"{_A}t", f"{_A}br")
    )
    return "".join(parts).strip()


def _grid(table: etree._Element) -> list[list[Cell]]:
    grid: list[list[Cell]] = []
    for y, row in enumerate(table.iter(f"{_A}tr")):
        cells: list[Cell] = []
        for x, node in enumerate(row.iter(f"{_A}tc")):
            text = "\n".join(line for line in map(_line, node.iter(f"{_A}p")) if line)
            if node.get("hMerge") == "1" and cells:
                cells.append(cells[-1])
            elif node.get("vMerge") == "1" and grid and x < len(grid[-1]):
                cells.append(grid[-1][x])
            else:
                cells.append(Cell(text, y, x))
        grid.append(cells)
    return grid
