"""What a question costs over 100,000 chunks, stage by stage.

    python -m benchmarks.question_latency [--index FOLDER] [--sizes N ...] [--noise LENGTH]

`--sizes 1000000` needs 10 GB of disk, as much memory, and half an hour on two cores.

The chunks are real ones (of the sample library, or of the index given), repeated with all their
documents under new ids until there are enough, each vector turned by a little noise so that no two
are equal: embedding 100,000 chunks would take a day and change nothing here. Equal texts are
segmented once; their sentences go by other hashes, as those of different texts do. Each size is
measured in a process of its own that loads no model: its question vectors are made beforehand, so
that `Library.find` is timed without the embedding and no question is asked twice. The stages are
timed within the same calls, in processor time: all of it runs in one thread, so that this is what
one waits for on an idle machine, and other jobs hardly change it. What a question names does not
narrow it here; the filters given do.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

import indexer.library.finding
from benchmarks.machine import machine, median_and_95th, resident_bytes, table
from benchmarks.sample import ROOT, sample_index, say, varied_questions
from indexer import retrieve
from indexer.catalogue import Catalogue, pack_vectors, unpack_vectors
from indexer.embed import load_encoder
from indexer.glossary import load_glossary
from indexer.library import ALL_FIELDS, Library
from indexer.question import QuestionReader
from indexer.records import Filters, Matrix, Vector
from indexer.segment import Segmenter, segmentation
from indexer.selection import SelectionView
from indexer.terms import TermsView
from indexer.vectors import VectorView

QUESTIONS = 100
WARM_UP = 10
ONE_IN = 1000
LIMIT = 11
"""Passages asked for, as the page does: ten, and one to know of more."""

RARE = Filters(place=("千里县",))
"""Passed by one document in a thousand: every so many get this place."""

HALF = Filters(stage=("半数",))
"""Passed by every second document."""

YEAR = Filters(year=(2022,))
"""Documents of a year, and passages of others that name it."""

FILTERS = {"none": Filters(), "half": HALF, "year": YEAR, "rare": RARE}

_Result = TypeVar("_Result")


def main() -> None:
    """Measure and print; or, as the process of one size, measure and hand the figures back."""
    parser = argparse.ArgumentParser(description="What a question costs, stage by stage.")
    parser.add_argument("--index", type=Path, help="an index of real chunks (default: new)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000])
    parser.add_argument("--noise", type=float, default=0.1, help="length of the noise (default .1)")
    parser.add_argument("--measure", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*options.measure)))
        return
    with tempfile.TemporaryDirectory() as name, sample_index(options.index) as source:
        folder = Path(name)
        embedding = embed_questions(varied_questions(WARM_UP + QUESTIONS), folder / "questions.npz")
        results = []
        for size in options.sizes:
            index = folder / f"{size}"
            results.append(multiply(source, index, size, options.noise))
            results[-1] |= measured_apart(index, folder / "questions.npz")
            shutil.rmtree(index)
    print(machine() + "\n")
    show(embedding, results, options.noise)


# Preparation -----------------------------------------------------------------------------------


def embed_questions(questions: Sequence[str], path: Path) -> list[float]:
    """Embed the questions into a file; the seconds of each but the first few."""
    encoder = load_encoder()
    timed = [clocked(partial(encoder.encode_question, text)) for text in questions]
    np.savez(path, questions=np.array(questions), vectors=np.stack([v for _, v in timed]))
    return [seconds for seconds, _ in timed[WARM_UP:]]


def multiply(source: Path, index: Path, size: int, noise: float) -> dict[str, Any]:
    """Write an index of at least `size` chunks with vectors, out of a smaller one.

    Returns what it took: seconds to write, seconds to make the view anew, bytes on disk.
    """
    say(f"writing {size:,} chunks")
    index.mkdir()
    with (
        closing(sqlite3.connect(source / "catalogue.sqlite")) as old,
        closing(sqlite3.connect(index / "catalogue.sqlite")) as new,
    ):
        old.backup(new)
    with closing(Catalogue(index)) as catalogue:
        dimension = int(catalogue.settings()["dimension"])
        with closing(sqlite3.connect(catalogue.path, isolation_level=None)) as write:
            write.execute("PRAGMA synchronous=OFF")
            writing, _ = clocked(lambda: _Copies(write, dimension, noise).write_until(size))
            write.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        say("making the views")
        made, view = clocked(lambda: VectorView(catalogue, index, dimension))
        view.save()
        del view
        glossary = load_glossary(Path(catalogue.settings()["corpus"]))[0]
        key = segmentation(glossary.terms)
        terms, _ = clocked(lambda: TermsView(catalogue, index, _Remembering(glossary.terms), key))
        counts = catalogue.counts()
    size_on_disk = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    return counts | {"writing": writing, "view": made, "terms": terms, "bytes": size_on_disk}


class _Remembering(Segmenter):
    """Segments equal texts once."""

    def __init__(self, own: Sequence[str]) -> None:
        super().__init__(own)
        self.words = cache(super().words)  # type: ignore[method-assign]


class _Copies:
    """Repeats the documents of a catalogue with their chunks and sentences."""

    def __init__(self, write: sqlite3.Connection, dimension: int, noise: float) -> None:
        self._write = write
        self._dimension = dimension
        self._noise = noise
        self._random = np.random.default_rng(1)
        self._documents = self._rows("documents")
        self._chunks: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows("chunks"):
            self._chunks[row["document"]].append(row)
        self._sentences: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows("sentences"):
            self._sentences[row["chunk"]].append(row)
        self._next_chunk = 1 + max(row["id"] for rows in self._chunks.values() for row in rows)

    def write_until(self, size: int) -> None:
        """Add copies of the documents, one after another, until there are `size` vectors."""
        number = 1 + max(row["id"] for row in self._documents)
        (have,) = self._write.execute("SELECT count(vector) FROM chunks").fetchone()
        while have < size:
            self._write.execute("BEGIN")
            for document in self._documents:
                if have >= size:
                    break
                have += self._copy(document, number)
                number += 1
            self._write.execute("COMMIT")
        half, rare = HALF.stage[0], RARE.place[0]
        self._write.execute("UPDATE documents SET stage = ? WHERE id % 2", (half,))
        self._write.execute(
            f"UPDATE documents SET place = ? WHERE id % {ONE_IN} = {min(number, ONE_IN) // 2}",
            (rare,),
        )

    def _copy(self, document: dict[str, Any], number: int) -> int:
        chunks, sentences = [], []
        for row in self._chunks[document["id"]]:
            new = row | {"id": self._next_chunk, "document": number}
            self._next_chunk += 1
            if row["vector"] is not None:
                vector = np.frombuffer(row["vector"], np.float16).astype(np.float32)[None, :]
                new["vector"] = self._turned(vector).astype(np.float16).tobytes()
                new["hash"] = _other(row["hash"], number)
            if count := len(row["spans"]) // 8:
                turned = self._turned(unpack_vectors(row["sentence_vectors"], count))
                new["sentence_vectors"] = pack_vectors(turned)
            chunks.append(new)
            sentences += [
                each | {"chunk": new["id"], "hash": _other(each["hash"], number)}
                for each in self._sentences[row["id"]]
            ]
        self._insert("documents", [document | {"id": number, "doc": f"{number}/{document['doc']}"}])
        self._insert("chunks", chunks)
        self._insert("sentences", sentences)
        added = [chunk["id"] for chunk in chunks if chunk["vector"] is not None]
        self._write.executemany(
            "INSERT INTO changes (op, chunk) VALUES ('+', ?)", [(each,) for each in added]
        )
        return len(added)

    def _turned(self, vectors: Matrix) -> Matrix:
        """Unit vectors turned by noise of the given length."""
        spread = self._noise / self._dimension**0.5
        noise = self._random.standard_normal(vectors.shape, np.float32)
        turned: Matrix = vectors + np.float32(spread) * noise
        turned /= np.linalg.norm(turned, axis=1, keepdims=True)
        return turned

    def _rows(self, name: str) -> list[dict[str, Any]]:
        found = self._write.execute(f"SELECT * FROM {name}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    def _insert(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            columns, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
            self._write.executemany(
                f"INSERT INTO {name} ({columns}) VALUES ({marks})",
                [tuple(row.values()) for row in rows],
            )


def _other(key: bytes, number: int) -> bytes:
    """A key that no text has."""
    return hashlib.blake2b(key + number.to_bytes(8, "big"), digest_size=len(key)).digest()


# Measurement, in a process of its own ----------------------------------------------------------


def measured_apart(index: Path, questions: Path) -> dict[str, Any]:
    """Measure an index in a fresh process."""
    say("asking questions")
    command = [sys.executable, "-m", "benchmarks.question_latency", "--measure"]
    done = subprocess.run(
        [*command, str(index), str(questions)], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


class KnownQuestions:
    """An encoder that knows the vectors of its questions and no others."""

    reads_terms = False

    def __init__(self, name: str, known: dict[str, Vector]) -> None:
        self.name = name
        self.encode_question: Callable[[str], Vector] = known.__getitem__

    def warm_up(self) -> None:
        """Nothing: it is ready."""

    def answers(self, question: str, texts: Sequence[str]) -> None:
        """Nothing: it reads no pairs."""


class Stopwatch:
    """Times methods and functions by standing in their place."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def watch(self, owner: object, name: str) -> None:
        """Add up from now on what each call of `owner.name` takes."""
        work = getattr(owner, name)
        key = f"{getattr(owner, '__name__', owner)}.{name}"

        def timed(*values: object, **named: object) -> object:
            start = time.thread_time()
            try:
                return work(*values, **named)
            finally:
                self.seconds[key] += time.thread_time() - start

        setattr(owner, name, timed)


