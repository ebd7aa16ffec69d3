"""How long a reader waits: from starting the app to the first passage in a browser.

    python -m benchmarks.start_up [--index FOLDER] [--runs N]

Each run starts the app in a process of its own on a free port, opens it in a fresh headless
Chromium and asks two questions, the first as soon as the box is there: the model then still loads.
Files lie in the file cache, as they do from the second start of a day on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.machine import machine, table
from benchmarks.sample import CORPUS, ROOT, sample_index, say, varied_questions
from indexer.library import Library

PATIENCE = 120
"""Seconds after which a run is given up."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BOX = 'input[type="text"]'
PASSAGE = ".cx-text"

STEPS = {
    "server": "from starting the process to the server answering",
    "paint": "from opening the address to the first contentful paint",
    "box": "from opening the address to the question box",
    "first": "from the first question to its first passage (the model loads meanwhile)",
    "second": "from the second question to its first passage",
}

_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_CHANGED = "([query, old]) => { const e = document.querySelector(query); " + (
    "return e && e.textContent !== old; }"
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="From starting the app to the first passage.")
    parser.add_argument("--index", type=Path, help="an index of the sample library (default: new)")
    parser.add_argument("--runs", type=int, default=3, help="runs (default 3)")
    options = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise SystemExit("no Chromium found")
    with sample_index(options.index) as index:
        Library(index).close()  # says so at once if this program cannot use the index
        runs = []
        for number in range(1, options.runs + 1):
            say(f"run {number}")
            runs.append(run(index.resolve(), browser))
    imports = [import_seconds() for _ in range(options.runs)]
    print(machine() + "\n")
    print(f"The app over the sample library, headless Chromium; {options.runs} runs, seconds.\n")
    rows: list[list[object]] = [
        [label, statistics.median(r[step] for r in runs), *(r[step] for r in runs)]
        for step, label in STEPS.items()
    ]
    rows.append(["importing `indexer.__main__`", statistics.median(imports), *imports])
    print(table(["", "median", *(f"run {n + 1}" for n in range(options.runs))], rows))


def run(index: Path, browser: str) -> dict[str, float]:
    """The seconds of each step of one run."""
    first, second = varied_questions(20)[0::19]
    with app(index) as (address, server), sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        page = opened.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.goto("about:blank")
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.locator(BOX).first.wait_for(state="visible")
        box = time.perf_counter() - start
        paint = page.evaluate(_PAINT)
        times = [ask(page, question) for question in (first, second)]
        opened.close()
    return {
        "server": server,
        "paint": paint / 1000 if paint is not None else float("nan"),
        "box": box,
        "first": times[0],
        "second": times[1],
    }


def ask(page: Page, question: str) -> float:
    """Send a question; the seconds until the first passage is another than before."""
    passage = page.locator(PASSAGE)
    before = passage.first.text_content() if passage.count() else None
    box = page.locator(BOX).first
    box.fill(question)
    start = time.perf_counter()
    box.press("Enter")
    page.wait_for_function(_CHANGED, arg=[PASSAGE, before])
    return time.perf_counter() - start


@contextmanager
def app(index: Path) -> Iterator[tuple[str, float]]:
    """The running app: its address, and the seconds until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command: Sequence[str] = (
        *(sys.executable, "-m", "streamlit", "run", "app.py"),
        *("--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"),
    )
    folders = {"CEXUN_INDEX": str(index), "CEXUN_CORPUS": str(CORPUS)}
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | folders, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            while not answers(address):
                if process.poll() is not None or time.perf_counter() - start > PATIENCE:
                    log.seek(0)
                    raise SystemExit(log.read().decode(errors="replace"))
                time.sleep(0.02)
            yield address, time.perf_counter() - start
        finally:
            process.terminate()
            process.wait(PATIENCE)


def answers(address: str) -> bool:
    """Whether the server serves its page."""
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def import_seconds() -> float:
    """Seconds of `import indexer.__main__` in a fresh interpreter, its own start left out."""
    code = "import time; t = time.perf_counter(); import indexer.__main__; "
    done = subprocess.run(
        [sys.executable, "-c", code + "print(time.perf_counter() - t)"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


if __name__ == "__main__":
    main()
