"""The build: only what is new is read, no text is embedded twice, nothing indexed is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import DOCUMENTS, ROOT, Write
from light_encoder import Array, LightEncoder

from indexer import build as module
from indexer.build import GROUP_TEXTS, SLICE_TEXTS, build, is_building, walk
from indexer.catalogue import Catalogue
from indexer.errors import IndexProblem
from indexer.library import Library
from indexer.records import BuildReport, Progress
from indexer.vectors import FILE_NAME as SNAPSHOT

NAMES = sorted(DOCUMENTS)
FIRST = "河湾县/总结2021.txt"


def names_in(index: Path) -> list[str]:
    catalogue = Catalogue(index)
    try:
        return sorted(catalogue.fingerprints())
    finally:
        catalogue.close()


def counts(report: BuildReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.removed, report.unchanged


def found(library: Library, question: str) -> list[str]:
    return [passage.doc for passage in library.search(question, limit=50)]


# What is built


def test_a_first_build_takes_in_every_document(
    corpus: Path, tmp_path: Path, encoder: LightEncoder
) -> None:
    report = build(corpus, tmp_path / "index", encoder=encoder)
    assert counts(report) == (4, 0, 0, 0)
    assert report.documents == 4
    assert report.chunks == Catalogue(tmp_path / "index").counts()["chunks"] > 4
    assert report.embedded == len(encoder.embedded) > report.chunks
    assert report.failed == ()
    assert names_in(tmp_path / "index") == NAMES


def test_an_unchanged_corpus_embeds_nothing(
    corpus: Path, index: Path, encoder: LightEncoder
) -> None:
    encoder.embedded.clear()
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (0, 0, 0, 4)
    assert report.embedded == 0
    assert encoder.embedded == []


def test_an_unchanged_corpus_does_not_even_load_the_model(
    write: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where some files cannot be read: there are some in every folder."""
    corpus = write({"录像.mp4": b"\0\0\0\x18ftypmp42", "空.txt": b""})

    def load(_: str) -> LightEncoder:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr(module, "load_encoder", load)
    report = build(corpus, index)
    assert counts(report) == (0, 0, 0, 4)
    assert [(failure["file"], failure["code"]) for failure in report.failed] == [
        ("录像.mp4", "unknown_kind"),
        ("空.txt", "empty_file"),
    ]


def test_a_changed_file_embeds_only_its_new_texts(
    corpus: Path, index: Path, encoder: LightEncoder
) -> None:
    path = corpus / FIRST
    path.write_text(path.read_text() + "校长每天巡查校园，门卫实行双人值守。\n")
    encoder.embedded.clear()
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (0, 1, 0, 3)
    chunk, sentence = sorted(encoder.embedded, key=len, reverse=True)
    assert sentence == "校长每天巡查校园，门卫实行双人值守。"
    assert chunk.endswith(f"校长每天陪学生用餐。\n{sentence}")
    assert report.embedded == 2


def test_a_new_file_is_added(write: Write, index: Path, encoder: LightEncoder) -> None:
    corpus = write({"新.txt": "柳桥县教研活动要点\n每学期开展教研活动十六次。\n"})
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (1, 0, 0, 4)
    assert names_in(index) == sorted([*NAMES, "新.txt"])


def test_a_removed_file_leaves_the_index_and_the_open_library(
    corpus: Path, index: Path, encoder: LightEncoder, library: Library
) -> None:
    question = "新建学校化解大班额"
    assert found(library, question)[0] == FIRST
    (corpus / FIRST).unlink()
    encoder.embedded.clear()
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (0, 0, 1, 3)
    assert encoder.embedded == []
    assert FIRST not in found(library, question)
    assert FIRST not in found(Library(index, lambda _: encoder), question)
    assert library.check() == []


def test_a_renamed_file_embeds_nothing(
    corpus: Path, index: Path, encoder: LightEncoder, library: Library
) -> None:
    (corpus / "归档").mkdir()
    (corpus / FIRST).rename(corpus / "归档/旧总结.txt")
    encoder.embedded.clear()
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (1, 0, 1, 3)
    assert encoder.embedded == []
    assert found(library, "新建学校化解大班额")[0] == "归档/旧总结.txt"


