"""Indicators over places and years, and targets beside results -> tables and blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from indexer.cite import Form, cite
from indexer.export.blocks import Block, Cell, Column, Heading, Paragraph, Run, Table
from indexer.export.blocks import Quote as Quotation
from indexer.export.evidence import figure_columns, figure_row, method
from indexer.indicators import Entry, Indicator, Outcome, Point
from indexer.records import Filters
from indexer.words import Words

_SCALES = ((Decimal(10**8), "亿元"), (Decimal(10**4), "万元"))


def indicator_tables(
    indicator: Indicator,
    entries: Sequence[Entry],
    years: Sequence[int],
    words: Words,
    filters: Filters,
    made: datetime,
    links: Mapping[str, str] | None = None,
    form: Form = "gbt2025",
) -> tuple[Table, ...]:
    """Values by place and year, every figure with its sentence, and how they were read."""
    places = list(dict.fromkeys(entry.place for entry in entries))
    shown = [point for entry in entries for point in points_of(entry)]
    return (
        series_table(indicator, entries, years, words),
        _points(entries, words, links or {}, form),
        method(
            words,
            places,
            years,
            filters,
            made,
            [(words("compare.indicator"), _name(indicator, words))],
            words("compare.how_indicator", n=len(shown)),
        ),
    )


def series_table(
    indicator: Indicator, entries: Sequence[Entry], years: Sequence[int], words: Words
) -> Table:
    """Places, and parts where told apart, by years. Values only: no target stands among them."""
    scale, unit = scale_of(indicator, entries)
    by_row: dict[tuple[str, str], dict[int, Entry]] = {}
    for entry in entries:
        if entry.value is not None:
            by_row.setdefault((entry.place, entry.part), {})[entry.year] = entry
    rows = tuple(
        (
            Cell(place),
            Cell(part or words("compare.whole")),
            *(_value(by_year.get(year), scale) for year in years),
            Cell(_contradicted(by_year, words)),
        )
        for (place, part), by_year in sorted(by_row.items(), key=lambda item: (item[0][1], item[0]))
    )
    columns = (
        Column(words("compare.place")),
        Column(words("compare.part")),
        *(Column(words("compare.year_unit", year=year, unit=unit)) for year in years),
        Column(words("compare.contradicted"), 24),
    )
    return Table(_name(indicator, words), columns, rows)


def outcome_tables(
    outcomes: Sequence[Outcome],
    place: str,
    words: Words,
    filters: Filters,
    made: datetime,
    links: Mapping[str, str] | None = None,
    form: Form = "gbt2025",
) -> tuple[Table, ...]:
    """Targets beside results, and how they were read."""
    names = (
        *("indicator", "part", "year", "target", "target_quote", "target_source", "verdict"),
        *("result", "result_quote", "result_source"),
    )
    wide = {"target_quote", "result_quote", "target_source", "result_source"}
    columns = tuple(Column(words(f"compare.{n}"), 40 if n in wide else None) for n in names)
    rows = tuple(_outcome(each, words, links or {}, form) for each in outcomes)
    years = sorted({each.year for each in outcomes})
    table = Table(words("compare.plans"), columns, rows)
    how = words("compare.how_plans")
    return table, method(words, [place], years, filters, made, [], how)


def indicator_blocks(
    indicator: Indicator,
    entries: Sequence[Entry],
    years: Sequence[int],
    words: Words,
    filters: Filters,
    made: datetime,
) -> tuple[Block, ...]:
    """The table of values, then every figure's sentence with a footnote."""
    blocks: list[Block] = [series_table(indicator, entries, years, words)]
    for entry in entries:
        name = words("compare.of", place=entry.place, year=entry.year)
        part = words("compare.marked", marks=entry.part) if entry.part else ""
        blocks.append(Heading(name + part, 2))
        blocks += [_quotation(point) for point in points_of(entry)]
    places = list(dict.fromkeys(entry.place for entry in entries))
    how = words("compare.how_indicator", n=sum(len(points_of(each)) for each in entries))
    return (*blocks, method(words, places, years, filters, made, [], how))


