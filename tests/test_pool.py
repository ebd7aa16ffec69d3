"""A file that hangs, swells or crashes its reader costs itself only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from indexer.errors import FileProblem
from indexer.read import pool as pools
from indexer.read.pool import Limits, ReaderPool
from indexer.read.worker import decode_raw


def children() -> list[psutil.Process]:
    found = psutil.Process().children(recursive=True)
    return [child for child in found if "indexer.read.worker" in " ".join(child.cmdline())]


def test_a_file_reads_the_same_in_a_worker(tmp_path: Path) -> None:
    from indexer.read import read_file

    path = tmp_path / "甲.md"
    path.write_text("# 题\n\n## 一、成效\n\n新增学位4200个。\n", encoding="utf-8")
    with ReaderPool(workers=1) as readers:
        assert readers.read(path) == read_file(path)
    assert children() == []


def test_a_problem_comes_back_with_its_facts(tmp_path: Path) -> None:
    (tmp_path / "乙.xyz").write_bytes(b"1")
    with ReaderPool(workers=1) as readers, pytest.raises(FileProblem) as told:
        readers.read(tmp_path / "乙.xyz")
    assert (told.value.code, told.value.facts) == ("unknown_kind", {"ending": ".xyz"})


def test_a_killed_worker_costs_one_file(tmp_path: Path) -> None:
    good = tmp_path / "好.txt"
    good.write_text("新增学位4200个。", encoding="utf-8")
    fifo = tmp_path / "管.txt"
    os.mkfifo(fifo)  # reading it never ends
    with ReaderPool(workers=1) as readers:
        readers.read(good)
        (worker,) = children()
        threading.Timer(0.5, lambda: os.kill(worker.pid, signal.SIGKILL)).start()
        with pytest.raises(FileProblem) as told:
            readers.read(fifo)
        assert told.value.code == "parser_crashed"
        assert readers.read(good).text == "新增学位4200个。"


def test_a_file_that_never_ends_is_given_up(tmp_path: Path) -> None:
    fifo = tmp_path / "管.txt"
    os.mkfifo(fifo)
    with ReaderPool(Limits(seconds=1.5), workers=1) as readers:
        with pytest.raises(FileProblem) as told:
            readers.read(fifo)
        assert told.value.code == "too_slow"
    assert children() == []


def test_a_reader_that_swells_is_ended(tmp_path: Path) -> None:
    large = tmp_path / "大.txt"
    large.write_text("新增学位4200个。\n" * 2_000_000, encoding="utf-8")
    limits = Limits(size_mb=100, memory_mb=90, memory_of_all_mb=1000)
    with ReaderPool(limits, workers=1) as readers, pytest.raises(FileProblem) as told:
        readers.read(large)
    # The system may refuse the memory before the watch sees it.
    assert told.value.code in {"too_much_memory", "parser_crashed"}


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    path = tmp_path / "甲.txt"
    path.write_text("学校", encoding="utf-8")
    readers = ReaderPool(workers=2)
    with readers:
        readers.read(path)
    for _ in range(100):
        if not children():
            break
        time.sleep(0.05)
    assert children() == []


def test_an_answer_is_data_only() -> None:
    raw = decode_raw(
        {
            "text": "甲",
            "headings": [{"start": 0, "end": 1, "level": 1}],
            "pages": [{"start": 0, "number": 1}],
            "front": [["ocr", "true"]],
            "title": None,
        }
    )
    assert raw.front == (("ocr", "true"),)
    assert raw.headings[0].level == 1
    assert pools.Limits().size_mb == 50


FORKING = """
import os, sys, time
held = bytearray(os.urandom(1)) * 200_000_000
child = os.fork()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_child_that_is_not_yet_itself_is_not_counted() -> None:
    worker = pools._Worker(Limits(), "")
    with subprocess.Popen([sys.executable, "-c", FORKING], stdout=subprocess.PIPE) as starter:
        process = psutil.Process(starter.pid)
        try:
            assert starter.stdout is not None
            starter.stdout.readline()
            sizes = {worker._held(process) for _ in range(2 * pools._LOOKS_BETWEEN)}
            assert len(process.children()) == 1
        finally:
            for one in [*process.children(), process]:
                one.kill()
    assert 200e6 < min(sizes) <= max(sizes) < 350e6
