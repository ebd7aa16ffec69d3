"""A long job's sign of life: a scan of a hundred pages takes minutes, yet is not stuck.

Readers call `tell` after each page.
"""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None]) -> None:
    """Have `listener` called at each sign of life."""
    _listeners.append(listener)


def tell() -> None:
    """Say that the work goes on."""
    for listener in _listeners:
        listener()
