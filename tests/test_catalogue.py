"""The truth: what is stored comes back, a document changes whole or not at all."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from light_encoder import Array, LightEncoder

from indexer.catalogue import (
    FILE_NAME,
    SCHEMA_VERSION,
    Catalogue,
    pack_vectors,
    text_hash,
    unpack_vectors,
)
from indexer.errors import IndexProblem
from indexer.records import (
    Chunk,
    Condition,
    Description,
    Document,
    Failure,
    Origin,
    Progress,
    Reading,
    Sentence,
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path, create=True)
    yield opened
    opened.close()


def make_document(doc: str, *passages: str, about: Description | None = None) -> Document:
    """A document of these chunks; each is cut into sentences at its full stops."""
    chunks: list[Chunk] = []
    at = 0
    for number, text in enumerate(passages):
        sentences = []
        start = at
        for part in text.split("。"):
            if part:
                sentences.append(Sentence(start, start + len(part), part, len(part) > 3))
            start += len(part) + 1
        chunks.append(
            Chunk(
                start=at,
                end=at + len(text),
                text=text,
                heading=("一、概况", f"（{number}）"),
                sentences=tuple(sentences),
                passage=f"标题\n{text}",
                page=number or None,
                embedded=any(sentence.embedded for sentence in sentences),
            )
        )
        at += len(text)
    whole = "".join(passages)
    return Document(
        doc=doc,
        digest=hashlib.sha256(whole.encode()).hexdigest(),
        size=len(whole.encode()),
        raw=whole + "\r\n",
        edits=((at, at, at, at + 2),),
        description=about or Description(title=doc),
        text=whole,
        chunks=tuple(chunks),
    )


def vectors_of(*documents: Document) -> dict[bytes, Array]:
    encoder = LightEncoder()
    texts = [chunk.passage for document in documents for chunk in document.chunks]
    texts += [
        s.text for document in documents for chunk in document.chunks for s in chunk.sentences
    ]
    return {text_hash(text): encoder.vector(text) for text in texts}


def put(catalogue: Catalogue, *documents: Document) -> None:
    for document in documents:
        catalogue.put(document, "1", vectors_of(document))


def rows(catalogue: Catalogue, query: str) -> list[tuple[object, ...]]:
    with catalogue.reading() as read:
        return read.execute(query).fetchall()


def everything(catalogue: Catalogue) -> list[list[tuple[object, ...]]]:
    tables = ("documents", "chunks", "sentences", "changes")
    return [rows(catalogue, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


# Vectors in bytes


def unit_vectors() -> st.SearchStrategy[Array]:
    numbers = st.floats(-1, 1, width=32).filter(lambda x: abs(x) > 1e-6 or x == 0)
    shapes = st.tuples(st.integers(1, 6), st.integers(1, 40))
    return arrays.arrays(np.float32, shapes, elements=numbers).map(normalised)


def normalised(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)


@given(unit_vectors())
def test_packing_loses_at_most_half_a_step(vectors: Array) -> None:
    back = unpack_vectors(pack_vectors(vectors), len(vectors))
    steps = np.abs(vectors).max(axis=1, keepdims=True) / 127
    assert back.shape == vectors.shape
    assert back.dtype == np.float32
    assert (np.abs(back - vectors) <= steps / 2 + 1e-6).all()


@given(unit_vectors())
def test_packing_what_was_unpacked_gives_the_same_bytes(vectors: Array) -> None:
    once = pack_vectors(vectors)
    assert pack_vectors(unpack_vectors(once, len(vectors))) == once


def test_products_of_packed_vectors_are_right_to_two_thousandths() -> None:
    # As many dimensions as the default model has; its vectors are spread over all of them.
    random = np.random.default_rng(7)
    left, right = (normalised(random.standard_normal((200, 384), np.float32)) for _ in range(2))
    back = unpack_vectors(pack_vectors(left), 200)
    assert np.abs((back * right).sum(1) - (left * right).sum(1)).max() < 0.002


def test_bytes_of_packed_vectors_by_hand() -> None:
    packed = pack_vectors(np.array([[1.27, -0.635, 0.0], [0.0, 0.0, 0.0]], np.float32))
    assert len(packed) == 2 * 4 + 2 * 3
    assert np.frombuffer(packed, np.float32, 1)[0] == pytest.approx(0.01)
    assert np.frombuffer(packed, np.int8, offset=8).tolist() == [127, -64, 0, 0, 0, 0]


def test_no_vectors_pack_into_nothing() -> None:
    assert unpack_vectors(b"", 0).shape[0] == 0


def test_text_hash_is_blake2b_of_utf8() -> None:
    assert text_hash("大班额") == hashlib.blake2b("大班额".encode(), digest_size=16).digest()
    assert text_hash("a") != text_hash("A") != text_hash("a ")
    assert len(text_hash("\udc80")) == 16  # half a surrogate pair, out of a damaged file


# Documents


def names() -> st.SearchStrategy[str | None]:
    return st.none() | st.text(max_size=8)


def written() -> st.SearchStrategy[str]:
    """A text as it is stored: cleaning leaves no half surrogates in it."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    about = Description(
        title=draw(written()),
        province=draw(names()),
        city=draw(names()),
        place=draw(names()),
        level=draw(names()),
        year=draw(st.none() | st.integers(1000, 2999)),
        kind=draw(names()),
        issuer=draw(names()),
        number=draw(names()),
        date=draw(names()),
        stage=draw(names()),
        fictional=draw(st.booleans()),
    )
    made = make_document(draw(written()), *draw(st.lists(written(), max_size=4)), about=about)
    edit = st.tuples(*[st.integers(0, 99)] * 4)
    stretch = st.tuples(st.integers(0, 99), st.integers(0, 99))
    condition = Condition(
        quality=draw(st.floats(0, 1)),
        reasons=tuple(draw(st.lists(written(), max_size=2))),
        damaged=tuple(draw(st.lists(stretch, max_size=2))),
    )
    raw = draw(st.text(st.characters(exclude_categories=[])))
    edits = tuple(draw(st.lists(edit, max_size=3)))
    return replace(made, raw=raw, edits=edits, condition=condition)


