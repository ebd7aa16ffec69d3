"""Files -> raw text, one module a family of formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from indexer.errors import FileProblem
from indexer.read import html, images, markdown, office, pdf, plain, sheets
from indexer.records import RawText

READERS: dict[str, Callable[[bytes], RawText]] = {
    ".txt": plain.read,
    ".text": plain.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".pdf": pdf.read,
    ".csv": sheets.read_csv,
    ".tsv": sheets.read_csv,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"), images.read),
    # Office files are told by their content: a .doc may be anything by now.
    **dict.fromkeys(
        (".docx", ".docm", ".dotx", ".doc", ".wps", ".wpt", ".rtf", ".odt"), office.read
    ),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".et", ".ods"), office.read),
    **dict.fromkeys((".pptx", ".ppt", ".dps", ".odp"), office.read),
}
"""Which reader takes which file, by the ending of its name in lower case."""

_NOT_YET: dict[str, str] = {
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"), "needs_unpacking"),
    ".ofd": "needs_pdf",
}
"""Kinds that hold documents, but are not read: what to do with them, as a code."""

SIZE_LIMIT_MB = 50.0
"""Larger files are reported, not read; `--max-size` sets another limit."""


def read_file(path: Path, size_limit_mb: float = SIZE_LIMIT_MB) -> RawText:
    """Read one file.

    Raises FileProblem: unknown_kind, needs_unpacking, needs_pdf, too_large, empty_file,
    no_permission, vanished, unreadable, binary_file, unknown_encoding, no_text, bad_front_matter,
    parser_failed, encrypted, malformed, unpacks_too_large, picture_too_large, needs_libreoffice,
    conversion_failed, conversion_timeout.
    """
    ending = path.suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        raise FileProblem(_NOT_YET.get(ending, "unknown_kind"), ending=path.suffix or path.name)
    content = read_bytes(path, size_limit_mb)
    if not content.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise FileProblem("empty_file")
    raw = reader(content)
    if not any(character.isalnum() for character in raw.text):
        raise FileProblem("no_text")
    return raw


def read_bytes(path: Path, size_limit_mb: float = SIZE_LIMIT_MB) -> bytes:
    """The content of a file, if it may be read and is not beyond the limit."""
    try:
        size = path.stat().st_size
        if size > size_limit_mb * 1_000_000:
            raise FileProblem("too_large", size_mb=round(size / 1e6, 1), limit_mb=size_limit_mb)
        return path.read_bytes()
    except PermissionError as problem:
        raise FileProblem("no_permission") from problem
    except FileNotFoundError as problem:
        raise FileProblem("vanished") from problem
    except OSError as problem:
        raise FileProblem("unreadable", reason=problem.strerror or str(problem)) from problem
