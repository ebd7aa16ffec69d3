"""Of which place a sentence tells: its document's, or the one below that which it names.

A province's report tells of its counties one by one (白榆县大班额比例逐年下降); whoever looks for a
county looks under its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from indexer.records import Description

_OF_ALL = re.compile(r"全(省|市|州|县|区)|(各|其他|其余)(省|市|州|县|区|地|校)|每个?(市|州|县|区)")


def told_of(text: str, about: Description, below: Iterable[str]) -> str | None:
    """The one place below its document's that a sentence tells of; None for the document's own.

    A sentence that names several, or the whole as well, tells of the document's place.
    """
    named = [place for place in below if place in text]
    if len(named) != 1 or _OF_ALL.search(text):
        return None
    own = about.own_place or ""
    return None if own in text.replace(own + named[0], named[0]) else named[0]
