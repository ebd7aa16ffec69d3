"""Questions over places and years: what each document of a selection says of them.

records   the table: cells with their quotations
layout    which chunks may speak for which cells
scoring   every sentence of a selection against every question, block by block
matrix    scores -> cells; every cell is searched whole, none is filled from a global list
"""

from indexer.compare.layout import Layout, lay_out
from indexer.compare.matrix import fill
from indexer.compare.records import Cell, Comparison, Counts, Quote
from indexer.compare.scoring import Question

__all__ = ["Cell", "Comparison", "Counts", "Layout", "Question", "Quote", "fill", "lay_out"]
