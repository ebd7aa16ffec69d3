"""The view: an exact search, always at one with the catalogue, made again when it is not."""

from __future__ import annotations

import json
import shutil
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from light_encoder import Array, LightEncoder
from numpy.typing import NDArray

from indexer.catalogue import FILE_NAME as CATALOGUE
from indexer.catalogue import Catalogue, text_hash
from indexer.records import Chunk, Description, Document
from indexer.selection import Chosen
from indexer.vectors import FILE_NAME, VectorView

DIMENSION = 24


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path, create=True)
    yield opened
    opened.close()


def vector(*seed: int) -> Array:
    found = np.random.default_rng(seed).standard_normal(DIMENSION, np.float32)
    return np.asarray(found / np.linalg.norm(found), np.float32)


def put(catalogue: Catalogue, doc: int, chunks: int, version: int = 0) -> None:
    """Store a document of so many chunks, each with a vector of its own."""
    made = tuple(
        Chunk(n, n + 1, "文", (), (), passage=f"{doc} {n} {version}") for n in range(chunks)
    )
    vectors = {text_hash(chunk.passage): vector(doc, chunk.start, version) for chunk in made}
    catalogue.put(
        Document(f"{doc}", "", 0, "", (), Description(title=""), "文" * chunks, made), "1", vectors
    )


def truth(catalogue: Catalogue) -> dict[int, Array]:
    _, ids, vectors = catalogue.all_vectors()
    return dict(zip(ids, vectors, strict=True))


def held(view: VectorView) -> dict[int, list[float]]:
    return {int(chunk): view.reconstruct(int(chunk)).tolist() for chunk in view.ids()}


def assert_agrees(view: VectorView, catalogue: Catalogue) -> None:
    assert held(view) == {chunk: values.tolist() for chunk, values in truth(catalogue).items()}
    assert len(view) == len(truth(catalogue))
    assert view.seq == catalogue.last_change()


# Searching


@settings(deadline=None, max_examples=40)
@given(
    chunks=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    question=st.integers(0, 999),
    count=st.integers(1, 40),
)
def test_search_equals_an_exhaustive_ranking(chunks: list[int], question: int, count: int) -> None:
    with TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder), create=True)
        for doc, number in enumerate(chunks):
            put(catalogue, doc, number)
        view = VectorView(catalogue, Path(folder), DIMENSION)
        asked = vector(question, question)
        products = {chunk: float(values @ asked) for chunk, values in truth(catalogue).items()}
        catalogue.close()
    expected = sorted(products, key=lambda chunk: -products[chunk])[:count]
    ids, scores = view.search(asked, count)
    assert ids.tolist() == expected
    assert scores == pytest.approx([products[chunk] for chunk in expected], abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(
    only=st.sets(st.integers(1, 40), max_size=30),
    question=st.integers(0, 999),
    count=st.integers(1, 40),
)
def test_a_filter_gives_full_results(only: set[int], question: int, count: int) -> None:
    """As many as were asked for, if the filter lets that many through; none from outside it."""
    with TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder), create=True)
        put(catalogue, 1, 30)  # the numbers up to 40 are of no chunk
        view = VectorView(catalogue, Path(folder), DIMENSION)
        asked = vector(question, question)
        products = {chunk: float(values @ asked) for chunk, values in truth(catalogue).items()}
        catalogue.close()
    let_through = sorted(only & products.keys(), key=lambda chunk: -products[chunk])
    ids, _ = view.search(asked, count, Chosen.of(np.array(sorted(only), np.int64)))
    assert ids.tolist() == let_through[:count]


def test_an_empty_view_finds_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    view = VectorView(catalogue, tmp_path, DIMENSION)
    for only in (None, Chosen.of(np.array([], np.int64)), Chosen.of(np.array([3], np.int64))):
        ids, scores = view.search(vector(1), 10, only)
        assert ids.tolist() == scores.tolist() == []


