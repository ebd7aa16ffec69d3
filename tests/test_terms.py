"""The words of the chunks: in step with the catalogue whatever happened, and ranked by BM25."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.catalogue import Catalogue, text_hash
from indexer.expand import Group, groups_of
from indexer.glossary import load_glossary
from indexer.library import Library
from indexer.records import Chunk, Description, Document
from indexer.segment import Segmenter
from indexer.terms import FOLDER, SATURATION, TermsView

SEGMENTER = Segmenter()
WORDS = ("食堂", "校车", "教师", "宿舍", "操场")


def put(catalogue: Catalogue, doc: str, *texts: str, about: Description | None = None) -> None:
    """Store a document with a chunk of each text."""
    starts = [sum(map(len, texts[:n])) for n in range(len(texts))]
    chunks = tuple(
        Chunk(at, at + len(text), text, (), (), passage=f"{doc} {text}")
        for at, text in zip(starts, texts, strict=True)
    )
    vectors = {text_hash(chunk.passage): np.array([1, 0], np.float32) for chunk in chunks}
    whole = "".join(texts)
    document = Document(doc, "", 0, whole, (), about or Description(title=""), whole, chunks)
    catalogue.put(document, "1", vectors)


def groups(*words: str) -> list[Group]:
    return [Group(word, (((word,), 1.0),)) for word in words]


def open_view(catalogue: Catalogue, folder: Path, key: str = "1") -> TermsView:
    return TermsView(catalogue, folder, SEGMENTER, key)


def assert_agrees(view: TermsView, catalogue: Catalogue) -> None:
    """Each word finds the chunks that hold it, none twice and no others."""
    _, ids, _ = catalogue.all_vectors()
    chunks = catalogue.placed_chunks(ids)
    assert view.seq == catalogue.last_change()
    assert len(view) == len(ids)
    assert view.ids() == set(ids)
    for word in WORDS:
        holding = {chunk for chunk in ids if word in chunks[chunk].text}
        assert set(view.search(groups(word), 100)) == holding


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path, create=True)
    put(opened, "甲", "食堂。", "校车。")
    put(opened, "乙", "校车和教师。")
    yield opened
    opened.close()


# In step with the catalogue


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "remove", "look", "open"]),
            st.integers(0, 3),
            st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
        ),
        max_size=10,
    )
)
def test_catching_up_equals_making_it_again(history: list[tuple[str, int, list[str]]]) -> None:
    with TemporaryDirectory() as folder, TemporaryDirectory() as other:
        catalogue = Catalogue(Path(folder), create=True)
        view = open_view(catalogue, Path(folder))
        for step, doc, words in history:
            if step == "put":
                put(catalogue, f"{doc}", *words)
            elif step == "remove":
                catalogue.remove(f"{doc}")
            elif step == "look":
                view.catch_up()
                assert_agrees(view, catalogue)
            else:
                view = open_view(catalogue, Path(folder))
        view.catch_up()
        assert_agrees(view, catalogue)
        anew = open_view(catalogue, Path(other))
        assert_agrees(anew, catalogue)
        for word in WORDS:  # the scores do not tell the history
            assert view.search(groups(word), 100) == pytest.approx(anew.search(groups(word), 100))
        catalogue.close()


STATE = Path(FOLDER) / "state.json"


def without_state(folder: Path) -> None:
    (folder / STATE).unlink()


def cut_state(folder: Path) -> None:
    (folder / STATE).write_text((folder / STATE).read_text(encoding="utf-8")[:20], encoding="utf-8")


def empty_state(folder: Path) -> None:
    (folder / STATE).write_bytes(b"")


def state_of_nothing(folder: Path) -> None:
    (folder / STATE).write_text("[]", encoding="utf-8")


def state_from_the_future(folder: Path) -> None:
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    (folder / STATE).write_text(json.dumps(state | {"seq": 99}), encoding="utf-8")


def earlier_state(folder: Path) -> None:
    """As after a kill between tantivy's commit and the number written after it."""
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    (folder / STATE).write_text(json.dumps(state | {"seq": 1}), encoding="utf-8")


def without_meta(folder: Path) -> None:
    (folder / FOLDER / "meta.json").unlink()


def cut_meta(folder: Path) -> None:
    (folder / FOLDER / "meta.json").write_text("{", encoding="utf-8")


def without_segments(folder: Path) -> None:
    for file in (folder / FOLDER).iterdir():
        if file.suffix in {".term", ".store", ".idx"}:
            file.unlink()


def gone(folder: Path) -> None:
    shutil.rmtree(folder / FOLDER)


