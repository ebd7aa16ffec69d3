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
    "csv_text",
    "docx",
    "paragraph",
    "result_blocks",
    "result_tables",
    "row",
    "xlsx",
]
