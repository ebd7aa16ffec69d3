"""Near documents are named beside one another, never taken for one."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from light_encoder import LightEncoder

from indexer import relatives
from indexer.build import build, build_sources
from indexer.catalogue import Catalogue
from indexer.duplicates import (
    Fingerprint,
    Relation,
    _letters_in,
    find_relations,
    fingerprint,
    relate,
)
from indexer.library import Library
from indexer.records import RawText, Source
from indexer.relatives import relatives_of

SENTENCES = [
    f"第{n}所学校新增学位{n * 37}个，配备教师{n * 3}名，全部投入使用。" for n in range(1, 31)
]


def test_a_draft_and_its_final_form_are_told_as_near(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    final = [
        s.replace("全部投入使用", "按期完工") if n % 6 == 0 else s for n, s in enumerate(SENTENCES)
    ]
    (corpus / "稿.txt").write_text("\n".join(SENTENCES), encoding="utf-8")
    (corpus / "定.txt").write_text("\n".join(final), encoding="utf-8")
    (corpus / "同.txt").write_text("\n\n".join(final) + "\n", encoding="utf-8")
    (corpus / "别.txt").write_text("食堂每周三供应牛肉面，学生都说好吃。" * 3, encoding="utf-8")
    build(corpus, tmp_path / "index", encoder=LightEncoder())
    library = Library(tmp_path / "index")
    found = {other.doc: relation for other, relation in library.relatives("定.txt")}
    assert found["同.txt"].kind == "same"
    assert found["稿.txt"].kind == "near"
    assert 0.6 <= found["稿.txt"].shared <= 1
    assert "别.txt" not in found
    assert library.relatives("别.txt") == []


# The stored relations ----------------------------------------------------------------------------


def sources(texts: Mapping[str, str]) -> list[Source]:
    return [
        Source(
            doc, hashlib.sha256(text.encode()).hexdigest(), len(text), partial(RawText, text=text)
        )
        for doc, text in texts.items()
    ]


def take_in(index: Path, texts: Mapping[str, str]) -> None:
    build_sources(sources(texts), index, encoder=LightEncoder())


def stored(index: Path) -> set[Relation]:
    catalogue = Catalogue(index)
    found = {
        relation for doc in catalogue.fingerprints() for _, relation in relatives_of(catalogue, doc)
    }
    assert catalogue.integrity() == []
    catalogue.close()
    return found


def count(index: Path, query: str) -> int:
    catalogue = Catalogue(index)
    with catalogue.reading() as read:
        (found,) = read.execute(query).fetchone()
    catalogue.close()
    return int(found)


def text_of(family: int, version: int) -> str:
    """Six in eight sentences are the family's; every third version differs in white space only."""
    own = [
        f"第{family}组{n}号学校新增学位{family * 91 + n * 37}个，全部投入使用。" for n in range(8)
    ]
    kept = own if version % 3 == 0 else own[:6]
    new = [f"另{version}号文件{'甲乙丙丁戊己庚辛'[n] * 30}。" for n in range(8 - len(kept))]
    return ("\n\n" if version == 3 else "\n").join([*kept, *new])


