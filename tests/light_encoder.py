"""An encoder for tests: instant, deterministic, and close texts have close vectors.

Run as a program it is a build in a process of its own, to be killed or kept waiting:

    python tests/light_encoder.py CORPUS INDEX LOG [--hold]

It prints a line at every step. Each text goes into LOG when it is embedded. With `--hold` it
stops before the first text until a line comes in.
"""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@cache
def _place(pair: str) -> tuple[int, float]:
    """The component that a pair of characters counts towards, and the sign it counts with."""
    number = zlib.crc32(pair.encode("utf-8"))  # which fails on half a character, as models do
    return number % LightEncoder.dimension, 1.0 if number >> 16 & 1 else -1.0


class LightEncoder:
    """Hashes pairs of neighbouring characters into 256 dimensions; vectors have length 1.

    `embedded` lists every passage or sentence it was given, `questions` every question, `read`
    every question that it was to read together with texts.
    """

    name = "light"
    dimension = 256
    window = 512
    reads_terms = False

    def __init__(self) -> None:
        self.embedded: list[str] = []
        self.questions: list[str] = []
        self.read: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text) + 2

    def encode_passages(self, texts: Sequence[str]) -> Array:
        self.embedded += texts
        return np.stack([self.vector(text) for text in texts])

    def encode_question(self, text: str) -> Array:
        self.questions.append(text)
        return self.vector(text)

    def encode_sentence(self, text: str) -> Array:
        return self.encode_question(text)

    def warm_up(self) -> None:
        """Nothing: it is ready."""

    def answers(self, question: str, texts: Sequence[str]) -> None:
        """It cannot read a question and a text together."""
        self.read.append(question)

    def vector(self, text: str) -> Array:
        found = np.zeros(self.dimension, np.float32)
        for left, right in pairwise(f" {' '.join(text.split())} "):
            component, sign = _place(left + right)
            found[component] += sign
        length = float(np.linalg.norm(found))
        if not length:
            found[0] = length = 1.0
        return (found / length).astype(np.float32)


class WatchedEncoder(LightEncoder):
    """Says when it begins, keeps a log of what it has embedded, and takes its time."""

    def __init__(self, log: Path, hold: bool) -> None:
        super().__init__()
        self.log = log
        self.hold = hold

    def encode_passages(self, texts: Sequence[str]) -> Array:
        print("embedding", flush=True)
        if self.hold:
            self.hold = not sys.stdin.readline()
        time.sleep(0.004)
        vectors = super().encode_passages(texts)
        with self.log.open("a", encoding="utf-8") as file:
            file.writelines(f"{text!r}\n" for text in texts)
        return vectors


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from indexer import build

    corpus, index, log = map(Path, sys.argv[1:4])
    build.SLICE_TEXTS, build.GROUP_TEXTS = 8, 64  # more moments at which something can be half done
    print("ready", flush=True)
    build.build(
        corpus,
        index,
        encoder=WatchedEncoder(log, hold="--hold" in sys.argv),
        report=lambda progress: print(progress.stage, flush=True),
    )
    print("done", flush=True)


if __name__ == "__main__":
    main()
