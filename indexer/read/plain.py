"""Text files (.txt)."""

from __future__ import annotations

from indexer.read.encoding import decode
from indexer.read.front_matter import split_front_matter
from indexer.records import RawText


def read(content: bytes) -> RawText:
    """Read a text file as it is written."""
    front, text = split_front_matter(decode(content))
    return RawText(text=text, front=front)
