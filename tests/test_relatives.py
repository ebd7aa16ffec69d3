"""Near documents are named beside one another, never taken for one."""

from __future__ import annotations

from pathlib import Path

from light_encoder import LightEncoder

from indexer.build import build
from indexer.library import Library

SENTENCES = [
    f"第{n}所学校新增学位{n * 37}个，配备教师{n * 3}名，全部投入使用。" for n in range(1, 31)
]


def test_a_draft_and_its_final_form_are_told_as_near(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    final = [
        s.replace("全部投入使用", "按期完工") if n % 6 == 0 else s for n, s in enumerate(SENTENCES)
    ]
    (corpus / "稿.txt").write_text("\n".join(SENTENCES), encoding="utf-8")
    (corpus / "定.txt").write_text("\n".join(final), encoding="utf-8")
    (corpus / "同.txt").write_text("\n\n".join(final) + "\n", encoding="utf-8")
    (corpus / "别.txt").write_text("食堂每周三供应牛肉面，学生都说好吃。" * 3, encoding="utf-8")
    build(corpus, tmp_path / "index", encoder=LightEncoder())
    library = Library(tmp_path / "index")
    found = {other.doc: relation for other, relation in library.relatives("定.txt")}
    assert found["同.txt"].kind == "same"
    assert found["稿.txt"].kind == "near"
    assert 0.6 <= found["稿.txt"].shared <= 1
    assert "别.txt" not in found
    assert library.relatives("别.txt") == []
