"""LibreOffice as a second reader of the files that the program writes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed")

ALL_SHEETS_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
"""UTF-8, every sheet a file, numbers as they are and not as they are shown."""


def convert(content: bytes, name: str, to: str, folder: Path) -> list[Path]:
    """Write a file, have LibreOffice convert it, and return what came of it."""
    assert PROGRAM
    (folder / name).write_bytes(content)
    out = folder / "converted"
    profile = (folder / "profile").as_uri()
    command = [PROGRAM, f"-env:UserInstallation={profile}", "--headless", "--convert-to", to]
    subprocess.run(
        [*command, "--outdir", str(out), str(folder / name)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return sorted(out.iterdir())
