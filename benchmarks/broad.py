"""How much of the answers to broad questions belongs in them.

    python -m benchmarks.broad [--index DIR]

A broad question (各县如何化解大班额) is answered by many sentences of many documents, so that no
list of them is whole. The 60 in `tests/data/questions_broad.jsonl` were written from the documents
without sight of the program; every statement that it gave to one was judged, the versions mixed, by
whether a careful official would quote it for that question. A statement not judged so far is
counted as such. Of the 12 that no document answers it is counted how many are refused.
"""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from pathlib import Path

from benchmarks.machine import machine, table
from benchmarks.sample import ROOT, TODAY, sample_index
from indexer.library import Library

QUESTIONS = ROOT / "tests" / "data" / "questions_broad.jsonl"


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index", type=Path, help="an index of the sample library (default: new)")
    options = parser.parse_args()
    print(machine() + "\n")
    with sample_index(options.index) as index, closing(Library(index)) as library:
        print(measured(library))


def measured(library: Library) -> str:
    """A table of statements by language and by what is asked for."""
    counts: dict[tuple[str, str], list[int]] = {}
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        answer, _ = library.ask(row["question"], today=TODAY)
        asked = row["aspect"] if row["aspect"] == "measures" else "other"
        count = counts.setdefault((row["language"], asked), [0] * 7)
        if not row["answerable"]:
            count[5] += 1
            count[6] += answer.status == "insufficient"
            continue
        judged = {
            (label["doc"], label["quote"]): side
            for side, name in ((1, "right"), (2, "wrong"))
            for label in row[name]
        }
        count[0] += 1
        for statement in answer.statements:
            sides = {judged.get((quote.doc, statement.text), 0) for quote in statement.quotes}
            count[1 if 1 in sides else 2 if 2 in sides else 3] += 1
        count[4] += len(
            {
                quote.about.own_place
                for statement in answer.statements
                for quote in statement.quotes
                if judged.get((quote.doc, statement.text)) == 1
            }
        )
    head = ("language", "asked for", "answerable", "statements right", "wrong", "not judged",
            "places with a right one", "unanswerable", "refused")  # fmt: skip
    return table(head, [[*group, *count] for group, count in sorted(counts.items())])


if __name__ == "__main__":
    main()
