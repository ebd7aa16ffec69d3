"""What can go wrong, as one tree.

    CexunError                 base of all; carries a code and the facts, never a finished sentence
    ├── FileProblem            one document cannot be taken in; the others go on
    ├── IndexProblem           there is no index, or it cannot be used as it is
    ├── ModelError             the embedding model is missing or damaged
    ├── RequestProblem         what was asked for cannot be done (no such document)
    └── WriterError            the language model that was to write an answer out did not

An error holds a `code` and `facts`; the sentence a person reads is made from them by `words.py`,
in that person's language, and says what happened, to what, and what to do next.
"""

from __future__ import annotations


class CexunError(Exception):
    """Base of every error this program raises on purpose.

    `code` names a text in `data/words_*.toml` (table `error`), `facts` fill its gaps.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        # For logs and for failures in tests; people are shown words.error() instead.
        details = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({details})" if details else self.code


class FileProblem(CexunError):
    """One file could not be read; it is reported by name and the build goes on."""


class IndexProblem(CexunError):
    """The index is missing, made by another version, busy or damaged."""


class ModelError(CexunError):
    """The embedding model could not be found, unpacked or loaded."""


class RequestProblem(CexunError):
    """The request itself cannot be met."""


class WriterError(CexunError):
    """The language model that was to write an answer out is set wrongly, not there, or failed."""
