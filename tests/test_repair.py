"""Repair of damaged texts: what is mended, what is removed, and what must be let alone."""

from __future__ import annotations

import csv
import hashlib
import re
import time
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from conftest import DATA, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import clean as clean_module
from indexer.clean import Cleaned, clean
from indexer.read import read_file

HERE = Path(__file__).parent / "data"
SEEDS = sorted((DATA / "seeds").glob("*.txt"))
REPORTS = sorted((DATA / "reports").glob("*.txt"))
SAMPLES = sorted(
    path
    for path in (ROOT / "corpus").rglob("*.*")
    if path.is_file() and not path.name.startswith(("_", ".")) and path.name != "README.md"
)

needs_seeds = pytest.mark.skipif(not SEEDS, reason=f"no seed documents in {DATA}")
needs_reports = pytest.mark.skipif(not REPORTS, reason=f"no reports in {DATA}")

_NUMBER = re.compile(r"\d+(?:[.,．，]\d+)*[%％‰]?|[①-⓿]|[〇○零一二三四五六七八九十百千万亿两]+")


def numbers(text: str) -> list[str]:
    """The number tokens of a text with widths folded; 萬 and 億 have the value of 万 and 亿."""
    text = text.translate({ord("萬"): "万", ord("億"): "亿", ord("兩"): "两"})
    text = "".join(
        unicodedata.normalize("NFKC", each) if each.isdecimal() or "⼀" <= each <= "⿕" else each
        for each in text
    )
    return _NUMBER.findall(text.replace("．", ".").replace("％", "%"))


def numbers_kept(raw: str, cleaned: Cleaned) -> bool:
    """Whether the raw text, less the lines that fell as a whole, has the same numbers."""
    for start, end in reversed(cleaned.removed):
        raw = raw[:start] + "\n" + raw[end:]
    return numbers(raw) == numbers(cleaned.text)


def bare(text: str) -> str:
    """A text without white space, control and format characters."""
    return "".join(
        each
        for each in text
        if not each.isspace() and unicodedata.category(each) not in {"Cc", "Cf"}
    )


def seed(number: str) -> str:
    return next(path for path in SEEDS if path.name.startswith(number)).read_text("utf-8")


# --- characters -----------------------------------------------------------------------------------

PROSE = (
    "全县认真贯彻上级要求，统筹推进学校建设，总结经验，实现县域发展目标，积极开展师资培训，"
    "让广大学生在家门口就读。"
)
"""Enough simplified characters to tell the script of a text."""


@pytest.mark.parametrize(
    ("raw", "right"),
    [
        ("加强教師招聘", "加强教师招聘"),
        ("乡镇尛学、特殊敎育", "乡镇小学、特殊教育"),
        ("国囻经济，人囻群众，尛学", "国民经济，人民群众，小学"),
        ("全媔落实各项笁作", "全面落实各项工作"),
        ("目湔已经完成", "目前已经完成"),
        ("后顾の忧", "后顾之忧"),
        ("新建初Φ学校", "新建初中学校"),
        ("経费保障，県域发展", "经费保障，县域发展"),
        ("人ロ变化，エ作安排", "人口变化，工作安排"),
        ("⼯作安排，⻅习，⽂件", "工作安排，见习，文件"),
        ("\uf900", "\u8c48"),
    ],
)
def test_characters_that_are_damage_are_exchanged(raw: str, right: str) -> None:
    assert clean(f"{raw}。{PROSE}").text == f"{right}。{PROSE}"


def test_doubtful_characters_are_exchanged_only_amid_other_damage() -> None:
    doubtful = f"茬各校推行。{PROSE}"
    assert clean(doubtful).text == doubtful
    assert clean(f"敎育，尛学，囻办，{doubtful}").text == f"教育，小学，民办，在各校推行。{PROSE}"


