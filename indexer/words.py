"""The words of the interface, one file a language (`data/words_zh.toml`, `data/words_en.toml`).

Pages, command line and errors all speak through here. A key is a dotted path in the file; gaps in
a text are filled by name. Both files hold the same keys with the same gaps (a test sees to it).
"""

from __future__ import annotations

import locale
import os
import tomllib
from functools import cache
from importlib import resources

from indexer.errors import CexunError

LANGUAGES = ("zh", "en")


class Words:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._texts = load(self.language)

    def __call__(self, key: str, /, **gaps: object) -> str:
        """The text of a key with its gaps filled. An unknown key is a programming error."""
        return self._texts[key].format_map(gaps)

    def error(self, error: CexunError) -> str:
        """What happened, to what, and what to do next, as one text."""
        return self.explain(error.code, error.facts)

    def explain(self, code: str, facts: dict[str, object]) -> str:
        """The text of an error's code with its facts."""
        return self(f"error.{code}", **facts)


@cache
def load(language: str) -> dict[str, str]:
    """All texts of a language as one flat table of dotted keys."""
    source = resources.files("indexer").joinpath("data", f"words_{language}.toml")
    return _flat(tomllib.loads(source.read_text(encoding="utf-8")))


def preferred_language() -> str:
    """The language of this machine's user: CEXUN_LANG, else the system's; Chinese if unknown."""
    wanted = os.environ.get("CEXUN_LANG") or locale.getlocale()[0] or "zh"
    wanted = wanted.lower()
    return "en" if wanted.startswith("en") else "zh"


def together(words: Words, *sentences: str) -> str:
    """Sentences one after another, as the language sets them: Chinese has no space between."""
    return ("" if words.language == "zh" else " ").join(filter(None, sentences))


def duration(words: Words, seconds: float) -> str:
    """A span of time as one says it: seconds below a minute, else minutes, else hours."""
    whole = max(1, round(seconds))
    if whole < 60:
        return words("time.seconds", n=whole)
    minutes = round(seconds / 60)
    if minutes < 60:
        return words("time.minutes", n=minutes)
    return words("time.hours", h=minutes // 60, m=minutes % 60)


def doubt(words: Words, code: str) -> str:
    """A doubt in plain words."""
    name, a, b = code.split(":", 2)
    return words(f"doubt.{name}", a=a, b=b)


def level(words: Words, name: str | None) -> str:
    """The name of a level; one that front matter made up stays as it is."""
    keys = {"省": "province", "市": "city", "县": "county", "校": "school"}
    return words(f"level.{keys[name]}") if name in keys else name or ""


def _flat(table: dict[str, object], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = str(value)
    return found
