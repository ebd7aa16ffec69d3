"""Markdown files, by markdown-it-py: the text as it reads, without the marks of its markup."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.read.blocks import Block, assemble, table_rows
from indexer.read.encoding import decode
from indexer.read.front_matter import split_front_matter
from indexer.records import RawText

# Raw HTML, links and entities of a document are text to be shown as written, never to be followed.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["entity", "autolink"])


def read(content: bytes) -> RawText:
    """Read a Markdown file; headings are marked, table rows carry their column heads."""
    front, text = split_front_matter(decode(content))
    return assemble(_blocks(_PARSER.parse(text)), front)


def _blocks(tokens: list[Token]) -> list[Block]:
    blocks: list[Block] = []
    rows: list[list[str]] = []
    level = 0
    prefix: list[str] = []
    in_table = False
    for token in tokens:
        match token.type:
            case "heading_open":
                level = int(token.tag[1])
            case "heading_close":
                level = 0
            case "list_item_open":
                # An ordered item keeps its number: it is part of what the document says.
                prefix.append(f"{token.info}{token.markup}" if token.info else "")
            case "list_item_close":
                if prefix:
                    prefix.pop()
            case "table_open":
                in_table, rows = True, []
            case "tr_open":
                rows.append([])
            case "table_close":
                in_table = False
                blocks += table_rows(rows)
            case "inline" if in_table:
                rows[-1].append(_plain(token))
            case "inline":
                number = prefix[-1] if prefix else ""
                if prefix:
                    prefix[-1] = ""
                blocks.append(Block(number + _plain(token), level))
            case "fence" | "code_block":
                blocks.append(Block(token.content))
            case _:
                pass
    return blocks


def _plain(token: Token) -> str:
    """The words of an inline token. Links and images keep their address, as written."""
    parts: list[str] = []
    targets: list[str] = []
    for child in token.children or []:
        match child.type:
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(f"![{child.content}]({child.attrGet('src') or ''})")
            case "link_open":
                targets.append(str(child.attrGet("href") or ""))
                parts.append("[")
            case "link_close":
                parts.append(f"]({targets.pop() if targets else ''})")
            case _:
                parts.append(child.content)
    return "".join(parts)