def measure(index: Path, path: Path) -> dict[str, Any]:
    """Open an index and ask every question under each filter; seconds of each stage."""
    file = np.load(path)
    questions = [" ".join(question.split()) for question in file["questions"].tolist()]
    with closing(Catalogue(index)) as catalogue:
        model = catalogue.settings()["model"]
    encoder = KnownQuestions(model, dict(zip(questions, file["vectors"], strict=True)))
    before = resident_bytes()
    opening, library = clocked(lambda: _opened(index, encoder))
    opened = resident_bytes()
    clock = Stopwatch()
    for owner, names in _WATCHED:
        for name in names:
            clock.watch(owner, name)
    runs: dict[str, list[dict[str, float]]] = defaultdict(list)
    # In turn, because the library remembers what the last filter left.
    for question, (name, filters) in product(questions, FILTERS.items()):
        runs[name].append(_ask(library, question, filters, clock))
    result = {
        "opening": opening,
        "memory_before": before,
        "memory_opened": opened,
        "memory_asked": resident_bytes(),
        "kept": {name: kept(library, filters) for name, filters in FILTERS.items()},
        "stages": {
            name: {stage: [row[stage] for row in rows[WARM_UP:]] for stage in STAGES}
            for name, rows in runs.items()
        },
    }
    library.close()
    return result


