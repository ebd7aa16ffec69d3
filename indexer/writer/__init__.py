"""An answer written out by a language model, read as it comes.

The request runs in a thread of its own, so that a page can show what has come, be left, or stop
it. What comes is text and nothing else: control characters and a model's thoughts are left out.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from indexer.errors import WriterError
from indexer.writer.prompt import Message, messages
from indexer.writer.protocol import pieces
from indexer.writer.settings import WriterSettings

TOTAL_TIMEOUTS = 5
"""An answer may take this many times the time that the model may be silent."""

LONGEST_ANSWER = 20_000
_THOUGHT = re.compile(r"\s*<think>.*?</think>\s*", re.DOTALL)
# Controls, and signs without width that could part a number or show one backwards.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


class Writing:
    """An answer being written: `text` so far, `done`, and the `problem` that ended it, if one did.

    `first` is the seconds until the first text came. What has come stays when it breaks off.
    """

    def __init__(self, settings: WriterSettings, question: str, passages: Sequence[str]) -> None:
        """Begin to write."""
        self.text = ""
        self.problem: WriterError | None = None
        self.done = False
        self.first: float | None = None
        self.started = time.monotonic()
        self._raw = ""
        self._changed = threading.Condition()
        self._cancelled = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(settings, messages(question, passages))),
            name="writing",
            daemon=True,
        )
        self._thread.start()

    def wait(self, seconds: float, beyond: int = 0) -> bool:
        """Wait until there is more text than `beyond` characters, or all of it; whether so."""
        with self._changed:
            return self._changed.wait_for(lambda: self.done or len(self.text) > beyond, seconds)

    def cancel(self) -> None:
        """Stop writing and hang up; what has come stays."""
        self._cancelled.set()
        with self._changed:
            loop, task = self._loop, self._task
            if loop is not None and task is not None and not self.done:
                loop.call_soon_threadsafe(task.cancel)

    def join(self, seconds: float | None = None) -> None:
        """Wait until the connection is closed."""
        self._thread.join(seconds)

    @property
    def cancelled(self) -> bool:
        """Whether it was stopped by `cancel`."""
        return self._cancelled.is_set()

    async def _run(self, settings: WriterSettings, request: list[Message]) -> None:
        with self._changed:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        problem: WriterError | None = None
        try:
            if not self.cancelled:
                await self._read(settings, request)
        except asyncio.CancelledError:
            pass  # by `cancel`, the only one who can
        except WriterError as found:
            problem = found
        except Exception:  # whatever else: the page must not take half an answer for a whole one
            logging.getLogger("cexun").exception("Writing an answer failed")
            problem = WriterError("writer_broken")
        finally:
            with self._changed:
                self.problem, self.done = problem, True
                self._changed.notify_all()

    async def _read(self, settings: WriterSettings, request: list[Message]) -> None:
        try:
            async with (
                asyncio.timeout(TOTAL_TIMEOUTS * settings.timeout),
                aclosing(pieces(settings, request)) as coming,
            ):
                while (piece := await self._next(coming, settings.timeout)) is not None:
                    self._take(piece)
        except TimeoutError as problem:
            raise WriterError("writer_endless") from problem
        if not self.text.strip():
            raise WriterError("writer_empty")

    async def _next(self, coming: AsyncGenerator[str], silent: float) -> str | None:
        try:
            async with asyncio.timeout(silent):
                return await anext(coming, None)
        except TimeoutError as problem:
            code = "writer_slow" if self.first is None else "writer_stalled"
            raise WriterError(code, seconds=round(silent)) from problem

    def _take(self, piece: str) -> None:
        self._raw += piece
        if len(self._raw) > LONGEST_ANSWER:
            raise WriterError("writer_endless")
        text = _shown(self._raw)
        if len(text) > len(self.text):
            with self._changed:
                if self.first is None:
                    self.first = time.monotonic() - self.started
                self.text = text
                self._changed.notify_all()


def _shown(raw: str) -> str:
    """What is shown of a text that may be unfinished: no thoughts, no control characters."""
    if raw.lstrip().startswith("<think>"):
        thought = _THOUGHT.match(raw)
        raw = raw[thought.end() :] if thought else ""
    elif "<think>".startswith(raw.lstrip()[:7]):
        return ""
    if raw and "\ud800" <= raw[-1] <= "\udbff":  # the half of a character whose rest is to come
        raw = raw[:-1]
    whole = raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNSEEN.sub("", whole)
