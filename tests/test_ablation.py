"""What each part of the search adds, on a tiny library: by hand where that can be, else sane."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import ROOT
from light_encoder import LightEncoder

from indexer import retrieve
from indexer.ablation import (
    DEPTH,
    MEASURES,
    STEPS,
    Question,
    Result,
    ablate,
    covers,
    name_of,
    questions_of,
    result_table,
)
from indexer.build import build
from indexer.glossary_tables import FOLDER
from indexer.judgements import SAMPLES_NAME, Judgement, labelled, load
from indexer.library import Library
from indexer.records import Filters, Passage
from indexer.retrieve import Parts, Weights
from indexer.words import LANGUAGES, Words

OVERSIZED = "河湾县/总结2021.txt"
SCHOOL_BUS = "河湾县/总结2022.txt"


def judged(question: str, doc: str, quote: str, grade: int = 1, **filters: object) -> Judgement:
    narrowed = Filters(**filters)  # type: ignore[arg-type]
    return Judgement(question, "zh", narrowed, doc, 0, len(quote), quote, grade, "")


JUDGED = [
    judged("大班额比例降到多少", OVERSIZED, "大班额比例由百分之十五降到百分之九"),
    judged("大班额比例降到多少", SCHOOL_BUS, "建立控辍保学台账", grade=-1),
    judged("2022年河湾县的校车", SCHOOL_BUS, "更新校车十五辆"),
    judged("school buses", SCHOOL_BUS, "更新校车十五辆"),
]


def found_in(library: Library, judgements: Sequence[Judgement]) -> tuple[Sequence[Question], int]:
    documents = [doc for doc, _, _ in library.documents()]
    return questions_of(labelled(judgements), documents, library.passages_of)


def measured(library: Library, questions: Sequence[Question]) -> Result:
    def search(question: str, filters: Filters, parts: Parts) -> Sequence[Passage]:
        return library.find(question, filters, DEPTH, parts=parts).passages

    return ablate(questions, search)


def test_the_table_has_every_row_and_only_shares(library: Library) -> None:
    questions, lost = found_in(library, JUDGED)
    assert (len(questions), lost) == (3, 0)
    result = measured(library, questions)
    assert [row.step for row in result.rows] == list(STEPS)
    for row in result.rows:
        assert len(row.values) == len(MEASURES)
        assert all(math.isfinite(value) and 0 <= value <= 1 for value in row.values)
        assert row.values[0] <= row.values[1]
    by_step = {row.step: dict(zip(MEASURES, row.values, strict=True)) for row in result.rows}
    assert by_step["filters"]["success@3"] >= by_step["words"]["success@3"] > 0
    # Without a glossary no English question finds a Chinese word.
    assert by_step["words"]["success@3"] < 0.7


def test_words_alone_and_vectors_alone_are_alone(library: Library) -> None:
    def parts_of(question: str, parts: Parts) -> list[Passage]:
        return list(library.find(question, limit=3, parts=parts).passages)

    assert parts_of("zzz", STEPS["words"]) == []
    by_words = parts_of("校车", STEPS["words"])
    assert [p.doc for p in by_words] == [SCHOOL_BUS]
    assert all(p.parts is not None and p.score == pytest.approx(p.parts.words, abs=1e-3)
               for p in by_words)  # fmt: skip
    by_vectors = parts_of("校车", STEPS["chunks"])
    assert len(by_vectors) == 3
    assert all(p.parts is not None and p.score == pytest.approx(p.parts.passage, abs=1e-3)
               for p in by_vectors)  # fmt: skip


def test_parts_left_out_are_left_out(library: Library) -> None:
    assert library.find("2022年河湾县的校车", parts=STEPS["glossary"]).filters == Filters()
    assert library.find("2022年河湾县的校车", parts=STEPS["filters"]).filters.place == ("河湾县",)
    english = "school buses"
    assert library.find(english, parts=STEPS["fused"]).passages[0].parts.words == 0  # type: ignore[union-attr]
    known = library.find(english, parts=STEPS["glossary"]).passages[0]
    assert (known.doc, known.parts.words > 0) == (SCHOOL_BUS, True)  # type: ignore[union-attr]


def test_the_usual_search_is_the_last_step(library: Library) -> None:
    for question in ("2022年河湾县的校车", "how are school buses run", "大班额"):
        assert library.find(question) == library.find(question, parts=STEPS["filters"])
    assert Weights() == retrieve.DEFAULT_WEIGHTS == [*STEPS.values()][-1].weights


def test_measures_by_hand() -> None:
    right = frozenset({name_of("a", 0), name_of("b", 5)})
    question = Question("问", "zh", Filters(), right)
    asked: list[tuple[str, Parts]] = []

    def search(text: str, filters: Filters, parts: Parts) -> list[Passage]:
        asked.append((text, parts))
        order = [("c", 0), ("a", 0), ("b", 0), ("b", 5)] if parts.glossary else []
        return [passage(doc, start) for doc, start in order]

    steps = {"none": Parts(glossary=False), "all": Parts()}
    told: list[tuple[int, int]] = []
    result = ablate([question], search, lambda *at: told.append(at), steps)
    # DCG = 1/log2(3) + 1/log2(5) = 1.06161; ideal = 1 + 1/log2(3) = 1.63093
    assert result.rows[0].values == (0, 0, 0)
    assert result.rows[1].values == pytest.approx((0, 1, 0.65092), abs=1e-5)
    assert (result.questions, result.missed, told) == (1, (), [(0, 1)])
    assert asked == [("问", parts) for parts in steps.values()]
    missed = ablate([question], search, steps={"none": Parts(glossary=False)})
    assert missed.missed == (question,)


def passage(doc: str, start: int) -> Passage:
    return Passage(doc, "", None, None, None, (), "", start, start + 5, None, 0.0, ())


def test_no_questions_give_noughts() -> None:
    result = ablate([], lambda *_: [])
    assert {row.values for row in result.rows} == {(0.0, 0.0, 0.0)}


def test_what_report_raises_ends_it() -> None:
    def stop(done: int, total: int) -> None:
        if done:
            raise InterruptedError

    question = Question("问", "zh", Filters(), frozenset({"0:a"}))
    asked: list[str] = []
    with pytest.raises(InterruptedError):
        ablate([question] * 3, lambda text, *_: asked.append(text) or [], stop)  # type: ignore[func-returns-value]
    assert len(asked) == len(STEPS)


def test_lost_and_wrong_passages_give_no_question(library: Library) -> None:
    gone = judged("甲", "没有.txt", "大班额")
    changed = judged("乙", OVERSIZED, "这句话已经删去了")
    wrong = judged("丙", OVERSIZED, "大班额比例", grade=-1)
    moved = replace(judged("丁", OVERSIZED, "大班额比例"), doc="旧/总结2021.txt")
    questions, lost = found_in(library, [gone, changed, wrong, moved])
    assert ([question.text for question in questions], lost) == (["丁"], 2)
    (name,) = questions[0].right
    assert name.endswith(OVERSIZED)


@pytest.mark.parametrize(
    ("own", "judged_span", "expected"),
    [
        ((0, 100), (10, 20), True),  # the passage holds the quotation
        ((10, 20), (0, 100), True),  # lies within it
        ((0, 100), (95, 105), True),  # half
        ((0, 100), (96, 106), False),
        ((0, 100), (100, 110), False),
        ((0, 100), (60, 160), False),  # two long ones that share 40
    ],
)
def test_a_passage_is_right_that_holds_half(
    own: tuple[int, int], judged_span: tuple[int, int], expected: bool
) -> None:
    assert covers(own, judged_span) is expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_a_file(library: Library, language: str) -> None:
    words = Words(language)
    result = measured(library, found_in(library, JUDGED)[0])
    table = result_table(result, words, "题")
    assert [cells[0].value for cells in table.rows] == [words(f"ablation.{s}") for s in STEPS]
    for cells, row in zip(table.rows, result.rows, strict=True):
        assert [cell.value for cell in cells[1:4]] == [Decimal(f"{v:.3f}") for v in row.values]


# The questions that come with the sample library -------------------------------------------------


def test_the_sample_librarys_questions_are_those_of_the_tests() -> None:
    """Made by `python -m benchmarks.ranking --write`; run it again if this fails."""
    files = [*(ROOT / "tests/data").glob("sample_questions_*.jsonl")]
    files.append(ROOT / "tests/data/questions_search.jsonl")
    rows = [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines() if line]
    expected = {(row["question"], answer["doc"]) for row in rows for answer in row["answers"]}
    judgements, problems = load(ROOT / "corpus", SAMPLES_NAME)
    assert problems == ()
    assert {(each.question, each.doc) for each in judgements} == expected
    with (ROOT / "corpus" / FOLDER / SAMPLES_NAME).open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == len(judgements) + 1


def test_the_sample_librarys_quotations_are_all_found(tmp_path: Path) -> None:
    encoder = LightEncoder()
    build(ROOT / "corpus", tmp_path, encoder=encoder)
    library = Library(tmp_path, lambda _: encoder)
    judgements, _ = load(ROOT / "corpus", SAMPLES_NAME)
    questions, lost = found_in(library, judgements)
    library.close()
    assert lost == 0
    assert len(questions) == len(labelled(judgements)) > 120
