"""What the cross-encoder learned from is well formed, and holds nothing that it is measured on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import ROOT

from benchmarks.answers import rows_of
from benchmarks.reading_groups import Nearest, of_absent_subjects, of_broad_questions, subjects
from benchmarks.sample import DATA, sample_questions
from indexer.duplicates import fold
from indexer.library import Library

FOLDER = ROOT / "benchmarks" / "reading_pairs"
FILES = sorted(FOLDER.glob("[0-9]*.jsonl"))
OFF_TOPIC = (FOLDER / "off_topic.txt").read_text(encoding="utf-8").splitlines()


def passages() -> list[dict[str, Any]]:
    return [
        json.loads(line) for file in FILES for line in file.read_text(encoding="utf-8").splitlines()
    ]


def test_there_are_passages_and_questions_in_both_languages() -> None:
    found = passages()
    assert len(found) > 1000
    assert all(each["title"].strip() for each in found)
    questions = [asked for each in found for asked in each["questions"]]
    for language in ("zh", "en"):
        own = [asked for asked in questions if asked["lang"] == language]
        misses = sum(not asked["answer"] for asked in own)
        assert len(own) / 4 < misses < len(own) / 2


def test_broad_questions_have_several_answers_or_none() -> None:
    broad = [asked for each in passages() for asked in each.get("broad", ())]
    assert {asked["lang"] for asked in broad} == {"zh", "en"}
    several, none = (
        sum(test(len(asked["answer"])) for asked in broad)
        for test in (lambda n: n > 1, lambda n: not n)
    )
    assert several > len(broad) / 3
    assert len(broad) / 6 < none < len(broad) / 2


def test_a_group_of_a_broad_question_has_what_answers_it_first() -> None:
    asked = {"q": "各县如何化解大班额", "lang": "zh", "answer": [2, 0]}
    sentences = ["新建学校三所。", "现将情况报告如下。", "招聘教师九名。", "形势喜人。"]
    passage = {"title": "青河县工作总结", "heading": "", "sentences": sentences, "broad": [asked]}
    (group,) = of_broad_questions([passage])
    assert group.right == 2
    assert group.certain
    assert group.sentences[:2] == tuple(f"青河县工作总结：{sentences[n]}" for n in (2, 0))
    assert set(group.sentences[2:4]) == {f"青河县工作总结：{sentences[n]}" for n in (1, 3)}
    assert list(of_broad_questions([passage | {"broad": []}])) == []


def test_a_subject_is_held_against_passages_without_its_words() -> None:
    speaks = {"title": "青河县校服管理情况", "heading": "", "sentences": ["价格由家委会议定。"]}
    heads = {"title": "柳河县总结", "heading": "四、校服", "sentences": ["质量由厂家负责。"]}
    tells = {"title": "白河县总结", "heading": "", "sentences": ["新校服已发放。", "操场已翻修。"]}
    silent = {
        "title": "黑河县总结",
        "heading": "一、基本建设",
        "sentences": [f"第{n}所学校的操场已经翻修。" for n in "一二三四五"],
    }
    given = [speaks, heads, tells, silent]
    asked = {"subject": "校服", "words": ["校服"], "questions": [{"q": "校服怎么管", "lang": "zh"}]}
    (group,) = of_absent_subjects(given, Nearest(given), [asked])
    assert group.right == 0
    assert group.certain
    assert {text.rsplit("：")[-1] for text in group.sentences} == set(silent["sentences"])


def test_a_subject_has_words_and_questions_in_both_languages() -> None:
    found = subjects()
    assert len(found) > 100
    assert len({each["subject"] for each in found}) == len(found)
    for each in found:
        assert all(len(word) > 1 for word in each["words"]), each
        assert len(each["words"]) >= 5, each
        assert {asked["lang"] for asked in each["questions"]} == {"zh", "en"}, each


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_answer_is_a_sentence_of_its_passage(file: Any) -> None:
    for at, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        passage = json.loads(line)
        sentences = passage["sentences"]
        assert len(set(sentences)) == len(sentences) >= 4, at
        for asked in (*passage["questions"], *passage.get("broad", ())):
            assert asked["q"].strip(), at
            assert all(0 <= n < len(sentences) for n in asked["answer"]), at


def test_no_question_is_one_that_answers_are_measured_with() -> None:
    measured = {fold(row["question"]) for row in sample_questions()}
    for name in ("seeds", "harder", "near_misses", "unseen", "broad"):
        measured |= {fold(row["question"]) for row in rows_of(f"questions_{name}.jsonl")}
    asked = [
        each["q"]
        for passage in passages()
        for each in (*passage["questions"], *passage.get("broad", ()))
    ]
    asked += [each["q"] for subject in subjects() for each in subject["questions"]]
    assert [each for each in (*asked, *OFF_TOPIC) if fold(each) in measured] == []


def test_no_sentence_stands_in_what_is_searched_when_measuring(
    light_sample_library: Library,
) -> None:
    texts = [
        light_sample_library.document(doc).text for doc, *_ in light_sample_library.documents()
    ]
    if (DATA / "seeds").is_dir():
        texts += [file.read_text(encoding="utf-8") for file in (DATA / "seeds").iterdir()]
    whole = "\n".join(map(fold, texts))
    assert len(whole) > 100_000
    # A short one (各项任务已完成) may stand anywhere.
    sentences = [s for each in passages() for s in each["sentences"] if len(s) >= 20]
    assert [each for each in sentences if fold(each) in whole] == []
