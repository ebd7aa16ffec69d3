"""What each part of the search adds, on CMRC 2018 and on the sample library's labelled questions.

    python -m benchmarks.ranking [--index DIR] [--only sample|cmrc] [--limit N] [--write]

Prints Markdown tables, the questions that weights were fitted on (`tune`) and those kept aside
(`held-out`) apart. A passage is right if it holds the quotation of an answer; white space and
markup do not count in looking for it. Questions without an answer are left out. In CMRC 2018 each
passage is a document, and the one that a question was written for is right.

`--index` keeps the indexes in DIR/sample and DIR/cmrc, to be reused; without it both are made for
the moment, which takes long. `--write` puts the labelled questions where the app finds them.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.machine import machine, table
from benchmarks.sample import CORPUS, DATA, TODAY, sample_questions, say, unmarked
from indexer import evaluate, judgements
from indexer.ablation import DEPTH, MEASURES, STEPS, Question, Row, ablate, questions_of
from indexer.build import build, build_sources
from indexer.errors import RequestProblem
from indexer.glossary_tables import FOLDER
from indexer.judgements import FILE_NAME, SAMPLES_NAME, Judgement, Labelled, Span, labelled
from indexer.library import Library
from indexer.records import Filters, Passage
from indexer.retrieve import Parts, Weights
from indexer.words import Words

CMRC = DATA / "eval" / "cmrc2018"
ALSO = {"words_glossary": Parts(Weights(dense=0.0, words=1.0, covered=0.0), reading=False)}
"""What else fusing is compared with: BM25 with the glossary."""

LABELS = {"words_glossary": "Keywords only, with glossary"}
FUSED = {"fused": ("sentences", "words"), "glossary": ("sentences", "words_glossary")}
"""The steps that fuse, each with its two sides."""

_MARKUP = re.compile(r"[\s*#_`~\\]")
_CELL_EDGE = re.compile(r"</t[dh]>|\|")
_NEXT_CELL = r"\s*[，|]\s*(?:[^\n，|]*：)?"

Rows = dict[str, Row]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What each part of the search adds.")
    parser.add_argument("--index", type=Path, help="folder of the indexes (default: new ones)")
    parser.add_argument("--only", choices=("sample", "cmrc"), help="measure one of the two")
    parser.add_argument("--limit", type=int, help="so many questions of CMRC 2018, spread evenly")
    parser.add_argument("--write", action="store_true", help=f"write _library/{SAMPLES_NAME}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.index or Path(scratch)
        print(machine() + "\n")
        if options.only != "cmrc":
            sample(folder / "sample", options.write)
        if options.only != "sample":
            cmrc(folder / "cmrc", options.limit)


# The sample library ---------------------------------------------------------------------------


def sample(index: Path, write: bool) -> None:
    """Measure on the sample library's questions."""
    if not index.exists():
        say("building the sample library")
        build(CORPUS, index)
    with closing(Library(index)) as library:
        judged = {split: list(read_judgements(library, split)) for split in ("tune", "held-out")}
        if write:
            write_judgements([each for found in judged.values() for each in found])
        counts = library.catalogue.counts()
        rows: dict[tuple[str, str], Rows] = {}
        number: dict[tuple[str, str], int] = {}
        for split, found in judged.items():
            questions = questions_in(library, labelled(found))
            for language in ("zh", "en"):
                chosen = [each for each in questions if each.language == language]
                say(f"{language}, {split}: {len(chosen)} questions")
                rows[language, split] = measured(library, chosen)
                number[language, split] = len(chosen)
    print(f"Sample library: {counts['documents']} documents, {counts['chunks']} passages.\n")
    for language, name in (("zh", "Chinese"), ("en", "English")):
        groups = {f"{split} ({number[language, split]})": rows[language, split] for split in judged}
        print(f"{name} questions:\n\n{as_table(groups)}\n")
    for split in judged:
        zh, en = (rows[language, split]["filters"].values[-1] for language in ("zh", "en"))
        print(f"English questions reach {en / zh:.1%} of the Chinese ones' nDCG@10 ({split}).")
    for (language, split), found_rows in rows.items():
        verdict(f"{language}, {split}", found_rows)
    print()


def read_judgements(library: Library, split: str) -> Iterable[Judgement]:
    """The answers to the questions of a split, as judgements of what they quote."""
    for question in sample_questions():
        if question["split"] != split:
            continue
        for answer in question["answers"]:
            spans = find(library, answer)
            if not spans:
                say(f"{question['id']}: not found in {answer['doc']}: {answer['quote'][:40]}")
            for start, end in spans:
                yield Judgement(
                    question=question["question"],
                    language=question["language"],
                    filters=Filters(),
                    doc=answer["doc"],
                    start=start,
                    end=end,
                    quote=library.document(answer["doc"]).text[start:end],
                    grade=1,
                    date=TODAY.isoformat(),
                )


