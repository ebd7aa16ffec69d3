"""The words of the interface: the same keys and gaps in both languages, and none is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from conftest import ROOT

from indexer.errors import IndexProblem, RequestProblem
from indexer.words import LANGUAGES, Words, duration, load, preferred_language, together

CHINESE, ENGLISH = load("zh"), load("en")
SOURCES = sorted((ROOT / "indexer").rglob("*.py"))
ERRORS = {
    "CexunError",
    "FileProblem",
    "IndexProblem",
    "ModelError",
    "RequestProblem",
    "WriterError",
}


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    assert set(CHINESE) == set(ENGLISH)


def test_both_languages_have_the_same_gaps() -> None:
    assert {key: gaps(text) for key, text in CHINESE.items()} == {
        key: gaps(text) for key, text in ENGLISH.items()
    }


def test_no_text_is_empty_and_gaps_have_names() -> None:
    for text in (*CHINESE.values(), *ENGLISH.values()):
        assert text.strip()
        assert all(re.fullmatch(r"[a-z_]+", gap) for gap in gaps(text)), text


# What the code asks for


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """Each error raised in the code: where, its code, its facts (None: handed on unseen)."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in ERRORS and node.args and isinstance(node.args[0], ast.Constant):
                names = {keyword.arg for keyword in node.keywords}
                facts = None if None in names else {name for name in names if name}
                where = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
                yield where, str(node.args[0].value), facts


CALLS = list(calls())


def test_the_search_for_errors_finds_them() -> None:
    assert {"no_index", "no_corpus", "empty_file", "no_document"} <= {code for _, code, _ in CALLS}


def test_every_error_has_a_text() -> None:
    assert [(where, code) for where, code, _ in CALLS if f"error.{code}" not in CHINESE] == []


def test_every_error_brings_the_facts_that_its_text_names() -> None:
    lacking = {
        where: gaps(CHINESE.get(f"error.{code}", "")) - facts
        for where, code, facts in CALLS
        if facts is not None
    }
    assert {where: names for where, names in lacking.items() if names} == {}


def test_every_key_named_in_the_code_exists() -> None:
    asked: list[tuple[Path, str]] = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        asked += [(path, key) for key in re.findall(r"\b_?(?:WORDS|words)\(\s*\"([\w.]+)\"", text)]
    assert len(asked) > 30
    assert [(path, key) for path, key in asked if key not in CHINESE] == []


# Filling them in


def test_gaps_are_filled_and_braces_in_facts_stay() -> None:
    problem = IndexProblem("no_corpus", folder="{x} 文件")
    for language in LANGUAGES:
        assert "{x} 文件" in Words(language).error(problem)


def test_facts_beyond_the_gaps_do_no_harm() -> None:
    words = Words("en")
    text = words.error(RequestProblem("no_document", doc="a.txt", more=1))
    assert text == words.explain("no_document", {"doc": "a.txt"})
    assert "a.txt" in text


def test_an_unknown_key_is_an_error_and_an_unknown_language_chinese() -> None:
    with pytest.raises(KeyError):
        Words("en")("no.such.key")
    assert Words("fr").language == "zh"


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("en_GB.UTF-8", "en"),
        ("zh", "zh"),
        ("fr", "zh"),
        ("zh_CN", "zh"),
    ],
)
def test_the_language_is_that_of_the_user(
    monkeypatch: pytest.MonkeyPatch, variable: str, expected: str
) -> None:
    monkeypatch.setenv("CEXUN_LANG", variable)
    assert preferred_language() == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [(("en_US", "UTF-8"), "en"), (("English_United States", "1252"), "en"), ((None, None), "zh")]
    + [(("zh_CN", "UTF-8"), "zh"), (("Chinese (Simplified)_China", "936"), "zh")],
)
def test_without_a_wish_the_system_decides(
    monkeypatch: pytest.MonkeyPatch, locale: tuple[str | None, str | None], expected: str
) -> None:
    monkeypatch.delenv("CEXUN_LANG", raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: locale)
    assert preferred_language() == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1 s"),
        (0.4, "1 s"),
        (59.4, "59 s"),
        (59.9, "1 min"),
        (60, "1 min"),
        (89, "1 min"),
        (91, "2 min"),
        (3590, "1 h 0 min"),
        (3600, "1 h 0 min"),
        (5400, "1 h 30 min"),
        (7199, "2 h 0 min"),
        (90_000, "25 h 0 min"),
    ],
)
def test_spans_of_time(seconds: float, expected: str) -> None:
    assert duration(Words("en"), seconds) == expected


def test_sentences_stand_together_as_the_language_sets_them() -> None:
    assert together(Words("zh"), "没有找到。", "", "没有出现。") == "没有找到。没有出现。"
    assert together(Words("en"), "Nothing.", "", "Nor this.") == "Nothing. Nor this."
