"""Indexes of the light encoder, made once for each set of files and copied from then on."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from light_encoder import LightEncoder

from indexer.build import build

_folder = tempfile.TemporaryDirectory(prefix="cexun-indexes-", ignore_cleanup_errors=True)


def indexed(corpus: Path, index: Path) -> Path:
    """The index of a folder with the files of a corpus, brought up to date: `index`.

    Where there is none yet, that of another corpus with the same files is where it begins.
    """
    kept = Path(_folder.name) / _key(corpus)
    if not index.exists():
        if not kept.exists():
            build(corpus, kept, encoder=LightEncoder())
        shutil.copytree(kept, index)
    build(corpus, index, encoder=LightEncoder())
    return index


def _key(corpus: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in corpus.rglob("*") if path.is_file()):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(corpus).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