def outcome_blocks(
    outcomes: Sequence[Outcome], place: str, words: Words, filters: Filters, made: datetime
) -> tuple[Block, ...]:
    """Each target with its sentences, and below it what was reported."""
    blocks: list[Block] = []
    for each in outcomes:
        name = f"{each.year} {outcome_name(each, words)}"
        blocks.append(Heading(name, 2))
        verdict = words(f"verdict.{each.verdict}")
        blocks.append(Paragraph((Run(verdict, bold=True),)))
        blocks += [_quotation(point) for point in (*each.targets, *each.results)]
    years = sorted({each.year for each in outcomes})
    how = words("compare.how_plans")
    return (*blocks, method(words, [place], years, filters, made, [], how))


def points_of(entry: Entry) -> tuple[Point, ...]:
    """All points of an entry, values first."""
    return (*entry.values, *entry.targets, *entry.changes)


def outcome_name(outcome: Outcome, words: Words) -> str:
    """The indicator of an outcome, with the part that is meant."""
    part = words("compare.marked", marks=outcome.part) if outcome.part else ""
    return _name(outcome.indicator, words) + part


def scale_of(indicator: Indicator, entries: Sequence[Entry]) -> tuple[Decimal, str]:
    """What values are divided by so that they can be read, and the unit they then have."""
    if indicator.unit != "元":
        return Decimal(1), indicator.unit
    most = max((entry.value.figure.value for entry in entries if entry.value), default=Decimal(0))
    return next(((s, unit) for s, unit in _SCALES if most >= s), (Decimal(1), "元"))


def scaled(value: Decimal, scale: Decimal) -> Decimal:
    """A value in a larger unit, exactly; as written where the unit is the same."""
    return value if scale == 1 else Decimal(f"{(value / scale).normalize():f}")


def _value(entry: Entry | None, scale: Decimal) -> Cell:
    if entry is None or entry.value is None:
        return Cell(None)
    return Cell(scaled(entry.value.figure.value, scale))


def _contradicted(by_year: Mapping[int, Entry], words: Words) -> str | None:
    years = [str(year) for year, entry in sorted(by_year.items()) if entry.contradicted]
    return words("compare.contradicted_in", years=words("export.or").join(years)) if years else None


def _name(indicator: Indicator, words: Words) -> str:
    return indicator.name if words.language == "zh" else indicator.english


def _points(entries: Sequence[Entry], words: Words, links: Mapping[str, str], form: Form) -> Table:
    names = ("indicator", "part", "place", "year")
    rows = tuple(
        (
            Cell(point.indicator),
            Cell(point.part or words("compare.whole")),
            Cell(point.place),
            Cell(point.year),
            *figure_row(point.figure, point.sentence, point.doc, words, links.get(point.doc)),
            Cell(cite(point.reference, form, words)),
        )
        for entry in entries
        for point in points_of(entry)
    )
    columns = (
        *(Column(words(f"compare.{name}")) for name in names),
        *figure_columns(words),
        Column(words("compare.citation"), 50),
    )
    return Table(words("compare.figures"), columns, rows)


def _outcome(
    outcome: Outcome, words: Words, links: Mapping[str, str], form: Form
) -> tuple[Cell, ...]:
    target = outcome.targets[0]
    result = outcome.results[0] if outcome.results else None
    verdict = words(f"verdict.{outcome.verdict}")
    if outcome.draft:
        verdict += words("compare.marked", marks=words("compare.draft"))
    return (
        Cell(_name(outcome.indicator, words)),
        Cell(outcome.part or words("compare.whole")),
        Cell(outcome.year),
        Cell(target.figure.text),
        _marked(target),
        Cell(cite(target.reference, form, words), link=links.get(target.doc)),
        Cell(verdict),
        Cell(words("export.or").join(dict.fromkeys(p.figure.text for p in outcome.results))),
        _marked(result) if result else Cell(None),
        Cell(cite(result.reference, form, words), link=links.get(result.doc))
        if result
        else Cell(None),
    )


def _marked(point: Point) -> Cell:
    return Cell(point.sentence, marks=(_span(point),), reference=None)


def _span(point: Point) -> tuple[int, int]:
    return point.figure.start - point.start, point.figure.end - point.start


def _quotation(point: Point) -> Quotation:
    return Quotation(point.sentence, point.reference, (_span(point),))