@pytest.mark.parametrize(
    "right",
    [
        "朱镕基、陶喆、王堃、李淼、张昇",
        "芷江、沅陵、鄱阳、亳州、濮阳、儋州、泸州、枞阳",
        "一年两茬，换茬种植，麦茬还田",
        "钢管Φ50，直径Φ=32，α粒子，β值",
        "湔雪、嘚瑟、堺市",
        "①②③ ⑴ ㈠ Ⅳ ㎡ ½ 10²",
        "２０１６年，３．５％，ＡＢＣ",
        "题词是“為國育才興學重教”",
        "同志们，局长李啟达同志出席",
        "二○一七年，二〇一七年",
        "half-width, punctuation; (as it is): yes!",
    ],
)
def test_rightful_characters_are_left_alone(right: str) -> None:
    assert clean(f"{right}。{PROSE}").text == f"{right}。{PROSE}"


def test_rightful_characters_are_left_alone_amid_damage_too() -> None:
    text = "敎育，尛学，囻办，朱镕基，芷江，一年两茬，囚犯，直径Φ50。" + PROSE
    assert clean(text).text == "教育，小学，民办，朱镕基，芷江，一年两茬，囚犯，直径Φ50。" + PROSE


def test_a_traditional_document_stays_traditional() -> None:
    text = "全縣教育工作會議在縣城召開，會議總結了過去一年的經驗，對義務教育均衡發展作出部署。"
    assert clean(text).text == text


def test_private_use_bullets_become_bullets_and_other_glyphs_are_marked() -> None:
    cleaned = clean("\uf0b7加强领导\n\ue123落实责任")
    assert cleaned.text == "•加强领导\n\ue123落实责任"
    assert [cleaned.text[start:end] for start, end in cleaned.damaged] == ["\ue123"]
    assert "unreadable:1" in cleaned.reasons


# --- spaces and lines -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "right"),
    [
        ("进一步加强教 育管理，促 进发展。", "进一步加强教育管理，促进发展。"),
        ("教 育 局 工 作 报 告\n全文如下。", "教育局工作报告\n全文如下。"),
    ],
)
def test_spaces_inside_words_are_closed(raw: str, right: str) -> None:
    assert clean(raw).text == right


@pytest.mark.parametrize(
    "right",
    [
        "以服务学生 促进学生健康成长为宗旨，推进工作。",
        "三 十名，二 百名，五 万元。",
        "使用 Excel 表格，共 35 所学校，A 类 B 类。",
        "局长 张 三",
        "学校  人数  班级\n一小  320  8",
        "单 位 | 人 数，说 明",
    ],
)
def test_spaces_that_part_something_stay(right: str) -> None:
    assert clean(right).text == right


PARAGRAPH = (
    "近年来我县教育工作在县委县政府的正确领导下认真落实上级各项要求，全面推进义务教育优质均衡发展，"
    "不断加强教师队伍建设，努力改善各级各类学校的办学条件，取得了比较明显的成效，全县学校面貌发生了"
    "很大的变化，群众对教育工作的满意度逐年提高，现在把一年来的主要工作和下一步的打算向各位代表报告，"
    "并且通过公开招聘、交流轮岗、定向培养等多种办法补充了一大批年轻教师，乡村学校的教师结构得到改善，"
    "城区学校大班额的突出问题有效缓解，县域内校际差距继续缩小，人民群众的获得感明显增强，社会各界都给"
    "予了充分的肯定。"
)


def cut_lines(text: str, width: int) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def test_lines_cut_at_a_width_are_joined_again() -> None:
    assert clean(cut_lines(PARAGRAPH, 24)).text == PARAGRAPH


def test_headings_signatures_and_numbers_are_not_joined() -> None:
    heading, tail = "一、主要工作", "河湾县教育局\n2023年12月1日"
    raw = f"{cut_lines(PARAGRAPH, 24)}\n{heading}\n{cut_lines(PARAGRAPH, 24)}\n{tail}"
    assert clean(raw).text == f"{PARAGRAPH}\n{heading}\n{PARAGRAPH}\n{tail}"
    broken = f"{PARAGRAPH[:22]}20\n16{PARAGRAPH[24:46]}\n{cut_lines(PARAGRAPH[48:], 24)}"
    assert "20\n16" in clean(broken).text


def test_lines_of_no_constant_width_are_let_be() -> None:
    verse = "\n".join(PARAGRAPH[at : at + 5 + at % 9] for at in range(0, 200, 7))
    assert clean(verse).text == verse


