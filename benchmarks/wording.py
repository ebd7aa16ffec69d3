"""What a search for precedent wording costs over 500,000 sentences, beyond embedding.

    python -m benchmarks.wording [--index FOLDER] [--sentences N] [--noise LENGTH]

The machine may be busy with other work, so the processor's time stands beside that of the clock.
The sentences are those of the sample library (or of the index given), repeated with their documents
until there are enough: each vector is turned by a little noise, and in nine copies of ten every
sentence has one character changed, so that it counts as a sentence of its own. Vectors of the
searched texts (the labelled drafts of tests/data) are made beforehand.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.machine import machine, median_and_95th, table
from benchmarks.sample import ROOT, sample_index, say
from indexer.catalogue import Catalogue, pack_vectors, unpack_vectors
from indexer.embed import load_encoder
from indexer.library import Library
from indexer.records import Matrix, Vector
from indexer.sentences import split_sentences, split_statements
from indexer.wording.frames import clauses, frame_hash
from indexer.wording.view import Runs, WordingView

DRAFT = 3_000
"""Characters of the draft that is searched in one batch."""

WARM_UP = 5
_HAN = 0x4E00


class Prepared:
    """An encoder that knows the vectors of its texts already."""

    window = 512
    reads_terms = False

    def __init__(self, texts: Sequence[str]) -> None:
        encoder = load_encoder()
        self.name, self.dimension = encoder.name, encoder.dimension
        self._vectors = {text: encoder.encode_sentence(text) for text in dict.fromkeys(texts)}

    def count_tokens(self, text: str) -> int:
        """As many as characters."""
        return len(text)

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """The vectors made beforehand."""
        return np.stack([self._vectors[text] for text in texts])

    def encode_sentence(self, text: str) -> Vector:
        """The vector made beforehand."""
        return self._vectors[text]

    encode_question = encode_sentence

    def warm_up(self) -> None:
        """Nothing: it is ready."""

    def answers(self, question: str, texts: Sequence[str]) -> None:
        """Nothing: it reads no pairs."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What a search for precedents costs.")
    parser.add_argument("--index", type=Path, help="an index of real sentences (default: new)")
    parser.add_argument("--sentences", type=int, default=500_000)
    parser.add_argument("--noise", type=float, default=0.1, help="length of the noise (default .1)")
    options = parser.parse_args()
    singles = _drafts()
    whole = _draft(singles)
    parts = [part.text for each in singles for part in split_statements(each)]
    parts += [each.text for each in split_sentences(whole)]
    parts += [part.text for each in split_sentences(whole) for part in split_statements(each.text)]
    encoder = Prepared([*singles, *parts])
    with tempfile.TemporaryDirectory() as name, sample_index(options.index) as source:
        index = Path(name) / "index"
        multiply(source, index, options.sentences, options.noise)
        rows = measure(index, encoder, singles, whole)
    print(machine() + "\n")
    print(table(("what", "figure"), rows))