def test_a_document_comes_back_as_it_was_stored(catalogue: Catalogue) -> None:
    @settings(deadline=None, max_examples=60)
    @given(documents())
    def check(document: Document) -> None:
        put(catalogue, document)
        stored = catalogue.document(document.doc)
        assert stored is not None
        for name in ["doc", "digest", "size", "raw", "edits", "condition", "description", "text"]:
            assert getattr(stored, name) == getattr(document, name)
        assert stored.text == "".join(chunk.text for chunk in document.chunks)
        assert stored.chunks == len(document.chunks)
        assert catalogue.fingerprints()[document.doc] == (document.digest, "1")
        assert (document.doc, document.size, document.description) in catalogue.descriptions()

    check()


def test_chunks_come_back_with_place_heading_and_sentences(catalogue: Catalogue) -> None:
    document = make_document("甲.txt", "新建学校三所。增加学位。", "招聘教师。好。")
    vectors = vectors_of(document)
    catalogue.put(document, "1", vectors)
    ids = sorted(catalogue.all_vectors()[1])
    found = [catalogue.placed_chunks(ids)[chunk] for chunk in ids]
    assert [(chunk.start, chunk.text, chunk.page) for chunk in found] == [
        (0, "新建学校三所。增加学位。", None),
        (12, "招聘教师。好。", 1),
    ]
    assert found[0].heading == ("一、概况", "（0）")
    assert [chunk.doc for chunk in found] == ["甲.txt"] * 2
    assert catalogue.passage_spans("甲.txt") == [(0, 12), (12, 19)]

    row = catalogue.sentence_rows(ids)[ids[1]]
    assert row.spans.tolist() == [[12, 16]]  # the second sentence is a fragment
    assert row.texts() == ["招聘教师"]
    assert row.scales[0] * row.whole[0] == pytest.approx(vectors[text_hash("招聘教师")], abs=0.004)
    assert catalogue.counts() == {
        "documents": 1,
        "chunks": 2,
        "embedded_chunks": 2,
        "sentences": 3,
    }


def test_a_chunk_of_fragments_is_text_without_a_vector(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "目录。", "新建学校三所。"))
    stored = catalogue.document("甲.txt")
    assert stored is not None
    assert stored.text == "目录。新建学校三所。"
    assert catalogue.counts()["chunks"] == 2
    assert catalogue.counts()["embedded_chunks"] == 1
    assert len(catalogue.all_vectors()[1]) == 1
    assert catalogue.broken_chunks(256) == []


