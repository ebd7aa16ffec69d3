"""Web pages: the main text by trafilatura, without the frame of the site round it."""

from __future__ import annotations

import logging
import re

from lxml import etree
from lxml import html as lxml_html
from trafilatura import bare_extraction

from indexer.errors import FileProblem
from indexer.read.blocks import Block, assemble, table_rows
from indexer.read.encoding import decode
from indexer.records import RawText

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_LEFT_OUT = ("script", "style", "noscript", "nav", "header", "footer", "aside", "form", "template")
_BLOCKS = ["h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "tr", "td", "th", "div", "section", "article", "blockquote", "pre", "br", "dt", "dd"]
_MIN_SHARE = 0.35
"""If less than this share of the page's text is found to be the main part, all of it is kept."""


def read(content: bytes) -> RawText:
    """Read a web page: its `<meta>` as front matter, its main text with headings and tables."""
    charset = _CHARSET.search(content[:4096])
    source = decode(content, charset.group(1).decode() if charset else None)
    try:
        tree = lxml_html.document_fromstring(_XML_DECLARATION.sub("", source))
    except (etree.ParserError, ValueError) as problem:
        raise FileProblem("no_text") from problem
    front = tuple(
        (meta.get("name", "").strip().lower(), meta.get("content", ""))
        for meta in tree.iterfind(".//meta")
        if meta.get("name") and meta.get("content")
    )
    blocks = _main_part(source)
    whole = _all_text(tree)
    if sum(len(b.text) for b in blocks) < _MIN_SHARE * sum(len(b.text) for b in whole):
        blocks = whole
    return assemble(blocks, front)


def _main_part(source: str) -> list[Block]:
    found = bare_extraction(
        source,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        favor_recall=True,
        with_metadata=False,
    )
    body = getattr(found, "body", None)
    return [] if body is None else _walk(body)


def _walk(element: etree._Element) -> list[Block]:
    """trafilatura's own small tree (head, p, list, table ...) -> blocks."""
    blocks: list[Block] = []
    for child in element:
        match child.tag:
            case "head":
                level = (child.get("rend") or "h2")[1:]
                blocks.append(Block(_text(child), int(level) if level.isdigit() else 2))
            case "table":
                rows = [[_text(cell) for cell in row.iter("cell")] for row in child.iter("row")]
                blocks += table_rows(rows)
            case "list":
                blocks += [Block(_text(item)) for item in child.iter("item")]
            case "div" | "quote" if len(child):
                blocks += _walk(child)
            case _:
                blocks.append(Block(_text(child)))
        if child.tail and child.tail.strip():
            blocks.append(Block(child.tail))
    return blocks


def _all_text(tree: lxml_html.HtmlElement) -> list[Block]:
    """Every visible text of the page, block by block."""
    for element in list(tree.iter(*_LEFT_OUT)):
        if element.getparent() is not None:
            element.drop_tree()
    body = tree.find("body")
    blocks: list[Block] = []
    pending: list[str] = []

    def flush(level: int = 0) -> None:
        text = re.sub(r"[ \t\r\n]+", " ", "".join(pending)).strip()
        pending.clear()
        if text:
            blocks.append(Block(text, level))

    for event, element in etree.iterwalk(
        body if body is not None else tree, events=("start", "end", "comment")
    ):
        if event == "comment":
            pending.append(element.tail or "")
        elif event == "start":
            if element.tag in _BLOCKS:
                flush()
            pending.append(element.text or "")
        else:
            if element.tag in _BLOCKS:
                flush(int(element.tag[1]) if re.fullmatch("h[1-6]", element.tag) else 0)
            pending.append(element.tail or "")
    flush()
    return blocks


def _text(element: etree._Element) -> str:
    for line_break in element.iter("lb"):
        line_break.text = "\n"
    return "\n".join(" ".join(line.split()) for line in "".join(element.itertext()).split("\n"))
