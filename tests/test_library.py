"""The one door: questions with filters, documents, what the index holds, whether it agrees."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import DOCUMENTS, Write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from light_encoder import LightEncoder

from indexer.build import build
from indexer.catalogue import FILE_NAME as CATALOGUE
from indexer.errors import IndexProblem, RequestProblem
from indexer.library import Library
from indexer.records import Filters
from indexer.speaks import Reading
from indexer.vectors import FILE_NAME as VECTORS

NAMES = sorted(DOCUMENTS)
HEWAN_2021, HEWAN_2022 = "河湾县/总结2021.txt", "河湾县/总结2022.txt"
LIUQIAO, CHANGTING = "柳桥县/方案2022.md", "长汀市/督导2022.txt"


def docs(library: Library, question: str, filters: Filters | None = None) -> set[str]:
    return {passage.doc for passage in library.search(question, filters, limit=100)}


# Questions


@pytest.mark.parametrize(
    ("question", "expected", "sentence"),
    [
        ("新建学校增加学位化解大班额", HEWAN_2021, "大班额比例由百分之十五降到百分之九"),
        ("逐户走访劝返辍学学生", HEWAN_2022, "建立控辍保学台账，逐户走访劝返辍学学生二十一名。"),
        ("改建公办幼儿园", LIUQIAO, "利用闲置校舍改建公办幼儿园六所"),
        ("督导组发现超大班额班级", CHANGTING, "督导组抽查学校四十所"),
    ],
)
def test_the_right_passage_comes_first_with_its_sentence_marked(
    library: Library, question: str, expected: str, sentence: str
) -> None:
    first = library.search(question)[0]
    assert first.doc == expected
    text = library.document(expected).text
    assert text[first.start : first.end] == first.text
    ((start, end),) = first.highlights
    assert first.start <= start < end <= first.end
    assert sentence in text[start:end]


@pytest.mark.parametrize("reads_terms", [True, False])
@pytest.mark.usefixtures("calibrated")
def test_a_model_is_given_the_chinese_of_english_questions_if_it_reads_it(
    library: Library,
    encoder: LightEncoder,
    reads_terms: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readings = {(encoder.name, "en"): Reading(0.0, 1.0, 1.0)}
    monkeypatch.setattr("indexer.speaks._readings", lambda: readings)
    encoder.reads_terms = reads_terms
    library.search("school buses")
    library.compare(["school buses"], [], [])
    library.ask("school buses")
    expected = "school buses（校车）" if reads_terms else "school buses"
    assert set(encoder.questions[-2:]) == {expected}
    assert set(encoder.read) == {expected}


def test_a_passage_says_where_it_stands(library: Library) -> None:
    first = library.search("利用闲置校舍改建公办幼儿园")[0]
    assert (first.title, first.place, first.year, first.kind) == (
        "柳桥县学前教育实施方案",
        "柳桥县",
        2022,
        "实施方案",
    )
    assert first.heading == ("二、措施",)
    assert first.page is None
    assert library.search("督导组抽查学校", Filters(kind=("督导报告",)))[0].place == "长汀市"


def test_passages_come_best_first_and_no_more_than_asked_for(library: Library) -> None:
    whole = library.search("学校食堂统一采购", limit=100)
    assert [p.score for p in whole] == sorted((p.score for p in whole), reverse=True)
    assert len({(p.doc, p.start) for p in whole}) == len(whole) > 4
    for limit in (1, 3, len(whole)):
        assert library.search("学校食堂统一采购", limit=limit) == whole[:limit]


@pytest.mark.parametrize("limit", [100, 1000, 10**6])
def test_a_limit_beyond_the_library_gives_all_there_is(library: Library, limit: int) -> None:
    found = library.search("学校", limit=limit)
    assert len(found) == library.status()["embedded_chunks"]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_gives_nothing(library: Library, limit: int) -> None:
    assert library.search("学校", limit=limit) == []


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\u3000", "\ud83d"])
def test_a_blank_question_has_no_passages(
    library: Library, encoder: LightEncoder, question: str
) -> None:
    assert library.search(question) == []
    assert encoder.questions == []


@pytest.mark.parametrize(
    "question",
    ["?", "\x00", "😀" * 50, "各县" * 20_000, "学\ud83d校", "'; DROP TABLE documents; --"],
)
def test_odd_questions_are_answered_like_others(library: Library, question: str) -> None:
    assert len(library.search(question, limit=3)) == 3
    assert library.check() == []


def test_white_space_in_a_question_does_not_matter(library: Library, encoder: LightEncoder) -> None:
    assert library.search("  大班额 \n 比例") == library.search("大班额 比例")
    assert set(encoder.questions) == {"大班额 比例"}


def test_group_gives_the_best_passage_of_each_document(library: Library) -> None:
    whole = library.search("学校食堂统一采购", limit=100)
    best = {passage.doc: passage for passage in reversed(whole)}
    grouped = library.search("学校食堂统一采购", limit=100, group=True)
    assert grouped == sorted(best.values(), key=whole.index)
    assert sorted(passage.doc for passage in grouped) == NAMES
    assert library.search("学校食堂统一采购", limit=2, group=True) == grouped[:2]


def test_group_reaches_past_one_long_document(
    write: Write, index: Path, encoder: LightEncoder
) -> None:
    """A report of several hundred passages on the very question must not push out the others."""
    lines = [f"（{number}）新建学校{number}所，化解大班额。" for number in range(1, 700)]
    long = "\n".join(f"二、第{n}组\n{line * 3}" for n, line in enumerate(lines))
    build(write({"长.txt": f"大班额专题报告\n{long}\n"}), index, encoder=encoder)
    library = Library(index, lambda _: encoder)
    assert library.catalogue.counts()["chunks"] > 600
    found = library.search("新建学校化解大班额", limit=4, group=True)
    assert len({passage.doc for passage in found}) == 4
    every = library.search("新建学校化解大班额", limit=10, group=True)
    assert {passage.doc for passage in every} == {*NAMES, "长.txt"}


# Filters


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), NAMES),
        (Filters(place=("河湾县",)), [HEWAN_2021, HEWAN_2022]),
        (Filters(place=("河湾县", "柳桥县")), [HEWAN_2021, HEWAN_2022, LIUQIAO]),
        (Filters(place=("长汀市",)), NAMES),  # a city contains its counties
        (Filters(place=("青溪省",)), NAMES),  # and a province its cities
        (Filters(year=(2022,)), [HEWAN_2022, LIUQIAO, CHANGTING]),
        (Filters(year=(2021, 2022)), NAMES),
        (Filters(place=("河湾县",), year=(2022,)), [HEWAN_2022]),
        (Filters(kind=("督导报告", "实施方案")), [LIUQIAO, CHANGTING]),
        (Filters(level=("市",)), [CHANGTING]),
        (Filters(stage=("学前教育",)), [LIUQIAO]),
        (Filters(place=("河湾县",), year=(1999,)), []),
        (Filters(place=("河湾",)), []),
        (Filters(place=("x' OR '1'='1",)), []),
        (Filters(samples=False), NAMES),
    ],
)
def test_filters(library: Library, filters: Filters, expected: list[str]) -> None:
    assert docs(library, "学校", filters) == set(expected)


FILTERS = st.builds(
    Filters,
    place=st.lists(st.sampled_from(["河湾县", "柳桥县", "长汀市", "青溪省", "无"])).map(tuple),
    year=st.lists(st.integers(2020, 2023)).map(tuple),
    kind=st.lists(st.sampled_from(["工作总结", "督导报告"])).map(tuple),
    stage=st.lists(st.sampled_from(["义务教育", "学前教育"])).map(tuple),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=FILTERS, limit=st.integers(1, 20))
def test_filters_leave_out_and_never_cut_short(
    library: Library, filters: Filters, limit: int
) -> None:
    def passes(doc: str) -> bool:
        about = library.document(doc).description
        places = {about.place, about.city, about.province}
        return (
            (not filters.place or bool(places & set(filters.place)))
            and (not filters.year or about.year in filters.year)
            and (not filters.kind or about.kind in filters.kind)
            and (not filters.stage or about.stage in filters.stage)
        )

    every = library.search("学校", limit=100)
    let_through = [passage for passage in every if passes(passage.doc)]
    assert library.search("学校", filters, limit) == let_through[:limit]


def test_samples_are_left_out_when_asked(
    write: Write, index: Path, encoder: LightEncoder, library: Library
) -> None:
    text = "---\ntitle: 样例\nfictional: true\n---\n学校食堂实行大宗物资统一采购。\n"
    build(write({"样例.txt": text}), index, encoder=encoder)
    fictional = {p.doc: p.fictional for p in library.search("食堂统一采购", limit=100)}
    assert fictional == dict.fromkeys(NAMES, False) | {"样例.txt": True}
    assert docs(library, "食堂统一采购", Filters(samples=False)) == set(NAMES)


# Documents and their files


def test_a_document_by_name(library: Library) -> None:
    found = library.document(HEWAN_2021)
    assert found.description.title == "河湾县教育局2021年工作总结"
    assert found.text.startswith("河湾县教育局2021年工作总结\n一、化解大班额")
    with pytest.raises(RequestProblem) as caught:
        library.document("河湾县/没有.txt")
    assert (caught.value.code, caught.value.facts) == ("no_document", {"doc": "河湾县/没有.txt"})


def test_documents_are_listed_by_name_with_their_size(library: Library, corpus: Path) -> None:
    listed = library.documents()
    assert [doc for doc, _, _ in listed] == NAMES
    assert [size for _, size, _ in listed] == [(corpus / doc).stat().st_size for doc in NAMES]


def test_the_original_file_of_a_document(library: Library, corpus: Path) -> None:
    assert library.original(HEWAN_2021).read_text() == DOCUMENTS[HEWAN_2021]
    assert library.original("河湾县/../河湾县/总结2021.txt").is_file()
    (corpus / HEWAN_2021).unlink()
    with pytest.raises(RequestProblem):
        library.original(HEWAN_2021)


@pytest.mark.parametrize(
    "doc",
    [
        "../secret.txt",
        "河湾县/../../secret.txt",
        "/etc/hosts",
        "link.txt",
        "folder link/secret.txt",
        "河湾县",
        "",
        ".",
        "..",
        "a\x00b",
        "x" * 5000,
        "~/secret.txt",
    ],
)
def test_no_file_outside_the_corpus_is_given_out(library: Library, corpus: Path, doc: str) -> None:
    secret = corpus.parent / "secret.txt"
    secret.write_text("secret")
    (corpus / "link.txt").symlink_to(secret)
    (corpus / "folder link").symlink_to(corpus.parent)
    assert (corpus / "link.txt").read_text() == "secret"
    with pytest.raises(RequestProblem) as caught:
        library.original(doc)
    assert caught.value.code == "no_original"


def test_a_corpus_reached_through_a_link_gives_its_files(
    corpus: Path, tmp_path: Path, encoder: LightEncoder
) -> None:
    (tmp_path / "link").symlink_to(corpus)
    build(tmp_path / "link", tmp_path / "other", encoder=encoder)
    library = Library(tmp_path / "other", lambda _: encoder)
    assert library.original(HEWAN_2021).read_text() == DOCUMENTS[HEWAN_2021]


# Opening


def test_no_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexProblem) as caught:
        Library(tmp_path)
    assert caught.value.code == "no_index"


def test_an_index_of_another_model_is_told_at_the_first_question(index: Path) -> None:
    class Other(LightEncoder):
        name = "another"

    library = Library(index, lambda _: Other())
    assert library.documents()
    with pytest.raises(IndexProblem) as caught:
        library.search("大班额")
    assert caught.value.code == "other_model"
    assert (caught.value.facts["found"], caught.value.facts["wanted"]) == ("light", "another")


def test_the_model_is_loaded_once_and_only_for_a_question(
    index: Path, encoder: LightEncoder
) -> None:
    loaded: list[str] = []

    def load(model: str) -> LightEncoder:
        loaded.append(model)
        return encoder

    library = Library(index, load)
    library.documents()
    library.document(HEWAN_2021)
    library.status()
    assert library.check() == []
    assert not library.ready
    assert loaded == []
    library.warm_up()
    assert library.ready
    library.search("大班额")
    assert len(loaded) == 1
    assert encoder.questions == ["大班额"]


def test_many_threads_ask_at_once(index: Path, encoder: LightEncoder) -> None:
    library = Library(index, lambda _: encoder)
    expected = Library(index, lambda _: encoder).search("学校食堂统一采购")
    answers: list[object] = []

    def ask() -> None:
        try:
            answers.append(library.search("学校食堂统一采购"))
        except Exception as problem:
            answers.append(problem)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 12
    library.close()


def test_an_open_library_follows_a_build(
    write: Write, index: Path, encoder: LightEncoder, library: Library
) -> None:
    assert "新.txt" not in docs(library, "心理健康咨询室")
    build(write({"新.txt": "工作要点\n建成心理健康咨询室三十间。\n"}), index, encoder=encoder)
    assert library.search("心理健康咨询室")[0].doc == "新.txt"
    assert not library.replaced


def test_a_library_opened_before_the_first_document(
    write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    (tmp_path / "corpus").mkdir()
    build(tmp_path / "corpus", tmp_path / "index", encoder=encoder)
    library = Library(tmp_path / "index", lambda _: encoder)
    assert library.search("大班额") == []
    build(write(DOCUMENTS), tmp_path / "index", encoder=encoder)
    assert library.search("新建学校化解大班额")[0].doc == HEWAN_2021


def test_a_replaced_index_is_noticed(
    corpus: Path, index: Path, encoder: LightEncoder, library: Library
) -> None:
    assert not library.replaced
    shutil.rmtree(index)
    assert library.replaced
    build(corpus, index, encoder=encoder)
    assert library.replaced
    assert not Library(index).replaced


# What it holds, and whether it agrees


def test_status(library: Library, corpus: Path, index: Path) -> None:
    status = library.status()
    assert {name: status[name] for name in ("documents", "model", "dimension", "failed")} == {
        "documents": 4,
        "model": "light",
        "dimension": 256,
        "failed": 0,
    }
    assert status["corpus"] == str(corpus)
    assert status["index"] == str(index)
    assert isinstance(status["bytes"], int)
    assert status["bytes"] >= (index / CATALOGUE).stat().st_size
    assert isinstance(status["built"], int)


def codes(library: Library) -> list[object]:
    return [problem["code"] for problem in library.check()]


def change(index: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(index / CATALOGUE)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def test_check_finds_a_vector_that_is_not_the_catalogue_s(index: Path, library: Library) -> None:
    assert codes(library) == []
    other = np.ones(256, np.float16) / 16
    change(index, "UPDATE chunks SET vector = ? WHERE id = 2", other.tobytes())
    assert codes(library) == ["view_differs"]
    (index / VECTORS).unlink()  # what the message says to do
    assert codes(Library(index)) == []


def test_check_finds_vectors_that_are_no_numbers(index: Path, library: Library) -> None:
    nothing = np.full(256, np.nan, np.float16)
    change(index, "UPDATE chunks SET vector = ? WHERE id = 2", nothing.tobytes())
    assert codes(library) == ["view_differs"]


def test_check_finds_missing_and_extra_vectors(index: Path, library: Library) -> None:
    assert codes(library) == []
    change(index, "DELETE FROM sentences WHERE chunk = 2")
    change(index, "DELETE FROM chunks WHERE id = 2")
    assert library.check() == [
        {"code": code, "missing": 0, "extra": 1} for code in ("terms_differ", "view_differs")
    ]


def test_check_finds_damaged_sentence_vectors(index: Path, library: Library) -> None:
    change(index, "UPDATE chunks SET sentence_vectors = x'00' WHERE id = 3")
    assert library.check() == [{"code": "broken_chunk", "chunk": 3}]


def test_check_finds_a_chunk_without_a_document(index: Path, library: Library) -> None:
    change(index, "UPDATE chunks SET document = 999 WHERE id = 3")
    assert "damaged" in codes(library)


def test_check_tells_of_a_damaged_file(index: Path) -> None:
    path = index / CATALOGUE
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\x5a" * (len(whole) - 8192))
    with pytest.raises(IndexProblem) as caught:  # by then or sooner; a list with "damaged" will do
        problems = Library(index).check()
        raise IndexProblem(str(problems[0]["code"]))
    assert caught.value.code == "damaged"
