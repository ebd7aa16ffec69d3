"""Fits `indexer/data/speaks.toml`: the probability that a passage speaks to a question.

    python -m benchmarks.calibrate [--index DIR] [--write]

Asks the labelled questions of the sample library (`tests/data/`) and fits, for each language, a
logistic regression over the parts of the score of each document's best passage: does the document
answer the question? A second one weighs what a sentence is told by the cross-encoder against its
first probability: does the sentence hold the fact? Both are fitted on the questions marked `tune`;
the reliability printed is that of the held-out ones. Without `--index` the sample library is
indexed first, which takes minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from benchmarks.answers import holds
from benchmarks.machine import machine
from benchmarks.sample import ROOT, TODAY, sample_questions
from indexer.answer import Answer
from indexer.build import build
from indexer.library import Library
from indexer.records import ScoreParts
from indexer.speaks import Calibration, log_odds_of

NAMES = ("passage", "sentence", "words", "covered")
BINS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01)


def pairs(library: Library, language: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """For each question and document of its selection: the parts of the score, and the answer."""
    parts: list[list[float]] = []
    answers: list[bool] = []
    for row in sample_questions():
        if row["language"] != language or row["split"] != split:
            continue
        right = {answer["doc"] for answer in row["answers"]}
        for doc, each in best_parts(library, row["question"]).items():
            parts.append([getattr(each, name) for name in NAMES])
            answers.append(doc in right)
    return np.array(parts), np.array(answers)


def sentences(
    library: Library, language: str, split: str, first: Calibration
) -> tuple[np.ndarray, np.ndarray]:
    """For each sentence read again: its first log-odds, those of its reading, and the answer."""
    told: list[tuple[float, float]] = []
    right: list[bool] = []
    for row in sample_questions():
        if row["language"] != language or row["split"] != split:
            continue
        found = library.sentences_read(row["question"], first, today=TODAY)
        for statement, probability, log_odds in found:
            told.append((log_odds_of(probability), log_odds))
            right.append(holds(library, Answer("answered", statements=(statement,)), row))
    return np.array(told), np.array(right)


def best_parts(library: Library, question: str) -> dict[str, ScoreParts]:
    """The parts of the best passage of each document of the question's selection."""
    best: dict[str, ScoreParts] = {}
    for doc, each in library.parts_by_document(question, today=TODAY):
        best.setdefault(doc, each)
    return best


def fit(library: Library, language: str) -> list[str]:
    """Fit one language, print how well it holds, and give its entries of the tables."""
    name = library.status()["model"]
    first = regression("calibration", language, partial(pairs, library, language), NAMES)
    gather = partial(sentences, library, language, first=Calibration(**first))
    second = regression("reading", language, gather, ("before", "read"))
    return [
        "\n".join(
            [f"[[{kind}]]", f'model = "{name}"', f'language = "{language}"']
            + [f"{key} = {value:.4f}" for key, value in values.items()]
        )
        for kind, values in (("calibration", first), ("reading", second))
    ]


def regression(
    kind: str,
    language: str,
    gather: Callable[[str], tuple[np.ndarray, np.ndarray]],
    names: Sequence[str],
) -> dict[str, float]:
    """The weights and the intercept fitted on what is gathered of the tune split."""
    x, y = gather("tune")
    held_x, held_y = gather("held-out")
    mean, spread = x.mean(axis=0), x.std(axis=0)
    model = LogisticRegression(C=10, max_iter=5000).fit((x - mean) / spread, y)
    weights = model.coef_[0] / spread
    told = model.predict_proba((held_x - mean) / spread)[:, 1]
    print(f"{kind}, {language}: {len(y)} to fit, {len(held_y)} held out ({held_y.sum()} right),"
          f" area under the curve {roc_auc_score(held_y, told):.3f}")  # fmt: skip
    for low, high in zip(BINS, BINS[1:], strict=False):
        inside = (told >= low) & (told < high)
        if inside.any():
            print(f"  told {told[inside].mean():.2f}  true {held_y[inside].mean():.2f}"
                  f"  ({inside.sum()})")  # fmt: skip
    values = {key: float(value) for key, value in zip(names, weights, strict=True)}
    return values | {"intercept": float(model.intercept_[0] - weights @ mean)}


def main() -> None:
    """Fit both languages; `--write` puts them where the program reads them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        index = arguments.index or Path(scratch)
        if arguments.index is None:
            build(ROOT / "corpus", index)
        library = Library(index)
        entries = [entry for language in ("zh", "en") for entry in fit(library, language)]
        library.close()
    if arguments.write:
        head = "# Fitted by `python -m benchmarks.calibrate --write`; see indexer/speaks.py.\n\n"
        (ROOT / "indexer/data/speaks.toml").write_text(
            head + "\n\n".join(entries) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
