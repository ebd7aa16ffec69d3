"""Office files, told by what they hold: Word, Excel, WPS, OpenDocument, RTF, whatever the name.

New formats go to their readers; old ones are first converted by LibreOffice, where installed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from indexer.errors import FileProblem
from indexer.read import docx, html, pdf, plain, sheets, slides
from indexer.read.package import Package
from indexer.records import RawText

TIME_LIMIT = 90
"""Seconds for one conversion; LibreOffice needs up to 10 to start."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {"Workbook": ".xls", "Book": ".xls", "PowerPoint Document": ".ppt"}
_AS_TEXT = _OLE[:2].decode("latin-1")
"""How the text begins where LibreOffice has taken a broken file for plain text."""

_OPEN_DOCUMENT = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}
_TARGETS = {".xls": "xlsx", ".ods": "xlsx", ".ppt": "pptx", ".odp": "pptx"}
_PARTS = {"docx": docx.read, "xlsx": sheets.read_xlsx, "pptx": slides.read}
_FOLDERS = {"word": "docx", "xl": "xlsx", "ppt": "pptx"}
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)


def read(content: bytes) -> RawText:
    """Read an office file by its content.

    Raises FileProblem: encrypted, malformed, needs_unpacking, needs_libreoffice, conversion_failed,
    conversion_timeout, unpacks_too_large, and those of the readers it hands on to.
    """
    reader = _modern(content)
    if reader:
        return reader(content)
    ending = _old_format(content)
    target = _TARGETS.get(ending, "docx")
    raw = _PARTS[target](convert(content, ending, target))
    if _AS_TEXT in raw.text[:200]:
        raise FileProblem("conversion_failed", ending=ending)
    return raw


def convert(content: bytes, ending: str, target: str, seconds: float = TIME_LIMIT) -> bytes:
    """Have LibreOffice write a file in another format. Macros do not run."""
    program = find_libreoffice()
    if program is None:
        raise FileProblem("needs_libreoffice", ending=ending)
    with tempfile.TemporaryDirectory(prefix="cexun-", ignore_cleanup_errors=True) as folder:
        source = Path(folder) / f"document{ending}"
        source.write_bytes(content)
        made = Path(folder) / "made" / f"document.{target}"
        profile = (
            Path(folder) / "profile"
        ).as_uri()  # its own: an open LibreOffice locks the usual
        command = [program, "--headless", "--norestore", f"-env:UserInstallation={profile}"]
        command += ["--convert-to", target, "--outdir", str(made.parent), str(source)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=folder,
            # Nothing of it is to stay behind in the user's own folders.
            env=os.environ | dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), folder),
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired as problem:
            raise FileProblem("conversion_timeout", seconds=seconds) from problem
        finally:
            _end(process)
        if not made.is_file():
            raise FileProblem("conversion_failed", ending=ending)
        return made.read_bytes()


def find_libreoffice() -> str | None:
    """The LibreOffice program: on the search path or where its installer puts it."""
    named = shutil.which("soffice") or shutil.which("libreoffice")
    return named or next((place for place in _PLACES if Path(place).is_file()), None)


def _modern(content: bytes) -> Callable[[bytes], RawText] | None:
    """The reader of a file that needs no conversion."""
    if content.startswith(b"%PDF"):
        return pdf.read
    if content.startswith(b"PK"):
        names = Package(content).names
        for part, reader in (
            ("word/", docx.read),
            ("xl/", sheets.read_xlsx),
            ("ppt/", slides.read),
        ):
            if any(name.startswith(part) for name in names):
                return reader
        return None
    if content.startswith((_OLE, b"{\\rtf")):
        return None
    # Web pages and plain text saved under an office name are common in exported archives.
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return html.read if start.startswith((b"<html", b"<!doctype html", b"<?xml")) else plain.read


def _old_format(content: bytes) -> str:
    if content.startswith(b"{\\rtf"):
        return ".rtf"
    if content.startswith(b"PK"):
        kind = (Package(content).part("mimetype") or b"").decode("ascii", "replace")
        if ".opendocument." not in kind:
            raise FileProblem("needs_unpacking", ending=".zip")
        return _OPEN_DOCUMENT.get(kind.rsplit(".", 1)[-1].split("-")[0].strip(), ".odt")
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileProblem("encrypted")
    for stream, ending in _STREAMS.items():
        if f"{stream}\0".encode("utf-16-le") in content:
            return ending
    return ".doc"  # Word and WPS


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started: soffice is a starter for another process."""
    if sys.platform == "win32":
        if process.poll() is None:
            # taskkill is the way to a whole tree of processes there.
            killer = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "taskkill.exe")
            subprocess.run([str(killer), "/T", "/F", "/PID", str(process.pid)], check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
