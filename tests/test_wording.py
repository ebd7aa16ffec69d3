"""Precedents of sentences and drafts on small corpora; the labelled drafts on the sample library.

What can be worked out by hand is tested with the light encoder, whose vectors know nothing of
meaning; the last tests are of the real model.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import ROOT, Write
from kept_index import indexed
from light_encoder import LightEncoder

from indexer.__main__ import main
from indexer.build import build
from indexer.library import Library
from indexer.records import Filters
from indexer.wording import search
from indexer.wording.match import Meaning
from indexer.wording.records import Group, Worded

HEAD = (
    "---\ntitle: {place}教育局{year}年工作总结\nplace: {place}\nyear: {year}\nkind: 工作总结\n---\n"
)
SET = "进一步压实工作责任，细化工作措施，确保各项任务落到实处。"
CUT = "通过新建扩建学校，大班额比例由{a}%下降到{b}%。"
OWN = "长期保留单程超过五公里的村校，即使只剩一名学生也要办下去。"
PLACES = ("河湾县", "柳桥县", "石岭县", "青田县", "云口县")
FILES = {
    f"{place}/总结{2019 + n}.txt": HEAD.format(place=place, year=2019 + n)
    + f"{place}教育局{2019 + n}年工作总结\n一、主要工作\n"
    + CUT.format(a=20 + n, b=10 + n)
    + (OWN if n == 2 else "")
    + f"\n{SET}\n全县共有教职工{n + 1}200人。\n"
    for n, place in enumerate(PLACES)
}


@pytest.fixture
def library(write: Write, tmp_path: Path, encoder: LightEncoder) -> Iterator[Library]:
    """Five reports of five counties, 2019 to 2023, that share two wordings."""
    opened = Library(indexed(write(FILES), tmp_path / "index"), lambda _: encoder)
    yield opened
    opened.close()


def one(library: Library, text: str, **options: Any) -> Worded:
    (found,) = library.wording(text, **options)
    return found


def first(sentence: Worded, kind: str) -> Group:
    return next(group for group in sentence.groups if group.kind == kind)


def texts_stand_where_they_say(library: Library, sentence: Worded) -> bool:
    uses = [use for group in sentence.groups for use in group.uses]
    return all(
        library.document(use.reference.doc).text[use.reference.start : use.reference.end]
        == use.text
        for use in uses
    )


def test_the_same_words_are_counted(library: Library) -> None:
    found = one(library, SET)
    group = found.groups[0]
    assert (group.kind, group.text, group.count, group.documents) == ("exact", SET, 5, 5)
    assert dict(group.places) == dict.fromkeys(PLACES, 1)
    assert group.years == tuple((year, 1) for year in range(2019, 2024))
    assert (group.first, group.last) == (2019, 2023)
    assert [use.reference.year for use in group.uses] == [2023, 2022, 2021, 2020, 2019]
    assert found.mark == "set"
    assert texts_stand_where_they_say(library, found)


@pytest.mark.parametrize(
    "written",
    [
        "一是进一步压实工作责任, 细化工作措施, 确保各项任务落到实处",
        "进一步压实“工作责任”，细化 工作措施，确保各项任务落到实处；",
        "细化工作措施，确保各项任务落到实处",  # a part of the sentence
        "压实工作责任，细化工作措施，确保各项任务落到实处",  # beginning within a clause
    ],
)
def test_written_another_way_or_cut_out_they_are_the_same(library: Library, written: str) -> None:
    group = one(library, written).groups[0]
    assert (group.kind, group.count) == ("exact", 5)


def test_other_names_and_numbers_are_a_variant(library: Library) -> None:
    found = one(library, CUT.format(a="33.3", b="7"))
    group = found.groups[0]
    assert (group.kind, group.count, group.likeness) == ("variant", 5, 1.0)
    assert group.frame == "通过新建扩建学校大班额比例由__下降到__"
    assert {use.text for use in group.uses} == {CUT.format(a=20 + n, b=10 + n) for n in range(5)}
    changes = group.uses[0].changes
    assert [(c.first, c.second) for c in changes if c.kind != "equal"] == [
        ("33.3", "24"),
        ("7", "14"),
    ]
    assert all(
        "".join(c.first for c in use.changes) == found.text
        and "".join(c.second for c in use.changes) == use.text
        for use in group.uses
    )


def test_the_same_and_the_varied_are_told_apart(library: Library) -> None:
    found = one(library, CUT.format(a=21, b=11))
    assert [(g.kind, g.count) for g in found.groups[:2]] == [("exact", 1), ("variant", 4)]
    places = [{use.reference.doc for use in group.uses} for group in found.groups[:2]]
    assert not places[0] & places[1]


@pytest.mark.parametrize(
    "written",
    [
        "通过新建改建学校，大班额比例由40%下降到8%。",  # a word
        "大班额比例由40%下降到8%，通过新建扩建学校。",  # the order
        "全县通过新建扩建学校，大班额比例由40%下降到8%。",  # something before
    ],
)
def test_a_few_other_words_are_a_variant(library: Library, written: str) -> None:
    group = one(library, written).groups[0]
    assert (group.kind, group.count) == ("variant", 5)
    assert group.likeness < 1


def test_what_nobody_has_written_is_new(library: Library) -> None:
    found = one(library, "实施校园屋面光伏发电项目，所发电量供教学楼照明。")
    assert found.mark == "new"
    assert {group.kind for group in found.groups} == {"near"}
    assert not any(group.precedent for group in found.groups)
    assert len(found.groups) <= 5


def test_without_a_precedent_by_words_the_meaning_counts(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = "新建了学校，所以大班额少了。"
    assert one(library, written).mark == "new"
    monkeypatch.setattr(search, "meaning_for", lambda _: Meaning(0.1, 0.2))
    found = one(library, written)
    assert found.mark == "precedented"
    assert found.groups[0].kind == "meaning"
    assert found.groups[0].count == 5
    assert all(not use.changes for use in found.groups[0].uses)


def test_filters_narrow_and_counts_follow(library: Library) -> None:
    narrowed = one(library, SET, filters=Filters(place=("柳桥县", "云口县")))
    assert dict(narrowed.groups[0].places) == {"柳桥县": 1, "云口县": 1}
    assert narrowed.groups[0].count == 2
    none = one(library, SET, filters=Filters(place=("没有县",)))
    assert (none.groups, none.mark) == ((), "new")


def test_limits(library: Library) -> None:
    assert len(one(library, SET, limit=1).groups) == 1
    few = one(library, SET, uses=2).groups[0]
    assert (few.count, len(few.uses)) == (5, 2)
    assert library.wording(SET, limit=0) == ()


def test_a_draft_is_marked_sentence_by_sentence(library: Library) -> None:
    draft = f"一、主要做法\n{SET}\n{OWN}推行书包重量抽查，超重的学校限期整改。\n"
    found = library.wording(draft)
    assert [draft[each.start : each.end] for each in found] == [each.text for each in found]
    marks = {each.text: (each.mark, each.copied) for each in found}
    assert marks[SET] == ("set", None)
    mark, source = marks[OWN]
    assert mark == "precedented"
    assert source is not None
    assert source.reference.doc == "石岭县/总结2021.txt"
    assert marks["推行书包重量抽查，超重的学校限期整改。"] == ("new", None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("大班额比例由21%下降到12%。", [("12%", "11%")]),
        ("大班额比例由21%下降到11%。", []),
        ("普惠园覆盖率达到12%。", []),  # nobody says what it was
    ],
)
def test_figures_at_odds_with_the_library_are_told(
    library: Library, written: str, expected: list[tuple[str, str]]
) -> None:
    found = library.wording(f"柳桥县教育局2020年工作总结\n{written}\n")
    told = [each for sentence in found for each in sentence.contradictions]
    assert [(each.text, each.found) for each in told] == expected
    assert all(each.use.reference.doc == "柳桥县/总结2020.txt" for each in told)


def test_figures_of_other_places_and_years_are_no_contradiction(library: Library) -> None:
    for head in ("河湾县教育局2020年工作总结", "柳桥县教育局2021年工作总结", "工作总结"):
        found = library.wording(f"{head}\n大班额比例由21%下降到12%。\n")
        assert not any(each.contradictions for each in found)


@pytest.mark.parametrize("text", ["", "  \n ", "。。！", "……", "\ud800", "—" * 9])
def test_nothing_to_look_up(library: Library, text: str) -> None:
    assert library.wording(text) == ()


@pytest.mark.parametrize("text", ["办学", "a", "5%", "长" * 40_000, "<b>&amp;{x}", "12\n" * 500])
def test_odd_texts_do_no_harm(library: Library, text: str) -> None:
    for each in library.wording(text, limit=2, uses=1):
        assert each.text


def test_an_empty_library_has_no_precedents(tmp_path: Path, encoder: LightEncoder) -> None:
    (tmp_path / "none").mkdir()
    build(tmp_path / "none", tmp_path / "index", encoder=encoder)
    opened = Library(tmp_path / "index", lambda _: encoder)
    assert opened.wording(SET) == ()
    assert opened.phrase("大班额") is None
    opened.close()


def test_a_phrase_counts_in_all_texts(library: Library) -> None:
    found = one(library, "大班额比例")
    assert (found.groups[0].kind, found.groups[0].count) == ("exact", 5)
    assert found.groups[0].text == "大班额比例"
    assert not any(group.kind == "exact" for group in one(library, "大班额占比").groups)


def test_the_library_keeps_up_with_a_build(
    library: Library, write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    assert one(library, SET).groups[0].count == 5
    build(write({"新县/总结.txt": f"新县总结\n{SET}\n"}), tmp_path / "index", encoder=encoder)
    assert one(library, SET).groups[0].count == 6


# The command


@pytest.fixture
def run(library: Library, light_command_line: CliRunner) -> Any:
    def command(*arguments: str) -> Any:
        return light_command_line.invoke(
            main, ["wording", *arguments, "--index", str(library.index)]
        )

    return command


def test_wording_json(run: Any) -> None:
    done = run(CUT.format(a=21, b=11), "--json", "--limit", "2")
    assert done.exit_code == 0
    rows = json.loads(done.stdout)
    assert [row["kind"] for row in rows] == ["exact", "variant"]
    row = rows[1]
    assert (row["count"], row["first"], row["last"]) == (4, 2019, 2023)
    assert sorted(row["places"]) == sorted(set(PLACES) - {"柳桥县"})
    assert row["text"] == row["variants"][0]["text"]
    for use in row["variants"]:
        assert set(use) == {"text", "diff", "doc", "start", "end"}
        assert "".join(change["second"] for change in use["diff"]) == use["text"]


def test_wording_for_people_from_a_file_and_narrowed(run: Any, tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text(f"{SET}\n\n{OWN}\n", encoding="utf-8")
    done = run("--file", str(draft), "--place", "石岭县")
    assert done.exit_code == 0
    assert SET in done.stdout
    assert "石岭县/总结2021.txt" in done.stdout
    assert "柳桥县" not in done.stdout


def test_wrong_usage_and_nothing_to_look_up(run: Any, tmp_path: Path) -> None:
    assert run().exit_code == 2
    assert run(SET, "--file", str(ROOT / "README.md")).exit_code == 2
    blank = run("  ", "--json")
    assert (blank.exit_code, json.loads(blank.stdout)) == (0, [])
    (tmp_path / "draft.xyz").write_text("x")
    assert run("--file", str(tmp_path / "draft.xyz")).exit_code == 1


# The labelled drafts, with the real model

DRAFTS = ROOT / "tests" / "data" / "wording_drafts.jsonl"


def stands_in(library: Library, expected: dict[str, Any], group: Group) -> bool:
    """Whether a group has one of the sentences that a draft was made from."""
    for place in [expected, *expected.get("also", [])]:
        text = library.document(place["doc"]).text
        at = text.find(place["quote"])
        while at >= 0:
            end = at + len(place["quote"])
            for use in group.uses:
                where = use.reference
                if where.doc == place["doc"] and where.start < end and at < where.end:
                    return True
            at = text.find(place["quote"], at + 1)
    return False


def test_the_labelled_drafts(sample_library: Library) -> None:
    ranks: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    called: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for line in DRAFTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = sample_library.wording(row["draft"])
        groups = [group for sentence in found for group in sentence.groups]
        hits = (
            n
            for n, group in enumerate(groups, 1)
            if row["expect"] and stands_in(sample_library, row["expect"], group)
        )
        kind = (row["sort"], row["split"])
        ranks[kind].append(next(hits, None))
        called[kind].append(any(group.precedent for group in groups))
        if row["sort"] == "exact":
            assert groups[0].kind == "exact", row["draft"]
    for kind, found_at in sorted(ranks.items()):
        print(kind, len(found_at), found_at, f"called precedented: {sum(called[kind])}")

    def share(sort: str, best: int) -> float:
        every = [rank for (kind, _), found_at in ranks.items() if kind == sort for rank in found_at]
        return sum(rank is not None and rank <= best for rank in every) / len(every)

    assert share("exact", 1) == 1
    assert share("slots", 1) >= 0.98
    assert share("paraphrase", 5) >= 0.8
    new = [each for (kind, _), all_called in called.items() if kind == "new" for each in all_called]
    assert sum(new) / len(new) <= 0.05