def test_storing_again_replaces(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "新建学校三所。"), make_document("乙.txt", "更新校车。"))
    put(catalogue, make_document("甲.txt", "招聘教师八名。", "配备保安。"))
    stored = catalogue.document("甲.txt")
    assert stored is not None
    assert stored.text == "招聘教师八名。配备保安。"
    assert catalogue.counts() == {
        "documents": 2,
        "chunks": 3,
        "embedded_chunks": 3,
        "sentences": 3,
    }
    assert catalogue.integrity() == []


def test_a_removed_document_leaves_nothing(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "新建学校三所。"))
    catalogue.remove("甲.txt")
    catalogue.remove("never there.txt")
    assert catalogue.document("甲.txt") is None
    assert set(catalogue.counts().values()) == {0}


# One transaction a document


class Interrupted(BaseException):
    """As a keyboard interrupt would be: no ordinary exception."""


class VectorsThatRunOut(dict[bytes, Array]):
    """Vectors of which the last cannot be had."""

    def __init__(self, vectors: dict[bytes, Array], last: str) -> None:
        super().__init__(vectors)
        self.last = text_hash(last)

    def __getitem__(self, key: bytes) -> Array:
        if key == self.last:
            raise Interrupted
        return super().__getitem__(key)


def test_an_interruption_in_the_middle_leaves_the_old_document_whole(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "新建学校三所。", "更新校车五辆。"))
    before = everything(catalogue)
    new = make_document("甲.txt", "招聘教师八名。", "配备保安九名。")
    with pytest.raises(Interrupted):
        catalogue.put(new, "1", VectorsThatRunOut(vectors_of(new), last="配备保安九名"))
    assert everything(catalogue) == before
    put(catalogue, new)  # and the connection is fit for use
    stored = catalogue.document("甲.txt")
    assert stored is not None
    assert stored.text == new.text


def test_a_full_disk_leaves_the_old_document_whole(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "新建学校三所。"))
    before = everything(catalogue)
    with catalogue.reading() as read:  # the one idle connection, which the next writing borrows
        pages = read.execute("PRAGMA page_count").fetchone()[0]
        read.execute(f"PRAGMA max_page_count = {pages + 1}")
    large = make_document(
        "甲.txt", *[f"招聘教师{number}名，更新校车若干。" for number in range(500)]
    )
    with pytest.raises(IndexProblem) as caught:
        put(catalogue, large)
    assert caught.value.code == "index_not_writable"
    assert "full" in str(caught.value.facts["reason"])
    assert everything(catalogue) == before
    with catalogue.reading() as read:
        read.execute("PRAGMA max_page_count = 1000000")
    put(catalogue, large)
    assert catalogue.counts()["chunks"] == 500


def test_a_reader_sees_one_state_while_another_writes(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "新建学校三所。"))
    with catalogue.reading() as read:
        first = read.execute("SELECT count(*) FROM chunks").fetchone()
        put(catalogue, make_document("乙.txt", "更新校车。"))
        assert read.execute("SELECT count(*) FROM chunks").fetchone() == first
    assert rows(catalogue, "SELECT count(*) FROM chunks") == [(2,)]


# Changes


def test_numbers_of_removed_chunks_are_never_used_again(catalogue: Catalogue) -> None:
    seen: set[int] = set()
    for text in ("新建学校。", "更新校车。", "招聘教师。"):
        put(catalogue, make_document("甲.txt", text, text + "又一段。"))
        ids = set(catalogue.all_vectors()[1])
        assert len(ids) == 2
        assert not ids & seen
        seen |= ids
        if text == "更新校车。":
            catalogue.remove("甲.txt")  # SQLite would give the highest number again


def test_changes_tell_what_a_view_lacks(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "新建学校。"), make_document("乙.txt", "更新校车。"))
    first, second = sorted(catalogue.all_vectors()[1])
    assert catalogue.last_change() == 2
    catalogue.remove("甲.txt")
    put(catalogue, make_document("丙.txt", "招聘教师。"), make_document("丁.txt", "配备保安。"))
    catalogue.remove("丁.txt")
    third = max(catalogue.all_vectors()[1])

    found = catalogue.changes_since(2)
    assert found.seq == catalogue.last_change() == 6
    assert first in found.removed
    assert second not in found.removed
    assert found.added == [third]  # what came and went in between is not named
    assert found.vectors.shape == (1, 256)
    assert found.total == 2
    nothing = catalogue.changes_since(6)
    assert (nothing.seq, nothing.removed, nothing.added, nothing.total) == (6, [], [], 2)


