"""Results, answers, comparisons and wordings as files: Excel, CSV and Word.

All of them are first put into the same blocks (`blocks.py`); `sheets.py` writes tables of these
as .xlsx and .csv, `word.py` any of them as .docx with real footnotes. What stands in a document
stays text: nothing in it can become a formula, a link or markup.
"""

from indexer.export.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Quote,
    Run,
    Table,
    Value,
    paragraph,
    row,
)
from indexer.export.comparison import comparison_blocks, comparison_tables, matrix_table
from indexer.export.indicators import (
    indicator_blocks,
    indicator_tables,
    outcome_blocks,
    outcome_tables,
)
from indexer.export.results import result_blocks, result_tables
from indexer.export.sheets import csv_text, xlsx
from indexer.export.word import docx

__all__ = [
    "Block",
    "Cell",
    "Column",
    "Heading",
    "Paragraph",
    "Quote",
    "Run",
    "Table",
    "Value",
    "comparison_blocks",
    "comparison_tables",
    "csv_text",
    "docx",
    "indicator_blocks",
    "indicator_tables",
    "matrix_table",
    "outcome_blocks",
    "outcome_tables",
    "paragraph",
    "result_blocks",
    "result_tables",
    "row",
    "xlsx",
]
