"""What a comparison of many places, years and questions costs.

    python -m benchmarks.compare [--index FOLDER] [--chunks N] [--noise LENGTH]

The chunks are those of the sample library (or of the index given), repeated with their documents
under new names until there are enough, each vector turned by a little noise; their places and
years are dealt out so that 300 places have a document of each of five years. The questions are
embedded beforehand.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.machine import machine, table
from benchmarks.question_latency import KnownQuestions, multiply
from benchmarks.sample import sample_index, say
from indexer.embed import load_encoder
from indexer.library import Library

PLACES, YEARS = 300, (2020, 2021, 2022, 2023, 2024)
QUESTIONS = (
    "各县如何化解大班额",
    "教师交流轮岗有哪些做法",
    "怎样提高九年义务教育巩固率",
    "课后服务怎样开展",
    "how is rural education funded",
)


def main() -> None:
    """Measure the whole selection and tenths of it, and print where the time goes."""
    parser = argparse.ArgumentParser(description="What a comparison costs.")
    parser.add_argument("--index", type=Path, help="an index of real chunks (default: new)")
    parser.add_argument("--chunks", type=int, default=30_000)
    parser.add_argument("--noise", type=float, default=0.1, help="length of the noise (default .1)")
    options = parser.parse_args()
    encoder = load_encoder()
    known = {text: encoder.encode_question(text) for text in QUESTIONS}
    with tempfile.TemporaryDirectory() as name, sample_index(options.index) as source:
        index = Path(name) / "index"
        multiply(source, index, options.chunks, options.noise)
        deal_out(index)
        library = Library(index, lambda _: KnownQuestions(encoder.name, dict(known)))  # type: ignore[arg-type,return-value]
        library.warm_up()
        library.compare(QUESTIONS[:1], [place(0)], YEARS[:1])
        rows = [measure(library, places) for places in (30, 100, 200, PLACES)]
        library.close()
    print(machine() + "\n")
    print(table(tuple(rows[0]), [tuple(row.values()) for row in rows]))


def place(number: int) -> str:
    """The name of a county that there is not."""
    return f"第{number}试县"


def deal_out(index: Path) -> None:
    """Give every document a place and a year, each pair in turn."""
    say("dealing out places and years")
    with closing(sqlite3.connect(index / "catalogue.sqlite")) as write:
        ids = [row[0] for row in write.execute("SELECT id FROM documents ORDER BY id")]
        rows = [
            (place(at // len(YEARS) % PLACES), YEARS[at % len(YEARS)], number)
            for at, number in enumerate(ids)
        ]
        write.executemany(
            "UPDATE documents SET place = ?, year = ?, city = NULL, province = NULL WHERE id = ?",
            rows,
        )
        write.commit()


def measure(library: Library, places: int) -> dict[str, Any]:
    """Seconds of one comparison, and of its parts."""
    spent: dict[str, float] = defaultdict(float)
    catalogue, views = library.catalogue, library._open_views()

    def clocked(part: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            begin = time.perf_counter()
            try:
                return call(*given)
            finally:
                spent[part] += time.perf_counter() - begin

        return run

    moments: list[tuple[float, float]] = []
    catalogue.sentence_rows = clocked("read", type(catalogue).sentence_rows.__get__(catalogue))  # type: ignore[method-assign]
    views.vectors.search = clocked("dense", type(views.vectors).search.__get__(views.vectors))  # type: ignore[method-assign]
    views.terms.search = clocked("words", type(views.terms).search.__get__(views.terms))  # type: ignore[method-assign]
    begin, used = time.perf_counter(), time.process_time()
    found = library.compare(
        QUESTIONS,
        [place(number) for number in range(places)],
        YEARS,
        progress=lambda share: moments.append((share, time.perf_counter() - begin)),
    )
    total = time.perf_counter() - begin
    scored = max(at for share, at in moments if share <= 0.8)
    return {
        "places": places,
        "cells": len(found.cells),
        "quoted": sum(cell.status == "quoted" for cell in found.cells),
        "chunk cosines, s": spent["dense"],
        "BM25, s": spent["words"],
        "reading, s": spent["read"],
        "until scored, s": scored,
        "quotations and figures, s": total - scored,
        "all, s": total,
        "processor time, s": time.process_time() - used,
    }


if __name__ == "__main__":
    main()
