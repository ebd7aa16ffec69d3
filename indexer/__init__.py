"""策寻: search, answers and comparison over a library of Chinese education policy documents.

    read -> clean -> describe -> chunk -> embed -> store
        ||  retrieve -> answer, compare, wording -> pages / command line

Left of the bar is the build (`build.py`), right of it what a user does (`library/`). Each step is
a module or package named for what it does; all of them speak the records of `records.py`. The
catalogue (SQLite) is the truth; vectors (FAISS), terms (tantivy), the selection and the wording
index are views of it.
"""

__version__ = "0.1.0"
