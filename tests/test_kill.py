"""A build killed at any moment: the index stays sound and the next build goes on from there."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import ROOT
from light_encoder import LightEncoder
from test_build import vectors_in

from indexer.build import build, is_building
from indexer.catalogue import Catalogue
from indexer.errors import IndexProblem
from indexer.library import Library

MOMENTS = 20
SLICE = 8
"""Texts that the killed build embeds at once (see light_encoder.py)."""

_WHO = ("河湾县", "柳桥县", "长汀市", "青溪省")
_WHAT = ("新建学校", "招聘教师", "更新校车", "改建食堂", "劝返学生", "配备保安", "新增学位")
_HOW = ("全部按期完成", "进度落后于计划", "由财政专项支持", "在督导中受到表扬", "列入下年要点")


def _text(seed: int) -> str:
    draw = random.Random(seed)
    lines = [f"{draw.choice(_WHO)}工作总结"]
    for number in range(1, 13):
        what, how = draw.choice(_WHAT), draw.choice(_HOW)
        lines.append(
            f"{number}．{what}{draw.randrange(900)}，{how}。比上年增加{draw.randrange(90)}。"
        )
        if number % 3 == 0:
            lines.append(f"{'一二三四'[number // 3 - 1]}、{draw.choice(_WHAT)}")
    return "\n".join(lines)


def _write(corpus: Path, texts: dict[str, int]) -> None:
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir()
    for name, seed in texts.items():
        (corpus / f"{name}.txt").write_text(_text(seed), encoding="utf-8")


BEFORE = {f"{number:02}": number for number in range(10)}
# Four documents stay, three change, two go, one is renamed, six are new.
AFTER = (
    {f"{number:02}": number for number in range(4)}
    | {f"{number:02}": number + 50 for number in range(4, 7)}
    | {"renamed": 9}
    | {f"{number:02}": number for number in range(20, 26)}
)


class Undisturbed:
    """What a build that nobody kills ends with, made once for all moments."""

    def __init__(self, folder: Path, texts_before: dict[str, int]) -> None:
        self.corpus = folder / "corpus"
        self.start = folder / "start"
        self.start.mkdir()
        if texts_before:
            _write(self.corpus, texts_before)
            build(self.corpus, self.start, encoder=LightEncoder())
        _write(self.corpus, AFTER)
        self.index = folder / "whole"
        shutil.copytree(self.start, self.index)
        self.log = folder / "log"
        self.steps = sum(1 for _ in _output(self.corpus, self.index, self.log))
        self.texts = Counter(_lines(self.log))
        self.vectors = vectors_in(self.index)


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def _program(corpus: Path, index: Path, log: Path) -> list[str]:
    return [sys.executable, str(ROOT / "tests/light_encoder.py"), *map(str, (corpus, index, log))]


def _output(corpus: Path, index: Path, log: Path) -> list[str]:
    run = subprocess.run(
        _program(corpus, index, log), capture_output=True, text=True, check=True, timeout=120
    )
    return run.stdout.splitlines()


def _kill(corpus: Path, index: Path, log: Path, step: int, wait: float) -> bool:
    """Kill a build a little after its so-manyeth step; False if it was done by then."""
    with subprocess.Popen(
        _program(corpus, index, log), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout
        for _ in range(step):
            child.stdout.readline()
        time.sleep(wait)
        child.kill()
    return child.returncode != 0


def let_go(index: Path) -> bool:
    """Whether the lock is free soon: a child that was just being started holds it till it runs."""
    for _ in range(100):
        if not is_building(index):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Undisturbed]:
    return {
        "first build": Undisturbed(tmp_path_factory.mktemp("first"), {}),
        "update": Undisturbed(tmp_path_factory.mktemp("update"), BEFORE),
    }


@cache
def moments() -> list[tuple[str, float, float]]:
    """Which build, at what share of its steps, and how many seconds later."""
    draw = random.Random(2024)
    kinds = ("first build", "update")
    return [(kinds[n % 2], draw.random(), draw.uniform(0, 0.03)) for n in range(MOMENTS)]


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_build_killed_at_any_moment(
    undisturbed: dict[str, Undisturbed], tmp_path: Path, moment: int
) -> None:
    kind, share, wait = moments()[moment]
    whole = undisturbed[kind]
    index, log = tmp_path / "index", tmp_path / "log"
    shutil.copytree(whole.start, index)
    _kill(whole.corpus, index, log, 1 + int(share * whole.steps), wait)

    assert let_go(index)
    assert_sound(index)
    before = _lines(log)
    encoder = LightEncoder()
    report = build(whole.corpus, index, encoder=encoder)

    assert report.documents == len(AFTER)
    assert vectors_in(index) == whole.vectors
    assert_sound(index)
    library = Library(index, lambda _: encoder)
    assert library.progress() is None
    library.close()
    # Resumed: nothing is embedded twice but the slice that was under way, and nothing too much.
    embedded = Counter(before) + Counter(map(repr, encoder.embedded))
    assert embedded.keys() <= whole.texts.keys()
    assert sum((embedded - whole.texts).values()) <= SLICE
    assert list(index.glob("*.tmp")) == []
    assert pending(index) == 0
    encoder.embedded.clear()
    assert build(whole.corpus, index, encoder=encoder).unchanged == len(AFTER)
    assert encoder.embedded == []


def pending(index: Path) -> int:
    """How many vectors are kept for unfinished documents."""
    catalogue = Catalogue(index)
    with catalogue.reading() as read:
        (count,) = read.execute("SELECT count(*) FROM pending").fetchone()
    catalogue.close()
    return int(count)


def assert_sound(index: Path) -> None:
    """The index opens and agrees with itself, and every document in it is whole."""
    try:
        library = Library(index, lambda _: LightEncoder())
    except IndexProblem as problem:
        assert problem.code == "no_index"
        return
    try:
        assert library.check() == []
        passages = library.search("新建学校由财政专项支持")
        documents = library.documents()
        assert bool(passages) == bool(documents)
        texts = {_text(seed) for seed in (*BEFORE.values(), *AFTER.values())}
        for doc, _, _ in documents:
            assert library.document(doc).text in texts
        for passage in passages:
            text = library.document(passage.doc).text
            assert text[passage.start : passage.end] == passage.text
    finally:
        library.close()


def test_a_build_killed_again_and_again_gets_done(undisturbed: dict[str, Undisturbed]) -> None:
    """Each time it gets a little further, and in the end nothing was done much more than once."""
    whole = undisturbed["update"]
    with TemporaryDirectory() as folder:
        index, log = Path(folder, "index"), Path(folder, "log")
        shutil.copytree(whole.start, index)
        kills = 0
        while _kill(whole.corpus, index, log, 8, 0.0):
            kills += 1
            assert kills < 60
        assert vectors_in(index) == whole.vectors
        assert_sound(index)
        again = Counter(_lines(log)) - whole.texts
        assert sum(again.values()) <= SLICE * kills


def test_the_undisturbed_builds_have_work_to_do(undisturbed: dict[str, Undisturbed]) -> None:
    """Otherwise there would be nothing to kill."""
    for whole in undisturbed.values():
        assert whole.steps > 15
        assert sum(whole.texts.values()) > 10 * SLICE
        assert max(whole.texts.values()) == 1
    catalogue = Catalogue(undisturbed["update"].index)
    assert len(catalogue.fingerprints()) == len(AFTER)
    catalogue.close()
