"""The sentence index: it follows the catalogue, and its snapshot is only trusted where it fits."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import DOCUMENTS, ROOT, Write
from light_encoder import LightEncoder

from indexer.build import build
from indexer.catalogue import Catalogue
from indexer.selection import Chosen
from indexer.wording.frames import clauses, frame_hash
from indexer.wording.view import FILE_NAME, WordingView, _parts

DIMENSION = LightEncoder.dimension
SHARED = "学校食堂实行大宗物资统一采购。"  # in two of the documents


def keys(text: str) -> list[int]:
    return [frame_hash(clause.frame) for clause in clauses(text)]


def contents(view: WordingView) -> dict[str, object]:
    """What a view holds, whatever the order of its vectors."""
    made = _parts(view._state)
    return {
        "chunks": made.chunks.tolist(),
        "places": made.first_place.tolist(),
        "clauses": made.first_clause.tolist(),
        "frames": made.frames.tolist(),
        "plains": made.plains.tolist(),
        "rows": made.vectors.rows()[made.place_vector].tolist(),
        "vectors": sorted(made.keys.tolist()),
    }


@pytest.fixture
def catalogue(index: Path) -> Catalogue:
    return Catalogue(index)


def test_a_sentence_is_found_by_hash_wherever_it_stands(catalogue: Catalogue, index: Path) -> None:
    view = WordingView(catalogue, index, DIMENSION)
    runs = view.find(keys(SHARED))
    docs = {chunk.doc for chunk in catalogue.placed_chunks(runs.chunks.tolist()).values()}
    assert docs == {"河湾县/总结2021.txt", "河湾县/总结2022.txt"}
    assert len(set(runs.plains.tolist())) == 1
    assert len(view.find(keys("校长每天学生用餐")).chunks) == 0
    assert len(view.find([]).chunks) == 0


def test_a_run_is_of_one_chunk(catalogue: Catalogue, index: Path) -> None:
    view = WordingView(catalogue, index, DIMENSION)
    frames = _parts(view._state).frames.tolist()
    for chunk, start in enumerate(view._state.first_clause.tolist()[1:-1]):
        found = view.find(frames[start - 1 : start + 1])
        assert view._state.chunks[chunk] not in found.chunks


def test_filters_narrow_both_ways_of_searching(
    catalogue: Catalogue, index: Path, encoder: LightEncoder
) -> None:
    view = WordingView(catalogue, index, DIMENSION)
    every = view.find(keys(SHARED))
    one = Chosen.of(every.chunks[:1])
    assert view.find(keys(SHARED), one).chunks.tolist() == one.ids.tolist()
    vector = encoder.encode_question(SHARED)[None, :]
    (near,) = view.nearest(vector, 50, one)
    assert {chunk for chunk, _, _ in near} == set(one.ids.tolist())
    assert near[0][2] == pytest.approx(1, abs=0.02)
    (anywhere,) = view.nearest(vector, 50)
    assert len(anywhere) == len(view._state.keys) > len(near)


def test_equal_sentences_have_one_vector(catalogue: Catalogue, index: Path) -> None:
    view = WordingView(catalogue, index, DIMENSION)
    assert len(view) > len(view._state.keys)


def test_it_follows_the_catalogue(
    write: Write, encoder: LightEncoder, tmp_path: Path, corpus: Path
) -> None:
    folder = tmp_path / "index"
    build(corpus, folder, encoder=encoder)
    view = WordingView(Catalogue(folder), folder, DIMENSION)
    (corpus / "河湾县/总结2021.txt").unlink()
    write({"新县/总结.txt": "新县教育局总结\n改建校舍两处，增加学位三百个。\n" + SHARED})
    write({"柳桥县/方案2022.md": DOCUMENTS["柳桥县/方案2022.md"].replace("六所", "七所")})
    build(corpus, folder, encoder=encoder)
    view.catch_up()
    catalogue = Catalogue(folder)
    (folder / FILE_NAME).unlink()
    again = WordingView(catalogue, folder, DIMENSION)
    assert view.seq == again.seq == catalogue.last_change()
    assert contents(view) == contents(again)


def test_the_snapshot_is_what_was_saved(catalogue: Catalogue, index: Path) -> None:
    first = WordingView(catalogue, index, DIMENSION)
    assert not first.unsaved  # the build has saved it
    (index / FILE_NAME).unlink()
    made = WordingView(catalogue, index, DIMENSION)
    assert made.unsaved
    made.save()
    assert not made.unsaved
    loaded = WordingView(catalogue, index, DIMENSION)
    assert not loaded.unsaved
    assert contents(made) == contents(loaded) == contents(first)
    assert not list(index.glob("*.tmp"))


KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from indexer.catalogue import Catalogue
from indexer.wording.view import WordingView
folder = Path(sys.argv[1])
view = WordingView(Catalogue(folder), folder, int(sys.argv[2]))
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
view.save()
"""


def test_what_a_killed_process_has_left_of_a_snapshot_goes_with_the_next(
    catalogue: Catalogue, index: Path
) -> None:
    stopped = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_WRITING, str(index), str(DIMENSION)],
        cwd=ROOT,
        timeout=60,
    )
    assert stopped.returncode == -signal.SIGKILL
    assert list(index.glob("*.tmp"))
    view = WordingView(catalogue, index, DIMENSION)
    assert not view.unsaved
    view.save()
    assert not list(index.glob("*.tmp"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_a_snapshot_that_does_not_fit_is_made_again(
    catalogue: Catalogue, index: Path, tmp_path: Path, encoder: LightEncoder, damage: str
) -> None:
    whole = contents(WordingView(catalogue, index, DIMENSION))
    path = index / FILE_NAME
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "empty":
        content = bytearray()
    elif damage == "flipped":
        at = content.index(b"frames.npy") + 300
        content[at] ^= 0xFF
    path.write_bytes(content)
    if damage == "other":
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "a.txt").write_text("另一个文件夹的一份文件。", encoding="utf-8")
        build(tmp_path / "other", tmp_path / "others", encoder=encoder)
        shutil.copy(tmp_path / "others" / FILE_NAME, path)
    made = WordingView(catalogue, index, DIMENSION)
    assert made.unsaved
    assert contents(made) == whole


def test_vectors_lose_little(catalogue: Catalogue, index: Path, encoder: LightEncoder) -> None:
    view = WordingView(catalogue, index, DIMENSION)
    row = next(iter(catalogue.wording_entries(view._state.chunks[:1].tolist()))).row
    made = _parts(view._state)
    own = made.vectors.rows()[made.place_vector[: len(row.spans)]]
    exact = np.stack([encoder.vector(text) for text in row.texts()])
    scaled = own.astype(np.float32) / view._state.vectors.scale
    assert np.abs(scaled - exact).max() < 0.01
