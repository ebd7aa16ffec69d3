"""Indicators over places and years, read from the text of every document of a selection.

definitions   the indicators that are known (data/indicators.toml and a library's own)
matching      which of them a figure tells of, and of which part
values        a document -> its points
series        points -> a table by place and year, with contradictions
plans         targets beside what the reports say of them
"""

from indexer.indicators.definitions import Indicator, load_indicators, named, shipped
from indexer.indicators.plans import Outcome, Verdict, is_report, outcomes_of
from indexer.indicators.series import Entry, entries_of
from indexer.indicators.values import Point, Reader, documents_for

__all__ = [
    "Entry",
    "Indicator",
    "Outcome",
    "Point",
    "Reader",
    "Verdict",
    "documents_for",
    "entries_of",
    "is_report",
    "load_indicators",
    "named",
    "outcomes_of",
    "shipped",
]
