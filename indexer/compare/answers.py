"""Comparisons, indicators and outcomes as the command contract has them: plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from indexer.compare.records import Cell, Comparison
from indexer.indicators import Entry, Indicator, Point
from indexer.records import Figure


def comparison_json(found: Comparison) -> dict[str, Any]:
    """A comparison with a row for each place and year."""
    first = found.counts[0]
    counts = {
        "documents": first.documents,
        "speak": found.speak,
        "silent": first.documents - found.speak,
        "missing": first.missing,
        "questions": [asdict(each) for each in found.counts],
    }
    rows = [
        {
            "place": place,
            "year": year,
            "cells": [_cell(found.cell(place, year, question)) for question in found.questions],
        }
        for place in found.places
        for year in found.years
    ]
    return {"counts": counts, "rows": rows}


def indicator_json(indicator: Indicator, entries: Sequence[Entry]) -> dict[str, Any]:
    """An indicator with what is told of it by place, year and part."""
    return {
        "indicator": indicator.name,
        "unit": indicator.unit,
        "entries": [
            {
                "place": entry.place,
                "year": entry.year,
                "part": entry.part or None,
                "value": entry.value and _number(entry.value.figure.value),
                "contradicted": entry.contradicted,
                "disputed": entry.disputed,
                "points": [_point(p) for p in (*entry.values, *entry.targets, *entry.changes)],
            }
            for entry in entries
        ],
    }


def figure_json(figure: Figure) -> dict[str, Any]:
    """A figure with its offsets in the document."""
    row = asdict(figure)
    row["value"], row["high"] = _number(figure.value), _number(figure.high)
    return row


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "question": cell.question,
        "status": cell.status,
        "quotes": [
            {
                "doc": quote.doc,
                "text": quote.text,
                "start": quote.start,
                "end": quote.end,
                "figures": [figure_json(figure) for figure in quote.figures],
                "score": quote.score,
                "speaks": quote.speaks,
                "above": quote.above,
                "other_year": quote.other_year,
                "also_in": list(quote.also_in),
            }
            for quote in cell.quotes
        ],
    }


def _point(point: Point) -> dict[str, Any]:
    return figure_json(point.figure) | {"doc": point.doc, "sentence": point.sentence}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