@pytest.mark.parametrize(
    "damage",
    [
        without_state,
        cut_state,
        empty_state,
        state_of_nothing,
        state_from_the_future,
        earlier_state,
        without_meta,
        cut_meta,
        without_segments,
        gone,
    ],
)
def test_what_does_not_fit_is_made_again(catalogue: Catalogue, tmp_path: Path, damage) -> None:
    assert_agrees(open_view(catalogue, tmp_path), catalogue)
    damage(tmp_path)
    assert_agrees(open_view(catalogue, tmp_path), catalogue)
    assert_agrees(open_view(catalogue, tmp_path), catalogue)


def test_another_segmentation_makes_it_again(catalogue: Catalogue, tmp_path: Path) -> None:
    assert open_view(catalogue, tmp_path).search(groups("校车和"), 9) == {}
    other = TermsView(catalogue, tmp_path, Segmenter(["校车和"]), "2")
    assert len(other.search(groups("校车和"), 9)) == 1
    assert open_view(catalogue, tmp_path).search(groups("校车和"), 9) == {}


def test_the_words_of_another_catalogue_are_not_used(tmp_path: Path) -> None:
    first, second = (Catalogue(tmp_path / name, create=True) for name in "ab")
    put(first, "甲", "食堂。")
    put(second, "甲", "校车。")
    open_view(first, tmp_path)
    assert_agrees(open_view(second, tmp_path), second)
    first.close()
    second.close()


