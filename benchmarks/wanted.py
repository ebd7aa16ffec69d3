"""What the rules on the kind of thing asked for take away: `python -m benchmarks.wanted`.

For the training questions of the cross-encoder (`benchmarks/reading_pairs/`) that a rule looks at:
the share of the answered ones all of whose answering sentences lose by it, and the share of the
sentences beside a near miss that do. A rule is worth having where the first is far below the
second. The questions were not written for the rules, but the rules were mended with them in view.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.machine import table
from benchmarks.reading_groups import passages
from indexer.catalogue import PlacedChunk
from indexer.expand import Group, groups_of
from indexer.glossary import load_glossary
from indexer.records import Description
from indexer.retrieve import Asked
from indexer.segment import Segmenter
from indexer.subjects import subjects_named
from indexer.wanted.kinds import cause_worth, kind_worth
from indexer.wanted.names import name_worth
from indexer.wanted.parts import part_worth
from indexer.wanted.questions import asks_how
from indexer.wanted.subjects import subject_worth

ANYWHERE = Asked(np.zeros(1, np.float32), (), (), None, (), ())
HEAD = ("asked for", "language", "answered", "of them lose", "beside near misses", "of them lose ")


def main() -> None:
    """Count for each rule and language, and print the table."""
    glossary, _ = load_glossary()
    segmenter = Segmenter(glossary.terms)
    counts: Counter[tuple[str, str, str]] = Counter()
    for passage in passages():
        about = Description(passage["title"])
        for question in passage["questions"]:
            words, language, answers = question["q"], question["lang"], question["answer"]
            named = subjects_named(groups_of(words, segmenter, glossary), segmenter)
            for rule, worth in rules(words, named).items():
                if worth("", _placed("", Description(""), "")) == 0:
                    continue  # it does not look at such questions
                lost = [
                    worth(sentence, _placed(sentence, about, passage["heading"])) < 0
                    for sentence in passage["sentences"]
                ]
                if answers:
                    counts[rule, language, "answered"] += 1
                    counts[rule, language, "answered, lost"] += all(lost[at] for at in answers)
                else:
                    counts[rule, language, "beside"] += len(lost)
                    counts[rule, language, "beside, lost"] += sum(lost)
    print(table(HEAD, [_row(counts, *key) for key in sorted({key[:2] for key in counts})]))


def rules(words: str, named: Sequence[Group]) -> dict[str, Callable[[str, PlacedChunk], float]]:
    """What a sentence loses by each rule, for a question that names these subjects."""
    return {
        "a kind of thing": lambda sentence, _: kind_worth(words, sentence),
        "a cause": lambda sentence, _: cause_worth(words, sentence),
        "a name": lambda sentence, _: name_worth(words, sentence),
        "a district": lambda sentence, chunk: part_worth(words, ANYWHERE, sentence, chunk),
        "a subject": lambda sentence, chunk: (
            0.0 if asks_how(words) else subject_worth(named, sentence, chunk)
        ),
    }


def _placed(sentence: str, about: Description, heading: str) -> PlacedChunk:
    return PlacedChunk("", about, 0, sentence, (heading,), None, 1.0, ())


def _row(counts: Counter[tuple[str, str, str]], rule: str, language: str) -> tuple[object, ...]:
    def share(of: str) -> float:
        return counts[rule, language, f"{of}, lost"] / max(1, counts[rule, language, of])

    answered, beside = (counts[rule, language, of] for of in ("answered", "beside"))
    return rule, language, answered, share("answered"), beside, share("beside")


if __name__ == "__main__":
    main()
