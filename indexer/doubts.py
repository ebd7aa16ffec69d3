"""What does not fit together in a description, as codes that `words` explains.

Sharing sites give an old report this year's title, so a title is checked against what the text
itself speaks of. A doubt changes nothing: it is shown, and a person decides.
"""

from __future__ import annotations

from indexer.gazetteer import Place
from indexer.periods import PLANS, body_lines, plain_years, titled_years, years_told
from indexer.places import Hit


def year_doubts(
    title: str, lines: list[str], kind: str | None, year: int | None, date: str | None
) -> tuple[str, ...]:
    """Doubts about the year: title against body, and a report dated before what it reports on."""
    found: list[str] = []
    years, several = titled_years(plain_years(title))
    if len(set(years)) == 1 and not several:
        body = _year_of_body(lines, plain_years(title), years[0], kind, year)
        if body:
            found.append(f"year_title_body:{years[0]}:{body}")
    if year and date and kind not in PLANS and int(date[:4]) < year:
        found.append(f"year_after_date:{year}:{date}")
    return tuple(found)


def _year_of_body(
    lines: list[str], title: str, titled: int, kind: str | None, year: int | None
) -> int | None:
    """The year that the body speaks of against its title; None where the two agree.

    Either the first words have overruled the title already, or the title's year (for a plan: the
    one before, too) stands nowhere in a text that names another at least three times.
    """
    if year and year != titled:
        return year
    told = years_told("\n".join(body_lines(lines, title, len(lines))))
    looks_back = kind in PLANS or kind == "工作报告"  # a government's report is on the year gone by
    fits = {titled, titled - 1} if looks_back else {titled}
    if fits & told.keys():
        return None
    most = told.most_common(1)
    return most[0][0] if most and most[0][1] >= 3 else None


def signed_by_another(titled: Hit, signed: Hit | None) -> tuple[str, ...]:
    """A doubt where title and signature name two units of one level."""
    if signed is None or set(signed.codes) & set(titled.codes):
        return ()
    one, other = titled.place, signed.place
    if one.level != other.level or "zone" in (titled.form, signed.form):
        return ()
    return (f"place_title_signature:{one.name}:{other.name}",)


def misfiled(place: Place, folder: Place) -> tuple[str, ...]:
    """A doubt where the file lies in the folder of another unit of the same level."""
    if place.level is None or place.level != folder.level or folder.name in (None, place.name):
        return ()
    return (f"place_path:{place.name}:{folder.name}",)
