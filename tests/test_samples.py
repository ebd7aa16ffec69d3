"""The sample documents in office formats: read whole, described, marked as fictional."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT

from indexer.clean import clean
from indexer.describe import describe
from indexer.read import read_file
from indexer.records import RawText

CORPUS = ROOT / "corpus"
DATA = Path(__file__).parent / "data"

# doc: place, year, kind, pages, marked as recognised
SAMPLES: dict[str, tuple[str, int, str, int, bool]] = {
    "岱原省/枫浦县/枫浦县2024年明眸工程实施情况报告.docx": ("枫浦县", 2024, "情况报告", 0, False),
    "澜川省/石坪县/石坪县寄宿制学校管理实施方案2025.docx": ("石坪县", 2025, "实施方案", 0, False),
    "澜川省/柳湾县/柳湾县2024年学校食堂专项督导报告.pdf": ("柳湾县", 2024, "督导报告", 4, False),
    "岱原省/白榆县/白榆县2024年校车安全管理工作要点.pdf": ("白榆县", 2024, "工作要点", 2, True),
    "澜川省/澜川省/澜川省部分县2022—2024年义务教育主要指标情况.xlsx": (
        *("澜川省", 2024, "情况报告", 0, False),
    ),
}


@cache
def sample(doc: str) -> tuple[RawText, str]:
    raw = read_file(CORPUS / doc)
    return raw, clean(raw.text).text


@pytest.mark.parametrize("doc", SAMPLES)
def test_what_the_samples_are(doc: str) -> None:
    raw, text = sample(doc)
    about = describe(raw, text, doc)[0]
    ocr = dict(raw.front).get("ocr") == "true"
    assert (about.place, about.year, about.kind, len(raw.pages), ocr) == SAMPLES[doc]
    assert about.fictional
    assert about.issuer
    assert about.issuer in text
    # The file's name says less than the title does: quotation marks, the years.
    assert "".join(about.title.split()) in "".join(text.split())


def test_every_labelled_fact_stands_in_the_text_as_read() -> None:
    with (DATA / "sample_facts_E.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["file"] for row in rows} == SAMPLES.keys()
    assert len(rows) >= 12 * len(SAMPLES)
    for row in rows:
        _, text = sample(row["file"])
        held = [line for line in text.split("\n") if row["quote"] in line]
        assert held, row
        assert row["value"] in row["quote"], row
        if row["file"].endswith(".xlsx"):
            assert any(line.startswith(row["place"]) for line in held), row


def test_every_labelled_answer_stands_in_the_text_as_read() -> None:
    lines = (DATA / "sample_questions_E.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 10
    for row in rows:
        assert row["answers"]
        for answer in row["answers"]:
            assert answer["quote"] in sample(answer["doc"])[1], row["id"]


def test_running_heads_and_page_numbers_are_gone() -> None:
    _, text = sample("澜川省/柳湾县/柳湾县2024年学校食堂专项督导报告.pdf")
    assert "专项督导\n" not in text
    assert "— 2 —" not in text


def test_a_footnote_stands_below_its_paragraph() -> None:
    _, text = sample("岱原省/枫浦县/枫浦县2024年明眸工程实施情况报告.docx")
    before, after = text.split("\n注：近视率指筛查中裸眼视力", 1)
    assert before.endswith("近视率变化情况见下表。")
    assert after.split("\n")[1] == "学段 | 2022年 | 2023年 | 2024年"