def test_the_second_of_two_equal_paragraphs_falls() -> None:
    assert clean(f"总结\n{PARAGRAPH}\n\n{PARAGRAPH}\n完毕。").text == f"总结\n{PARAGRAPH}\n\n完毕。"
    apart = f"总结\n{PARAGRAPH}\n中间一段。\n{PARAGRAPH}"
    assert clean(apart).text == apart


def test_a_title_set_again_by_the_site_falls() -> None:
    assert clean(f"河湾县工作总结\n河湾县工作总结\n{PROSE}").text == f"河湾县工作总结\n{PROSE}"


# --- residue --------------------------------------------------------------------------------------

BODY = f"河湾县2023年教育工作总结\n{PROSE}\n一、主要做法\n{PARAGRAPH}\n河湾县教育局\n2023年12月1日"


@pytest.mark.parametrize(
    "line",
    [
        "当前位置：首页 > 政务公开 > 工作总结",
        "首页 > 政务公开 > 工作总结",
        "来源：河湾县教育局 发布时间：2023-12-01 10:20 阅读次数：35",
        "发布 2023-12-01 10:20:11 阅读 99",
        "【字体：大 中 小】 打印 关闭",
        "下面是小编为大家整理的工作总结，供大家参考。",
        "以下是网友为您整理分享的“工作总结”相关范文，供您参考！",
        "{",
    ],
)
def test_residue_at_the_head_falls(line: str) -> None:
    title, rest = BODY.split("\n", 1)
    assert clean(f"{title}\n{line}\n{rest}").text == BODY


@pytest.mark.parametrize(
    "tail",
    [
        "上一篇：某局工作总结 下一篇：返回列表",
        "打印 关闭",
        "责任编辑：小林",
        "版权声明：本文来源于网络，版权归原作者所有，如有侵权请联系我们删除。",
        "版权所有 河湾县教育局 技术支持：某公司",
        "我要回帖\n更多关于 工作总结 的文章\n更多推荐",
        "相关文章\n某县教育局2022年工作总结\n某市教育局2021年工作总结",
        "某区教育局工作总结\n今年以来在区委的正确领导下我们坚持以提升质量为中心以服务学生为宗旨"
        "进一步完善和落实有效措施更加重视教师队伍建设...\n某镇工作总结\n"
        "全力推进信息化建设与应用制定设施建设计划启动智慧校园建设的统筹设计开展研讨举办评比活动承办...",
    ],
)
def test_residue_at_the_tail_falls(tail: str) -> None:
    cleaned = clean(f"{BODY}\n{tail}")
    assert cleaned.text == BODY
    assert any(reason.startswith("residue:") for reason in cleaned.reasons)
    assert cleaned.removed[-1][1] == len(BODY) + 1 + len(tail)


@pytest.mark.parametrize(
    "line",
    [
        "来源于群众，服务于群众，是我们的工作方法。",
        "更多学生在家门口上好学。",
        "要尊重版权，开展版权声明登记工作",
        "三是推荐阅读书目一百种。",
        "阅读次数逐年增加，打印费用逐年下降。",
        "关闭校外培训机构12所",
        "经费来源：县财政",
        "（来源：县统计局年报，口径为教育事业统计）",
        "首页新闻报道我县经验，",
        "小编教材、名师讲堂进校园",
        "阅读推广",
        "发布会",
        "上一篇章已经写就，下一篇章等待我们去写。",
        "联系我们身边的典型",
        "相关链接的学校共有三所，工作仍在推进...",
        "位置：县城东部。",
    ],
)
def test_text_that_only_sounds_like_residue_stays(line: str) -> None:
    title, rest = BODY.split("\n", 1)
    for text in (f"{title}\n{line}\n{rest}", f"{BODY}\n{line}", f"{title}\n{line}"):
        assert clean(text).text == text


def test_of_a_document_on_one_line_only_the_lead_falls() -> None:
    raw = f"下面是小编为大家整理的总结，供大家参考。{PARAGRAPH}{PROSE}{PARAGRAPH}"
    assert clean(raw).text == f"{PARAGRAPH}{PROSE}{PARAGRAPH}"


