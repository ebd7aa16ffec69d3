"""A document -> the values, targets and changes of indicators that it states."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.cite import Reference
from indexer.indicators.definitions import Indicator
from indexer.indicators.matching import Context, Match, best_match, keys_of
from indexer.paragraphs import Paragraph, ReadDocument
from indexer.places import same_place
from indexer.records import Description, Figure

_ZERO = re.compile(
    r"(?P<all>(?:全部|全面|基本)(?:清零|消除|归零|化解))|(?:保持)?(?P<zero>清零|归零|为零)(?!散|星)"
)
_OF_ANY_PLACE = re.compile("小学|初中|高中|县城|乡镇|农村|累计|其中|年初|单个项目")
_CLAUSE = re.compile(r"(?:[，。；：、\n]|其中|分县区?看)$")
_REACH = 12
"""How far behind its phrase 清零 may stand."""

_WHOLE = re.compile(r"全[市省州区]|合计|总计")
_MAX_SENTENCE = 300


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of an indicator. `part` names a part of what it counts, "" the whole.

    `year` is the year it is of, None where that is not told. `figure` has its exact place in the
    document, `start` and `end` that of the sentence, whose text is `sentence`. `above`: the
    document is of a city or province and reports on the place.
    """

    indicator: str
    place: str
    part: str
    year: int | None
    figure: Figure
    start: int
    end: int
    sentence: str
    reference: Reference
    above: bool

    @property
    def doc(self) -> str:
        """The document that states it."""
        return self.reference.doc

    @property
    def other_year(self) -> bool:
        """Whether its document is about another year."""
        return self.year != self.reference.year


def documents_for(
    held: Iterable[tuple[str, Description]], places: Sequence[str]
) -> tuple[list[str], frozenset[str]]:
    """The documents to read for some places, and all names of these (none: of all places).

    Those of the cities and provinces above report on them, too.
    """
    known = list(held)
    chosen = frozenset(alias for name in places for alias in (name, *same_place(name)))
    if not chosen:
        return [doc for doc, _ in known], chosen
    above = {
        parent
        for _, about in known
        if about.own_place in chosen
        for parent in (about.city, about.province)
    }
    return [doc for doc, about in known if about.own_place in chosen | above], chosen


