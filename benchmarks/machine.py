"""What every measurement is printed with: the machine, and Markdown tables."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

_LOAD = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
"""Taken on import, before the measurement itself puts load on the machine."""


def machine() -> str:
    """The machine as a Markdown table: processor, cores, memory, Python, torch, load."""
    rows: list[tuple[str, str]] = [
        ("CPU", _processor()),
        ("cores", str(_cores())),
        ("memory", f"{_memory_bytes() / 2**30:.0f} GiB"),
        ("Python", f"{platform.python_version()}, {platform.system()}"),
        ("torch", version("torch") + _threads_and_gpu()),
    ]
    if _LOAD is not None:
        rows.append(("load when this began", f"{_LOAD:.1f}"))
    return table(("machine", ""), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers are set to the right, floats in three significant figures."""
    columns = range(len(head))
    right = [rows and all(not isinstance(row[i], str) for row in rows) for i in columns]
    lines = [
        "| " + " | ".join(head) + " |",
        "| " + " | ".join("--:" if right[i] else "---" for i in columns) + " |",
    ]
    lines += ["| " + " | ".join(_shown(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def median_and_95th(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile of at least two values."""
    return statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]


def resident_bytes() -> int:
    """Memory that this process holds now (RSS); 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _shown(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0


def _threads_and_gpu() -> str:
    """What torch works with, where the script has loaded it."""
    torch = sys.modules.get("torch")
    if torch is None:
        return ""
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return f", {torch.get_num_threads()} threads{gpu}"
