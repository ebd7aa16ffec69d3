"""Reads files in worker processes, so that a file that hangs, swells or crashes costs itself only.

Each worker is a child of its own (`worker.py`). A watch looks at all of them some ten times a
second and ends one that gives no sign of life or has grown past its memory; it measures through
psutil and so works on every system. Where the system can enforce a limit itself (`resource`), the
child also asks for twice that, against a leap between two looks. What parsers leave behind when
they are ended lies in a temporary folder of the pool's own, which goes with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

import psutil

from indexer.errors import FileProblem
from indexer.read.worker import decode_raw
from indexer.records import RawText

_ROOT = Path(__file__).resolve().parents[2]
_LOOKS_BETWEEN = 8
"""A worker's own children (LibreOffice) are looked for in one look of so many: it is not cheap."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading may cost: megabytes of a file, seconds without a sign of life, memory."""

    size_mb: float = 50.0
    seconds: float = 120.0
    memory_mb: float = 1000.0
    memory_of_all_mb: float = 1250.0


class ReaderPool:
    """Worker processes that read files; a context manager that ends them.

    `read` may be called from as many threads as there are workers, others wait.
    """

    def __init__(self, limits: Limits | None = None, workers: int | None = None) -> None:
        self.limits = limits or Limits()
        self.size = workers or os.cpu_count() or 1
        self._folder = TemporaryDirectory(prefix="cexun-", ignore_cleanup_errors=True)
        self._workers = [_Worker(self.limits, self._folder.name) for _ in range(self.size)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._watch_over, daemon=True)

    def __enter__(self) -> ReaderPool:
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._watch.join()
        for worker in self._workers:
            worker.end(None)
            worker.close()
        self._folder.cleanup()

    def read(self, path: Path) -> RawText:
        """Read one file. Raises FileProblem."""
        worker = self._idle.get()
        try:
            return worker.read(path)
        finally:
            self._idle.put(worker)

    def _watch_over(self) -> None:
        while not self._closing.wait(0.05):
            sizes = [worker.check() for worker in self._workers]
            if sum(sizes) > self.limits.memory_of_all_mb * 1_000_000:
                self._workers[sizes.index(max(sizes))].end("too_much_memory")


class _Worker:
    """One child process; started at its first file and again after it had to be ended."""

    def __init__(self, limits: Limits, folder: str) -> None:
        self._limits = limits
        self._folder = folder
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._process: psutil.Process | None = None
        self._started: list[psutil.Process] = []
        self._looks = 0
        self._deadline: float | None = None
        self._ended_for: str | None = None

    def read(self, path: Path) -> RawText:
        request = {"path": str(path), "size_limit_mb": self._limits.size_mb}
        self._start()
        self._deadline = time.monotonic() + self._limits.seconds
        try:
            answer = self._ask(json.dumps(request).encode() + b"\n")
        finally:
            self._deadline = None
        if answer is None or answer.get("last"):
            self._retire()
        if answer is not None and "raw" in answer:
            return decode_raw(answer["raw"])
        limits = self._limits
        facts = {"seconds": round(limits.seconds), "memory_mb": round(limits.memory_mb)}
        if answer is None:
            raise FileProblem(self._ended_for or "parser_crashed", **facts)
        raise FileProblem(str(answer["code"]), **(answer["facts"] or facts))

    def _start(self) -> None:
        with self._lock:
            if self._child is not None and self._child.poll() is None:
                return
            self._clear()
            self._ended_for = None
            self._child = subprocess.Popen(
                [sys.executable, "-m", "indexer.read.worker", str(self._limits.memory_mb)],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # One thread a worker: there is a worker for each core already.
                env=os.environ
                | {"OMP_NUM_THREADS": "1"}
                | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._folder),
            )
            self._process = psutil.Process(self._child.pid)

    def _ask(self, request: bytes) -> dict[str, Any] | None:
        """Send a request and wait for the answer; None: the child has ended instead."""
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            return None
        try:
            child.stdin.write(request)
            child.stdin.flush()
            while (head := child.stdout.readline(20)) == b"+\n":
                self._deadline = time.monotonic() + self._limits.seconds
            body = child.stdout.read(int(head)) if head.strip().isdigit() else b""
            answer: dict[str, Any] | None = None
            if body and len(body) == int(head):
                answer = json.loads(body)
            return answer
        except (OSError, ValueError):
            return None

    def check(self) -> int:
        """End the child if it is stuck or too large; how many bytes it holds (0: idle)."""
        deadline, process = self._deadline, self._process
        if deadline is None or process is None:
            return 0
        if time.monotonic() > deadline:
            self.end("too_slow")
            return 0
        size = self._held(process)
        if size > self._limits.memory_mb * 1_000_000:
            self.end("too_much_memory")
            return 0
        return size

    def _held(self, process: psutil.Process) -> int:
        """The bytes that the child and what it has started hold together."""
        size = 0
        with suppress(psutil.Error):  # it has just ended
            size = int(process.memory_info().rss)
            self._looks += 1
            if self._looks % _LOOKS_BETWEEN == 0:
                own = process.cmdline()
                # Until it runs its own program, a started child shows its starter's memory again.
                found = process.children(recursive=True)
                self._started = [child for child in found if child.cmdline() != own]
        for started in self._started:
            with suppress(psutil.Error):
                size += int(started.memory_info().rss)
        return size

    def end(self, reason: str | None) -> None:
        """End the child and whatever it has started; its thread sees the pipe close."""
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                return
            self._ended_for = reason
            with suppress(psutil.Error):
                for grandchild in self._process.children(recursive=True) if self._process else []:
                    grandchild.kill()
            self._child.kill()

    def _retire(self) -> None:
        """See a child off that has ended or is about to: it must not be handed another file."""
        with self._lock:
            if self._child is not None:
                self._child.kill()
            self._clear()

    def close(self) -> None:
        """Let go of the pipes of an ended child."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        if self._child is None:
            return
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._child = self._process = None
        self._started = []