class Reader:
    """Reads documents for some indicators; all that are known say what a figure is of."""

    def __init__(
        self, known: Sequence[Indicator], wanted: Collection[str], places: Collection[str]
    ) -> None:
        self._known = tuple(known)
        self._wanted = frozenset(wanted)
        self._places = tuple(sorted(places, key=len, reverse=True))
        asked = [each for each in known if each.name in self._wanted]
        self._keys = keys_of(asked)
        zero = [each for each in asked if each.better == "down" and not each.rate]
        self._zero = keys_of(zero) if zero else None

    def points(self, document: ReadDocument) -> Iterator[Point]:
        """The points that a document states, in order."""
        place = document.about.own_place
        if place is None:
            return
        for paragraph in document.paragraphs:
            if self._keys.search(paragraph.text):
                yield from self._paragraph(document, paragraph, place)

    def _paragraph(
        self, document: ReadDocument, paragraph: Paragraph, place: str
    ) -> Iterator[Point]:
        upper = document.about.level in {"市", "省"} or document.about.place is None
        own = place
        places = self._places if upper else (place,)
        heading = "\n".join((document.about.title, *paragraph.heading))
        before: Match | None = None
        of_phrase: dict[tuple[int, int], Match] = {}
        sentence = (0, 0)
        for figure in (*document.figures(paragraph), *self._zeros(document, paragraph)):
            if figure.sort == "threshold":
                continue
            if not sentence[0] <= figure.start < sentence[1]:
                sentence = document.sentence_at(paragraph, figure.start)
                before = None
                of_phrase.clear()
            context = Context(
                text=paragraph.text,
                at=figure.start - paragraph.start,
                phrase_at=figure.measures_start - paragraph.start,
                sentence_at=sentence[0] - paragraph.start,
                heading=heading,
                places=places,
                upper=upper,
            )
            match = best_match(figure, context, self._known, before)
            if match is None:
                continue
            match = _as_before(match, figure, of_phrase, before)
            before = match
            if figure.share and match.indicator.rate and match.part.startswith("其中"):
                continue  # of 248个大班额中有231个在县城，占93.1% a share of the part
            if match.indicator.name not in self._wanted or not _plausible(figure, match):
                continue
            named = match.place
            if named is None and upper and not _apart(match.part):
                named = _spoken_of(paragraph, figure, sentence, self._places, own)
            yield Point(
                indicator=match.indicator.name,
                place=named or own,
                part=match.part,
                year=figure.year,
                figure=figure if figure.unit else replace(figure, unit=match.indicator.unit),
                start=sentence[0],
                end=sentence[1],
                sentence=paragraph.text[
                    sentence[0] - paragraph.start : sentence[1] - paragraph.start
                ],
                reference=document.reference(*sentence),
                above=(named or own) != own,
            )

    def _zeros(self, document: ReadDocument, paragraph: Paragraph) -> list[Figure]:
        """超大班额全部清零 is a figure, too: 0, which is read as if it were written so."""
        if self._zero is None:
            return []
        text = paragraph.text
        found: dict[int, tuple[int, int]] = {}
        for word in _ZERO.finditer(text):
            begin = max(0, word.start() - _REACH)
            lead = max(text.rfind(sign, begin, word.start()) for sign in "，。；、\n") + 1
            if self._zero.search(text, max(begin, lead), word.start()):
                stand_in = "降至0个" if word["all"] else "0个"
                at = word.start("all") if word["all"] else word.start("zero")
                end = word.end()
                text = text[:at] + stand_in + text[end:]
                found[paragraph.start + end - 2] = (paragraph.start + at, paragraph.start + end)
        if not found:
            return []
        read = document.figures_of(replace(paragraph, text=text))
        spans = ((figure, found.get(figure.start)) for figure in read)
        return [
            replace(
                figure,
                start=span[0],
                end=span[1],
                text=paragraph.text[span[0] - paragraph.start : span[1] - paragraph.start],
                unit_text="",
            )
            for figure, span in spans
            if span
        ]


def _as_before(
    match: Match, figure: Figure, of_phrase: dict[tuple[int, int], Match], before: Match | None
) -> Match:
    """Give a figure the place and part that its phrase had with the figure before it.

    Of 县城大班额231个，占93.1% the second figure has no words of its own.
    """
    key = figure.measures_start, figure.measures_end
    first = of_phrase.setdefault(key, match)
    of_phrase[key] = match if match.part or match.place else first
    if first is match or figure.measures_end <= figure.measures_start:
        return match
    if not figure.share:
        return replace(match, place=match.place or (None if _apart(match.part) else first.place))
    last = before if before and before.form == match.form else first
    return replace(match, part=match.part or last.part, place=match.place or last.place)


def _plausible(figure: Figure, match: Match) -> bool:
    return figure.sort == "change" or match.indicator.plausible(figure.value)


def _apart(part: str) -> bool:
    """Whether a part is one that only the document's own place can have: 两区, 市直学校."""
    return bool(part) and not _OF_ANY_PLACE.search(part)


def _subjects(text: str, place: str) -> Iterator[int]:
    """Where a place begins a clause: 柳湾县公办园占比, not 营养餐覆盖柳湾县."""
    for found in re.finditer(re.escape(place), text):
        if _CLAUSE.search(text, 0, found.start()) or not found.start():
            yield found.start()


def _spoken_of(
    paragraph: Paragraph,
    figure: Figure,
    sentence: tuple[int, int],
    places: Sequence[str],
    own: str,
) -> str | None:
    """The place that a sentence of a city's or province's document speaks of before a figure."""
    text = paragraph.text[sentence[0] - paragraph.start : figure.start - paragraph.start]
    last = max(((at, place) for place in places for at in _subjects(text, place)), default=None)
    whole = max((found.end() for found in _WHOLE.finditer(text)), default=-1)
    if last and last[1] != own:
        return last[1] if last[0] > whole else None
    if last or whole >= 0 or any(place in text for place in places):
        return None
    for line in reversed(paragraph.heading):
        named = [place for place in places if place in line]
        if named:
            return named[0] if len(named) == 1 and named[0] != own else None
    return None
