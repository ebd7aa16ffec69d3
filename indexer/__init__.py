"""策寻: search over a library of Chinese education policy documents.

    read -> clean -> describe -> chunk -> embed -> store  ||  retrieve -> pages / command line

Left of the bar is the build (`build.py`), right of it what a user does (`library.py`). Each step is
a module named for what it does; all of them speak the records of `records.py`. The catalogue
(SQLite) is the truth, the vectors (FAISS) a view of it.
"""

__version__ = "0.1.0"
