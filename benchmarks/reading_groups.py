"""What the cross-encoder learns from: questions, each with sentences that answer it or do not.

Of `benchmarks/reading_pairs/`: invented passages of policy documents with questions in both
languages and the sentences that answer them, near misses that none answers, of some passages broad
questions that several sentences answer (各县如何化解大班额); questions of other matters altogether
(`off_topic.txt`); and questions on subjects with the words that speak of them (`subjects.jsonl`),
which are held against passages with none of those words. Of CMRC 2018 (Chinese, general; it lies
beside the project): questions whose answer is a passage.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.detail_swaps import other_questions, other_sentences
from benchmarks.sample import DATA, ROOT, say
from indexer.candidates import under
from indexer.embed import load_encoder
from indexer.evaluate import grades_of, passages_of, questions_of
from indexer.sentences import split_sentences

PAIRS = ROOT / "benchmarks" / "reading_pairs"
CMRC = DATA / "eval" / "cmrc2018"
KEPT_ASIDE = 7  # every seventh passage
NEAREST = 20  # sentences of other passages among which a question's wrong ones are drawn
HEADED = (
    0.6  # of the broad questions with the heading above the sentences, the others with the title
)
SHORTEST, LONGEST = 6, 200  # characters of a sentence of CMRC 2018


@dataclass(frozen=True, slots=True)
class Group:
    """A question with sentences, of which those before `right` answer it, or one of them does."""

    question: str
    sentences: tuple[str, ...]
    right: int
    certain: bool


def passages(first: str = "00", last: str = "99") -> list[dict[str, Any]]:
    """The invented passages with their questions, in the order of the files, each with `aside`."""
    made: list[dict[str, Any]] = []
    for file in sorted(PAIRS.glob("*.jsonl")):
        if first <= file.stem <= last:
            lines = file.read_text(encoding="utf-8").splitlines()
            made += [
                json.loads(line) | {"aside": at % KEPT_ASIDE == KEPT_ASIDE - 1}
                for at, line in enumerate(lines)
            ]
    return made


def subjects() -> list[dict[str, Any]]:
    """Subjects, each with `words`, one of which any sentence on it holds, and `questions`."""
    lines = (PAIRS / "subjects.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def off_topic() -> list[str]:
    """Questions that no document of education bureaus answers."""
    return (PAIRS / "off_topic.txt").read_text(encoding="utf-8").splitlines()


def sentences_of(passage: dict[str, Any], heading: bool = True) -> list[str]:
    """The sentences of a passage as the program reads them."""
    above = passage["heading"] if heading else ""
    return [under(above, text) for text in passage["sentences"]]


class Nearest:
    """The sentences of all passages, to find those nearest to a question."""

    def __init__(self, given: Sequence[dict[str, Any]]) -> None:
        self._encoder = load_encoder()
        self._given = given
        self._sentences = [text for passage in given for text in passage["sentences"]]
        self._owners = np.array([at for at, each in enumerate(given) for _ in each["sentences"]])
        self._vectors = self._encoder.encode_passages(self._sentences)

    def of_others(
        self, question: str, owners: Collection[int], count: int, headed: float = 0
    ) -> list[str]:
        """Some of the nearest sentences of other passages than these.

        A share of `headed` stands under the heading or the title of its passage.
        """
        others = np.flatnonzero(~np.isin(self._owners, list(owners)))
        cosines = self._vectors[others] @ self._encoder.encode_question(question)
        order = others[np.argsort(-cosines)][:NEAREST]
        return [
            under(self._above(at) if random.random() < headed else "", self._sentences[at])
            for at in random.sample(list(order), min(count, len(order)))
        ]

    def _above(self, at: int) -> str:
        return _line_above(self._given[self._owners[at]])


def of_passages(
    given: Sequence[dict[str, Any]], nearest: Nearest, swaps: bool = False
) -> Iterator[Group]:
    """A group a question: what answers it, sentences beside it, one or more of other passages.

    What other passages say nearest to a question may answer it too, so only near misses, whose
    details are rarely told anywhere, are held against such sentences. With `swaps`, questions and
    sentences with another detail are among what is wrong (`benchmarks.detail_swaps`).
    """
    for owner, passage in enumerate(given):
        known = passage["title"] + passage["heading"]
        whole = "\n".join(passage["sentences"])
        for asked in passage["questions"]:
            sentences = sentences_of(passage, heading=random.random() < 0.7)
            right = [sentences[at] for at in asked["answer"]]
            beside = [text for at, text in enumerate(sentences) if at not in asked["answer"]]
            wrong = random.sample(beside, min(len(beside), 3))
            if not right:
                wrong += nearest.of_others(asked["q"], [owner], 2)
                yield Group(asked["q"], tuple(wrong), 0, True)
                continue
            stranger = random.choice(random.choice(given)["sentences"])
            others = [
                text
                for each in right
                for text in (other_sentences(asked["q"], each, whole) if swaps else ())
            ]
            if others:
                wrong = [*wrong[:2], random.choice(others)]
            yield Group(asked["q"], (*right, *wrong, stranger), len(right), True)
            changed = other_questions(asked["q"], whole, known) if swaps else []
            if changed:
                yield Group(random.choice(changed), (*right, *beside[:3]), 0, True)


def of_broad_questions(given: Sequence[dict[str, Any]]) -> Iterator[Group]:
    """A group a broad question, which several sentences of a passage answer or none.

    Sentences stand under their heading or their document's title, of which one names the subject.
    What other passages say nearest to such a question may well answer it and is held against none.
    """
    for passage in given:
        for asked in passage.get("broad", ()):
            above = _line_above(passage)
            sentences = [under(above, text) for text in passage["sentences"]]
            right = [sentences[at] for at in asked["answer"]]
            wrong = [text for at, text in enumerate(sentences) if at not in asked["answer"]]
            stranger = random.choice(random.choice(given)["sentences"])
            yield Group(asked["q"], (*right, *wrong, stranger), len(right), True)


def of_absent_subjects(
    given: Sequence[dict[str, Any]], nearest: Nearest, asked: Sequence[dict[str, Any]]
) -> Iterator[Group]:
    """A group a question on a subject: the nearest of what passages without its words say.

    A word may stand in a title or heading alone; then the whole passage may speak of the subject.
    """
    texts = ["\n".join((p["title"], p["heading"], *p["sentences"])) for p in given]
    for subject in asked:
        speak = [at for at, text in enumerate(texts) if any(w in text for w in subject["words"])]
        for each in subject["questions"]:
            yield Group(each["q"], tuple(nearest.of_others(each["q"], speak, 5, 0.6)), 0, True)


def of_other_matters(questions: Sequence[str], nearest: Nearest) -> Iterator[Group]:
    """A group a question that is off the subject: some of the sentences nearest to it."""
    for question in questions:
        yield Group(question, tuple(nearest.of_others(question, [], 5)), 0, True)


def of_cmrc(share: float, folder: Path = CMRC) -> Iterator[Group]:
    """Groups of CMRC 2018: two likely sentences of the right passage, three of others."""
    if not folder.is_dir():
        say("CMRC 2018 does not lie beside the project and is left out")
        return
    encoder = load_encoder()
    right = {question: next(iter(own)) for question, own in grades_of(folder).items()}
    sentences: list[str] = []
    owners: list[str] = []
    for source in passages_of(folder):
        text = source.read().text
        found = [text[each.start : each.end][:LONGEST] for each in split_sentences(text, 0)]
        sentences += [each for each in found if len(each) >= SHORTEST]
        owners += [source.doc for each in found if len(each) >= SHORTEST]
    own, vectors = np.array(owners), encoder.encode_passages(sentences)
    couples = [_couples(each) for each in sentences]
    rows = questions_of(folder)
    for name, question, _ in random.sample(rows, int(share * len(rows))):
        cosines = vectors @ encoder.encode_question(question)
        asked = _couples(question)
        inside = np.flatnonzero(own == right[name])
        likely = sorted(
            inside,
            key=lambda at: -5 * cosines[at] - len(asked & couples[at]) / max(1, len(asked)),
        )[:2]
        others = np.argsort(-np.where(own == right[name], -1, cosines))[:30]
        wrong = [*others[:2], random.choice(others[3:])]
        yield Group(question, tuple(sentences[at] for at in (*likely, *wrong)), len(likely), False)


def _line_above(passage: dict[str, Any]) -> str:
    """The heading of a passage, or its document's title."""
    above = passage["heading"] if random.random() < HEADED else ""
    return str(above or passage["title"])


def _couples(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
