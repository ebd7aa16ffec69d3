"""What a build costs beyond the encoder, and what it costs when little has changed.

    python -m benchmarks.build_cost [--files N]

Takes files from the folder `reports` of CEXUN_DATA, spread over the years. A first pass with an
encoder that does nothing finds out which texts the build will hand to its encoder, and what all the
rest of the build costs. Then the build proper and bare `SentenceTransformer.encode` of these same
texts (a model of its own, the passage prompt, the default batch size) take turns every few seconds,
so that a change of the machine's load hits both: whenever the build has embedded a slice, its clock
stops and the bare encoder catches up. The bare encoder goes through all texts longest first, as it
would by itself, in runs of a few batches.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.machine import machine, table
from benchmarks.sample import DATA, say
from indexer.build import build
from indexer.bundled_model import model_folder
from indexer.embed import Encoder, load_encoder
from indexer.records import Matrix, Vector

ADDED = "\n各县要在年底前公布今年新增学位的数量、位置和投入使用的时间。\n"
RUN_TEXTS = 128
"""Texts that the bare encoder gets at once: four batches of the default size."""


class IdleEncoder:
    """Notes the passages it is given, and has the same vector for all of them."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.window = encoder.window
        self.reads_terms = encoder.reads_terms
        self.count_tokens = encoder.count_tokens
        self.encode_question: Callable[[str], Vector] = encoder.encode_question
        self.texts: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """One row a passage."""
        self.texts += texts
        return np.full((len(texts), self.dimension), self.dimension**-0.5, np.float32)


class TimedEncoder(IdleEncoder):
    """An encoder that times itself; between its slices a rival has its turn."""

    def __init__(self, encoder: Encoder, rival: Rival) -> None:
        super().__init__(encoder)
        self._encoder = encoder
        self._rival = rival
        self.seconds = 0.0

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors of passages, one a row, in order."""
        start = time.perf_counter()
        vectors = self._encoder.encode_passages(texts)
        self.seconds += time.perf_counter() - start
        self.texts += texts
        self._rival.catch_up(sum(map(len, texts)))
        return vectors


class Rival:
    """The bare encoder with the texts that it has before it, longest first."""

    def __init__(self, texts: Sequence[str], encode: Callable[[list[str]], object]) -> None:
        self._texts = sorted(texts, key=len, reverse=True)
        self._encode = encode
        self._ahead = 0
        self.seconds = 0.0

    def catch_up(self, characters: int) -> None:
        """Encode until so many more characters are done."""
        self._ahead -= characters
        start = time.perf_counter()
        while self._ahead < 0 and self._texts:
            run = self._texts[:RUN_TEXTS]
            del self._texts[:RUN_TEXTS]
            self._encode(run)
            self._ahead += sum(map(len, run))
        self.seconds += time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What a build costs beyond the encoder.")
    parser.add_argument("--files", type=int, default=8, help="reports to take (default 8)")
    options = parser.parse_args()
    reports = sorted((DATA / "reports").glob("*.txt"))
    if not reports:
        raise SystemExit(f"no reports in {DATA}; set CEXUN_DATA")
    files = spread(reports, options.files)
    encoder = load_encoder()
    model = SentenceTransformer(str(model_folder()), local_files_only=True)
    prompt = next((model.prompts[n] for n in ("document", "passage") if model.prompts.get(n)), "")

    def bare(texts: list[str]) -> None:
        model.encode(texts, prompt=prompt, show_progress_bar=False)

    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for file in files:
            shutil.copyfile(file, corpus / file.name)
        idle = IdleEncoder(encoder)
        rest = seconds_of(lambda: build(corpus, Path(folder, "plan"), encoder=idle))
        longest = sorted(idle.texts, key=len, reverse=True)[:64]
        for warm in (bare, encoder.encode_passages):  # the first pass allocates a model's memory
            warm(longest)
        say(f"embedding {len(idle.texts):,} texts twice")
        rival = Rival(idle.texts, bare)
        timed = TimedEncoder(encoder, rival)
        index = Path(folder, "index")
        built = seconds_of(lambda: build(corpus, index, encoder=timed)) - rival.seconds
        if sorted(timed.texts) != sorted(idle.texts):
            raise SystemExit("the build did not embed the texts that were planned")
        nothing = seconds_of(lambda: build(corpus, index, encoder=encoder))
        change(corpus / files[len(files) // 2].name)
        inside = timed.seconds
        already = len(timed.texts)
        one = seconds_of(lambda: build(corpus, index, encoder=timed))
    print(machine() + "\n")
    show(len(files), idle.texts, built, inside, rival.seconds, rest)
    print("\nThe models are loaded; then the same folder again:\n")
    rows = [("nothing changed", nothing, 0), ("one file changed", one, len(timed.texts) - already)]
    print(table(("building again", "seconds", "texts embedded"), rows))


def spread(files: Sequence[Path], count: int) -> list[Path]:
    """So many of the files, evenly spread over their order."""
    count = max(1, min(count, len(files)))
    return [files[(2 * i + 1) * len(files) // (2 * count)] for i in range(count)]


def change(path: Path) -> None:
    """Put a line into the middle of a file."""
    text = path.read_text(encoding="utf-8")
    at = text.find("\n", len(text) // 2) + 1
    path.write_text(text[:at] + ADDED + text[at:], encoding="utf-8")


def seconds_of(work: Callable[[], object]) -> float:
    """The seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def show(
    files: int, texts: Sequence[str], built: float, inside: float, bare: float, rest: float
) -> None:
    """Print what the build cost against the bare encoder."""
    characters = sum(map(len, texts))
    print(
        f"{files} reports: {len(texts):,} distinct texts (passages and statements) of "
        f"{characters:,} characters. Build and bare encoder take turns within one run; both "
        "models are loaded and warm.\n"
    )
    rows = [
        ("bare `SentenceTransformer.encode`", bare, 1.0),
        ("build", built, built / bare),
        ("– of it inside its encoder", inside, inside / bare),
        ("– of it everything else", built - inside, (built - inside) / bare),
        ("everything else, with an encoder that does nothing", rest, rest / bare),
    ]
    print(table(("", "seconds", "ratio to bare"), rows))
    print(f"\nBare: {len(texts) / bare:.0f} texts or {characters / bare:,.0f} characters a second.")


if __name__ == "__main__":
    main()
