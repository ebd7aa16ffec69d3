"""More than two hundred damaged and hostile files beside twenty good ones, in one build."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest
from light_encoder import LightEncoder

from indexer.build import build
from indexer.errors import FileProblem
from indexer.library import Library
from indexer.read.office import find_libreoffice
from indexer.read.pool import Limits, ReaderPool
from indexer.words import Words

pytest.importorskip("reportlab", reason="reportlab makes the test documents")
import fuzz_files

FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "C:/Windows/Fonts/simsun.ttc")
PEAK_MB = 1500


class Watch(threading.Thread):
    """Takes the memory of all reading processes together, twenty times a second.

    Between its making and the start of its own program a child still shows the memory of the
    process that made it, here that of the whole test run; it is left out until it is itself.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        mine = me.cmdline()
        while not self.done.wait(0.05):
            held = 0
            for child in me.children(recursive=True):
                try:
                    size = child.memory_info().rss
                    held += size if child.cmdline() != mine else 0
                except psutil.Error:  # it has just ended
                    continue
            self.peak = max(self.peak, held)


def snapshot(folder: Path, index: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder outside the index; of files also size and time of the last change."""
    found = {}
    for here, folders, files in os.walk(folder):
        if Path(here) == index.parent:
            folders[:] = [name for name in folders if name != index.name]
        for name in [*folders, *files]:
            state = Path(here, name).lstat()
            written = (0, 0) if name in folders else (state.st_size, state.st_mtime_ns)
            found[str(Path(here, name).relative_to(folder))] = written
    return found


def write_corpus(corpus: Path, secret: Path, good: dict[str, bytes]) -> set[str]:
    """Write all files; the names of the damaged ones."""
    bad = fuzz_files.damaged(seed=20260101)
    for name, content in (good | bad).items():
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.replace(b"@SECRET@", str(secret).encode()))
    odd = corpus / "怪"
    odd.mkdir()
    os.mkfifo(odd / "管道.txt")
    (odd / "自指.txt").symlink_to("自指.txt")
    (odd / "去向不明.docx").symlink_to("没有.docx")
    (odd / "设备.txt").symlink_to("/dev/zero")
    (odd / "回路").symlink_to("..", target_is_directory=True)
    (odd / "其实是文件夹.pdf").mkdir()
    (odd / "很大.txt").touch()
    os.truncate(odd / "很大.txt", 20_000_000_000)
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(odd)  # the path of a socket may have 100 characters
        made.bind("套接字.txt")
        os.chdir(here)
    names = {"管道.txt", "自指.txt", "去向不明.docx", "设备.txt", "很大.txt", "套接字.txt"}
    return bad.keys() | {f"怪/{name}" for name in names}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes and such names")
def test_hostile_files_cost_only_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: LightEncoder
) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    secret = tmp_path / "secret.txt"
    secret.write_text(fuzz_files.SECRET, encoding="utf-8")
    for name, folder in (("HOME", "home"), ("TMPDIR", "tmp")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    font = next((name for name in FONTS if Path(name).is_file()), None)
    good = fuzz_files.good(fuzz_files.scan(font) if font else None, bool(find_libreoffice()))
    bad = write_corpus(corpus, secret, good)
    assert len(good) == 20
    assert len(bad) >= 200

    before = snapshot(tmp_path, index)
    watch = Watch()
    watch.start()
    start = time.monotonic()
    report = build(corpus, index, encoder=encoder)
    seconds = time.monotonic() - start
    watch.done.set()
    watch.join()

    print(
        f"\n{len(bad)} bad: {len(report.failed)} reported; {seconds:.0f} s; {watch.peak / 1e6:.0f} MB"
    )
    assert snapshot(tmp_path, index) == before
    library = Library(index, lambda _: encoder)
    documents = {doc for doc, _, _ in library.documents()}
    failed = {failure["file"] for failure in report.failed}
    assert good.keys() <= documents
    assert bad == (documents | failed) - good.keys()
    assert not documents & failed
    for doc in documents:
        text = library.document(doc).text
        assert fuzz_files.SECRET not in text
        if doc in good or doc.startswith("名/"):
            assert "4200" in text
            assert "120名" in text
    for failure in report.failed:
        for language in ("zh", "en"):
            assert Words(language).explain(failure["code"], failure["facts"])
    assert library.check() == []
    library.close()
    assert watch.peak < PEAK_MB * 1e6


def test_limits_hold_where_the_system_enforces_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "resource.py").write_text("raise ImportError('as on Windows')\n")
    monkeypatch.setenv("PYTHONPATH", str(hidden))
    large, still = tmp_path / "大.txt", tmp_path / "管.txt"
    large.write_text("新增学位4200个。\n" * 1_500_000, encoding="utf-8")
    os.mkfifo(still)
    limits = Limits(size_mb=100, memory_mb=90, seconds=2)
    codes = []
    with ReaderPool(limits, workers=1) as readers:
        for path in (large, still):
            with pytest.raises(FileProblem) as told:
                readers.read(path)
            codes.append(told.value.code)
    assert codes == ["too_much_memory", "too_slow"]
