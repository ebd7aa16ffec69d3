"""Uploaded names are made safe; what is removed can be brought back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import intake
from indexer.errors import RequestProblem

NAMES = [
    ("青禾县教育局2022年工作总结.docx", "青禾县教育局2022年工作总结.docx"),
    ("../../etc/passwd.txt", "passwd.txt"),
    ("C:\\Users\\某人\\桌面\\报告.pdf", "报告.pdf"),
    ("a<b>|c?.txt", "a_b_c_.txt"),
    ("__init__.txt", "init__.txt"),
    (".隐藏.txt", "隐藏.txt"),
    ("~$草稿.docx", "草稿.docx"),
    ("CON.txt", "CON_.txt"),
    ("带 空格 “引号” 😀.md", "带 空格 “引号” 😀.md"),
    ("换\n行\x00.txt", "换_行_.txt"),
]


@pytest.mark.parametrize(("given_name", "safe"), NAMES)
def test_a_name_is_made_safe(given_name: str, safe: str) -> None:
    assert intake.safe_name(given_name) == safe


@pytest.mark.parametrize("name", ["", "...", "../..", "///", "_._"])
def test_a_name_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(RequestProblem):
        intake.safe_name(name)


@given(st.text(max_size=200))
def test_a_safe_name_stays_in_its_folder(name: str) -> None:
    try:
        safe = intake.safe_name(name)
    except RequestProblem:
        return
    assert Path("folder", safe).parent == Path("folder")
    assert not safe.startswith(("_", ".", "~$"))
    assert len(safe) <= 120


def test_the_same_file_twice_is_one_and_another_of_its_name_gets_a_number(tmp_path: Path) -> None:
    assert intake.save_upload(tmp_path, "甲.txt", b"1") == "甲.txt"
    assert intake.save_upload(tmp_path, "甲.txt", b"1") == "甲.txt"
    assert intake.save_upload(tmp_path, "甲.txt", b"2") == "甲（2）.txt"
    assert (tmp_path / "甲.txt").read_bytes() == b"1"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["甲.txt", "甲（2）.txt"]


def test_what_is_removed_can_be_brought_back(tmp_path: Path) -> None:
    (tmp_path / "县").mkdir()
    (tmp_path / "县/甲.txt").write_bytes(b"1")
    intake.remove(tmp_path, "县/甲.txt")
    assert not (tmp_path / "县/甲.txt").exists()
    assert intake.removed(tmp_path) == ("县/甲.txt",)
    intake.bring_back(tmp_path, "县/甲.txt")
    assert (tmp_path / "县/甲.txt").read_bytes() == b"1"
    assert intake.removed(tmp_path) == ()


def test_nothing_outside_the_folder_is_removed(tmp_path: Path) -> None:
    (tmp_path / "外.txt").write_bytes(b"1")
    (tmp_path / "corpus").mkdir()
    with pytest.raises(RequestProblem):
        intake.remove(tmp_path / "corpus", "../外.txt")
    assert (tmp_path / "外.txt").exists()


def test_a_file_put_there_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_bytes(b"1")
    intake.remove(tmp_path, "甲.txt")
    (tmp_path / "甲.txt").write_bytes(b"2")
    with pytest.raises(RequestProblem):
        intake.bring_back(tmp_path, "甲.txt")
    assert (tmp_path / "甲.txt").read_bytes() == b"2"


def test_every_version_that_was_removed_is_kept(tmp_path: Path) -> None:
    for content in (b"1", b"2", b"3"):
        (tmp_path / "甲.txt").write_bytes(content)
        intake.remove(tmp_path, "甲.txt")
    assert set(intake.removed(tmp_path)) == {"甲.txt", "甲（2）.txt", "甲（3）.txt"}
    assert (tmp_path / "_removed/甲.txt").read_bytes() == b"1"


@pytest.mark.parametrize(
    ("name", "doc"), [("新.txt", "县/甲.txt"), ("新.DOCX", "县/甲.DOCX"), ("没有结尾", "县/甲.txt")]
)
def test_a_new_version_takes_the_name_of_the_old(tmp_path: Path, name: str, doc: str) -> None:
    (tmp_path / "县").mkdir()
    (tmp_path / "县/甲.txt").write_bytes(b"1")
    assert intake.replace(tmp_path, "县/甲.txt", name, b"2") == doc
    assert (tmp_path / doc).read_bytes() == b"2"
    assert intake.removed(tmp_path) == ("县/甲.txt",)
    assert [p.name for p in (tmp_path / "县").iterdir()] == [Path(doc).name]


def test_a_new_version_takes_no_other_documents_place(tmp_path: Path) -> None:
    for name in ("甲.txt", "甲.docx"):
        (tmp_path / name).write_bytes(b"1")
    with pytest.raises(RequestProblem) as caught:
        intake.replace(tmp_path, "甲.txt", "新.docx", b"2")
    assert caught.value.code == "name_taken"
    with pytest.raises(RequestProblem):
        intake.replace(tmp_path, "../甲.txt", "新.txt", b"2")
    assert (tmp_path / "甲.docx").read_bytes() == (tmp_path / "甲.txt").read_bytes() == b"1"
