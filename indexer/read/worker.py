"""The child process that reads files: `python -m indexer.read.worker`, driven by `pool.py`.

It takes one request a line on standard input (`{"path": ..., "size_limit_mb": ...}`) and answers on
standard output with a line giving the length and then as many bytes of JSON, before which come any
number of lines `+`, signs of life. JSON, not pickle: a parser that a crafted file has taken over
must not be able to run anything in the parent.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from indexer.errors import FileProblem
from indexer.read import alive, ocr, read_file
from indexer.records import HeadingMark, PageMark, RawText

MAX_CHARACTERS = 20_000_000
"""More text than this out of one file is no document."""


def main() -> None:
    """Answer requests until standard input ends."""
    _limit_memory(float(sys.argv[1]) if len(sys.argv) > 1 else 0)
    # Libraries print; only answers may reach the parent.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def send(content: bytes) -> None:
        answers.write(content)
        answers.flush()

    alive.listen(lambda: send(b"+\n"))
    _end_with_parent()
    for line in sys.stdin.buffer:
        answer = _answer(json.loads(line)) | {"last": ocr.busy()}
        body = json.dumps(answer).encode("ascii")
        send(f"{len(body)}\n".encode() + body)
        if answer["last"]:
            return  # gives back the memory of the recogniser


def _end_with_parent() -> None:
    """End when the parent is gone, even in the middle of a file that never ends."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _limit_memory(megabytes: float) -> None:
    """Ask the system to refuse memory beyond twice the limit, where it can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's watch is the only limit
        return
    if megabytes:
        most = int(2 * megabytes * 1_000_000)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        raw = read_file(Path(request["path"]), request["size_limit_mb"])
        if len(raw.text) > MAX_CHARACTERS:
            raise FileProblem("too_much_text", limit=MAX_CHARACTERS)
        return {"raw": asdict(raw)}
    except FileProblem as problem:
        return {"code": problem.code, "facts": problem.facts}
    except MemoryError:
        return {"code": "too_much_memory", "facts": {}}
    # A parser may fail in as many ways as there are broken files; the others go on.
    except Exception as problem:
        reason = f"{type(problem).__name__}: {problem}"[:200]
        return {"code": "parser_failed", "facts": {"reason": reason}}


def decode_raw(values: dict[str, Any]) -> RawText:
    """The record that `asdict` and JSON made flat."""
    return RawText(
        text=values["text"],
        headings=tuple(HeadingMark(**mark) for mark in values["headings"]),
        pages=tuple(PageMark(**mark) for mark in values["pages"]),
        front=tuple((key, value) for key, value in values["front"]),
        title=values["title"],
    )


if __name__ == "__main__":
    main()