def test_storing_one_document_of_many_changes_only_its_own_chunks(catalogue: Catalogue) -> None:
    many = [make_document(f"{number}.txt", f"新建学校{number}所。") for number in range(10)]
    put(catalogue, *many)
    put(catalogue, make_document("3.txt", "更新校车三十辆。"))
    assert rows(catalogue, "SELECT op, chunk FROM changes WHERE seq > 10") == [("-", 4), ("+", 11)]


# What is known of a text


def test_a_text_is_known_wherever_it_stands(catalogue: Catalogue) -> None:
    document = make_document("甲.txt", "新建学校三所。增加学位。")
    vectors = vectors_of(document)
    catalogue.put(document, "1", vectors)
    catalogue.save_pending({text_hash("还没写完"): vectors[text_hash("增加学位")]})
    asked = ["标题\n新建学校三所。增加学位。", "新建学校三所", "还没写完", "从未见过"]
    known = catalogue.known_vectors(map(text_hash, asked))
    assert [text_hash(text) in known for text in asked] == [True, True, True, False]
    assert known[text_hash(asked[0])] == pytest.approx(vectors[text_hash(asked[0])], abs=0.001)
    assert known[text_hash(asked[1])] == pytest.approx(vectors[text_hash(asked[1])], abs=0.004)
    catalogue.clear_pending()
    assert catalogue.known_vectors([text_hash("还没写完")]) == {}


def test_vectors_of_a_removed_document_are_not_known(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "新建学校三所。"))
    catalogue.remove("甲.txt")
    assert catalogue.known_vectors([text_hash("新建学校三所")]) == {}


# Settings, progress, failures


def test_progress_and_failures_come_back(catalogue: Catalogue) -> None:
    progress = Progress("embedding", 1.5, 3.0, 1, 2, 10.0, 20.0)
    catalogue.save_progress(progress)
    assert catalogue.progress() == progress
    catalogue.save_progress(None)
    assert catalogue.progress() is None

    failures = [Failure(file="丙.png", code="unknown_kind", facts={"ending": ".png"})]
    catalogue.save_failures([*failures, Failure(file="乙.txt", code="empty_file", facts={})])
    assert [failure["file"] for failure in catalogue.failures()] == ["丙.png", "乙.txt"]
    catalogue.save_failures(failures)
    assert catalogue.failures() == tuple(failures)


@pytest.mark.parametrize(
    ("share", "spent", "expected"),
    [(0.5, 10, 10), (0.25, 10, 30), (1.0, 10, 0), (0.01, 10, None), (0.5, 1, None)],
)
def test_time_left(share: float, spent: float, expected: float | None) -> None:
    progress = Progress("embedding", share * 80, 80, 0, 1, 100.0, 100.0 + spent)
    assert progress.share == share
    assert progress.seconds_left == expected


# Opening


def test_no_catalogue_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexProblem) as caught:
        Catalogue(tmp_path / "nowhere")
    assert (caught.value.code, caught.value.facts) == (
        "no_index",
        {"folder": str(tmp_path / "nowhere")},
    )
    assert not (tmp_path / "nowhere").exists()


def test_a_catalogue_that_was_never_finished_is_no_index(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()  # as a build killed at its very beginning leaves it
    with pytest.raises(IndexProblem) as caught:
        Catalogue(tmp_path)
    assert caught.value.code == "no_index"
    Catalogue(tmp_path, create=True).close()
    Catalogue(tmp_path).close()


def test_opening_to_write_keeps_what_is_there(tmp_path: Path) -> None:
    first = Catalogue(tmp_path, create=True)
    put(first, make_document("甲.txt", "新建学校三所。"))
    before = first.settings()
    first.close()
    again = Catalogue(tmp_path, create=True)
    assert again.settings() == before
    assert again.counts()["documents"] == 1
    again.close()


@pytest.mark.parametrize("create", [True, False])
def test_another_version_is_told_and_left_alone(tmp_path: Path, create: bool) -> None:
    path = tmp_path / FILE_NAME
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT)")
    connection.execute("INSERT INTO settings VALUES ('schema', '0')")
    connection.execute("CREATE TABLE chunks(number INTEGER)")  # with none of today's columns
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(IndexProblem) as caught:
        Catalogue(tmp_path, create=create)
    assert caught.value.code == "other_version"
    assert caught.value.facts["found"] == "0"
    assert caught.value.facts["expected"] == SCHEMA_VERSION
    assert path.read_bytes() == before


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_damaged(tmp_path: Path, create: bool) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database at all " * 300)
    with pytest.raises(IndexProblem) as caught:
        Catalogue(tmp_path, create=create)
    assert caught.value.code == "damaged"