def test_where_the_folder_cannot_be_written_it_lives_in_memory(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    (folder / FOLDER).write_text("no folder at all")
    view = open_view(catalogue, folder)
    assert_agrees(view, catalogue)
    put(catalogue, "丙", "操场。")
    catalogue.remove("甲")
    view.catch_up()
    assert_agrees(view, catalogue)


def test_a_killed_writer_leaves_nothing_twice(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = open_view(catalogue, tmp_path)
    put(catalogue, "丙", "操场。", "宿舍。")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", killed)
        view.catch_up()
    assert_agrees(open_view(catalogue, tmp_path), catalogue)


@pytest.mark.parametrize("known", [True, False], ids=["known to tantivy", "unknown to it"])
def test_a_list_of_deletions_left_by_a_kill_within_the_commit_stops_nothing(
    tmp_path: Path, known: bool
) -> None:
    """The next run writes it by the same name; tantivy does not write over a file."""
    catalogue = Catalogue(tmp_path, create=True)
    for number in range(20):
        put(catalogue, f"{number}", "食堂。", "校车。")
    open_view(catalogue, tmp_path)
    folder, before, after = tmp_path / FOLDER, tmp_path / "before", tmp_path / "after"
    shutil.copytree(folder, before)
    put(catalogue, "3", "食堂。", "操场。")
    open_view(catalogue, tmp_path)
    folder.rename(after)
    shutil.copytree(before, folder)
    (left,) = after.glob("*.del")
    shutil.copy(left, folder)
    if known:
        shutil.copy(after / ".managed.json", folder)

    assert_agrees(open_view(catalogue, tmp_path), catalogue)
    assert json.loads((folder / "state.json").read_bytes())["seq"] == catalogue.last_change()
    catalogue.close()


CATCH_UP = """
import sys, time
from pathlib import Path
from indexer.catalogue import Catalogue
from indexer.segment import Segmenter
from indexer.terms import TermsView
folder = Path(sys.argv[1])
catalogue = Catalogue(folder)
print("ready", flush=True)
sys.stdin.readline()
view = TermsView(catalogue, folder, Segmenter(), "1")
end = time.monotonic() + 60
while len(view) != int(sys.argv[2]) and time.monotonic() < end:
    time.sleep(0.01)
    view.catch_up()
print(sorted(view.ids()), len(view), view.seq)
"""


def test_two_processes_catch_up_at_once(catalogue: Catalogue, tmp_path: Path) -> None:
    for number in range(40):
        put(catalogue, f"{number}", *[f"{word}{n}。" for n, word in enumerate(WORDS)])
    total = len(catalogue.all_vectors()[1])
    both = [
        subprocess.Popen(
            [sys.executable, "-c", CATCH_UP, str(tmp_path), str(total)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    answers = [process.communicate("\n", timeout=120)[0] for process in both]
    expected = f"{sorted(catalogue.all_vectors()[1])} {total} {catalogue.last_change()}\n"
    assert answers == [expected] * 2
    assert_agrees(open_view(catalogue, tmp_path), catalogue)


def test_a_view_that_another_process_has_brought_further_goes_on_from_there(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    first, second = open_view(catalogue, tmp_path), open_view(catalogue, tmp_path)
    put(catalogue, "丙", "操场。")
    second.catch_up()
    catalogue.remove("甲")
    first.catch_up()
    assert_agrees(first, catalogue)
    second.catch_up()
    assert_agrees(second, catalogue)


# Searching


def test_scores_are_bm25_by_hand(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path, create=True)
    put(catalogue, "甲", "食堂 食堂 校车")
    put(catalogue, "乙", "食堂 教师 教师")
    put(catalogue, "丙", "宿舍 宿舍 宿舍")
    view = open_view(catalogue, tmp_path)
    # All are of 3 words, so the length does not count: idf * f * 2.2 / (f + 1.2).
    common, rare = log(1 + 1.5 / 2.5), log(1 + 2.5 / 1.5)
    found = view.search(groups("食堂", "校车"), 10)
    assert list(found) == [1, 2]
    assert found[1] == pytest.approx(common * 2 * 2.2 / 3.2 + rare * 1.0, rel=1e-4)
    assert found[2] == pytest.approx(common, rel=1e-4)
    assert view.weights(groups("食堂", "校车")) == pytest.approx([common, rare])
    assert found[1] <= SATURATION * (common + rare)
    catalogue.close()


def test_a_way_of_several_words_wants_all_of_them_and_counts_its_share(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    view = open_view(catalogue, tmp_path)
    both = Group("x", ((("校车", "教师"), 1.0),))
    assert list(view.search([both], 9)) == [3]
    plain = view.search(groups("食堂"), 9)
    assert list(plain) == [1]
    synonym = Group("龘", ((("龘",), 1.0), (("食堂",), 0.7)))
    assert view.search([synonym], 9)[1] == pytest.approx(0.7 * plain[1], rel=1e-4)
    better = Group("食堂", ((("食堂",), 1.0), (("校车",), 0.1)))
    assert view.search([better], 9)[1] == pytest.approx(plain[1], rel=1e-4)


def test_a_word_of_title_or_heading_finds_the_chunk(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path, create=True)
    put(catalogue, "甲", "食堂。", about=Description(title="校车方案"))
    view = open_view(catalogue, tmp_path)
    assert list(view.search(groups("校车"), 9)) == [1]
    assert view.knows("校车")
    assert not view.knows("教师")
    catalogue.close()


@pytest.mark.parametrize("count", [0, -1])
def test_nothing_is_found_where_nothing_is_asked(
    catalogue: Catalogue, tmp_path: Path, count: int
) -> None:
    view = open_view(catalogue, tmp_path)
    assert view.search(groups("校车"), count) == {}
    assert view.search([], 9) == {}
    assert view.search([Group("空", ())], 9) == {}
    assert view.search(groups("校车"), 9, only=[]) == {}
    assert view.search(groups("校车"), 9, facets=[()]) == {}


def test_an_empty_catalogue_has_no_words(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path, create=True)
    view = open_view(catalogue, tmp_path)
    assert (len(view), view.ids(), view.search(groups("校车"), 9)) == (0, set(), {})
    assert view.weights(groups("校车")) == [pytest.approx(log(2))]
    assert not view.knows("校车")
    catalogue.close()


@pytest.mark.parametrize("word", ['AND OR "( * :', "a:b", "*", '"', "食堂\x00", "\U0001f600", "+-"])
def test_signs_of_query_languages_are_only_words(
    catalogue: Catalogue, tmp_path: Path, word: str
) -> None:
    assert open_view(catalogue, tmp_path).search(groups(word), 9) == {}


# Whether they agree


def test_check_tells_of_words_that_are_missing_or_too_many(index: Path, library: Library) -> None:
    assert library.check() == []
    views = library._open_views()
    chunks = views.terms.ids()
    inner = views.terms._index
    assert inner is not None
    writer = inner.writer(heap_size=20_000_000, num_threads=1)
    writer.delete_documents_by_term("chunk", min(chunks))
    writer.commit()
    writer.wait_merging_threads()
    inner.reload()
    assert library.check() == [{"code": "terms_differ", "missing": 1, "extra": 0}]
    shutil.rmtree(index / FOLDER)  # what the message says to do
    again = Library(index, lambda _: library._question_side()[0])
    assert again.check() == []
    again.close()


@pytest.mark.parametrize("typed", ["3.5亿元", "三点五亿元", "35000万元", "投入三点五亿元"])
@pytest.mark.parametrize("written", ["全年投入3.5亿元。", "全年投入三点五亿元。"])
def test_a_sum_is_found_however_it_is_written(typed: str, written: str, tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path, create=True)
    put(catalogue, "甲", "全年投入3.6亿元。", written, "食堂用去五亿元。")
    view = open_view(catalogue, tmp_path)
    found = view.search(groups_of(typed, SEGMENTER, load_glossary()[0]), 10)
    assert next(iter(found)) == 2
    catalogue.close()
