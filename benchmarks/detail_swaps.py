"""Near misses made of answered questions: one detail is changed to another that the passage lacks.

A question about primary schools becomes one about junior middle schools, of boys one of girls, of
2021 one of 2019. All else stays as it was, so that it is the detail that has to be read. The same
change in the sentence that answers makes a sentence that does not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

YEAR = re.compile(r"(?<!\d)20[12]\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail as the two languages say it; a word is changed to the other detail's of its rank."""

    chinese: tuple[str, ...]
    english: tuple[str, ...]


def _sets(text: str) -> tuple[tuple[Detail, ...], ...]:
    """A set a paragraph, a detail a line: Chinese words, then English ones behind a bar."""
    return tuple(
        tuple(
            Detail(*(tuple(side.split("、")) for side in line.split(" | ")))
            for line in paragraph.splitlines()
        )
        for paragraph in text.strip().split("\n\n")
    )


SETS: Final = _sets("""
小学 | primary schools、primary school、primary
初中 | junior high schools、junior high school、junior high
高中 | senior high schools、senior high school、senior high
幼儿园、学前、园所 | kindergartens、kindergarten、preschool
中职、职业学校、职高、职教 | vocational schools、vocational school、vocational

留守儿童、留守 | left-behind children
随迁子女、随迁 | migrant workers' children
残疾儿童、残疾学生、残疾 | disabled children
孤儿 | orphans
困境儿童、困境 | homeless children

男生、男童、男教师 | boys、boy
女生、女童、女教师 | girls、girl

寄宿生、住校生、住宿生 | boarders、boarding pupils
走读生 | day pupils、day pupils

校长 | head teachers、head teacher
班主任 | form teachers、form teacher
教研员 | teaching researchers、teaching researcher
保育员 | nursery nurses、nursery nurse
保安 | security guards、security guard
校医 | school doctors、school doctor
代课教师 | supply teachers、supply teacher
宿管员 | dormitory wardens、dormitory warden
厨师 | cooks、cook

城区、城镇、县城 | urban
农村、乡村、乡镇 | rural
山区 | mountain

民办 | private
公办 | public

语文 | Chinese
数学 | maths
英语 | English
体育 | PE
音乐 | music
美术 | art
科学 | science

上半年、春季学期、春季、春天 | spring
下半年、秋季学期、秋季、秋天 | autumn

教育局、教体局 | education bureau
财政局 | finance bureau
人社局 | personnel bureau
公安局 | police
住建局 | housing bureau
卫健局、卫健委 | health bureau
市场监管局 | market regulator
民政局 | civil affairs bureau

中级职称 | intermediate grade
高级职称 | senior grade

本科 | bachelor's degrees、bachelor's degree
硕士 | master's degrees、master's degree
大专 | college diplomas、college diploma
""")


def other_questions(question: str, passage: str, about: str) -> list[str]:
    """The question with one detail changed to each of those that neither text speaks of.

    `passage` is all that may answer it, `about` its title and heading.
    """
    known = passage + about
    found = [changed for changed, _ in _changes(question, known)]
    years = set(YEAR.findall(question)) & set(YEAR.findall(passage))
    found += [YEAR.sub(_other_year(known), question) for _ in years if len(years) == 1]
    return list(dict.fromkeys(found))


def other_sentences(question: str, sentence: str, passage: str) -> list[str]:
    """The sentence with one detail that the question names as well changed to another."""
    found = [
        changed for changed, was in _changes(sentence, passage) if _named(question.lower(), was)
    ]
    years = set(YEAR.findall(question)) & set(YEAR.findall(sentence))
    found += [sentence.replace(year, _other_year(passage)) for year in sorted(years)]
    return list(dict.fromkeys(found))


def _changes(text: str, known: str) -> Iterator[tuple[str, Detail]]:
    """Each text with one detail changed, and the detail that it had."""
    for details in SETS:
        own = [each for each in details if _named(text.lower(), each)]
        if len(own) != 1:  # none, or a comparison
            continue
        for other in details:
            if other is own[0] or any(word in known for word in other.chinese):
                continue
            changed = _changed(text, own[0], other)
            if changed is not None:
                yield changed, own[0]


def _changed(text: str, was: Detail, other: Detail) -> str | None:
    for old, new in ((was.chinese, other.chinese), (was.english, other.english)):
        for rank, word in enumerate(old):
            pattern = _pattern(word)
            if pattern.search(text):
                return pattern.sub(new[rank] if rank < len(new) else new[0], text)
    return None


def _named(text: str, detail: Detail) -> bool:
    return any(_pattern(word).search(text) for word in (*detail.chinese, *detail.english))


def _pattern(word: str) -> re.Pattern[str]:
    if word.isascii():
        return re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    return re.compile(re.escape(word))


def _other_year(known: str) -> str:
    """A year that this text does not name."""
    named = set(YEAR.findall(known))
    return random.choice([str(year) for year in range(2012, 2027) if str(year) not in named])