def test_a_question_takes_one_thread_whichever_thread_asks(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(catalogue, 1, 5)
    view = VectorView(catalogue, tmp_path, DIMENSION)
    flat = view._state.flat
    search = flat.search
    used: list[int] = []

    def spy(*given: Any, **named: Any) -> object:
        used.append(faiss.omp_get_max_threads())
        return search(*given, **named)

    def ask() -> None:  # OpenMP keeps the number for each thread
        faiss.omp_set_num_threads(3)
        view.search(vector(1), 3)
        used.append(faiss.omp_get_max_threads())

    monkeypatch.setattr(flat, "search", spy)
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert used == [1, 3]


# Catching up


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Documents stored, stored anew, removed; and between them looks at the catalogue."""
    step = st.sampled_from(["put", "remove", "look", "save"])
    return draw(st.lists(st.tuples(step, st.integers(0, 3), st.integers(1, 4)), max_size=14))


@settings(deadline=None, max_examples=60)
@given(histories())
def test_catching_up_equals_making_it_again(history: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder), create=True)
        view = VectorView(catalogue, Path(folder), DIMENSION)
        for version, (step, doc, chunks) in enumerate(history):
            if step == "put":
                put(catalogue, doc, chunks, version)
            elif step == "remove":
                catalogue.remove(f"{doc}")
            else:
                view.catch_up()
                assert_agrees(view, catalogue)
                if step == "save":
                    view.save()
        view.catch_up()
        assert_agrees(view, catalogue)
        assert_agrees(VectorView(catalogue, Path(folder), DIMENSION), catalogue)
        before = held(view)
        view.rebuild()
        assert held(view) == before
        catalogue.close()


def test_a_view_that_lost_a_vector_is_made_again(catalogue: Catalogue, tmp_path: Path) -> None:
    put(catalogue, 1, 4)
    view = VectorView(catalogue, tmp_path, DIMENSION)
    with catalogue.writing() as write:  # behind its back: no change is noted
        write.execute("DELETE FROM chunks WHERE id = 2")
    put(catalogue, 2, 1)
    view.catch_up()
    assert_agrees(view, catalogue)


def test_what_a_search_is_using_is_never_changed(catalogue: Catalogue, tmp_path: Path) -> None:
    put(catalogue, 1, 3)
    view = VectorView(catalogue, tmp_path, DIMENSION)
    in_use, before = view._state.flat, held(view)
    put(catalogue, 1, 2, version=1)
    put(catalogue, 2, 4)
    view.catch_up()
    assert held(view) != before
    assert faiss.vector_to_array(in_use.id_map).tolist() == list(before)
    assert [in_use.reconstruct(chunk).tolist() for chunk in before] == list(before.values())


def test_searching_goes_on_while_it_catches_up(catalogue: Catalogue, tmp_path: Path) -> None:
    """Every answer is one state of the library: full, sorted, and each score the right one."""
    for doc in range(6):
        put(catalogue, doc, 5)
    view = VectorView(catalogue, tmp_path, DIMENSION)
    known = truth(catalogue)
    asked = vector(5, 5)
    stop = threading.Event()
    wrong: list[object] = []
    rounds: list[int] = []

    def ask() -> None:
        number = 0
        while not stop.is_set():
            try:
                ids, scores = view.search(asked, 10)
                right = [float(known[chunk] @ asked) for chunk in ids.tolist()]
                agree = np.allclose(scores, right, atol=1e-6)
                if len(ids) != 10 or not agree or sorted(right, reverse=True) != right:
                    wrong.append((ids, scores, right))
            except Exception as problem:
                wrong.append(problem)
            number += 1
        rounds.append(number)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for version in range(1, 40):
        put(catalogue, version % 6, 5, version)
        known.update(truth(catalogue))
        view.catch_up()
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert min(rounds) > 0
    assert_agrees(view, catalogue)


# The snapshot


@pytest.fixture
def saved(catalogue: Catalogue, tmp_path: Path) -> Catalogue:
    """A snapshot up to change 3; by change 7 two chunks have been replaced."""
    put(catalogue, 1, 1)
    put(catalogue, 2, 1)
    put(catalogue, 3, 1)
    VectorView(catalogue, tmp_path, DIMENSION).save()
    put(catalogue, 1, 1, version=1)
    put(catalogue, 2, 1, version=1)
    assert catalogue.last_change() == 7
    return catalogue


def test_a_snapshot_is_loaded_and_brought_up_to_date(saved: Catalogue, tmp_path: Path) -> None:
    view = VectorView(saved, tmp_path, DIMENSION)
    assert view.unsaved
    assert_agrees(view, saved)
    view.save()
    assert not view.unsaved
    before = (tmp_path / FILE_NAME).read_bytes()
    again = VectorView(saved, tmp_path, DIMENSION)
    assert not again.unsaved
    assert_agrees(again, saved)
    again.save()
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert not list(tmp_path.glob("*.tmp"))


def seal(path: Path, body: bytes, **changed: object) -> None:
    """Write a snapshot of this content, with a checksum that fits."""
    head = json.loads(path.read_bytes().split(b"\n", 1)[0])
    head.pop("crc32")
    head |= changed
    head["crc32"] = zlib.crc32(body, zlib.crc32(json.dumps(head).encode()))
    path.write_bytes(json.dumps(head).encode() + b"\n" + body)


def body_of(path: Path) -> bytes:
    return path.read_bytes().split(b"\n", 1)[1]


def test_a_snapshot_sealed_by_hand_is_taken(saved: Catalogue, tmp_path: Path) -> None:
    """Otherwise the tests below would prove nothing."""
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    seal(path, body_of(path))
    assert path.read_bytes() == whole


def of_another_catalogue(path: Path) -> None:
    seal(path, body_of(path), catalogue="0123456789abcdef")


def of_a_later_catalogue(path: Path) -> None:
    seal(path, body_of(path), seq=8)


def of_a_later_format(path: Path) -> None:
    seal(path, body_of(path), format=99)


def of_another_library_version(path: Path) -> None:
    seal(path, b"IxNEW" + body_of(path))


def of_another_dimension(path: Path) -> None:
    other = faiss.IndexIDMap2(faiss.IndexFlatIP(DIMENSION + 1))
    seal(path, faiss.serialize_index(other).tobytes())


def empty(path: Path) -> None:
    path.write_bytes(b"")


def no_head(path: Path) -> None:
    path.write_bytes(body_of(path))


def not_an_object(path: Path) -> None:
    path.write_bytes(b"[]\n" + body_of(path))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def gone(path: Path) -> None:
    path.unlink()


def truncated_by_one(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def truncated_by_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


UNFIT: list[Callable[[Path], None]] = [
    of_another_catalogue,
    of_a_later_catalogue,
    of_a_later_format,
    of_another_library_version,
    of_another_dimension,
    empty,
    no_head,
    not_an_object,
    a_folder,
    gone,
    truncated_by_one,
    truncated_by_half,
]


@pytest.mark.parametrize("spoil", UNFIT)
def test_a_snapshot_that_does_not_fit_is_made_again(
    saved: Catalogue, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / FILE_NAME)
    view = VectorView(saved, tmp_path, DIMENSION)
    assert_agrees(view, saved)
    assert view.unsaved


def test_no_flipped_bit_goes_unnoticed(saved: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    head = whole.index(b"\n") + 1
    random = np.random.default_rng(3)
    places: NDArray[np.int64] = random.integers(8 * head, 8 * len(whole), 100)
    for bit in [*range(8 * head), *places.tolist()]:  # all of the head, some of the body
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        assert_agrees(VectorView(saved, tmp_path, DIMENSION), saved)


def test_a_snapshot_of_a_catalogue_since_deleted_is_not_used(tmp_path: Path) -> None:
    old = Catalogue(tmp_path, create=True)
    put(old, 1, 3)
    VectorView(old, tmp_path, DIMENSION).save()
    old.close()
    for file in tmp_path.glob(f"{CATALOGUE}*"):
        file.unlink()
    new = Catalogue(tmp_path, create=True)
    put(new, 2, 3)
    assert_agrees(VectorView(new, tmp_path, DIMENSION), new)
    new.close()


def test_a_copied_index_keeps_its_snapshot(saved: Catalogue, tmp_path: Path) -> None:
    VectorView(saved, tmp_path, DIMENSION).save()
    saved.close()
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path, copy, ignore=shutil.ignore_patterns("copy"))
    catalogue = Catalogue(copy)
    assert not VectorView(catalogue, copy, DIMENSION).unsaved
    catalogue.close()


def test_the_light_encoder_ranks_what_is_alike_first() -> None:
    """The other tests lean on this."""
    encoder = LightEncoder()
    question = encoder.encode_question("新建学校化解大班额")
    alike, other = encoder.encode_passages(["通过新建学校化解大班额", "食堂周三供应牛肉面"])
    assert question @ alike > 0.6 > 0.2 > question @ other
    assert np.linalg.norm([question, alike, other], axis=1) == pytest.approx([1, 1, 1])
    assert len(encoder.embedded) == 2