def questions_in(library: Library, asked: Iterable[Labelled]) -> Sequence[Question]:
    """The questions with their right passages."""
    documents = {doc for doc, _, _ in library.documents()}
    return questions_of(asked, documents, library.passages_of)[0]


def measured(library: Library, questions: Sequence[Question]) -> Rows:
    """Each step's measures."""

    def search(question: str, filters: Filters, parts: Parts) -> Sequence[Passage]:
        return library.find(
            question, filters, DEPTH, today=TODAY, merge=False, parts=parts
        ).passages

    result = ablate(questions, search, steps=ALSO | STEPS)
    return {row.step: row for row in result.rows}


def write_judgements(judged: Sequence[Judgement]) -> None:
    """Put the labelled questions into the sample library, in the form that people's have."""
    with tempfile.TemporaryDirectory() as name:
        for each in judged:
            judgements.add(Path(name), each)
        folder = CORPUS / FOLDER
        folder.mkdir(exist_ok=True)
        content = (Path(name) / FOLDER / FILE_NAME).read_bytes()
        (folder / SAMPLES_NAME).write_bytes(content)


def find(library: Library, answer: dict[str, Any]) -> list[Span]:
    """Where the quotation of an answer stands in the text of its document."""
    try:
        text = library.document(answer["doc"]).text
    except RequestProblem:
        return []
    cells = [cell for cell in map(unmarked, _CELL_EDGE.split(answer["quote"])) if cell]
    if len(cells) > 1:  # a table's row, which the index holds as "cell，head：cell，head：cell"
        row = _NEXT_CELL.join(r"\s*".join(map(re.escape, cell.split())) for cell in cells)
        return [match.span() for match in re.finditer(row, text)]
    places = [n for n, character in enumerate(text) if not _MARKUP.match(character)]
    bare = "".join(text[place] for place in places)
    quote = _MARKUP.sub("", unmarked(answer["quote"]))
    if not quote:
        return []
    return [
        (places[match.start()], places[match.start() + len(quote) - 1] + 1)
        for match in re.finditer(f"(?={re.escape(quote)})", bare)
    ]


# CMRC 2018 ------------------------------------------------------------------------------------


def cmrc(index: Path, limit: int | None) -> None:
    """Measure on CMRC 2018, as `eval` does: nothing is read from the questions."""
    if not CMRC.is_dir():
        say(f"left out: no {CMRC}")
        return
    if not index.exists():
        say("indexing CMRC 2018")
        build_sources(evaluate.passages_of(CMRC), index)
    grades = evaluate.grades_of(CMRC)
    questions = evaluate.questions_of(CMRC)
    if limit:
        questions = questions[:: max(1, len(questions) // limit)]
    steps = {step: parts for step, parts in (ALSO | STEPS).items() if not parts.reading}
    found: dict[str, list[evaluate.Measures]] = {step: [] for step in steps}
    with closing(Library(index)) as library:
        for number, (key, text, filters) in enumerate(questions):
            if number % 500 == 0:
                say(f"CMRC 2018: {number} of {len(questions)}")
            for step, parts in steps.items():
                passages = library.find(text, filters, DEPTH, group=True, parts=parts).passages
                found[step].append(evaluate.measures([p.doc for p in passages], grades[key]))
        documents = library.catalogue.counts()["documents"]
    rows = {
        step: Row(step, tuple(fmean(value[name] for value in values) for name in MEASURES))
        for step, values in found.items()
    }
    print(f"CMRC 2018: {documents} passages, {len(questions)} questions.\n")
    print(as_table({"": rows}) + "\n")
    verdict("CMRC 2018", rows)


# Output ---------------------------------------------------------------------------------------


def as_table(groups: dict[str, Rows]) -> str:
    """The steps, with the measures of each group of questions."""
    words = Words("en")
    first = next(iter(groups.values()))
    steps = [step for step in ("chunks", "sentences", "words", *ALSO, *STEPS) if step in first]
    head = ["parts", *(f"{group} {name}".strip() for group in groups for name in MEASURES)]
    return table(
        head,
        [
            [
                LABELS.get(step) or words(f"ablation.{step}"),
                *(f"{value:.3f}" for rows in groups.values() for value in rows[step].values),
            ]
            for step in dict.fromkeys(steps)
        ],
    )


def verdict(name: str, rows: Rows) -> None:
    """Say whether fusing is at least as good as the better of its two sides."""
    for fused, sides in FUSED.items():
        best = max(rows[side].values[-1] for side in sides)
        own = rows[fused].values[-1]
        label = Words("en")(f"ablation.{fused}")
        print(
            f"{name}: “{label}” is not below the better of its two sides: "
            f"{'yes' if own >= best else 'no'} ({own:.3f}, {best:.3f})"
        )


if __name__ == "__main__":
    main()
