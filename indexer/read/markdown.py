"""Markdown files, by markdown-it-py: the text as it reads, without the marks of its markup.

What is not plainly markup stays as it is written: raw HTML, links, entities, formulas, and anything
that stands between two digits.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from indexer.read.blocks import Block, assemble, table_rows
from indexer.read.encoding import decode
from indexer.read.front_matter import split_front_matter
from indexer.records import RawText

_LEFT_AS_WRITTEN = ["entity", "autolink", "link", "image", "reference"]
_CHINESE = re.compile(r"[\u2010-\u2027\u3000-\u9fff\uff00-\uffef]")
_ENDS_SENTENCE = re.compile(r"[。；，：！？,;:]$")


def _emphasis(state: StateInline, silent: bool) -> bool:
    """The rule of markdown-it for `*` and `_`, made to see Chinese punctuation.

    By CommonMark the second mark of `**（一）目标。**到2025年` ends nothing, because it stands
    between a full stop and a letter. Between two digits a mark is arithmetic, and a lone `*`
    between two letters hides a name (王*明).
    """
    mark = state.src[state.pos]
    if silent or mark not in "*_":
        return False
    run = state.scanDelims(state.pos, mark == "*")
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[state.pos + run.length : state.pos + run.length + 1] or " "
    opens, closes = run.can_open, run.can_close
    digits = before.isdigit() and after.isdigit()
    if digits or (run.length == 1 and before.isalnum() and after.isalnum()):
        opens = closes = False
    elif mark == "*" and (_CHINESE.match(before) or _CHINESE.match(after)):
        opens, closes = not after.isspace(), not before.isspace()
    for _ in range(run.length):
        token = state.push("text", "", 0)
        token.content = mark
        delimiter = Delimiter(ord(mark), run.length, len(state.tokens) - 1, -1, opens, closes)
        state.delimiters.append(delimiter)
    state.pos += run.length
    return True


def _parser() -> MarkdownIt:
    # Lines indented by four spaces are paragraphs in Chinese office texts, not code. Nesting that
    # markdown-it would drop beyond its limit is left to Python's own.
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 10_000})
    parser.enable("table").disable([*_LEFT_AS_WRITTEN, "code"])
    parser.inline.ruler.at("emphasis", _emphasis)
    return parser


_PARSER = _parser()


def read(content: bytes) -> RawText:
    """Read a Markdown file; headings are marked, table rows carry their column heads."""
    front, text = split_front_matter(decode(content))
    try:
        tokens = _PARSER.parse(text)
    except RecursionError:  # nested hundreds of levels deep: no document, but its words count
        return RawText(text, front=front)
    return assemble(_blocks(tokens), front)


def _blocks(tokens: list[Token]) -> list[Block]:
    blocks: list[Block] = []
    rows: list[list[str]] | None = None
    heading: Token | None = None
    numbers: list[str] = []
    for token in tokens:
        match token.type:
            case "heading_open":
                heading = token
            case "heading_close":
                heading = None
            case "list_item_open":
                # An ordered item keeps its number: it is part of what the document says.
                numbers.append(f"{token.info}{token.markup} " if token.info else "")
            case "list_item_close":
                numbers.pop()
            case "table_open":
                rows = []
            case "tr_open" if rows is not None:
                rows.append([])
            case "table_close" if rows is not None:
                blocks += table_rows(rows)
                rows = None
            case "inline" if rows is not None:
                rows[-1].append(_plain(token))
            case "inline":
                blocks.append(_block(token, heading, numbers))
            case "fence":
                blocks.append(Block(token.content))
            case _:
                pass
    return blocks


def _block(token: Token, heading: Token | None, numbers: list[str]) -> Block:
    """A paragraph or heading; the first of a list item takes the item's number."""
    text = _plain(token)
    if numbers:
        text, numbers[-1] = numbers[-1] + text, ""
    # A line of hyphens below a paragraph is meant to part it from the next, not as a heading.
    underlined = heading is not None and heading.markup in {"-", "="}
    if heading is None or (underlined and ("\n" in text or _ENDS_SENTENCE.search(text))):
        return Block(text)
    return Block(text, int(heading.tag[1]))


def _plain(token: Token) -> str:
    """The words of an inline token, line by line as they are written."""
    breaks = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in token.children or [])
