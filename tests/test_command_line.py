"""The command line: the contract of its JSON, its exit statuses, its words in both languages."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import DOCUMENTS, ROOT, Write
from light_encoder import LightEncoder

from indexer import __version__
from indexer.__main__ import main
from indexer.build import build
from indexer.library import Library
from indexer.words import Words, preferred_language

HEWAN, LATER = "河湾县/总结2021.txt", "河湾县/总结2022.txt"
PLAN, CITY = "柳桥县/方案2022.md", "长汀市/督导2022.txt"
QUESTION = "新建学校增加学位化解大班额"

PASSAGE: dict[str, Any] = {
    "doc": str,
    "title": str,
    "place": str,
    "year": int,
    "kind": str,
    "heading": list,
    "text": str,
    "start": int,
    "end": int,
    "page": type(None),
    "score": float,
    "highlights": list,
    "quality": (float, type(None)),
    "also_in": list,
}
BUILD = ["documents", "chunks", "added", "updated", "removed", "unchanged", "failed"]
SHOW = [
    *("doc", "title", "province", "city", "place", "level", "year", "kind", "issuer", "number"),
    *("date", "stage", "fictional", "digest", "chunks", "text"),
]
EVAL = ["queries", "success@1", "ndcg@10", "mrr@10", "recall@10", "recall@100"]
STATUS = [
    *("index", "corpus", "model", "dimension", "documents", "chunks", "embedded_chunks"),
    *("sentences", "built", "bytes", "failed"),
]


class CommandLine:
    """Runs commands on one index; the model is the light encoder."""

    def __init__(self, runner: CliRunner, index: Path) -> None:
        self.runner = runner
        self.index = index

    def __call__(self, *command: object) -> Result:
        arguments = [str(part) for part in command]
        done = self.runner.invoke(main, [*arguments, "--index", str(self.index)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    def json(self, *command: object) -> Any:
        done = self(*command, "--json")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def run(light_command_line: CliRunner, index: Path) -> CommandLine:
    return CommandLine(light_command_line, index)


# The JSON of each command


def test_build_json(run: CommandLine, corpus: Path, write: Write, tmp_path: Path) -> None:
    run.index = tmp_path / "new"
    write({"空.txt": b""})
    first = run.json("build", "--corpus", corpus)
    assert list(first) == BUILD
    assert {name: first[name] for name in BUILD[2:6]} == {
        "added": 4,
        "updated": 0,
        "removed": 0,
        "unchanged": 0,
    }
    assert first["documents"] == 4
    ((failure),) = first["failed"]
    assert list(failure) == ["file", "error"]
    assert failure["file"] == "空.txt"
    assert run.json("build", "--corpus", corpus)["unchanged"] == 4


def test_search_json(run: CommandLine, index: Path, encoder: LightEncoder) -> None:
    found = run.json("search", QUESTION)
    assert len(found) == 10 or len(found) == Library(index).status()["embedded_chunks"]
    first = found[0]
    assert list(first) == list(PASSAGE)
    assert [name for name, kind in PASSAGE.items() if not isinstance(first[name], kind)] == []
    assert first["doc"] == HEWAN
    text = Library(index).document(HEWAN).text
    assert text[first["start"] : first["end"]] == first["text"]
    ((start, end),) = first["highlights"]
    assert "大班额比例" in text[start:end]


def test_search_options(run: CommandLine) -> None:
    assert len(run.json("search", QUESTION, "--limit", 2)) == 2
    grouped = run.json("search", QUESTION, "--group", "--limit", 50)
    assert sorted(passage["doc"] for passage in grouped) == sorted(DOCUMENTS)
    for options, expected in (
        (["--place", "河湾县"], {HEWAN, LATER}),
        (["--place", "河湾县", "--place", "柳桥县", "--year", 2022], {LATER, PLAN}),
        (["--kind", "督导报告", "--kind", "实施方案"], {CITY, PLAN}),
        (["--level", "市"], {CITY}),
        (["--stage", "学前教育"], {PLAN}),
        (["--year", 1999], set()),
    ):
        found = run.json("search", QUESTION, "--limit", 50, *options)
        assert {passage["doc"] for passage in found} == expected


def test_show_json(run: CommandLine, index: Path) -> None:
    shown = run.json("show", HEWAN)
    assert list(shown) == SHOW
    assert (shown["doc"], shown["place"], shown["year"]) == (HEWAN, "河湾县", 2021)
    assert shown["number"] is None
    assert shown["text"] == Library(index).document(HEWAN).text
    assert run("show", HEWAN).stdout == shown["text"] + "\n"


def test_status_json(run: CommandLine, corpus: Path, write: Write) -> None:
    write({"空.txt": b""})
    run("build", "--corpus", corpus)
    status = run.json("status")
    assert list(status) == STATUS
    assert (status["documents"], status["model"]) == (4, "light")
    assert [failure["file"] for failure in status["failed"]] == ["空.txt"]
    plain = run("status")
    assert "light" in plain.stdout
    assert "空.txt" in plain.stderr


def test_check_json(run: CommandLine, index: Path) -> None:
    assert run.json("check") == {"ok": True, "problems": []}
    connection = sqlite3.connect(index / "catalogue.sqlite")
    connection.execute("UPDATE chunks SET sentence_vectors = x'00' WHERE id = 3")
    connection.commit()
    connection.close()
    failed = run("check", "--json")
    assert failed.exit_code == 1
    result = json.loads(failed.stdout)
    assert result["ok"] is False
    assert "3" in result["problems"][0]
    assert run("check").exit_code == 1


# Many questions


def write_lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def test_many_questions_from_a_file(run: CommandLine, tmp_path: Path) -> None:
    queries = write_lines(
        tmp_path / "queries.jsonl",
        {"id": "a", "question": QUESTION, "language": "zh", "answers": [], "split": "tune"},
        {"id": 7, "question": "学校", "filters": {"place": "柳桥县"}},
        {"id": "blank", "question": " "},
        {"id": "none", "question": "学校", "filters": {"year": [1999]}},
        {"id": "of the command", "question": "学校", "filters": {}},
    )
    results = tmp_path / "run.jsonl"
    done = run(
        *("search", "--queries", queries, "--run", results, "--limit", 3, "--year", 2022, "--json")
    )
    assert done.exit_code == 0
    assert done.stdout == ""
    lines = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    assert [list(line) for line in lines] == [["id", "passages"]] * 5
    assert [line["id"] for line in lines] == ["a", 7, "blank", "none", "of the command"]
    assert [len(line["passages"]) for line in lines] == [
        3,
        2,
        0,
        0,
        3,
    ]  # the title alone is no passage
    assert list(lines[0]["passages"][0]) == list(PASSAGE)
    assert {p["doc"] for p in lines[1]["passages"]} == {PLAN}
    assert {p["year"] for line in (lines[0], lines[4]) for p in line["passages"]} == {2022}


@pytest.mark.parametrize(
    "bad",
    [
        {"question": "没有编号"},
        {"id": "没有问题"},
        {"id": 1, "question": "x", "filters": {"colour": "red"}},
        ["no object"],
    ],
)
def test_a_bad_line_is_told_before_anything_is_answered(
    run: CommandLine, tmp_path: Path, encoder: LightEncoder, bad: object
) -> None:
    queries = write_lines(tmp_path / "queries.jsonl", {"id": 1, "question": QUESTION}, bad)
    done = run("search", "--queries", queries, "--run", tmp_path / "run.jsonl")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.strip()
    assert not (tmp_path / "run.jsonl").exists()
    assert encoder.questions == []


def test_a_file_that_cannot_be_written_is_told(
    run: CommandLine, tmp_path: Path, encoder: LightEncoder
) -> None:
    queries = write_lines(tmp_path / "queries.jsonl", {"id": 1, "question": QUESTION})
    done = run("search", "--queries", queries, "--run", tmp_path / "no folder/run.jsonl")
    assert done.exit_code == 1
    assert "no folder" in done.stderr
    assert encoder.questions == []


# Answers

ASK = ["status", "statements", "coverage"]
COVERAGE = ["documents", "speaking", "places", "with_figures", "whole"]
ASKED = "大班额比例降到多少"
INSPECTED = "督导组抽查学校多少所"
WORDS = Words(preferred_language())
NOT_HERE = WORDS("ask.insufficient")


@pytest.mark.usefixtures("calibrated")
def test_ask_json(run: CommandLine, index: Path) -> None:
    answer = run.json("ask", ASKED)
    assert list(answer) == ASK
    assert answer["status"] == "answered"
    assert list(answer["coverage"]) == COVERAGE
    assert answer["coverage"]["documents"] == 4
    first = answer["statements"][0]
    assert list(first) == ["text", "quotes"]
    ((quote),) = first["quotes"]
    assert list(quote) == ["doc", "text", "start", "end"]
    assert (quote["doc"], quote["text"]) == (HEWAN, first["text"])
    assert "大班额比例由百分之十五降到百分之九" in first["text"]
    text = Library(index).document(HEWAN).text
    assert text[quote["start"] : quote["end"]] == quote["text"]


@pytest.mark.usefixtures("calibrated")
def test_people_are_shown_the_statements_with_their_documents(run: CommandLine) -> None:
    done = run("ask", ASKED)
    number, *_ = done.stdout.splitlines()
    assert number.startswith("1. ")
    assert "大班额比例由百分之十五降到百分之九" in number
    assert f"河湾县教育局2021年工作总结  ({HEWAN})" in done.stdout
    assert done.stderr == ""


@pytest.mark.usefixtures("calibrated")
def test_filters_narrow_an_answer(run: CommandLine) -> None:
    narrowed = run.json("ask", "学校食堂统一采购", "--place", "河湾县", "--year", 2022)
    assert narrowed["coverage"]["documents"] == 1
    assert {q["doc"] for s in narrowed["statements"] for q in s["quotes"]} == {LATER}


@pytest.mark.usefixtures("calibrated")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["火星上的天气怎么样"], NOT_HERE),
        (["桃源县如何化解大班额"], "桃源县"),
        (["2009年大班额比例降到多少"], "2009"),
        ([ASKED, "--year", "1999"], NOT_HERE),
        ([""], NOT_HERE),
    ],
)
def test_a_refusal_is_done_and_told_on_standard_error(
    run: CommandLine, arguments: list[str], told: str
) -> None:
    done = run("ask", *arguments, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"status": "insufficient", "statements": [], "coverage": {}}
    assert told in done.stderr
    assert run("ask", *arguments).stdout == ""


@pytest.mark.usefixtures("calibrated")
def test_a_question_is_asked_as_it_is_on_request(run: CommandLine) -> None:
    assert run.json("ask", "桃源县" + ASKED)["statements"] == []
    assert run.json("ask", "桃源县" + ASKED, "--as-is")["statements"]


@pytest.mark.usefixtures("calibrated")
def test_an_answer_from_another_document_is_told_as_such(run: CommandLine, write: Write) -> None:
    corpus = write({"长汀市/通报.txt": "长汀市教育局通报\n柳桥县化解大班额四十一个。\n"})
    run("build", "--corpus", corpus)
    done = run("ask", "柳桥县化解大班额多少个")
    assert "柳桥县化解大班额四十一个。" in done.stdout
    assert done.stderr.strip() == WORDS("ask.elsewhere", names="柳桥县")


@pytest.mark.usefixtures("calibrated")
def test_an_answer_from_the_report_of_the_year_after_is_told_as_such(
    run: CommandLine, write: Write
) -> None:
    about = "---\nplace: 柳桥县\nyear: {}\n---\n{}\n"
    told = "光纤接入率为98.5%，比上年的91.2%提高7.3个百分点。"
    files = {"甲.txt": about.format(2023, "更新校车十五辆。"), "乙.txt": about.format(2024, told)}
    run("build", "--corpus", write(files))
    done = run("ask", "柳桥县2023年光纤接入率是多少")
    assert told in done.stdout
    assert done.stderr.strip() == WORDS("ask.year_after", years="2023")


@pytest.mark.usefixtures("calibrated")
def test_many_questions_are_answered_from_a_file(run: CommandLine, tmp_path: Path) -> None:
    queries = write_lines(
        tmp_path / "queries.jsonl",
        {"id": "a", "question": INSPECTED, "language": "zh", "answers": [], "split": "tune"},
        {"id": 7, "question": "学校食堂统一采购", "filters": {"place": "河湾县", "year": 2021}},
        {"id": "blank", "question": " "},
        {"id": "none", "question": ASKED, "filters": {"year": [1999]}},
        {"id": "of the command", "question": "学校食堂统一采购", "filters": {}},
    )
    results = tmp_path / "run.jsonl"
    done = run("ask", "--queries", queries, "--run", results, "--year", 2022)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    lines = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    assert [list(line) for line in lines] == [["id", *ASK]] * 5
    assert [line["id"] for line in lines] == ["a", 7, "blank", "none", "of the command"]
    documents = [{q["doc"] for s in line["statements"] for q in s["quotes"]} for line in lines]
    assert documents == [{CITY}, {HEWAN}, set(), set(), {LATER}]
    assert lines[1] == {"id": 7} | run.json(
        "ask", "学校食堂统一采购", "--place", "河湾县", "--year", 2021
    )


def test_a_model_that_cannot_tell_is_named(run: CommandLine) -> None:
    done = run("ask", ASKED, "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "light" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--queries", "queries.jsonl"],
        ["问题", "--run", "run.jsonl"],
        ["问题", "--queries", "queries.jsonl", "--run", "run.jsonl"],
        ["问题", "--queries", "no such file", "--run", "run.jsonl"],
        ["问题", "--year", "去年"],
        ["问题", "--limit", "3"],
    ],
)
def test_a_question_or_a_file_of_them(
    run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    write_lines(tmp_path / "queries.jsonl", {"id": 1, "question": ASKED})
    monkeypatch.chdir(tmp_path)
    assert run("ask", *arguments).exit_code == 2
    assert not (tmp_path / "run.jsonl").exists()


# Evaluation


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    write_lines(
        folder / "corpus.jsonl",
        {"_id": "p/1", "title": "河湾县报告", "text": "新建学校三所，化解大班额。" * 60},
        {"_id": "p2", "text": "食堂大宗物资统一采购，校长陪餐。"},
        {"_id": "p3", "text": "更新校车十五辆，配备照管员。"},
    )
    write_lines(
        folder / "queries.jsonl",
        {"_id": "q1", "text": "新建学校化解大班额"},
        {"_id": "q2", "text": "食堂统一采购"},
        {"_id": "q3", "text": "更新校车", "filters": {"year": 2022}},
        {"_id": "q4", "text": "更新校车", "filters": {}},
        {"_id": "q5", "text": "没有答案的问题"},
    )
    (folder / "qrels/test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\tp/1\t1\nq2\tp2\t1\nq3\tp3\t1\nq4\tp3\t2\n"
    )
    return folder


def test_eval_json(light_command_line: CliRunner, beir: Path) -> None:
    done = light_command_line.invoke(main, ["eval", str(beir), "--json"])
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout)
    assert list(result) == EVAL
    # Three of four are found; the third asks for a year that no passage states.
    assert result == dict.fromkeys(EVAL, 0.75) | {"queries": 4}


def test_eval_uses_a_given_index_again(
    run: CommandLine, beir: Path, encoder: LightEncoder, tmp_path: Path
) -> None:
    run.index = tmp_path / "kept"
    first = run.json("eval", beir)
    embedded = len(encoder.embedded)
    assert embedded > 3
    assert run.json("eval", beir) == first
    assert len(encoder.embedded) == embedded
    assert run.json("status")["documents"] == 3


def test_eval_looks_at_all_files_before_it_embeds(
    light_command_line: CliRunner, beir: Path, encoder: LightEncoder
) -> None:
    (beir / "qrels/test.tsv").unlink()
    done = light_command_line.invoke(main, ["eval", str(beir)])
    assert done.exit_code == 1
    assert "test.tsv" in done.stderr
    assert encoder.embedded == []


# Exit statuses and where words go


def test_nothing_found_is_done(run: CommandLine) -> None:
    for question, options in (("", []), ("   ", []), ("学校", ["--year", "1999"])):
        done = run("search", question, *options, "--json")
        assert (done.exit_code, json.loads(done.stdout)) == (0, [])
        assert done.stderr.strip()
        assert run("search", question, *options).stdout == ""


def test_people_are_shown_the_passages(run: CommandLine) -> None:
    shown = run("search", QUESTION, "--limit", 1).stdout
    assert "河湾县教育局2021年工作总结" in shown
    assert HEWAN in shown
    assert "河湾县 · 2021 · 工作总结" in shown
    assert "大班额比例由百分之十五降到百分之九" in shown


@pytest.mark.parametrize(
    "command",
    [
        ["search", "大班额"],
        ["ask", "大班额"],
        ["show", HEWAN],
        ["status"],
        ["check"],
    ],
)
def test_without_an_index_the_next_command_is_named(
    light_command_line: CliRunner, tmp_path: Path, command: list[str]
) -> None:
    done = CommandLine(light_command_line, tmp_path / "nowhere")(*command, "--json")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "python -m indexer build" in done.stderr
    assert str(tmp_path / "nowhere") in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_requests_that_cannot_be_met(run: CommandLine, tmp_path: Path, corpus: Path) -> None:
    for command, word in (
        (["show", "没有.txt"], "没有.txt"),
        (["build", "--corpus", tmp_path / "nowhere"], "nowhere"),
        (["build", "--corpus", corpus, "--model", "another"], "another"),
    ):
        done = run(*command, "--json")
        assert (done.exit_code, done.stdout) == (1, "")
        assert word in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["nonsense"],
        ["search"],
        ["search", "a", "b"],
        ["search", "a", "--queries", "queries.jsonl", "--run", "run.jsonl"],
        ["search", "--queries", "queries.jsonl"],
        ["search", "--run", "run.jsonl"],
        ["search", "--queries", "missing.jsonl", "--run", "run.jsonl"],
        ["search", "a", "--limit", "0"],
        ["search", "a", "--limit", "many"],
        ["search", "a", "--year", "今年"],
        ["search", "a", "--colour", "red"],
        ["show"],
        ["eval"],
        ["eval", "missing"],
        ["build", "--max-size", "0"],
        ["build", "extra"],
    ],
)
def test_wrong_usage(
    light_command_line: CliRunner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "queries.jsonl", {"id": 1, "question": "x"})
    done = light_command_line.invoke(main, command)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


def test_the_folders_are_found_where_one_stands(
    light_command_line: CliRunner, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(corpus.parent)
    assert light_command_line.invoke(main, ["build"]).exit_code == 0
    assert (corpus.parent / "index/catalogue.sqlite").is_file()
    done = light_command_line.invoke(main, ["search", QUESTION, "--json"])
    assert json.loads(done.stdout)[0]["doc"] == HEWAN


def test_version(light_command_line: CliRunner) -> None:
    assert __version__ in light_command_line.invoke(main, ["--version"]).stdout


# Help in both languages


COMMANDS = {
    "build": {"corpus", "model", "fresh", "strict", "max_size", "index", "as_json"},
    "search": {
        *("limit", "group", "queries", "run_file", "place", "year", "kind", "level", "stage"),
        *("as_is", "reranker", "index", "as_json"),
    },
    "ask": {
        *("queries", "run_file", "place", "year", "kind", "level", "stage"),
        *("as_is", "index", "as_json"),
    },
    "compare": {"places", "years", "indicator", "out", "index", "as_json"},
    "wording": {
        *("file", "limit", "place", "year", "kind", "level", "stage", "index", "as_json"),
    },
    "show": {"index", "as_json"},
    "eval": {"model", "index", "as_json"},
    "status": {"index", "as_json"},
    "check": {"index", "as_json"},
}
ALL_HELP = """
import click, json
from indexer.__main__ import main
print(json.dumps({name: {"": command.help} | {p.name: p.help for p in command.params
    if isinstance(p, click.Option)} for name, command in main.commands.items()} | {"": main.help}))
