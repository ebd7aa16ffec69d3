"""A wide table as HTML: its head and first column stay in view, its cells link into documents."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from indexer.pages import frame


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], label: str, fixed: int = 1) -> str:
    """The table; `heads` are texts, cells are HTML, the first `fixed` of a row head it."""
    top = "".join(
        f'<th scope="col"{_side(at, fixed)}>{frame.escape(head)}</th>'
        for at, head in enumerate(heads)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row"{_side(at, fixed)}>{cell}</th>' if at < fixed else f"<td>{cell}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="cx-grid" tabindex="0" role="region" aria-label="{frame.escape(label)}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def link(inside: str, doc: str, start: int, end: int, title: str) -> str:
    """A link (HTML inside) to a place in a document, which opens beside the page."""
    return (
        f'<a href="{frame.escape(address(doc, start, end))}" target="_blank"'
        f' title="{frame.escape(title)}">{inside}</a>'
    )


def address(doc: str, start: int, end: int) -> str:
    """The address of a place in a document, from any of the pages."""
    return f"document?{urlencode(frame.address(doc=doc, start=start, end=end))}"


def _side(at: int, fixed: int) -> str:
    # Only the first column stays in view: two would leave no room on a phone.
    return ' class="cx-fixed"' if at == 0 and fixed else ""