def _opened(index: Path, encoder: KnownQuestions) -> Library:
    library = Library(index, lambda _: encoder)  # type: ignore[arg-type,return-value]
    library.warm_up()
    return library


def kept(library: Library, filters: Filters) -> int:
    """How many chunks the filters leave."""
    chosen = SelectionView(library.catalogue).choose(filters)
    return library.catalogue.counts()["embedded_chunks"] if chosen is None else len(chosen.ids)


def _ask(library: Library, question: str, filters: Filters, clock: Stopwatch) -> dict[str, float]:
    """Ask one question; seconds of its stages."""
    clock.seconds.clear()
    ask = partial(library.find, question, filters, LIMIT, group=True, skip=ALL_FIELDS)
    whole = time.thread_time()
    waited, found = clocked(ask)
    whole = time.thread_time() - whole
    if not found.passages:
        raise SystemExit("a question found nothing")
    took = defaultdict(float, {key.rpartition(".")[2]: s for key, s in clock.seconds.items()})
    took["search"] = 0.0  # of two views
    vectors, terms = (clock.seconds[f"{view}.search"] for view in ("VectorView", "TermsView"))
    sentences = took["sentence_rows"] + took["_best_sentences"]
    stages = {
        "reading": took["read"],
        "terms": took["groups_of"] + took["weights"] + terms,
        "filters": took["choose"],
        "fusion": took["products"] + took["_scored"] - sentences,
        "grouping": took["documents_of"] + took["best_per_document"],
        "copies": took["pieces_of"] + took["merge_copies"] + took["also_in"],
    }
    added = sum(stages.values())
    stages |= {
        "added": added,
        "vectors": vectors,
        "sentences read": took["sentence_rows"],
        "sentences scored": took["_best_sentences"],
        "text": took["fetch"],
    }
    stages["rest"] = whole - added - vectors - sentences - took["fetch"]
    return stages | {"whole": whole, "waited": waited}


