"""Which text at the top of a document is its title, where the format does not say."""

from __future__ import annotations

import re

TITLE_LENGTH = 80
"""A longer text, however large, is no title."""

_LETTERHEAD = re.compile(
    r"文件$|[〔\[(（【]\d{4}[〕\])）】]\s*\d|^[\d\s]+$|^(?:附件|目\s*录)\s*\d*[：:]?$"
)


def is_letterhead(text: str) -> bool:
    """Whether a line names the series or the number of a document, not its subject."""
    return bool(_LETTERHEAD.search(text))


def opens_with(text: str, title: str) -> bool:
    """Whether a stated title is the document's own: templates and old drafts leave others."""
    return len(title) >= 6 and "".join(title.split()) in "".join(text[:1500].split())
