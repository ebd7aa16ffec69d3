"""What outlives a page run: the open library and the build, shared by all sessions of the app.

The app does not build inside a page. It starts `python -m indexer build` as a child and reads the
progress from the catalogue; a build started elsewhere shows here just the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import streamlit as st

from indexer.errors import CexunError, IndexProblem

if TYPE_CHECKING:
    from indexer.library import Library

ROOT = Path(__file__).resolve().parents[2]


def corpus_folder() -> Path:
    """The documents folder: `--corpus` behind `--` on the command line, CEXUN_CORPUS, corpus/."""
    return _folder("corpus")


def index_folder() -> Path:
    """The index folder: `--index` behind `--` on the command line, CEXUN_INDEX, index/."""
    return _folder("index")


def option(name: str) -> str | None:
    """An option of the app: `--name` behind `--` on the command line, else CEXUN_NAME."""
    arguments = sys.argv[1:]
    if f"--{name}" in arguments[:-1]:
        return arguments[arguments.index(f"--{name}") + 1]
    return os.environ.get(f"CEXUN_{name.upper()}") or None


def _folder(name: str) -> Path:
    return Path(option(name) or ROOT / name).expanduser()


class _Service:
    """The open library of one index folder, and the child that builds it."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._log = index / "build.log"
        self._asked = False
        self._again: str | None = None
        self.model_problem: CexunError | None = None

    def library(self) -> Library | None:
        """The library, opened once; None where there is no index yet."""
        from indexer.library import Library

        with self._lock:
            if self._library is not None and self._library.replaced:
                self._library.close()
                self._library = None
            if self._library is None:
                try:
                    self._library = Library(self.index, reranker=option("reranker"))
                except IndexProblem as problem:
                    if problem.code == "no_index":
                        return None
                    raise
                # The model takes seconds to load; it does so while the page is being read.
                threading.Thread(target=self._warm_up, args=(self._library,), daemon=True).start()
            return self._library

    def _warm_up(self, library: Library) -> None:
        try:
            library.warm_up()
            self.model_problem = None
        except CexunError as problem:  # shown on the page, and raised again by the question
            self.model_problem = problem

    def building(self) -> bool:
        """Whether a build is at work on this index, ours or another."""
        from indexer.build import is_building

        child = self._child
        if child is not None and child.poll() is None:
            return True
        if self._again is not None:
            self.start_build(self._again)
            return True
        return self.index.is_dir() and is_building(self.index)

    def start_build(self, language: str, *, fresh: bool = False) -> None:
        """Start a build in a process of its own; if one is at work, another when it has ended.

        `fresh`: of all documents, changed or not.
        """
        with self._lock:
            if self._child is not None and self._child.poll() is None:
                self._again = language  # it may be past what has just been changed
                return
            self._asked, self._again = True, None
            if fresh and self._library is not None:  # its files may have to go
                self._library.close()
                self._library = None
            self.index.mkdir(parents=True, exist_ok=True)
            # A file, not a pipe: a build that reports many files would fill a pipe and stand still.
            with self._log.open("w") as log:
                self._child = self._build(language, log, fresh)

    def _build(self, language: str, log: TextIO, fresh: bool) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "indexer", "build"),
                *("--corpus", str(corpus_folder().resolve())),
                *("--index", str(self.index.resolve())),
                *(("--fresh",) if fresh else ()),
            ],
            cwd=ROOT,
            env=os.environ | {"CEXUN_LANG": language, "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )

    def stop_build(self) -> None:
        """End our build; what it has stored stays, and the next one goes on from there."""
        self._again = None
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def build_problem(self) -> str | None:
        """What our last build said when it failed; None if it did not."""
        child = self._child
        if child is None or child.poll() in (None, 0) or child.returncode < 0:
            return None
        return self._log.read_text(encoding="utf-8", errors="replace").strip()[-600:]

    @property
    def never_asked(self) -> bool:
        """Whether this app has not started a build yet."""
        return not self._asked


@st.cache_resource(show_spinner=False)
def _service(index: str) -> _Service:
    return _Service(Path(index))


def service() -> _Service:
    """The service of the index in use."""
    return _service(str(index_folder()))