"""


def subprocess_run(*command: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        timeout=240,
    )


def test_every_command_and_option_has_help_in_both_languages() -> None:
    shown = {
        language: json.loads(subprocess_run("-c", ALL_HELP, CEXUN_LANG=language).stdout)
        for language in ("zh", "en")
    }
    chinese, english = shown["zh"], shown["en"]
    assert chinese.pop("") != english.pop("")
    for name, options in COMMANDS.items():
        assert set(chinese[name]) == set(english[name]) == {"", *options}
        for option, text in chinese[name].items():
            assert any("\u4e00" <= character <= "\u9fff" for character in text), (name, option)
            assert english[name][option] not in ("", None, text), (name, option)
    assert set(chinese) == set(COMMANDS)


@pytest.mark.parametrize(
    ("language", "expected"), [("zh", "中还没有索引"), ("en", "There is no index in")]
)
def test_errors_are_told_in_the_language_of_the_user(
    tmp_path: Path, language: str, expected: str
) -> None:
    done = subprocess_run(
        # A console of another code page must not turn the words into something else.
        *("-m", "indexer", "status", "--index", tmp_path / "无"),
        CEXUN_LANG=language,
        PYTHONIOENCODING="gbk",
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert expected in done.stderr.decode("utf-8")


def test_a_reader_that_goes_away_is_no_error(
    write: Write, tmp_path: Path, encoder: LightEncoder
) -> None:
    corpus = write({"长.txt": "新建学校三所，增加学位四千个。\n" * 20_000})
    build(corpus, tmp_path / "index", encoder=encoder)
    command = ["-m", "indexer", "show", "长.txt", "--index", str(tmp_path / "index")]
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout
        assert child.stderr
        assert child.stdout.readline().decode() == "新建学校三所，增加学位四千个。\n"
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


# With the real model


@pytest.mark.model
def test_a_whole_session_with_the_real_model(write: Write, tmp_path: Path) -> None:
    corpus, index = write(dict(list(DOCUMENTS.items())[:2])), tmp_path / "index"
    folders = ("--index", index, "--json")
    built = subprocess_run("-m", "indexer", "build", "--corpus", corpus, *folders)
    assert built.returncode == 0, built.stderr.decode()
    assert json.loads(built.stdout)["added"] == 2
    for question in ("各县如何化解大班额", "how did counties cut oversized classes"):
        found = subprocess_run("-m", "indexer", "search", question, *folders)
        assert found.returncode == 0, found.stderr.decode()
        passages = json.loads(found.stdout)
        assert passages[0]["doc"] == HEWAN
        assert any("大班额" in passage["text"] for passage in passages[:2])
        assert list(passages[0]) == list(PASSAGE)


@pytest.mark.model
def test_evaluation_with_the_real_model(beir: Path) -> None:
    done = subprocess_run("-m", "indexer", "eval", beir, "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == dict.fromkeys(EVAL, 0.75) | {"queries": 4}