@pytest.fixture
def few_holders(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(relatives, "MOST_HOLDERS", 4)
    return 4


@pytest.mark.parametrize("seed", range(6))
def test_what_is_stored_does_not_depend_on_the_order_of_builds(
    tmp_path: Path, few_holders: int, seed: int
) -> None:
    draw = random.Random(seed)
    texts: dict[str, str] = {}
    kinds: set[str] = set()
    for step in range(8):
        for _ in range(draw.randrange(1, 5)):
            doc = f"{draw.randrange(12)}.txt"
            if doc in texts and draw.random() < 0.4:
                del texts[doc]
            else:
                texts[doc] = text_of(draw.randrange(3), draw.randrange(7))
        take_in(tmp_path / "kept", texts)
        take_in(tmp_path / f"fresh {step}", texts)
        assert stored(tmp_path / "kept") == stored(tmp_path / f"fresh {step}")
        kinds |= {relation.kind for relation in stored(tmp_path / "kept")}
    assert kinds == {"same", "near"}


def test_without_boilerplate_the_stored_relations_are_those_of_all_pairs(tmp_path: Path) -> None:
    texts = {f"{n}.txt": text_of(n % 4, n // 4) for n in range(24)}
    take_in(tmp_path, texts)
    expected = find_relations({doc: fingerprint(text) for doc, text in texts.items()})
    assert stored(tmp_path) == set(expected)
    assert len(expected) > 40


def test_a_document_that_goes_takes_its_relations_along(tmp_path: Path) -> None:
    texts = {f"{n}.txt": text_of(0, n) for n in range(4)}
    take_in(tmp_path, texts)
    assert count(tmp_path, "SELECT count(*) FROM relations") > 0
    take_in(tmp_path, {"0.txt": texts["0.txt"]})
    assert count(tmp_path, "SELECT count(*) FROM relations") == 0
    one = len(fingerprint(texts["0.txt"]).marks)
    assert count(tmp_path, "SELECT count(*) FROM marks") == one
    assert count(tmp_path, "SELECT count(*) FROM prints") == 1


def test_only_what_is_new_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"{n}.txt": text_of(n % 3, n) for n in range(9)}
    take_in(tmp_path, texts)
    compared: list[set[str]] = []

    def watched(a: str, print_a: Fingerprint, b: str, print_b: Fingerprint) -> Relation | None:
        compared.append({a, b})
        return relate(a, print_a, b, print_b)

    monkeypatch.setattr(relatives, "relate", watched)
    take_in(tmp_path, texts)
    assert compared == []
    take_in(tmp_path, texts | {"新.txt": text_of(1, 5)})
    assert compared
    assert all("新.txt" in pair for pair in compared)


@pytest.mark.parametrize("after", [0, 1, 4, 9, 15])
def test_a_build_that_is_killed_while_comparing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    texts = {f"{n}.txt": text_of(n % 2, n) for n in range(8)}
    take_in(tmp_path / "whole", texts)
    real, steps = Catalogue.writing, iter(range(1000))

    def killed(catalogue: Catalogue, tell: object) -> None:
        def writing(self: Catalogue) -> object:
            if next(steps) == after:
                raise KeyboardInterrupt
            return real(self)

        with monkeypatch.context() as patch:
            patch.setattr(Catalogue, "writing", writing)
            relatives.compare_documents(catalogue)

    with monkeypatch.context() as patch:
        patch.setattr("indexer.build.compare_documents", killed)
        with pytest.raises(KeyboardInterrupt):
            take_in(tmp_path / "killed", texts)
    assert stored(tmp_path / "killed") < stored(tmp_path / "whole")
    take_in(tmp_path / "killed", texts)
    assert stored(tmp_path / "killed") == stored(tmp_path / "whole")


def test_prints_of_another_version_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"{n}.txt": text_of(0, n) for n in range(4)}
    take_in(tmp_path, texts)
    before = stored(tmp_path)
    catalogue = Catalogue(tmp_path)
    with catalogue.writing() as write:
        write.execute("UPDATE marks SET key = key + 1")
        write.execute("DELETE FROM relations")
    catalogue.close()
    monkeypatch.setattr(relatives, "MARKS_VERSION", "later")
    take_in(tmp_path, texts)
    assert stored(tmp_path) == before


def test_boilerplate_in_very_many_documents_proposes_no_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2,000 documents are half the same form: a quadratic rule would compare two million pairs."""
    form = "".join(f"各县{n}号表格须按月填报，由县教育局汇总后逐级上报备查。" for n in range(12))
    texts = {f"{n}.txt": form + f"本表{n}号，合计{n * 7919}人。" for n in range(2000)}
    texts |= {
        f"同{n}.txt": "各校须在开学前完成校舍安全检查，并将结果上报。" * 3 for n in range(300)
    }
    pairs = 0

    def counted(a: str, print_a: Fingerprint, b: str, print_b: Fingerprint) -> Relation | None:
        nonlocal pairs
        pairs += 1
        return relate(a, print_a, b, print_b)

    monkeypatch.setattr(relatives, "relate", counted)
    began = time.perf_counter()
    take_in(tmp_path, texts)
    assert pairs < 2000 * relatives.MOST_HOLDERS / 10
    assert time.perf_counter() - began < 120
    catalogue = Catalogue(tmp_path)
    assert len(relatives_of(catalogue, "同0.txt")) == 299  # copies are told however many they are
    assert count(tmp_path, "SELECT count(*) FROM relations") == 0
    catalogue.close()


def test_two_very_long_texts_are_compared_in_bounded_time() -> None:
    draw = random.Random(1)

    def long(sentences: int) -> list[str]:
        return [
            "".join(draw.choices("学校教师县乡年度建设", k=30)) + "。" for _ in range(sentences)
        ]

    a, b = long(4000), long(4000)
    mixed = [one if n % 10 < 7 else other for n, (one, other) in enumerate(zip(a, b, strict=True))]
    prints = [fingerprint("".join(each)) for each in (a, b, mixed)]
    began = time.perf_counter()
    relate("a", prints[0], "b", prints[1])
    near = relate("a", prints[0], "c", prints[2])
    assert time.perf_counter() - began < 20
    assert near
    assert near.shared >= 0.7


@pytest.mark.parametrize("step", [1, 7])
def test_a_sample_of_sentences_stands_for_all(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Every second sentence is changed a little, the others are of their own."""
    draw = random.Random(2)
    own = [
        "".join(chr(draw.randrange(0x4E00, 0x5E00)) for _ in range(30)) + "。" for _ in range(700)
    ]
    other = [
        each[:26] + "改动" + each[28:] if n % 2 else each[-2::-1] + "。"
        for n, each in enumerate(own)
    ]
    a, b = fingerprint("".join(own)), fingerprint("".join(other))
    monkeypatch.setattr("indexer.duplicates.PAIRS", 700 * 700 // step)
    assert _letters_in(a, b) / len(a.text) == pytest.approx(0.5, abs=0.07)
