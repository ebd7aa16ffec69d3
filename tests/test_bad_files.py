"""A folder with every kind of bad file: the good ones are taken in, the rest reported by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Write
from light_encoder import LightEncoder

from indexer.__main__ import main
from indexer.build import build
from indexer.library import Library
from indexer.words import Words

TEXT = "河湾县教育局工作报告\n全县新建学校三所，增加学位四千个，公开招聘教师一百二十名。\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de")
LIMIT_MB = 0.5

GOOD: dict[str, bytes] = {
    "utf8.txt": TEXT.encode(),
    "utf8 with a mark.txt": b"\xef\xbb\xbf" + TEXT.encode(),
    "gb18030.txt": (TEXT * 5).encode("gb18030"),
    "utf16.txt": TEXT.encode("utf-16"),
    "utf16 big endian.txt": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "上年 “总结” (定稿)😀.txt": TEXT.encode(),
    "'quotes' & \"more\" %41 #1.md": TEXT.encode(),
    "UPPER.TXT": TEXT.encode(),
    "windows line ends.txt": TEXT.replace("\n", "\r\n").encode(),
    "no line end.txt": TEXT.strip().encode(),
    "deep/" * 12 + "deep.txt": TEXT.encode(),
    "x" * 200 + ".txt": TEXT.encode(),
    "page.html": f"<html><body><h1>报告</h1><p>{TEXT}</p>".encode(),
    "a control character.txt": (TEXT * 3).replace("学校", "学\x07校", 1).encode(),
}
BAD: dict[str, tuple[bytes, str]] = {
    "empty.txt": (b"", "empty_file"),
    "only white space.md": (b" \r\n\t\n", "empty_file"),
    "only marks.txt": ("……——\n※※※\n".encode(), "no_text"),
    "nothing in it.html": (b"<html><body></body></html>", "no_text"),
    "picture.txt": (PNG + bytes(range(256)) * 20, "binary_file"),
    "video.mp4": (b"\0\0\0\x18ftypmp42" * 9, "unknown_kind"),
    "no ending": (TEXT.encode(), "unknown_kind"),
    "too large.txt": (TEXT.encode() * 6000, "too_large"),
    "bad head.md": (b"---\ntitle: [1\nyear: 2\n---\n" + TEXT.encode(), "bad_front_matter"),
}


def write_all(write: Write) -> Path:
    return write(GOOD | {name: content for name, (content, _) in BAD.items()})


def test_good_files_are_taken_in_and_bad_ones_reported(
    write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    corpus, index = write_all(write), tmp_path / "index"
    report = build(corpus, index, encoder=encoder, size_limit_mb=LIMIT_MB)
    codes = {failure["file"]: failure["code"] for failure in report.failed}
    assert codes == {name: code for name, (_, code) in BAD.items()}
    library = Library(index, lambda _: encoder)
    assert [doc for doc, _, _ in library.documents()] == sorted(GOOD)
    for doc in GOOD:
        assert "增加学位四千个" in library.document(doc).text
        assert library.original(doc).read_bytes() == GOOD[doc]
    found = library.search("公开招聘教师", limit=50, group=True)
    holding = {doc for passage in found for doc in (passage.doc, *(passage.also_in or ()))}
    assert holding == GOOD.keys()
    assert library.check() == []
    assert {f["file"]: f["code"] for f in library.failures()} == codes
    for failure in report.failed:  # each has a sentence in both languages
        for language in ("zh", "en"):
            assert Words(language).explain(failure["code"], failure["facts"])


def test_the_command_line_names_them_and_fails_only_if_strict(
    write: Write, tmp_path: Path, light_command_line: CliRunner
) -> None:
    corpus, index = write_all(write), tmp_path / "index"
    command = ["build", "--corpus", str(corpus), "--index", str(index), "--max-size", str(LIMIT_MB)]
    done = light_command_line.invoke(main, command)
    assert done.exit_code == 0
    for name in BAD:
        assert name in done.stderr
    for name in GOOD:
        assert name not in done.stderr
    assert light_command_line.invoke(main, [*command, "--strict"]).exit_code == 1
    for name in BAD:
        (corpus / name).unlink()
    assert light_command_line.invoke(main, [*command, "--strict"]).exit_code == 0


def test_five_megabytes_of_the_same_line(
    write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    line = "全县新建学校三所，增加学位四千个，公开招聘教师一百二十名。"
    text = f"{line}\n" * (5_000_000 // len(line.encode()))
    report = build(write({"same.txt": text}), tmp_path / "index", encoder=encoder)
    assert report.failed == ()
    assert report.embedded < 10
    library = Library(tmp_path / "index", lambda _: encoder)
    assert library.document("same.txt").text == text.strip()
    assert len(library.search("公开招聘教师", limit=20)) == 20


@pytest.mark.parametrize("text", ["大" * 300_000, "新建 学校 " * 50_000, "，" * 9_000 + "学校。"])
def test_a_text_without_a_single_full_stop(
    write: Write, tmp_path: Path, encoder: LightEncoder, text: str
) -> None:
    build(write({"one.txt": text}), tmp_path / "index", encoder=encoder)
    library = Library(tmp_path / "index", lambda _: encoder)
    assert library.document("one.txt").text == text.strip()
    assert library.search("新建学校")[0].doc == "one.txt"


def test_a_name_that_is_no_text(write: Write, tmp_path: Path, encoder: LightEncoder) -> None:
    corpus = write({"good.txt": TEXT})
    try:
        (corpus / os.fsdecode(b"\xb1\xa8\xb8\xe6.txt")).write_text(
            TEXT
        )  # GBK, as old archives have
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such names")
    report = build(corpus, tmp_path / "index", encoder=encoder)
    (failure,) = report.failed
    assert (failure["file"], failure["code"]) == ("????.txt", "bad_name")
    assert report.documents == 1


def test_a_link_that_leads_nowhere(write: Write, tmp_path: Path, encoder: LightEncoder) -> None:
    corpus = write({"good.txt": TEXT})
    (corpus / "link.txt").symlink_to(tmp_path / "nowhere.txt")
    report = build(corpus, tmp_path / "index", encoder=encoder)
    assert [(f["file"], f["code"]) for f in report.failed] == [("link.txt", "vanished")]
    assert report.documents == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_among_the_files_does_not_stop_the_build(write: Write, tmp_path: Path) -> None:
    corpus = write({"good.txt": TEXT})
    os.mkfifo(corpus / "pipe.txt")
    program = [Path(__file__).with_name("light_encoder.py"), corpus]
    program += [tmp_path / "index", tmp_path / "log"]
    done = subprocess.run(
        [sys.executable, *map(str, program)], timeout=60, capture_output=True, check=True
    )
    assert done.stdout.endswith(b"done\n")
    assert [f["file"] for f in Library(tmp_path / "index").failures()] == ["pipe.txt"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_files_without_the_right_to_read_them(
    write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    corpus = write({"good.txt": TEXT, "closed.txt": TEXT, "folder/names only.txt": TEXT})
    (corpus / "closed.txt").chmod(0)
    (corpus / "folder").chmod(0o400)
    report = build(corpus, tmp_path / "index", encoder=encoder)
    (corpus / "folder").chmod(0o700)
    assert {f["file"]: f["code"] for f in report.failed} == {
        "closed.txt": "no_permission",
        "folder/names only.txt": "no_permission",
    }
    assert report.documents == 1
