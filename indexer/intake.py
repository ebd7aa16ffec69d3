"""Files that people add to, and remove from, the documents folder through the app.

Nothing is deleted: a removed file moves to `_removed/` in the same folder, where no build looks,
and can be brought back.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path, PurePosixPath

from indexer.errors import RequestProblem

REMOVED = "_removed"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?i)^(?:con|prn|aux|nul|com\d|lpt\d)$")
_LONGEST = 120  # characters of a name; file systems stop at 255 bytes


def safe_name(name: str) -> str:
    """A file name that every system accepts and that names a file in the folder itself.

    Raises RequestProblem: bad_upload_name, where nothing is left of it.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = _UNSAFE.sub("_", name).strip(" .")
    name = re.sub(r"^[_~$.]+", "", name)
    path = PurePosixPath(name)
    stem, ending = path.stem.strip(" ."), path.suffix
    if not stem or not any(c.isalnum() for c in stem):
        raise RequestProblem("bad_upload_name", name=name)
    if _RESERVED.match(stem):
        stem += "_"
    return stem[: _LONGEST - len(ending)] + ending


def save_upload(corpus: Path, name: str, content: bytes) -> str:
    """Put an uploaded file into the documents folder and return its name there.

    A file of the same name and another content is kept: the new one gets a number. Raises
    RequestProblem: bad_upload_name, not_writable.
    """
    wanted = PurePosixPath(safe_name(name))
    number = 1
    while True:
        ending = f"（{number}）" if number > 1 else ""
        path = corpus / f"{wanted.stem}{ending}{wanted.suffix}"
        try:
            if path.exists():
                if path.read_bytes() == content:
                    return path.name
                number += 1
                continue
            beside = corpus / f"_{path.name}.part"
            beside.write_bytes(content)
            beside.replace(path)
        except OSError as problem:
            raise RequestProblem("not_writable", folder=str(corpus)) from problem
        return path.name


def digest_of(content: bytes) -> str:
    """The name of a content, the same as in the catalogue: its SHA-256."""
    return hashlib.sha256(content).hexdigest()


def remove(corpus: Path, doc: str) -> None:
    """Take a document out of the folder. Raises RequestProblem: no_original, not_writable."""
    _move(_inside(corpus, doc), corpus / REMOVED / doc, corpus, doc)


def replace(corpus: Path, doc: str, name: str, content: bytes) -> str:
    """Put a new version in the place of a document and return its name there.

    The name stays, but for the ending where the new file `name` is of another kind; the old file
    is removed. Raises RequestProblem: no_original, name_taken, bad_upload_name, not_writable.
    """
    old = _inside(corpus, doc)
    ending = PurePosixPath(safe_name(name)).suffix or old.suffix
    new = old.with_suffix(ending)
    if new != old and new.exists():
        raise RequestProblem("name_taken", doc=PurePosixPath(doc).with_suffix(ending).as_posix())
    beside = new.with_name(f"_{new.name}.part")
    try:
        beside.write_bytes(content)
        remove(corpus, doc)
        beside.replace(new)
    except OSError as problem:
        raise RequestProblem("not_writable", folder=str(corpus)) from problem
    return new.relative_to(corpus).as_posix()


def bring_back(corpus: Path, doc: str) -> None:
    """Put a removed file back. Raises RequestProblem: no_original, not_writable."""
    _move(_inside(corpus / REMOVED, doc), corpus / doc, corpus, doc)


def removed(corpus: Path) -> tuple[str, ...]:
    """The documents that can be brought back, by name."""
    folder = corpus / REMOVED
    return tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()))


def _inside(folder: Path, doc: str) -> Path:
    path = folder / doc
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise RequestProblem("no_original", doc=doc)
    return path


def _move(source: Path, target: Path, corpus: Path, doc: str) -> None:
    if target.is_relative_to(corpus / REMOVED):
        target = _unused(target)  # an older version of it may have been removed before
    if target.exists():
        raise RequestProblem("name_taken", doc=doc)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    except OSError as problem:
        raise RequestProblem("not_writable", folder=str(corpus)) from problem


def _unused(path: Path) -> Path:
    """This path, or the like with a number where there is such a file."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}（{number}）{path.suffix}")
    return free