def multiply(source: Path, index: Path, sentences: int, noise: float) -> None:
    """Write an index of at least so many sentences out of a smaller one."""
    say(f"writing {sentences:,} sentences")
    index.mkdir()
    with (
        closing(sqlite3.connect(source / "catalogue.sqlite")) as old,
        closing(sqlite3.connect(index / "catalogue.sqlite")) as new,
    ):
        old.backup(new)
    random = np.random.default_rng(1)
    with closing(sqlite3.connect(index / "catalogue.sqlite", isolation_level=None)) as write:
        write.row_factory = sqlite3.Row
        write.execute("PRAGMA synchronous=OFF")
        documents = [dict(row) for row in write.execute("SELECT * FROM documents")]
        chunks = [dict(row) for row in write.execute("SELECT * FROM chunks WHERE hash NOT NULL")]
        each = sum(len(row["spans"]) // 8 for row in chunks)
        number = max(row["id"] for row in documents)
        chunk = int(write.execute("SELECT max(id) FROM chunks").fetchone()[0])
        write.execute("BEGIN")
        for copy in range(1, -(-sentences // each)):
            ids = {row["id"]: number + at for at, row in enumerate(documents, 1)}
            number += len(documents)
            for row in documents:
                new_row = row | {"id": ids[row["id"]], "doc": f"{copy}/{row['doc']}"}
                _insert(write, "documents", new_row)
            for row in chunks:
                chunk += 1
                changed = _turned(row, noise, random, same=copy % 10 == 0)
                _insert(write, "chunks", changed | {"id": chunk, "document": ids[row["document"]]})
                write.execute("INSERT INTO changes (op, chunk) VALUES ('+', ?)", (chunk,))
        write.execute("COMMIT")


def _turned(
    row: dict[str, object], noise: float, random: np.random.Generator, same: bool
) -> dict[str, object]:
    spans = np.frombuffer(bytes(row["spans"]), np.int32).reshape(-1, 2)  # type: ignore[arg-type]
    vectors = unpack_vectors(bytes(row["sentence_vectors"]), len(spans))  # type: ignore[arg-type]
    step = random.normal(size=vectors.shape).astype(np.float32)
    vectors = vectors + noise * step / np.linalg.norm(step, axis=1, keepdims=True)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    text = list(str(row["text"]))
    for a, b in [] if same else (spans - int(str(row["start"]))).tolist():
        han = [at for at in range(a, b) if "\u4e00" <= text[at] <= "\u9fff"]
        if han:
            text[int(random.choice(han))] = chr(_HAN + int(random.integers(20_000)))
    return row | {"text": "".join(text), "sentence_vectors": pack_vectors(vectors)}


def _insert(write: sqlite3.Connection, name: str, row: dict[str, object]) -> None:
    marks = ", ".join("?" * len(row))
    write.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def measure(
    index: Path, encoder: Prepared, singles: Sequence[str], whole: str
) -> list[tuple[str, object]]:
    """The figures of one index."""
    say("making the sentence index")
    with closing(Catalogue(index)) as catalogue:
        dimension = int(catalogue.settings()["dimension"])
        start = time.perf_counter()
        view = WordingView(catalogue, index, dimension)
        made = time.perf_counter() - start
        view.save()
        size = len(view)
        exact = [_timed(partial(_exact, view, text)) for text in singles]
        bytes_held = view.bytes_held
        del view
    library = Library(index, lambda _: encoder)
    library.warm_up()
    for text in singles[:WARM_UP]:
        library.wording(text)
    sentence = [_timed(partial(library.wording, text)) for text in singles[WARM_UP:]]
    draft = [_timed(lambda: library.wording(whole, limit=5, uses=8)) for _ in range(5)]
    library.close()
    return [
        ("sentences (statements embedded)", size),
        ("making the sentence index anew, s", round(made, 1)),
        ("bytes a sentence", round(bytes_held / size)),
        ("exact matches by hash, ms: median (95th percentile)", _shown(exact)),
        ("a sentence beyond embedding it, ms: median (95th percentile)", _shown(sentence)),
        (f"a draft of {len(whole):,} characters in one batch, ms: the same", _shown(draft)),
    ]  # fmt: skip


def _exact(view: WordingView, text: str) -> Runs:
    return view.find([frame_hash(clause.frame) for clause in clauses(text)])


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor."""
    clock, used = time.perf_counter(), time.process_time()
    call()
    return 1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - used)


def _shown(times: Sequence[tuple[float, float]]) -> str:
    (median, slow), (used, _) = (median_and_95th(each) for each in zip(*times, strict=True))
    return f"{median:.2f} ({slow:.2f}), processor {used:.2f}"


def _drafts() -> list[str]:
    path = ROOT / "tests" / "data" / "wording_drafts.jsonl"
    return [json.loads(line)["draft"] for line in path.read_text(encoding="utf-8").splitlines()]


def _draft(singles: Sequence[str]) -> str:
    """The labelled drafts one after another, as long as a draft may be; repeated if need be."""
    text = ""
    while len(text) < DRAFT:
        text += "".join(each if each[-1] in "。；" else each + "。" for each in singles)
    return text[: text.rindex("。", 0, DRAFT) + 1]


if __name__ == "__main__":
    main()
