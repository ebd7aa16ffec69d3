"""The measures of ranking, against numbers worked out by hand; BEIR folders, good and bad."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import RequestProblem
from indexer.evaluate import (
    DEPTH,
    evaluate,
    filters_from,
    grades_of,
    measures,
    passages_of,
    questions_of,
    read_lines,
)
from indexer.records import Filters

# Ranking a b c d e; b is worth 1, d is worth 3, x (not found) is worth 2:
#   DCG  = 1/log2(3) + 3/log2(5)             = 0.63093 + 1.29203 = 1.92296
#   IDCG = 3/log2(2) + 2/log2(3) + 1/log2(4) = 3 + 1.26186 + 0.5 = 4.76186
BY_HAND: list[tuple[list[str], dict[str, int], dict[str, float]]] = [
    (
        list("abcde"),
        {"b": 1, "d": 3, "x": 2, "e": 0},
        {"success@1": 0, "ndcg@10": 0.40382, "mrr@10": 1 / 2, "recall@10": 2 / 3},
    ),
    (["a"], {"a": 1}, {"success@1": 1, "ndcg@10": 1, "mrr@10": 1, "recall@10": 1}),
    (["a", "b"], {"b": 1}, {"success@1": 0, "ndcg@10": 1 / log2(3), "mrr@10": 0.5, "recall@10": 1}),
    (["b", "a"], {"a": 2, "b": 1}, {"success@1": 1, "ndcg@10": 0.85972, "mrr@10": 1}),
    (["a", "b"], {"c": 1}, {"success@1": 0, "ndcg@10": 0, "mrr@10": 0, "recall@100": 0}),
    ([], {"c": 1}, {"success@1": 0, "ndcg@10": 0, "mrr@10": 0, "recall@10": 0}),
    # A passage with a negative grade is neither right nor worth anything.
    (["a", "b"], {"a": -1, "b": 1}, {"success@1": 0, "ndcg@10": 1 / log2(3), "recall@10": 1}),
]


@pytest.mark.parametrize(("ranked", "grades", "expected"), BY_HAND)
def test_measures_by_hand(
    ranked: list[str], grades: dict[str, int], expected: dict[str, float]
) -> None:
    found = measures(ranked, grades)
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-5)


def test_only_the_first_ten_and_the_first_hundred_count() -> None:
    ranked = [str(n) for n in range(200)]
    eleventh, hundredth, after = {"10": 1}, {"99": 1}, {"100": 1}
    assert measures(ranked, {"9": 1})["mrr@10"] == 0.1
    assert measures(ranked, eleventh)["mrr@10"] == measures(ranked, eleventh)["ndcg@10"] == 0
    assert measures(ranked, eleventh)["recall@10"] == 0
    assert measures(ranked, hundredth)["recall@100"] == 1
    assert measures(ranked, after)["recall@100"] == 0
    assert DEPTH == 100


def test_more_right_passages_than_ten_can_still_be_ranked_perfectly() -> None:
    grades = {str(n): 1 for n in range(15)}
    found = measures([str(n) for n in range(15)], grades)
    assert found["ndcg@10"] == pytest.approx(1)
    assert found["recall@10"] == pytest.approx(10 / 15)


def test_averages_leave_out_questions_without_a_right_passage() -> None:
    none = Filters()
    questions = [("1", "一", none), ("2", "二", none), ("3", "三", none), ("4", "四", none)]
    grades = {"1": {"a": 1}, "2": {"b": 1}, "3": {"a": 0}}
    asked: list[str] = []

    def search(question: str, filters: Filters) -> list[str]:
        asked.append(question)
        return ["a", "b"]

    assert evaluate(questions, grades, search) == {
        "queries": 2,
        "success@1": 0.5,
        "ndcg@10": 0.8155,  # (1 + 0.63093) / 2
        "mrr@10": 0.75,
        "recall@10": 1.0,
        "recall@100": 1.0,
    }
    assert asked == ["一", "二"]


def test_no_questions_measure_nothing() -> None:
    result = evaluate([], {}, lambda question, filters: [])
    assert set(result.values()) == {0}


# Filters in a line


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Filters()),
        ({}, Filters()),
        ({"place": "河湾县"}, Filters(place=("河湾县",))),
        ({"place": ["河湾县", "柳桥县"]}, Filters(place=("河湾县", "柳桥县"))),
        ({"year": 2022}, Filters(year=(2022,))),
        ({"year": "2022"}, Filters(year=(2022,))),
        ({"year": ["2021", 2022]}, Filters(year=(2021, 2022))),
        (
            {"kind": "工作总结", "level": "县", "stage": []},
            Filters(kind=("工作总结",), level=("县",)),
        ),
    ],
)
def test_filters_from_a_line(value: object, expected: Filters) -> None:
    assert filters_from(value) == expected


@pytest.mark.parametrize(
    "value",
    [[], "河湾县", 3, {"city": "x"}, {"samples": False}, {"year": "今年"}, {"year": [None]}],
)
def test_filters_that_cannot_be_meant(value: object) -> None:
    with pytest.raises(RequestProblem) as caught:
        filters_from(value)
    assert caught.value.code == "bad_filters"
    assert "place" in str(caught.value.facts["fields"])


# Folders


def lines(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(
        lines(
            {"_id": "p1", "title": "题目", "text": "新建学校三所。"},
            {"_id": 2, "text": "招聘教师。", "metadata": {}},
            {"_id": "p3", "title": None, "text": ""},
        )
    )
    (tmp_path / "queries.jsonl").write_text(
        lines(
            {"_id": "q1", "text": "学校", "language": "zh"},
            {"_id": 2, "text": "教师", "filters": {"year": 2022}},
        )
    )
    (tmp_path / "qrels/test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\tp1\t2\nq1\t2\t0\n2\t2\t1\n\nq9\tp9\n"
    )
    return tmp_path


def test_a_beir_folder(folder: Path) -> None:
    first, second, third = passages_of(folder)
    assert [p.doc for p in (first, second, third)] == ["p1", "2", "p3"]
    assert first.read().text == "新建学校三所。"
    assert dict(first.read().front) == {"title": "题目"}
    assert dict(second.read().front) == {"title": "2"}
    assert len({p.digest for p in (first, second, third)}) == 3
    assert questions_of(folder) == [("q1", "学校", Filters()), ("2", "教师", Filters(year=(2022,)))]
    assert grades_of(folder) == {"q1": {"p1": 2, "2": 0}, "2": {"2": 1}}


def test_a_quotation_mark_in_a_table_of_grades_is_a_character(folder: Path) -> None:
    (folder / "qrels/test.tsv").write_text('"q1\tp1\t1\n2\t"2"\t1\n')
    assert grades_of(folder) == {'"q1': {"p1": 1}, "2": {'"2"': 1}}


READERS: dict[str, Any] = {
    "corpus.jsonl": passages_of,
    "queries.jsonl": questions_of,
    "qrels/test.tsv": grades_of,
}


@pytest.mark.parametrize("file", READERS)
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(RequestProblem) as caught:
        READERS[file](folder)
    assert caught.value.code == "no_eval_file"
    assert caught.value.facts == {"file": str(folder / file)}


@pytest.mark.parametrize("file", READERS)
def test_a_file_in_another_encoding_is_named(folder: Path, file: str) -> None:
    (folder / file).write_bytes("各县\t如何\t1\n".encode("gb18030"))
    with pytest.raises(RequestProblem) as caught:
        READERS[file](folder)
    assert caught.value.code == "no_eval_file"


@pytest.mark.parametrize(
    ("line", "field"), [('{"text": "x"}', "_id"), ('{"_id": "x"}', "text"), ("{}", "_id")]
)
@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl"])
def test_a_line_without_a_field_is_named(folder: Path, file: str, line: str, field: str) -> None:
    with (folder / file).open("a") as out:
        out.write(f"\n{line}\n")
    number = len((folder / file).read_text().splitlines())
    with pytest.raises(RequestProblem) as caught:
        READERS[file](folder)
    assert caught.value.code == "missing_field"
    assert caught.value.facts == {"file": str(folder / file), "line": number, "field": field}


@pytest.mark.parametrize(
    ("content", "line"),
    [("{}\nnot json\n", 2), ("[1]\n", 1), ('{}\n\n\n{"a": }', 4), ("3\n", 1), ("null\n", 1)],
)
def test_a_line_that_is_no_object_is_told_by_number(
    tmp_path: Path, content: str, line: int
) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(content)
    with pytest.raises(RequestProblem) as caught:
        read_lines(path)
    assert (caught.value.code, caught.value.facts["line"]) == ("bad_line", line)


def test_lines_with_a_mark_and_blank_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes('\ufeff{"id": "一"}\r\n\r\n{"id": 2}'.encode())
    assert read_lines(path) == [{"id": "一"}, {"id": 2}]
