"""The wording page, run without a browser, in both languages."""

from __future__ import annotations

import gc
import io
import threading
import warnings
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path

import docx
import pytest
import streamlit as st
from conftest import Write
from kept_index import indexed
from light_encoder import LightEncoder
from streamlit.testing.v1 import AppTest
from test_wording import CUT, FILES, OWN, SET

from indexer.export import docx as word_file
from indexer.library import Library
from indexer.wording.report import Pick, basket_blocks
from indexer.words import LANGUAGES, Words

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120
HOSTILE = '<script>window.hacked=1</script> $x$ **bold** <img src=x onerror="window.hacked=1">'


@pytest.fixture
def index(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Five reports, and one with markup in its text, as the app's index."""
    corpus = write(FILES | {"怪/a.txt": f"---\ntitle: '{HOSTILE}'\n---\n{HOSTILE}校园光伏发电。\n"})
    monkeypatch.setenv("CEXUN_CORPUS", str(corpus))
    monkeypatch.setenv("CEXUN_INDEX", str(tmp_path / "index"))
    load = lambda _: LightEncoder()  # noqa: E731
    monkeypatch.setattr(Library, "__init__", partialmethod(Library.__init__, load=load))
    indexed(corpus, tmp_path / "index")
    yield tmp_path / "index"
    for thread in threading.enumerate():
        if "_warm_up" in thread.name:
            thread.join(PATIENCE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        st.cache_resource.clear()
        gc.collect()


def page(language: str = "zh", **parameters: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in {"lang": language, **parameters}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("indexer/pages/wording.py").run()
    assert not app.exception
    return app


def asked(app: AppTest, text: str) -> AppTest:
    app.text_area(key="wording_text").set_value(text)
    next(b for b in app.button if b.label in names("button")).click().run()
    assert not app.exception
    return app


def names(key: str, **gaps: object) -> set[str]:
    return {Words(language)(f"wording.{key}", **gaps) for language in LANGUAGES}


def markup(app: AppTest) -> str:
    return "\n".join(each.proto.body for each in app.get("html"))


def button(app: AppTest, key: str) -> object:
    return next(b for b in app.button if (b.key or "").startswith(key))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_page_has_examples_that_work(index: Path, language: str) -> None:
    app = page(language)
    examples = [b for b in app.button if (b.key or "").startswith("example_")]
    assert len(examples) == 4
    examples[1].click().run()
    assert not app.exception
    assert app.text_area(key="wording_text").value == SET
    assert Words(language)("wording.kind_exact") in markup(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_shows_its_groups_and_differences(index: Path, language: str) -> None:
    words = Words(language)
    app = asked(page(language), CUT.format(a="33.3", b="7"))
    shown = markup(app)
    assert words("wording.kind_variant") in shown
    assert "<del>33.3</del><ins>24</ins>" in shown
    assert words("wording.counts", uses=5, documents=5) in shown
    assert app.query_params["t"] == CUT.format(a="33.3", b="7")


def test_the_newest_come_first_on_request(index: Path) -> None:
    app = asked(page(), CUT.format(a=20, b=10))  # word for word of 2019
    kinds = [Words("zh")(f"wording.kind_{kind}") for kind in ("exact", "variant")]
    exact, variant = (markup(app).index(f">{kind}<") for kind in kinds)
    assert exact < variant
    app.toggle(key="wording_newest").set_value(True).run()
    exact, variant = (markup(app).index(f">{kind}<") for kind in kinds)
    assert variant < exact


def test_a_phrase_shows_its_use(index: Path) -> None:
    app = asked(page(), "大班额比例")
    expected = Words("zh")("wording.phrase_count", phrase="大班额比例", n=5, documents=5)
    assert expected in markup(app)
    assert len(app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")) == 2


def test_a_draft_is_marked_and_narrowed_to_a_mark(index: Path) -> None:
    words = Words("zh")
    draft = f"{SET}{OWN}推行书包重量抽查，超重学校整改。实施屋面光伏项目，电量供照明。"
    app = asked(page(), draft)
    counts = {"all": 4, "set": 1, "precedented": 1, "new": 2}
    assert words("wording.summary", **counts) in markup(app)
    assert words("wording.copied", title="石岭县教育局2021年工作总结") in markup(app)
    app.session_state["wording_only"] = "new"
    app.run()
    assert OWN not in markup(app)
    assert "推行书包重量抽查" in markup(app)
    unfold = next(t for t in app.toggle if (t.key or "").startswith("unfold_"))
    unfold.set_value(True).run()
    assert words("wording.kind_near") in markup(app)


def test_what_is_picked_stays_and_can_be_taken_out(index: Path) -> None:
    app = asked(page(), SET)
    button(app, "pick_").click().run()  # type: ignore[attr-defined]
    assert [pick.use.text for pick in app.session_state["wording_basket"]] == [SET]
    asked(app, OWN)
    button(app, "pick_").click().run()  # type: ignore[attr-defined]
    assert len(app.session_state["wording_basket"]) == 2
    assert button(app, "pick_").disabled  # type: ignore[attr-defined]
    button(app, "take_out_0").click().run()  # type: ignore[attr-defined]
    assert [pick.use.text for pick in app.session_state["wording_basket"]] == [OWN]
    button(app, "clear_basket").click().run()  # type: ignore[attr-defined]
    assert not app.session_state["wording_basket"]
    assert not app.exception


def test_the_basket_becomes_a_word_file_with_footnotes(index: Path) -> None:
    library = Library(index)
    words = Words("zh")
    (found,) = library.wording(OWN)
    picks = [Pick(found.groups[0].uses[0], found.text, "1 处")]
    content = word_file("措辞摘抄", basket_blocks(picks, words, "gbt2025"), words)
    document = docx.Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert OWN in texts
    notes = next(p for p in document.part.package.iter_parts() if "footnotes" in str(p.partname))
    assert "石岭县教育局2021年工作总结" in notes.blob.decode("utf-8")
    library.close()


def test_filters_narrow(index: Path) -> None:
    app = asked(page(place="柳桥县"), SET)
    shown = markup(app)
    assert Words("zh")("wording.counts", uses=1, documents=1) in shown
    assert "柳桥县" in shown


def test_markup_in_documents_and_drafts_is_only_text(index: Path) -> None:
    app = asked(page(), "校园光伏发电。")  # found within: the rest is marked as a difference
    assert "<ins>&lt;script&gt;" in markup(app)
    asked(app, f"{HOSTILE}校园光伏发电。")
    assert "<script>window" not in markup(app)
    assert "<img" not in markup(app)
    assert "&lt;script&gt;" in markup(app)


def test_a_blank_text_is_said_so(index: Path) -> None:
    app = asked(page(), "   ")
    assert [w.value for w in app.warning] == [Words("zh")("wording.blank")]


def test_without_an_index_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CEXUN_INDEX", str(tmp_path / "none"))
    monkeypatch.setenv("CEXUN_CORPUS", str(tmp_path / "no"))
    app = page()
    assert app.info
    assert not app.text_area
