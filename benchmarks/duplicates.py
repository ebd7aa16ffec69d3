"""What finding duplicates costs a build, and what copies cost a question.

    python -m benchmarks.duplicates [--documents N]

The documents are synthetic: 50 sentences of drawn words, stock phrases and a number, every fourth
one a revision of the one before, every fiftieth a copy of it, all with the same block of
boilerplate. Their vectors are made from a checksum and mean nothing, so that everything but
embedding can be timed. What bare embedding takes is worked out from the pace of the default model
on some of these texts, longest first as a build has them.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.machine import machine, table
from benchmarks.sample import say
from indexer.build import build_sources
from indexer.catalogue import Catalogue
from indexer.embed import load_encoder
from indexer.library import Library
from indexer.records import Matrix, RawText, Source, Vector
from indexer.relatives import compare_documents

_DRAW = random.Random(0)
WORDS = ["".join(chr(_DRAW.randrange(0x4E00, 0x8000)) for _ in range(2)) for _ in range(3000)]
STOCK = (
    "进一步加强",
    "全面贯彻落实",
    "取得明显成效",
    "由财政专项支持",
    "列入下年工作要点",
    "逐月通报",
)
BOILERPLATE = "".join(
    f"各单位要按照第{n}项要求加强组织领导，压实工作责任，确保各项任务落到实处。\n" for n in range(6)
)
PACE_TEXTS = 256


class Checksums:
    """An encoder whose vectors cost next to nothing; notes the texts it was given."""

    name = "checksums"
    dimension = 384
    window = 512
    reads_terms = False

    def __init__(self) -> None:
        self.texts: list[str] = []

    def count_tokens(self, text: str) -> int:
        """About what the default model counts."""
        return len(text) * 2 // 3 + 2

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """One row a passage."""
        self.texts += texts
        return np.stack([self.encode_question(text) for text in texts])

    def encode_question(self, text: str) -> Vector:
        """A unit vector."""
        vector = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimension)
        return (vector / np.linalg.norm(vector)).astype(np.float32)


def documents(count: int) -> Iterator[tuple[str, str]]:
    """Name and text of so many documents."""
    draw = random.Random(1)

    def sentence() -> str:
        parts = [*draw.choices(WORDS, k=9), *draw.choices(STOCK, k=2), str(draw.randrange(10_000))]
        draw.shuffle(parts)
        return "".join(parts) + "。"

    own: list[str] = []
    for number in range(count):
        if number % 50 == 49:
            pass  # a copy
        elif number % 4 == 3:
            own = [sentence() if draw.random() < 0.15 else each for each in own]
        else:
            own = [sentence() for _ in range(50)]
        lines = ["".join(own[at : at + 5]) for at in range(0, len(own), 5)]
        yield f"{number // 100:03}/{number:06}.txt", "\n".join(lines) + "\n" + BOILERPLATE


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What finding duplicates costs.")
    parser.add_argument("--documents", type=int, default=10_000, help="default 10,000")
    count = parser.parse_args().documents
    encoder = Checksums()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder)
        say(f"making an index of {count:,} documents")
        sources = [
            Source(name, hashlib.sha256(text.encode()).hexdigest(), 0, partial(RawText, text=text))
            for name, text in documents(count)
        ]
        build_sources(sources, index, encoder=encoder)
        say("comparing them")
        catalogue = Catalogue(index)
        catalogue.set(compared="")
        whole = seconds_of(lambda: compare_documents(catalogue))
        with catalogue.reading() as read:
            (pairs,) = read.execute("SELECT count(*) FROM relations").fetchone()
        catalogue.remove(sources[count // 2].doc)
        gone = seconds_of(lambda: compare_documents(catalogue))
        catalogue.close()
        build_sources(sources, index, encoder=encoder)
        catalogue = Catalogue(index)
        catalogue.remove(sources[-1].doc)
        catalogue.close()
        one = seconds_of(lambda: build_sources(sources, index, encoder=encoder))
        none = seconds_of(lambda: build_sources(sources, index, encoder=encoder))
        questions = timed_questions(index, encoder)
    bare = bare_seconds(encoder.texts)
    print(machine() + "\n")
    print(
        f"{count:,} documents, {len(encoder.texts):,} distinct texts; {pairs:,} pairs are near.\n"
    )
    rows = [
        ("bare embedding, worked out", bare, 1.0),
        ("comparing all documents", whole, whole / bare),
        ("comparing after one is gone", gone, gone / bare),
        (
            "a build with one new document, beyond a build with none",
            one - none,
            (one - none) / bare,
        ),
    ]
    print(table(("", "seconds", "ratio to bare"), rows) + "\n")
    print(table(("a question beyond embedding it, median", "ms"), questions))


def timed_questions(index: Path, encoder: Checksums) -> list[tuple[str, float]]:
    """Milliseconds of a question with copies merged, and without."""
    library = Library(index, lambda _: encoder)
    asked = [f"问题{number}" for number in range(40)]
    rows = []
    for name, merge in (("as ranked", False), ("with copies merged", True)):
        library.search("预热", merge=merge)
        spent = [seconds_of(partial(library.search, text, merge=merge)) for text in asked]
        rows.append((name, 1000 * statistics.median(spent)))
    library.close()
    return rows


def bare_seconds(texts: Sequence[str]) -> float:
    """What the default model would take for these texts, from a part of them."""
    encoder = load_encoder()
    part = sorted(random.Random(2).sample(texts, min(PACE_TEXTS, len(texts))), key=len)[::-1]
    encoder.encode_passages(part[:32])
    spent = seconds_of(lambda: encoder.encode_passages(part))
    return spent / sum(map(len, part)) * sum(map(len, texts))


def seconds_of(work: Callable[[], object]) -> float:
    """The seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
