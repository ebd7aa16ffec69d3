"""Web pages: the main part, without the frame of the site round it.

trafilatura tells which text is the main one. The smallest element that holds nearly all of that is
then read whole, so that its headings, its tables and the few characters of a signature are kept.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import NamedTuple

from lxml import etree
from lxml import html as lxml_html
from lxml.html import defs

from indexer.errors import FileProblem
from indexer.read.blocks import Block, assemble
from indexer.read.encoding import decode
from indexer.read.html_table import table_blocks
from indexer.records import RawText

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_NOT_SHOWN = defs.form_tags - {"form", "fieldset", "label", "legend"} | {"head", "script", "style"}
_NOT_SHOWN |= {"noscript", "template", "iframe", "object", "svg", "del", "s", "strike"}
_FRAME = {"nav", "aside", "header", "footer"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = defs.block_tags - {"del", "ins"} | _FRAME | {"body", "br", "article", "main", "section"}
_BLOCKS |= {"figure", "figcaption", "details", "summary"}
_CONTAINERS = {"html", "body", "div", "article", "main", "section", "form", "center", "td"}
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MIN_SHARE = 0.35
"""If less than this share of the page's text is found to be the main part, all of it is kept."""

_HOLDS_MAIN = 0.9
"""The share of the main text that an element must hold to be read in place of the page."""

_MIN_LETTERS = 8
"""Shorter texts stand in menus too and do not tell where the main part is."""

_SITE_NAME = re.compile(r"(?:网|网站|门户|平台|政府|委员会|局|厅|首页)$")
_TITLE_PARTS = re.compile(r"\s*[_|—–»>-]+\s*")


class _Piece(NamedTuple):
    """A block and the element it stands in; `links`: nearly all of it is links."""

    block: Block
    within: etree._Element
    links: bool = False
    table: bool = False


def read(content: bytes) -> RawText:
    """Read a web page: its `<meta>` as front matter, its main text with headings and tables.

    Raises FileProblem: no_text, parser_failed, and those of decode.
    """
    charset = _CHARSET.search(content[:4096])
    source = decode(content, charset.group(1).decode() if charset else None)
    tree = _parse(_XML_DECLARATION.sub("", source))
    pieces = _pieces(tree)
    return assemble(_titled(_main_part(pieces, source), pieces, tree), _front(tree))


def _parse(source: str) -> lxml_html.HtmlElement:
    parser = lxml_html.HTMLParser(huge_tree=True)
    try:
        tree = lxml_html.document_fromstring(source, parser=parser)
    except (etree.ParserError, ValueError) as problem:
        raise FileProblem("no_text") from problem
    # What lies too deep is dropped by the parser, which only notes it.
    for entry in parser.error_log:
        if "depth" in entry.message:
            raise FileProblem("parser_failed", reason=entry.message.strip())
    return tree


def _front(tree: lxml_html.HtmlElement) -> tuple[tuple[str, str], ...]:
    """The `<meta>` of a page; government sites state the title of an article as ArticleTitle."""
    found: list[tuple[str, str]] = []
    for meta in tree.iterfind(".//meta"):
        name, value = meta.get("name", "").strip().lower(), meta.get("content", "")
        if name and value:
            found.append(("title" if name == "articletitle" else name, value))
    return tuple(found)


class _Walk:
    """Collects the text of a page, block by block, as its elements open and close."""

    def __init__(self) -> None:
        self.pieces: list[_Piece] = []
        self._text: list[str] = []
        self._linked = 0  # characters of the pending text that stand in links
        self._links = self._preformatted = 0  # how many such elements are open

    def open(self, element: etree._Element) -> bool:
        """Take in the beginning of an element; False: it is done with, or not to be shown."""
        tag = element.tag
        if tag in _NOT_SHOWN or (tag in _FRAME and not _in_article(element)):
            return False
        if tag in _BLOCKS:
            self.flush(_above(element))
        if tag in _HEADINGS:
            inner = _pieces(element)
            text = _one_line([piece.block.text for piece in inner])
            links = all(piece.links for piece in inner)
            self.pieces.append(_Piece(Block(text, int(tag[1])), element, links))
            return False
        if tag == "table" and (blocks := table_blocks(element, _words)):
            self.pieces += [_Piece(block, element, table=True) for block in blocks]
            return False
        self._links += tag == "a"
        self._preformatted += tag == "pre"
        self.add(element.text, element)
        return True

    def close(self, element: etree._Element) -> None:
        """Take in the end of an element."""
        if element.tag in _BLOCKS:
            self.flush(element)
        self._links -= element.tag == "a"
        self._preformatted -= element.tag == "pre"

    def add(self, text: str | None, within: etree._Element) -> None:
        """Add to the pending text; in preformatted text a line end ends a block."""
        lines = (text or "").split("\n") if self._preformatted else [text or ""]
        for number, line in enumerate(lines):
            if number:
                self.flush(within)
            self._text.append(line)
            self._linked += len("".join(line.split())) if self._links else 0

    def flush(self, within: etree._Element) -> None:
        """Make a block of the pending text."""
        text = _SPACE.sub(" ", "".join(self._text)).strip()
        if text:
            links = self._linked >= 0.8 * len("".join(text.split()))
            self.pieces.append(_Piece(Block(text), within, links))
        self._text.clear()
        self._linked = 0