def test_damage_found_later_is_told_as_such(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path, create=True)
    put(catalogue, *[make_document(f"{n}.txt", f"新建学校{n}所。" * 20) for n in range(40)])
    catalogue.close()
    path = tmp_path / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole[:20_000] + b"\xff" * (len(whole) - 20_000))
    opened = Catalogue(tmp_path)
    with pytest.raises(IndexProblem) as caught:
        opened.descriptions()
    assert caught.value.code == "damaged"
    opened.close()


def test_a_wrong_length_of_vectors_is_found(catalogue: Catalogue) -> None:
    put(catalogue, make_document("甲.txt", "新建学校三所。"), make_document("乙.txt", "更新校车。"))
    assert catalogue.broken_chunks(256) == []
    assert sorted(catalogue.broken_chunks(384)) == [1, 2]
    with catalogue.writing() as write:
        write.execute("UPDATE chunks SET sentence_vectors = x'00' WHERE id = 2")
    assert catalogue.broken_chunks(256) == [2]


# Descriptions that change


READING = Reading(
    (Origin("place", "corrected", "high"),), "450181", ("甲〔2020〕1号",), ("双减",), ("x:1:2",)
)


def test_a_changed_description_gives_the_chunks_new_ids_and_nothing_else(
    catalogue: Catalogue,
) -> None:
    document = make_document("甲", "第一段文字很长。短。", "—。", "第二段文字也很长。还有一句话。")
    other = make_document("乙", "第一段文字很长。另一段。")
    put(catalogue, document, other)
    before = rows(catalogue, "SELECT * FROM chunks WHERE document = 1 ORDER BY start")
    sentences = rows(catalogue, "SELECT hash, ordinal FROM sentences ORDER BY 1, 2")
    seq = catalogue.last_change()
    about = Description(title="甲", place="横县", year=2018)
    catalogue.redescribe("甲", about, READING)
    after = rows(catalogue, "SELECT * FROM chunks WHERE document = 1 ORDER BY start")
    assert [row[1:] for row in after] == [row[1:] for row in before]
    old, new = ({row[0] for row in found} for found in (before, after))
    assert not old & new
    assert rows(catalogue, "SELECT hash, ordinal FROM sentences ORDER BY 1, 2") == sentences
    changes = catalogue.changes_since(seq)
    embedded = {row[0] for row in after if row[8] is not None}
    assert set(changes.added) == embedded
    assert set(changes.removed) <= old
    assert len(changes.removed) == len(embedded) < len(new)
    stored = catalogue.document("甲")
    assert stored is not None
    assert (stored.description, stored.reading, stored.text) == (about, READING, document.text)
    (held,) = [each for each in catalogue.holdings() if each.doc == "甲"]
    assert (held.description, held.reading) == (about, READING)
    assert held.as_read == (document.description, document.reading)
    assert catalogue.integrity() == []
    entries = catalogue.term_entries(sorted(embedded))
    assert {e.chunk for e in entries if "p:横县" in e.facets} == embedded


def test_a_changed_reading_alone_leaves_the_chunks(catalogue: Catalogue) -> None:
    document = make_document("甲", "第一段文字很长。")
    put(catalogue, document)
    chunks, seq = rows(catalogue, "SELECT * FROM chunks"), catalogue.last_change()
    catalogue.redescribe("甲", document.description, READING)
    assert (rows(catalogue, "SELECT * FROM chunks"), catalogue.last_change()) == (chunks, seq)
    stored = catalogue.document("甲")
    assert stored is not None
    assert stored.reading == READING
    catalogue.redescribe("没有", document.description, READING)


def test_text_and_headings_of_a_document(catalogue: Catalogue) -> None:
    document = make_document("甲", "第一段文字很长。", "第二段文字。")
    put(catalogue, document)
    headings = ("一、概况", "（0）", "（1）")
    assert catalogue.text_and_headings("甲") == (document.text, headings)