def clocked(work: Callable[[], _Result]) -> tuple[float, _Result]:
    """The seconds that some work takes, and what it returns."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


# Output ----------------------------------------------------------------------------------------

STAGES = {
    "reading": "reading the question for places and years",
    "terms": "terms: segmenting, glossary, BM25",
    "filters": "filters: which chunks pass",
    "fusion": "fusion: the other side's scores, sorting",
    "grouping": "grouping by document",
    "copies": "merging copies, naming their documents",
    "added": "**these six together**",
    "vectors": "vector search",
    "sentences read": "sentences: reading",
    "sentences scored": "sentences: choosing the best",
    "text": "fetching text, choosing highlights",
    "rest": "the rest (settings, catching up)",
    "whole": "**`Library.find` without embedding**",
    "waited": "– by the clock, other jobs' load included",
}

_WATCHED: tuple[tuple[object, tuple[str, ...]], ...] = (
    (QuestionReader, ("read",)),
    (indexer.library.finding, ("groups_of", "pieces_of", "merge_copies", "also_in")),
    (TermsView, ("weights", "search")),
    (SelectionView, ("choose", "documents_of")),
    (VectorView, ("search", "products")),
    (Catalogue, ("sentence_rows",)),
    (retrieve, ("_best_sentences", "_scored", "best_per_document", "fetch")),
)


def show(embedding: Sequence[float], results: Sequence[dict[str, Any]], noise: float) -> None:
    """Print the tables."""
    middle, high = (1000 * value for value in median_and_95th(embedding))
    print(
        "Real chunks repeated under new ids, their vectors turned by noise of length "
        f"{noise:g} and made unit length again. {QUESTIONS} distinct questions after {WARM_UP} to "
        "warm up, each asked with every filter in turn, so that no filter is remembered from the "
        "question before; the index lies in the file cache. Milliseconds of processor time.\n\n"
        f"Embedding a question: median {middle:.1f}, 95th percentile {high:.1f} (by the clock).\n"
    )
    for result in results:
        kept = result["kept"]
        print(f"{result['embedded_chunks']:,} chunks, {result['documents']:,} documents:\n")
        head = ["stage"]
        names = {
            "none": "no filter",
            "half": f"a stage ({kept['half']:,} kept)",
            "year": f"a year ({kept['year']:,})",
            "rare": f"a place ({kept['rare']:,})",
        }
        for name in names.values():
            head += [f"{name}: median", "95th"]
        rows: list[list[object]] = []
        for stage, label in STAGES.items():
            row: list[object] = [label]
            for name in names:
                values = result["stages"][name][stage]
                row += [1000 * value for value in median_and_95th(values)]
            rows.append(row)
        print(table(head, rows) + "\n")
    print("Opening, memory and disk:\n")
    head = ["chunks", "opened in s", "vectors made anew in s", "terms made anew in s"]
    head += ["memory before, MiB", "after opening", "after all questions", "on disk, MiB"]
    head += ["written in s"]
    mebibyte = 2**20
    print(
        table(
            head,
            [
                [
                    result["embedded_chunks"],
                    result["opening"],
                    result["view"],
                    result["terms"],
                    result["memory_before"] / mebibyte,
                    result["memory_opened"] / mebibyte,
                    result["memory_asked"] / mebibyte,
                    result["bytes"] / mebibyte,
                    result["writing"],
                ]
                for result in results
            ],
        )
    )


if __name__ == "__main__":
    main()