def _pieces(top: etree._Element) -> list[_Piece]:
    """All text shown of an element. No recursion: broken pages nest a thousand levels deep."""
    walk = _Walk()
    events = etree.iterwalk(top, events=("start", "end", "comment", "pi"))
    for event, element in events:
        if element is top:
            walk.add(top.text if event == "start" else None, top)
        elif event == "start":
            if not walk.open(element):
                events.skip_subtree()
        else:
            if event == "end":
                walk.close(element)
            walk.add(element.tail, _above(element))
    walk.flush(top)
    return walk.pieces


def _words(element: etree._Element) -> str:
    return " ".join(piece.block.text for piece in _pieces(element))


def _one_line(lines: list[str]) -> str:
    """A heading broken over lines; Chinese characters are not parted by spaces."""
    text = "".join(lines[:1])
    for line in lines[1:]:
        text += " " + line if text[-1].isascii() and line[0].isascii() else line
    return text


def _above(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return element if parent is None else parent


def _in_article(element: etree._Element) -> bool:
    return next(element.iterancestors("article", "main"), None) is not None


def _main_part(pieces: list[_Piece], source: str) -> list[_Piece]:
    """The pieces in the smallest element that holds what trafilatura takes for the main text."""
    main = _letters(_main_text(source))
    held: Counter[etree._Element] = Counter()
    blocks: Counter[etree._Element] = Counter()
    total = 0
    known: set[int] = set()
    for number, piece in enumerate(pieces):
        around = [e for e in (piece.within, *piece.within.iterancestors()) if e.tag in _CONTAINERS]
        blocks.update(around)
        letters = "" if piece.table else _letters(piece.block.text)
        total += len(letters)
        if len(letters) >= _MIN_LETTERS and letters in main:
            known.add(number)
            held.update(dict.fromkeys(around, len(letters)))
    most = max(held.values(), default=0)
    if most < max(1, _MIN_SHARE * total):
        return pieces
    # An element of a single block is a paragraph, whatever its tag.
    holders = [e for e in held if held[e] >= _HOLDS_MAIN * most and blocks[e] > 1]
    if not holders:
        return pieces
    holder = max(holders, key=lambda element: sum(1 for _ in element.iterancestors()))
    inside = set(holder.iter())
    if holder.tag not in ("body", "html"):
        return [piece for piece in pieces if piece.within in inside]
    # Text and menus lie side by side: leave out what is nothing but links.
    return [p for number, p in enumerate(pieces) if number in known or not p.links]


def _main_text(source: str) -> str:
    from trafilatura import bare_extraction  # takes a third of a second to import

    found = bare_extraction(
        source,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        favor_recall=True,
        with_metadata=False,
    )
    body = getattr(found, "body", None)
    return "" if body is None else "".join(body.itertext())


def _titled(chosen: list[_Piece], pieces: list[_Piece], tree: lxml_html.HtmlElement) -> list[Block]:
    """The chosen blocks under the page's title, be it marked as a heading or not.

    The title is the text that `<title>` or ArticleTitle name, with or without the site's name, or
    else the only `<h1>`.
    """
    stated = [tree.findtext(".//title") or "", dict(_front(tree)).get("title", "")]
    names = {_letters(part) for text in stated for part in _with_parts(text)} - {""}
    firsts = [piece for piece in pieces if piece.block.level == 1]
    named = [piece for piece in [*chosen, *pieces] if _letters(piece.block.text) in names]
    likely = [*named, *(firsts if len(firsts) == 1 else [])]
    title = next((p for p in likely if not p.links and not _SITE_NAME.search(p.block.text)), None)
    if title is None:
        return [piece.block for piece in chosen]
    if not any(piece is title for piece in chosen):
        chosen = [title, *chosen]
    return [
        Block(p.block.text, 1 if p is title else p.block.level and p.block.level + 1)
        for p in chosen
    ]


def _with_parts(title: str) -> list[str]:
    """A page's title, also without what stands before or after each of its dividing marks."""
    cuts = list(_TITLE_PARTS.finditer(title))
    return [title, *(title[: cut.start()] for cut in cuts), *(title[cut.end() :] for cut in cuts)]


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)
