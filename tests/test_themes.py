"""Which themes a document speaks of, and the list that users extend."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Write
from light_encoder import LightEncoder

from indexer.build import build
from indexer.catalogue import Catalogue
from indexer.errors import FileProblem
from indexer.themes import FILE_NAME, load_themes

THEMES = load_themes()


@pytest.mark.parametrize(
    ("title", "headings", "text", "topics"),
    [
        ("化解大班额实施方案", (), "正文。", ("大班额",)),
        ("工作总结", ("一、县管校聘改革",), "正文。", ("县管校聘",)),
        ("工作总结", (), "劝返辍学学生。做好控辍保学工作。", ("控辍保学",)),
        ("工作总结", (), "推进产教融合。", ()),  # once, in passing
        ("工作总结", (), "推进产教融合。深化校企合作。", ("产教融合",)),
        ("工作总结", (), "消除超大班额。", ()),  # one mention, by its longest name
        ("“双减”与课后服务", (), "", ("双减", "课后服务")),
        ("工作总结", (), "", ()),
    ],
)
def test_topics(title: str, headings: tuple[str, ...], text: str, topics: tuple[str, ...]) -> None:
    assert THEMES.topics(title, headings, text) == topics


def test_the_list_is_of_a_size_to_choose_from_and_no_word_means_two_themes() -> None:
    words = [word for _, own in THEMES.words for word in own]
    assert 30 <= len(THEMES.words) <= 50
    assert len(words) == len(set(words))
    assert all(len(word) > 1 and word == word.strip() for word in words)


def own(corpus: Path, rows: str, encoding: str = "utf-8") -> Path:
    (corpus / FILE_NAME).parent.mkdir(exist_ok=True)
    (corpus / FILE_NAME).write_text(rows, encoding=encoding)
    return corpus


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_users_replace_add_and_take_out_themes(tmp_path: Path, encoding: str) -> None:
    own(tmp_path, "theme,synonyms\n大班额,班额|大班\n校园足球,足球\n双减,-\n", encoding)
    words = dict(load_themes(tmp_path).words)
    assert words["大班额"] == ("大班额", "班额", "大班")
    assert words["校园足球"] == ("校园足球", "足球")
    assert "双减" not in words
    assert len(words) == len(THEMES.words)
    assert load_themes(tmp_path).version != THEMES.version
    assert load_themes(tmp_path / "nowhere").version == THEMES.version


def test_a_list_without_its_columns_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(FileProblem):
        load_themes(own(tmp_path, "a,b\n1,2\n"))


def test_a_changed_list_is_applied_without_reading_or_embedding(
    write: Write, tmp_path: Path
) -> None:
    corpus = write(
        {"甲.txt": "工作总结\n一、校园足球\n开展足球联赛。\n", "乙.txt": "双减方案\n正文。"}
    )
    encoder, index = LightEncoder(), tmp_path / "index"

    def topics() -> dict[str, tuple[str, ...]]:
        catalogue = Catalogue(index)
        found = {held.doc: held.reading.topics for held in catalogue.holdings()}
        found |= {"": (str(catalogue.last_change()),)}
        catalogue.close()
        return found

    build(corpus, index, encoder=encoder)
    first = topics()
    assert (first["甲.txt"], first["乙.txt"]) == ((), ("双减",))
    own(corpus, "theme,synonyms\n校园足球,足球\n双减,-\n")
    report = build(corpus, index, encoder=encoder)
    assert (report.embedded, report.unchanged) == (0, 2)
    second = topics()
    assert (second["甲.txt"], second["乙.txt"]) == (("校园足球",), ())
    assert second[""] == first[""]  # no view needs to know
    own(corpus, "nothing\n")
    (failure,) = build(corpus, index, encoder=encoder).failed
    assert (failure["file"], failure["code"]) == (FILE_NAME, "bad_table")
    assert topics() == second
    (corpus / FILE_NAME).unlink()
    build(corpus, index, encoder=encoder)
    assert topics() == first
