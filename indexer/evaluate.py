"""How well questions find their passages: a BEIR folder in, the field's measures out.

A folder holds `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`, and if need
be `filters`) and `qrels/test.tsv` (question, passage, grade). Each passage is indexed as a document
of its own and ranked by its best chunk.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from indexer.errors import RequestProblem
from indexer.records import Filters, RawText, Source

DEPTH = 100
FILTER_FIELDS = ("place", "year", "kind", "level", "stage")

Grades = Mapping[str, int]
Measures = dict[str, float]


def passages_of(folder: Path) -> list[Source]:
    """The passages of a BEIR folder as documents; `doc` is the passage's id."""
    return [_source(row) for row in read_lines(folder / "corpus.jsonl", "_id", "text")]


def _source(row: dict[str, Any]) -> Source:
    title, text = str(row.get("title") or ""), str(row["text"])
    front = (("title", title or str(row["_id"])),)
    content = f"{title}\n{text}"
    digest = hashlib.sha256(content.encode()).hexdigest()
    raw = RawText(text=text, front=front)
    return Source(str(row["_id"]), digest, len(content.encode()), lambda: raw)


def questions_of(folder: Path) -> list[tuple[str, str, Filters]]:
    """The questions of a BEIR folder: id, text, filters."""
    rows = read_lines(folder / "queries.jsonl", "_id", "text")
    return [(str(row["_id"]), str(row["text"]), filters_from(row.get("filters"))) for row in rows]


def grades_of(folder: Path) -> dict[str, dict[str, int]]:
    """For each question the passages that answer it, with their grade."""
    path = folder / "qrels" / "test.tsv"
    grades: dict[str, dict[str, int]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if len(row) >= 3 and row[2].lstrip("-").isdigit():
                    grades.setdefault(row[0], {})[row[1]] = int(row[2])
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise RequestProblem("no_eval_file", file=str(path)) from problem
    return grades


def filters_from(value: object) -> Filters:
    """Filters as a line of a question file gives them: a value or a list of values a field.

    Raises RequestProblem: bad_filters.
    """
    if value is None:
        return Filters()
    if not isinstance(value, dict) or set(value) - set(FILTER_FIELDS):
        raise RequestProblem("bad_filters", fields=", ".join(FILTER_FIELDS))
    fields: dict[str, Any] = {}
    for name, given in value.items():
        values = given if isinstance(given, list) else [given]
        try:
            fields[name] = tuple(int(v) if name == "year" else str(v) for v in values)
        except (TypeError, ValueError) as problem:
            raise RequestProblem("bad_filters", fields=", ".join(FILTER_FIELDS)) from problem
    return Filters(**fields)


def read_lines(path: Path, *fields: str) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file, each of which must have these fields.

    Raises RequestProblem: no_eval_file, bad_line, missing_field.
    """
    rows: list[dict[str, Any]] = []
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError as problem:
                    raise RequestProblem("bad_line", file=str(path), line=number) from problem
                if not isinstance(row, dict):
                    raise RequestProblem("bad_line", file=str(path), line=number)
                for field in fields:
                    if field not in row:
                        facts = {"file": str(path), "line": number, "field": field}
                        raise RequestProblem("missing_field", **facts)
                rows.append(row)
    except (OSError, UnicodeDecodeError) as problem:
        raise RequestProblem("no_eval_file", file=str(path)) from problem
    return rows


def evaluate(
    questions: Iterable[tuple[str, str, Filters]],
    grades: Mapping[str, Grades],
    search: Callable[[str, Filters], Sequence[str]],
) -> dict[str, float]:
    """Ask every question that has a right passage and average the measures."""
    rows = [
        measures(search(text, filters), grades[key])
        for key, text, filters in questions
        if any(grade > 0 for grade in grades.get(key, {}).values())
    ]
    names = ("success@1", "ndcg@10", "mrr@10", "recall@10", "recall@100")
    averages = {name: sum(r[name] for r in rows) / len(rows) if rows else 0.0 for name in names}
    return {"queries": len(rows)} | {name: round(value, 4) for name, value in averages.items()}


def measures(ranked: Sequence[str], grades: Grades) -> Measures:
    """The measures of one ranking (documents, best first) against its graded passages.

    nDCG after Järvelin and Kekäläinen (2002) with gain = grade and discount log2(rank + 1).
    """
    right = {doc for doc, grade in grades.items() if grade > 0}
    gains = [max(0, grades.get(doc, 0)) for doc in ranked[:10]]
    ideal = sorted((max(0, grade) for grade in grades.values()), reverse=True)[:10]
    first = next((rank for rank, doc in enumerate(ranked[:10], 1) if doc in right), None)
    return {
        "success@1": float(bool(ranked) and ranked[0] in right),
        "success@3": float(not right.isdisjoint(ranked[:3])),
        "ndcg@10": _discounted(gains) / (_discounted(ideal) or 1.0),
        "mrr@10": 1 / first if first else 0.0,
        "recall@10": len(right.intersection(ranked[:10])) / len(right),
        "recall@100": len(right.intersection(ranked[:DEPTH])) / len(right),
    }


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
