"""Subjects that a question names and a library says nothing of."""

from __future__ import annotations

from collections import Counter
from importlib import resources

import pytest

from indexer.expand import groups_of
from indexer.glossary import load_glossary
from indexer.library import Library
from indexer.segment import Segmenter
from indexer.subjects import subjects_named

LINES = (resources.files("indexer") / "data" / "subjects.txt").read_text("utf-8").split()


def named(question: str) -> list[str]:
    glossary, _ = load_glossary()
    segmenter = Segmenter(glossary.terms)
    groups = groups_of(question, segmenter, glossary)
    return [subject.text for subject in subjects_named(groups, segmenter)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("各县怎样防治校园欺凌", ["校园欺凌"]),
        ("霸凌事件怎么处理", ["霸凌"]),
        ("各县碰到学生之间霸凌是怎么处置的", ["霸凌"]),
        ("air conditioning in classrooms", ["air conditioning"]),
        ("blank papers handed in", []),  # a word of several meanings
        ("special-post teachers hired", ["special-post teacher"]),
        ("校服多少钱一套", ["校服"]),
        ("school uniforms price", ["school uniform"]),
        ("How do schools deal with bullying?", ["bullying"]),
        ("提高考核要求", []),  # 高考 stands across two words
        ("各县如何化解大班额", []),
        ("how did counties cut oversized classes", []),
        ("", []),
    ],
)
def test_which_subjects_a_question_names(question: str, expected: list[str]) -> None:
    assert named(question) == expected


def test_each_name_is_of_one_subject() -> None:
    names = Counter(name for line in LINES for name in line.split("|"))
    assert len(LINES) > 100
    assert [name for name, count in names.items() if count > 1 or len(name) < 2] == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("云埠县怎么防治校园欺凌", ("校园欺凌",)),
        ("What do school uniforms cost in Qinghe County?", ("school uniform",)),
        ("学生的个人信息怎么防止外泄", ()),  # its words are cut otherwise in the text
        ("学校午餐怎么办", ()),
    ],
)
def test_what_no_document_names_is_told(
    light_sample_library: Library, calibrated: None, question: str, expected: tuple[str, ...]
) -> None:
    answer, _ = light_sample_library.ask(question)
    assert answer.untold == expected
    if expected:
        assert answer.status == "insufficient"
        assert answer.nearest
        whole = "".join(text for _, text in light_sample_library.catalogue.texts())
        assert "欺凌" not in whole
        assert "校服" not in whole


def test_a_subject_that_only_others_speak_of_answers_nothing_for_a_place(
    light_sample_library: Library, calibrated: None
) -> None:
    """Textbooks stand in the library, but in no document of the city asked for."""
    answer, found = light_sample_library.ask("清汀市教科书循环使用怎么做的")
    assert found.filters.place == ("清汀市",)
    assert (answer.status, answer.untold) == ("insufficient", ())