def test_a_text_that_stands_twice_is_embedded_once(
    write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    text = "工作要点\n全面落实立德树人根本任务。\n新建学校三所，增加学位四千个。\n"
    report = build(write({"甲.txt": text, "乙.txt": text}), tmp_path / "index", encoder=encoder)
    assert counts(report) == (2, 0, 0, 0)
    assert len(encoder.embedded) == len(set(encoder.embedded)) == report.embedded
    # The same in a later build, which knows the text only from the catalogue.
    encoder.embedded.clear()
    build(write({"丙.txt": text, "丁.txt": "讲话\n" + text}), tmp_path / "index", encoder=encoder)
    assert [text for text in encoder.embedded if "立德树人" in text and "\n" not in text] == []


def test_an_emptied_corpus_empties_the_index(
    corpus: Path, index: Path, encoder: LightEncoder, library: Library
) -> None:
    for name in NAMES:
        (corpus / name).unlink()
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (0, 0, 4, 0)
    assert report.documents == report.chunks == 0
    assert library.search("大班额") == []
    assert library.check() == []


def test_an_empty_corpus_makes_an_index_that_answers(tmp_path: Path, encoder: LightEncoder) -> None:
    (tmp_path / "corpus").mkdir()
    report = build(tmp_path / "corpus", tmp_path / "index", encoder=encoder)
    assert counts(report) == (0, 0, 0, 0)
    library = Library(tmp_path / "index", lambda _: encoder)
    assert library.search("大班额") == []
    assert library.check() == []


def test_a_new_recipe_makes_the_documents_again_from_known_vectors(
    corpus: Path, index: Path, encoder: LightEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RECIPE", "another")
    encoder.embedded.clear()
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (0, 4, 0, 0)
    assert encoder.embedded == []


def test_a_fresh_build_reads_every_document_again_from_known_vectors(
    corpus: Path, index: Path, encoder: LightEncoder
) -> None:
    encoder.embedded.clear()
    report = build(corpus, index, encoder=encoder, fresh=True)
    assert counts(report) == (0, 4, 0, 0)
    assert encoder.embedded == []


def _other_version(index: Path) -> None:
    catalogue = Catalogue(index)
    catalogue.set(schema="0")
    catalogue.close()


def _no_database(index: Path) -> None:
    for path in index.glob("catalogue.sqlite-*"):
        path.unlink()
    (index / "catalogue.sqlite").write_bytes(b"this is no database " * 500)


@pytest.mark.parametrize("spoil", [_other_version, _no_database])
def test_a_fresh_build_takes_the_place_of_an_index_that_cannot_be_used(
    corpus: Path, index: Path, encoder: LightEncoder, spoil: Callable[[Path], None]
) -> None:
    spoil(index)
    with pytest.raises(IndexProblem):
        build(corpus, index, encoder=encoder)
    assert counts(build(corpus, index, encoder=encoder, fresh=True)) == (4, 0, 0, 0)
    library = Library(index, lambda _: encoder)
    assert found(library, "大班额")
    assert library.check() == []


def test_groups_and_slices_leave_no_trace_in_the_result(
    corpus: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUP_TEXTS", 3)
    monkeypatch.setattr(module, "SLICE_TEXTS", 2)
    build(corpus, tmp_path / "other", encoder=LightEncoder())
    assert vectors_in(tmp_path / "other") == vectors_in(index)


def vectors_in(index: Path) -> list[tuple[object, ...]]:
    """Every chunk with its document and the bytes of its vectors."""
    catalogue = Catalogue(index)
    with catalogue.reading() as read:
        rows: list[tuple[object, ...]] = read.execute(
            "SELECT doc, start, text, hash, vector, spans, sentence_vectors FROM chunks"
            " JOIN documents ON documents.id = chunks.document ORDER BY doc, start"
        ).fetchall()
    catalogue.close()
    return rows


# Which files belong to the corpus


def test_names_that_are_left_out(write: Write, tmp_path: Path, encoder: LightEncoder) -> None:
    text = "河湾县工作要点\n新建学校三所，增加学位四千个。\n"
    kept = ["深/更深/报告.txt", "深/README.txt", "读我.md"]
    left_out = [
        "README.md",
        "readme.zh.md",
        "_library/说明.txt",
        "_草稿.txt",
        ".git/config.txt",
        ".隐藏.txt",
        "~$报告.txt",
        "深/_旧/报告.txt",
    ]
    corpus = write(dict.fromkeys([*kept, *left_out], text))
    report = build(corpus, tmp_path / "index", encoder=encoder)
    assert names_in(tmp_path / "index") == sorted(kept)
    assert report.failed == ()


def test_the_walk_is_in_order_of_names(write: Write) -> None:
    corpus = write({"b.txt": "", "a/z.txt": "", "a.txt": "", "c/a.txt": ""})
    walked = [doc for doc, _ in walk(corpus)]
    assert walked == ["a.txt", "b.txt", "a/z.txt", "c/a.txt"]


# What is refused


def test_a_missing_corpus_is_told_and_nothing_is_made(
    tmp_path: Path, encoder: LightEncoder
) -> None:
    with pytest.raises(IndexProblem) as caught:
        build(tmp_path / "nowhere", tmp_path / "index", encoder=encoder)
    assert caught.value.code == "no_corpus"
    assert caught.value.facts == {"folder": str(tmp_path / "nowhere")}
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("index", ["a file", "a file/index"])
def test_an_index_that_cannot_be_made_is_told(
    corpus: Path, tmp_path: Path, encoder: LightEncoder, index: str
) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(IndexProblem) as caught:
        build(corpus, tmp_path / index, encoder=encoder)
    assert caught.value.code == "index_not_writable"
    assert caught.value.facts["folder"] == str(tmp_path / index)


def test_a_snapshot_that_cannot_be_written_is_told_and_costs_nothing(
    write: Write, index: Path, encoder: LightEncoder
) -> None:
    (index / f"{SNAPSHOT}.tmp").mkdir()  # a full disk would do as well
    corpus = write({"新.txt": "柳桥县教研活动要点\n每学期开展教研活动十六次。\n"})
    with pytest.raises(IndexProblem) as caught:
        build(corpus, index, encoder=encoder)
    assert caught.value.code == "index_not_writable"
    library = Library(index, lambda _: encoder)
    assert found(library, "每学期开展教研活动")[0] == "新.txt"
    (index / f"{SNAPSHOT}.tmp").rmdir()
    assert build(corpus, index, encoder=encoder).unchanged == 5
    assert library.check() == []


class OtherEncoder(LightEncoder):
    name = "another"


def test_another_model_is_refused_and_the_index_stays(corpus: Path, index: Path) -> None:
    before = vectors_in(index)
    (corpus / FIRST).unlink()
    given: list[Callable[[], BuildReport]] = [
        lambda: build(corpus, index, encoder=OtherEncoder()),
        lambda: build(corpus, index, model="BAAI/bge-m3"),
    ]
    for attempt in given:
        with pytest.raises(IndexProblem) as caught:
            attempt()
        assert caught.value.code == "other_model"
        assert caught.value.facts["found"] == "light"
    assert vectors_in(index) == before


def test_the_index_remembers_where_its_model_came_from(
    corpus: Path, tmp_path: Path, encoder: LightEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load(model: str) -> LightEncoder:
        loaded.append(model)
        return encoder

    monkeypatch.setattr(module, "load_encoder", load)
    build(corpus, tmp_path / "index", model="some/model")
    (corpus / FIRST).write_text("河湾县报告\n新建学校九所，招聘教师七十名。\n")
    build(corpus, tmp_path / "index")
    library = Library(tmp_path / "index", load)
    assert library.search("新建学校")[0].doc == FIRST
    assert loaded == ["some/model"] * 3


# One build at a time


def test_a_second_build_is_told_that_one_is_at_work(
    corpus: Path, tmp_path: Path, encoder: LightEncoder
) -> None:
    index = tmp_path / "index"
    assert not is_building(index)
    program = [ROOT / "tests/light_encoder.py", corpus, index, tmp_path / "log", "--hold"]
    with subprocess.Popen(
        [sys.executable, *map(str, program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin
        assert other.stdout
        assert any(line == "embedding\n" for line in other.stdout)  # and now it waits
        assert is_building(index)
        with pytest.raises(IndexProblem) as caught:
            build(corpus, index, encoder=encoder)
        assert caught.value.code == "busy"
        assert encoder.embedded == []
        # Meanwhile the index can be asked; nothing is in it yet.
        library = Library(index, lambda _: encoder)
        assert library.search("新建学校") == []
        assert library.progress() is not None
        other.stdin.write("go on\n")
        other.stdin.flush()
        assert other.stdout.read().endswith("done\n")
    assert other.returncode == 0
    assert not is_building(index)
    assert build(corpus, index, encoder=encoder).unchanged == 4
    assert found(library, "新建学校化解大班额")[0] == FIRST
    assert library.progress() is None


# Files that fail


def test_a_file_that_fails_keeps_its_earlier_version(
    corpus: Path, index: Path, encoder: LightEncoder, library: Library
) -> None:
    (corpus / FIRST).write_bytes(b"")
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (0, 0, 0, 3)
    assert [(f["file"], f["code"]) for f in report.failed] == [(FIRST, "empty_file")]
    assert found(library, "新建学校化解大班额")[0] == FIRST
    assert library.failures() == report.failed

    (corpus / FIRST).write_text("河湾县报告\n更新校车十五辆，配备照管员。\n")
    report = build(corpus, index, encoder=encoder)
    assert counts(report) == (0, 1, 0, 3)
    assert library.failures() == ()
    assert "大班额" not in library.document(FIRST).text


class FailingEncoder(LightEncoder):
    """Fails after a while, as a graphics card out of memory would."""

    def encode_passages(self, texts: Sequence[str]) -> Array:
        if len(self.embedded) >= 14:
            raise RuntimeError("out of memory")
        return super().encode_passages(texts)


def test_what_was_embedded_before_a_failure_is_not_embedded_again(
    corpus: Path, tmp_path: Path, encoder: LightEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLICE_TEXTS", 2)
    failing = FailingEncoder()
    with pytest.raises(RuntimeError):
        build(corpus, tmp_path / "index", encoder=failing)
    assert len(failing.embedded) == 14
    assert [text for text in failing.embedded if "\n" not in text]  # sentences among them
    build(corpus, tmp_path / "index", encoder=encoder)
    assert not set(failing.embedded) & set(encoder.embedded)
    whole = LightEncoder()
    build(corpus, tmp_path / "whole", encoder=whole)
    assert set(failing.embedded) | set(encoder.embedded) == set(whole.embedded)
    assert vectors_in(tmp_path / "index") == vectors_in(tmp_path / "whole")


def test_a_folder_that_cannot_be_entered_loses_nothing(
    corpus: Path, index: Path, encoder: LightEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a part of a network drive is away for an hour."""
    scandir = os.scandir

    def deny(path: str | int) -> object:  # root, as whom tests may run, can enter any folder
        if isinstance(path, str) and Path(path).name == "河湾县":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", deny)
        report = build(corpus, index, encoder=encoder)
    assert counts(report) == (0, 0, 0, 2)
    assert [(f["file"], f["code"]) for f in report.failed] == [("河湾县", "no_permission")]
    assert names_in(index) == NAMES
    assert build(corpus, index, encoder=encoder).failed == ()


# Progress


def test_progress_grows_to_the_end(corpus: Path, tmp_path: Path, encoder: LightEncoder) -> None:
    seen: list[Progress] = []
    build(corpus, tmp_path / "index", encoder=encoder, report=seen.append)
    assert [progress.stage for progress in seen][:2] == ["reading", "model"]
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    last = seen[-1]
    assert (last.share, last.documents_done, last.documents_total) == (1.0, 4, 4)
    assert last.total == sum((corpus / name).stat().st_size for name in NAMES)


def test_slices_are_smaller_than_groups() -> None:
    """A killed build loses a slice at most."""
    assert SLICE_TEXTS < GROUP_TEXTS
