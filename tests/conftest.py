"""What the tests share: small corpora written for them, indexes of these, and the real model's."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner
from filelock import FileLock
from kept_index import indexed
from light_encoder import LightEncoder

from indexer.build import build
from indexer.library import Library
from indexer.speaks import Calibration

if "PYTEST_XDIST_WORKER" in os.environ:
    # Processes with one temporary folder wait for one another to read scans (`indexer.read.ocr`).
    _own_folder = TemporaryDirectory(prefix="cexun-tests-", ignore_cleanup_errors=True)
    os.environ["TMPDIR"] = tempfile.tempdir = _own_folder.name

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "corpus"
DATA = Path(os.environ.get("CEXUN_DATA") or ROOT.parent / "shared")

LONGEST_FIRST = ("journey", "answer", "wording", "pages", "kill", "ask_page", "command_line",
                 "relatives", "fuzz", "bundled_model", "read_images", "narrowing")  # fmt: skip
"""The files that take half a minute or more, longest first: begun last, one would keep one process
busy while the other has nothing left to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in that order, then all others; within a file as before."""
    places = {f"test_{name}": at for at, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


Write = Callable[[Mapping[str, str | bytes]], Path]


def _front(title: str, place: str, year: int, kind: str, level: str, stage: str) -> str:
    place = f"place: {place}\n" if place else ""
    return (
        f"---\ntitle: {title}\nprovince: 青溪省\ncity: 长汀市\n{place}year: {year}\n"
        f"kind: {kind}\nlevel: {level}\nstage: {stage}\n---\n"
    )


DOCUMENTS: dict[str, str] = {
    "河湾县/总结2021.txt": _front(
        "河湾县教育局2021年工作总结", "河湾县", 2021, "工作总结", "县", "义务教育"
    )
    + "河湾县教育局2021年工作总结\n一、化解大班额\n"
    "全县新建学校三所，增加学位四千个，大班额比例由百分之十五降到百分之九。\n"
    "公开招聘教师一百二十名，全部补充到城区学校。\n"
    "二、校园食堂\n学校食堂实行大宗物资统一采购。校长每天陪学生用餐。\n",
    "河湾县/总结2022.txt": _front(
        "河湾县教育局2022年工作总结", "河湾县", 2022, "工作总结", "县", "义务教育"
    )
    + "河湾县教育局2022年工作总结\n一、控辍保学\n"
    "建立控辍保学台账，逐户走访劝返辍学学生二十一名。\n"
    "学校食堂实行大宗物资统一采购。\n二、校车管理\n更新校车十五辆，为每辆校车配备照管员。\n",
    "柳桥县/方案2022.md": _front(
        "柳桥县学前教育实施方案", "柳桥县", 2022, "实施方案", "县", "学前教育"
    )
    + "# 柳桥县学前教育实施方案\n\n## 一、目标\n\n"
    "到2025年普惠性幼儿园覆盖率达到百分之九十。\n\n"
    "## 二、措施\n\n利用闲置校舍改建公办幼儿园六所，招聘幼儿教师八十名。\n",
    "长汀市/督导2022.txt": _front("长汀市督导报告", "", 2022, "督导报告", "市", "义务教育")
    + "长汀市督导报告\n督导组抽查学校四十所，发现超大班额班级十七个，责令限期整改。\n",
}
"""Four documents of two counties and their city, by name. None of it is true."""


@pytest.fixture
def encoder() -> LightEncoder:
    return LightEncoder()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files into the corpus folder of this test, which it returns."""

    def write_files(files: Mapping[str, str | bytes]) -> Path:
        corpus = tmp_path / "corpus"
        corpus.mkdir(exist_ok=True)
        for name, content in files.items():
            path = corpus / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return corpus

    return write_files


@pytest.fixture
def corpus(write: Write) -> Path:
    return write(DOCUMENTS)


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> Path:
    """The index of the four documents, made with the light encoder."""
    return indexed(corpus, tmp_path / "index")


@pytest.fixture
def library(index: Path, encoder: LightEncoder) -> Iterator[Library]:
    opened = Library(index, lambda _: encoder)
    yield opened
    opened.close()


@pytest.fixture
def light_command_line(encoder: LightEncoder, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Runs commands in this process, with the light encoder in place of every model."""
    for module in ("build", "library.opened"):
        monkeypatch.setattr(f"indexer.{module}.load_encoder", lambda _: encoder)
    return CliRunner()


LIGHT_CALIBRATION = Calibration(intercept=-6, passage=2, sentence=5, words=3, covered=4)
"""Tells a sentence with most of a question's words from one with a few of them."""


@pytest.fixture
def calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers can be given with the light encoder, which the program has no calibration for."""
    light = {(LightEncoder.name, language): LIGHT_CALIBRATION for language in ("zh", "en")}
    monkeypatch.setattr("indexer.speaks._calibrations", lambda: light)


@pytest.fixture(scope="session")
def light_sample_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The sample library that the program ships, indexed with the light encoder."""
    encoder = LightEncoder()
    index = built_once(tmp_path_factory, "light", lambda at: build(SAMPLE, at, encoder=encoder))
    with closing(Library(index, lambda _: encoder)) as library:
        yield library


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The sample library that the program ships, indexed with the real model."""
    index = built_once(tmp_path_factory, "sample", lambda at: build(SAMPLE, at))
    with closing(Library(index)) as library:
        yield library


@pytest.fixture(scope="session")
def seed_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The seed documents that lie beside the project, indexed with the real model."""
    if not (DATA / "seeds").is_dir():
        pytest.skip(f"no seed documents in {DATA}")
    index = built_once(tmp_path_factory, "seeds", lambda at: build(DATA / "seeds", at))
    with closing(Library(index)) as library:
        yield library


def built_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of an index that one of the test processes makes and all of them read."""
    own = folders.getbasetemp()
    index = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"index-{name}"
    with FileLock(f"{index}.lock"):
        if not Path(f"{index}.done").exists():
            make(index)
            Path(f"{index}.done").touch()
    return index


def labelled_questions() -> list[dict[str, Any]]:
    """The labelled questions on the sample library."""
    lines = (ROOT / "tests/data/questions_search.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
