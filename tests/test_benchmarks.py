"""The benchmarks are kept working: what they import and what they watch is there."""

from __future__ import annotations

from importlib import import_module

import pytest

from benchmarks import question_latency
from benchmarks.sample import ROOT

NAMES = sorted(file.stem for file in (ROOT / "benchmarks").glob("[!_]*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_can_be_loaded(name: str) -> None:
    assert import_module(f"benchmarks.{name}").__doc__


def test_what_is_timed_by_stages_is_there() -> None:
    for owner, names in question_latency._WATCHED:
        for name in names:
            assert callable(getattr(owner, name)), (owner, name)