@needs_seeds
def test_the_residue_of_the_seeds_falls_and_their_sentences_stay() -> None:
    with (HERE / "residue_seeds.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_file = defaultdict(list)
    for row in rows:
        by_file[row["file"]].append(row)
    assert {name[:3] for name in by_file} >= {"000", "001", "002", "003"}
    for name, stretches in by_file.items():
        raw = (DATA / "seeds" / name).read_text("utf-8")
        cleaned = clean(raw)
        for row in stretches:
            start = int(row["offset"])
            end = start + int(row["length"])
            assert hashlib.sha256(raw[start:end].encode()).hexdigest() == row["sha256"]
            now_start, now_end = cleaned.offsets.to_clean(start, end)
            kept = len(bare(cleaned.text[now_start:now_end]))
            wanted = len(bare(raw[start:end])) if row["kept"] == "yes" else 0
            assert kept == wanted, (name, start)


@needs_reports
def test_the_reports_lose_nothing() -> None:
    assert len(REPORTS) == 52
    for path in REPORTS:
        raw = path.read_text("utf-8")
        cleaned = clean(raw)
        assert bare(cleaned.text) == bare(raw), path.name
        assert not cleaned.removed
        assert not cleaned.damaged


def test_the_sample_library_loses_only_the_lines_that_its_web_pages_add() -> None:
    assert SAMPLES
    for path in SAMPLES:
        raw = read_file(path).text
        cleaned = clean(raw)
        added = [raw[start:end] for start, end in cleaned.removed]
        assert all("发布时间" in line and "来源" in line for line in added), path.name
        for line in added:
            raw = raw.replace(line, "")
        assert bare(cleaned.text) == bare(raw), path.name
        assert not cleaned.damaged


# --- numbers --------------------------------------------------------------------------------------


@needs_seeds
def test_95_of_100_damaged_characters_of_seed_001_are_repaired() -> None:
    raw = seed("001")
    with (HERE / "repair_001.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    listed = {int(row["offset"]) for row in rows}
    outside = {
        at
        for at, each in enumerate(raw)
        if "㐀" <= each <= "鿿" and not each.encode("gb2312", "ignore")
    }
    assert outside <= listed
    assert len({row["damaged"] for row in rows}) >= 50
    assert all(raw[int(row["offset"])] == row["damaged"] for row in rows)
    cleaned = clean(raw)
    right = 0
    for row in rows:
        start, end = cleaned.offsets.to_clean(int(row["offset"]), int(row["offset"]) + 1)
        # What falls with the title that a site set twice needs no repair.
        right += cleaned.text[start:end] in {row["right"], ""}
    assert right >= 0.95 * len(rows)


@needs_seeds
@needs_reports
@pytest.mark.parametrize("path", [*SEEDS, *REPORTS], ids=lambda path: path.name[:4])
def test_numbers_are_the_same_before_and_after(path: Path) -> None:
    raw = path.read_text("utf-8")
    cleaned = clean(raw)
    assert numbers_kept(raw, cleaned)
    assert clean(cleaned.text).text == cleaned.text


def test_the_check_of_numbers_sees_a_joined_a_split_and_a_made_one() -> None:
    before = clean("共20所，16个")
    assert not numbers_kept("共20所，1 6个", before)
    assert not numbers_kept("共2016个", before)
    assert not numbers_kept("共20所，16个①", before)


PIECES = st.sampled_from(
    [*"0129０５.,．，%％:：-/ \n\t\u200b\u200d\u00ad\xa0\u3000\u2060\ufeff\x00\r", "年", "三", "十"]
    + [*"百万萬两第点元学校教育敎師尛茬Φ①②⑩㈠Ⅳ½²⼀⼗，。；、（）{}|*", "分之", "\uf0b7", "&nbsp;"]
    + ["义务教育", "上一篇：", "阅读 12", "\n\n", "工 作", "来源：县", "2016619", "\u2028", "\x85"]
)


@settings(deadline=None)  # dictionaries are read at the first
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_text_keeps_its_numbers_and_is_cleaned_once_for_all(raw: str) -> None:
    cleaned = clean(raw)
    assert clean(cleaned.text).text == cleaned.text
    assert numbers_kept(raw, cleaned)
    position = raw_position = 0
    for start, end, raw_start, raw_end in cleaned.offsets.edits:
        assert cleaned.text[position:start] == raw[raw_position:raw_start]
        position, raw_position = end, raw_end
    assert cleaned.text[position:] == raw[raw_position:]


@needs_seeds
def test_the_runs_of_seed_001_that_cannot_be_read_are_marked() -> None:
    cleaned = clean(seed("001"))
    marked = [cleaned.text[start:end] for start, end in cleaned.damaged]
    assert marked == ["201719", "2016619", "20162018", "2017256", "2018309", "201870"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("大班额由2016619下降至267个。", ["2016619"]),
        ("（县办发〔201719号）", ["201719"]),
        ("（县政办发201870号）", ["201870"]),
        ("20162018年，全县安排经费。", ["20162018"]),
        ("（县办发〔2017〕19号）", []),
        ("投入2016619元，新增20132人。", []),
        ("日期20161201，编号2016619，电话20187654。", []),
        ("2016年619个，2016-2018年，2,016,619元。", []),
    ],
)
def test_runs_that_cannot_be_read(text: str, marked: list[str]) -> None:
    cleaned = clean(text)
    assert [cleaned.text[start:end] for start, end in cleaned.damaged] == marked


# --- quality, speed, and whether these tests can fail ---------------------------------------------


@needs_seeds
def test_quality_orders_the_seeds_and_gives_reasons() -> None:
    scores = {path.name[:3]: clean(path.read_text("utf-8")) for path in SEEDS}
    assert scores["001"].quality < 0.6 < 0.8 < scores["002"].quality < scores["004"].quality
    codes = {reason.split(":")[0] for reason in scores["001"].reasons}
    assert codes >= {"lookalikes", "residue", "damaged_numbers", "missing_punctuation"}
    assert "dropped_characters" in codes
    assert any(reason.startswith("missing_figures:") for reason in scores["002"].reasons)


def test_a_sound_text_is_of_full_quality() -> None:
    assert clean(BODY).quality == 1
    assert clean(BODY).reasons == ()
    assert clean("").quality == 1


def test_a_million_characters_take_about_a_second() -> None:
    text = "\n".join([f"{PARAGRAPH}教師。", PROSE] * 4000)[:1_000_000]
    clean(BODY)  # dictionaries are read once
    started = time.process_time()
    clean(text)
    assert time.process_time() - started < 3  # 1 on a free core


@needs_seeds
@pytest.mark.parametrize("without", ["lookalikes", "residue", "repeated"])
def test_without_a_repair_the_tests_of_the_seeds_fail(
    without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tuple(repair for repair in clean_module.REPAIRS if repair[0] != without)
    monkeypatch.setattr(clean_module, "REPAIRS", left)
    failing = {
        "lookalikes": test_95_of_100_damaged_characters_of_seed_001_are_repaired,
        "residue": test_the_residue_of_the_seeds_falls_and_their_sentences_stay,
        "repeated": lambda: test_a_title_set_again_by_the_site_falls(),
    }
    with pytest.raises(AssertionError):
        failing[without]()


@needs_seeds
@needs_reports
def test_too_eager_a_repair_makes_the_tests_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def drop_by_word(text: str) -> list[tuple[int, int, str]]:
        return [(*each.span(), "") for each in re.finditer("(?m)^.*更多.*\n?", text)]

    def join_all(text: str) -> list[tuple[int, int, str]]:
        return [(each.start(), each.end(), "") for each in re.finditer("年", text)]

    before = clean_module.REPAIRS
    monkeypatch.setattr(clean_module, "REPAIRS", (*before, ("x", drop_by_word)))
    with pytest.raises(AssertionError):
        test_the_residue_of_the_seeds_falls_and_their_sentences_stay()
    with pytest.raises(AssertionError):
        test_the_reports_lose_nothing()
    monkeypatch.setattr(clean_module, "REPAIRS", (*before, ("x", join_all)))
    with pytest.raises(AssertionError):
        test_numbers_are_the_same_before_and_after(SEEDS[1])
