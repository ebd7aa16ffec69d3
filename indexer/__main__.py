"""The command line: `python -m indexer build | search | ask | compare | wording | show | ...`.

Results go to standard output (`--json` for machines), progress and messages to standard error.
Exit status: 0 done, also when nothing was found; 1 the request could not be met; 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click
from tqdm import tqdm

from indexer import __version__, evaluate
from indexer.errors import CexunError, RequestProblem
from indexer.read import SIZE_LIMIT_MB
from indexer.records import BuildReport, Filters, Passage, Progress
from indexer.words import Words, duration, preferred_language

if TYPE_CHECKING:
    from indexer.answer import Answer
    from indexer.wording.records import Group, Worded

_ANY = TypeVar("_ANY", bound=Callable[..., Any])
_WORDS = Words(preferred_language())


class _Commands(click.Group):
    """Turns the program's own errors into one plain message and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CexunError as problem:
            _say(_WORDS.error(problem))
            sys.exit(1)
        except BrokenPipeError:  # the reader of our output has had enough
            sys.stderr.close()
            sys.exit(0)


def _index_options(command: _ANY) -> _ANY:
    index = click.option(
        "--index",
        type=click.Path(path_type=Path),
        default=Path("index"),
        show_default=True,
        help=_WORDS("cli.index"),
    )
    return index(click.option("--json", "as_json", is_flag=True, help=_WORDS("cli.json"))(command))


def _filter_options(command: _ANY) -> _ANY:
    for name, kind in (
        ("stage", str),
        ("level", str),
        ("kind", str),
        ("year", int),
        ("place", str),
    ):
        command = click.option(
            f"--{name}", type=kind, multiple=True, help=_WORDS(f"cli.filter_{name}")
        )(command)
    return command


@click.group(cls=_Commands, help=_WORDS("cli.about"))
@click.version_option(__version__)
def main() -> None:
    """Entry point; the help text is in the words files."""
    for stream in (sys.stdout, sys.stderr):  # a Windows console may stand at a legacy code page
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


@main.command(help=_WORDS("cli.build"))
@click.option(
    "--corpus",
    type=click.Path(path_type=Path),
    default=Path("corpus"),
    show_default=True,
    help=_WORDS("cli.corpus"),
)
@click.option("--model", help=_WORDS("cli.model"))
@click.option("--fresh", is_flag=True, help=_WORDS("cli.fresh"))
@click.option("--strict", is_flag=True, help=_WORDS("cli.strict"))
@click.option(
    "--max-size",
    type=click.FloatRange(min=0, min_open=True),
    default=SIZE_LIMIT_MB,
    show_default=True,
    help=_WORDS("cli.max_size"),
)
@_index_options
def build(
    corpus: Path,
    model: str | None,
    fresh: bool,
    strict: bool,
    max_size: float,
    index: Path,
    as_json: bool,
) -> None:
    """Bring the index up to date with a folder."""
    from indexer.build import build as run

    with _progress_bar() as report:
        result = run(corpus, index, model=model, size_limit_mb=max_size, fresh=fresh, report=report)
    _show_build(result, as_json)
    if strict and result.failed:
        sys.exit(1)


@main.command(help=_WORDS("cli.search"))
@click.argument("question", required=False)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help=_WORDS("cli.limit")
)
@click.option("--group", is_flag=True, help=_WORDS("cli.group"))
@click.option("--as-is", is_flag=True, help=_WORDS("cli.as_is"))
@click.option("--reranker", help=_WORDS("cli.reranker"))
@click.option(
    "--queries",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_WORDS("cli.queries"),
)
@click.option("--run", "run_file", type=click.Path(path_type=Path), help=_WORDS("cli.run"))
@_filter_options
@_index_options
def search(
    question: str | None,
    limit: int,
    group: bool,
    as_is: bool,
    reranker: str | None,
    queries: Path | None,
    run_file: Path | None,
    index: Path,
    as_json: bool,
    **filters: tuple[Any, ...],
) -> None:
    """Find passages for one question or for a file of them."""
    from indexer.library import ALL_FIELDS, Library

    if (queries is None) != (run_file is None) or (question is None) == (queries is None):
        raise click.UsageError(_WORDS("cli.question_or_queries"))
    chosen = Filters(**filters)  # type: ignore[arg-type]  # all of them are tuples
    library = Library(index, reranker=reranker)
    skip = ALL_FIELDS if as_is else ()
    if queries is not None and run_file is not None:
        asked = _asked_questions(queries, chosen)
        with _writing(run_file) as out:
            for line, narrowed in tqdm(
                asked, unit="", file=sys.stderr, disable=not sys.stderr.isatty()
            ):
                found = library.find(str(line["question"]), narrowed, limit, group, skip)
                passages = [passage_json(passage) for passage in found.passages]
                answer = {"id": line["id"], "passages": passages}
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        return
    question = question or ""
    result = library.find(question, chosen, limit, group, skip)
    if not question.strip():
        _say(_WORDS("search.blank"))
    elif result.missing:
        names = "、".join(name for _, name in result.missing)
        _say(_WORDS("cli.missing", names=names))
    elif not result.passages:
        _say(_WORDS("search.none"))
    if as_json:
        _print_json([passage_json(passage) for passage in result.passages])
    else:
        for number, passage in enumerate(result.passages, 1):
            _show_passage(number, passage)


@main.command(help=_WORDS("cli.ask"))
@click.argument("question", required=False)
@click.option("--as-is", is_flag=True, help=_WORDS("cli.as_is"))
@click.option(
    "--queries",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_WORDS("cli.queries"),
)
@click.option("--run", "run_file", type=click.Path(path_type=Path), help=_WORDS("cli.run"))
@_filter_options
@_index_options
def ask(
    question: str | None,
    as_is: bool,
    queries: Path | None,
    run_file: Path | None,
    index: Path,
    as_json: bool,
    **filters: tuple[Any, ...],
) -> None:
    """Answer one question or a file of them by the documents' own sentences."""
    from indexer.library import ALL_FIELDS, Library

    if (queries is None) != (run_file is None) or (question is None) == (queries is None):
        raise click.UsageError(_WORDS("cli.question_or_queries"))
    chosen = Filters(**filters)  # type: ignore[arg-type]  # all of them are tuples
    library = Library(index)
    skip = ALL_FIELDS if as_is else ()
    if queries is not None and run_file is not None:
        asked = _asked_questions(queries, chosen)
        with _writing(run_file) as out:
            for line, narrowed in tqdm(
                asked, unit="", file=sys.stderr, disable=not sys.stderr.isatty()
            ):
                answer, _ = library.ask(str(line["question"]), narrowed, skip)
                row = {"id": line["id"]} | answer_json(answer)
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    answer, found = library.ask(question or "", chosen, skip)
    if found.missing:
        _say(_WORDS("cli.missing", names="、".join(name for _, name in found.missing)))
    elif answer.status == "insufficient":
        _say(_WORDS("ask.insufficient"))
        for name in answer.untold:
            _say(_WORDS("ask.untold", name=name))
    elif answer.elsewhere:
        _say(_WORDS("ask.elsewhere", names="、".join(found.filters.place)))
    elif answer.year_after:
        _say(_WORDS("ask.year_after", years="、".join(map(str, found.filters.year))))
    if answer.unsure:
        _say(_WORDS("ask.unsure"))
    if as_json:
        _print_json(answer_json(answer))
        return
    for number, statement in enumerate(answer.statements, 1):
        click.echo(f"{number}. {statement.text.strip()}")
        for quote in statement.quotes:
            click.echo(f"   {quote.about.title}  ({quote.doc})")


@main.command(help=_WORDS("cli.wording"))
@click.argument("text", required=False)
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help=_WORDS("cli.wording_limit"),
)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_WORDS("cli.wording_file"),
)
@_filter_options
@_index_options
def wording(
    text: str | None,
    limit: int,
    file: Path | None,
    index: Path,
    as_json: bool,
    **filters: tuple[Any, ...],
) -> None:
    """Find precedents for each sentence of a text."""
    from indexer.library import Library
    from indexer.read import read_file

    if (text is None) == (file is None):
        raise click.UsageError(_WORDS("cli.text_or_file"))
    text = read_file(file).text if file else text or ""
    chosen = Filters(**filters)  # type: ignore[arg-type]  # all of them are tuples
    found = Library(index).wording(text, chosen, limit)
    if not found:
        _say(_WORDS("wording.blank"))
    if as_json:
        _print_json([group_json(each, group) for each in found for group in each.groups])
        return
    for sentence in found:
        _show_worded(sentence)


class _Several(click.Command):
    """Lets --places and --years take all that follows them, up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        option, given = "", 0
        for each in args:
            if each.startswith("--"):
                option, given = each.partition("=")[0], int("=" in each)
            elif option in {"--places", "--years"}:
                given += 1
                # What follows is a question where none has come before.
                if given > 1 and (self._asked(spread) or each.isdigit()):
                    spread.append(option)
            spread.append(each)
        return super().parse_args(ctx, spread)

    @staticmethod
    def _asked(args: list[str]) -> bool:
        return bool(args) and not args[0].startswith("--")


@main.command(cls=_Several, help=_WORDS("cli.compare"))
@click.argument("questions", nargs=-1, metavar="QUESTION...")
@click.option("--places", multiple=True, help=_WORDS("cli.compare_places"))
@click.option("--years", multiple=True, help=_WORDS("cli.compare_years"))
@click.option("--indicator", multiple=True, help=_WORDS("cli.compare_indicator"))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help=_WORDS("cli.compare_out")
)
@_index_options
def compare(
    questions: tuple[str, ...],
    places: tuple[str, ...],
    years: tuple[str, ...],
    indicator: tuple[str, ...],
    out: Path | None,
    index: Path,
    as_json: bool,
) -> None:
    """Compare places and years by questions or by indicators."""
    from indexer import comparing
    from indexer.library import Library

    if bool(questions) == bool(indicator):
        raise click.UsageError(_WORDS("cli.question_or_indicator"))
    try:
        wanted = comparing.Selection(comparing.listed(places), comparing.years_of(years))
    except ValueError as problem:
        raise click.UsageError(_WORDS("cli.bad_years", value=problem)) from problem
    if out is not None:
        comparing.check_output(out)
    library = Library(index)
    for wrong in library.indicators()[1]:
        _say(_WORDS.error(wrong))
    with tqdm(total=100, file=sys.stderr, leave=False, disable=not sys.stderr.isatty()) as bar:

        def report(share: float) -> None:
            bar.update(round(100 * share) - bar.n)

        if questions:
            made = comparing.by_questions(library, questions, wanted, _WORDS, report)
        else:
            made = comparing.by_indicators(library, indicator, wanted, _WORDS, report)
    if out is not None:
        with _writing(out, "wb") as file:
            file.write(made.content(out))
        _say(_WORDS("compare.written_to", file=str(out)))
    if as_json:
        _print_json(made.json)
    elif out is None:
        click.echo(made.text)


@main.command(help=_WORDS("cli.show"))
@click.argument("doc")
@_index_options
def show(doc: str, index: Path, as_json: bool) -> None:
    """Print one document."""
    from indexer.library import Library

    found = Library(index).document(doc)
    if as_json:
        described = asdict(found.description)
        rest = {"digest": found.digest, "chunks": found.chunks, "text": found.text}
        _print_json({"doc": found.doc} | described | rest)
    else:
        click.echo(found.text)


@main.command("eval", help=_WORDS("cli.eval"))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--index", type=click.Path(path_type=Path), help=_WORDS("cli.eval_index"))
@click.option("--model", help=_WORDS("cli.model"))
@click.option("--json", "as_json", is_flag=True, help=_WORDS("cli.json"))
def evaluation(folder: Path, index: Path | None, model: str | None, as_json: bool) -> None:
    """Measure the ranking on a BEIR folder."""
    from indexer.build import build_sources
    from indexer.library import Library

    # All three files are looked at before anything is embedded.
    questions, grades = evaluate.questions_of(folder), evaluate.grades_of(folder)
    passages = evaluate.passages_of(folder)
    with tempfile.TemporaryDirectory() if index is None else nullcontext(str(index)) as place:
        with _progress_bar() as report:
            build_sources(passages, Path(place), model=model, report=report)
        library = Library(Path(place))
        try:
            with tqdm(
                total=len(questions), file=sys.stderr, disable=not sys.stderr.isatty()
            ) as bar:

                def ranked(question: str, filters: Filters) -> list[str]:
                    bar.update()
                    found = library.search(
                        question, filters, evaluate.DEPTH, group=True, merge=False
                    )
                    return [passage.doc for passage in found]

                result = evaluate.evaluate(questions, grades, ranked)
        finally:
            library.close()
    if as_json:
        _print_json(result)
    else:
        for name, value in result.items():
            click.echo(f"{name:12} {value:g}" if name == "queries" else f"{name:12} {value:.4f}")


@main.command(help=_WORDS("cli.status"))
@_index_options
def status(index: Path, as_json: bool) -> None:
    """Say what an index holds."""
    from indexer.library import Library

    library = Library(index)
    facts = library.status()
    if as_json:
        failed = [_failure_json(failure) for failure in library.failures()]
        _print_json(facts | {"failed": failed})
        return
    for name, value in facts.items():
        click.echo(f"{name:16} {value}")
    for failure in library.failures():
        _say(_WORDS("build.failed_file", **_failure_json(failure)))


@main.command(help=_WORDS("cli.check"))
@_index_options
def check(index: Path, as_json: bool) -> None:
    """Say whether the parts of an index agree."""
    from indexer.library import Library

    problems = Library(index).check()
    texts = [_WORDS.explain(str(problem["code"]), problem) for problem in problems]
    if as_json:
        _print_json({"ok": not problems, "problems": texts})
    else:
        click.echo("\n".join(texts) or _WORDS("check.ok"))
    if problems:
        sys.exit(1)


def _asked_questions(queries: Path, chosen: Filters) -> list[tuple[dict[str, Any], Filters]]:
    """The lines of a file of questions with their filters; all are looked at before the first."""
    return [
        (line, evaluate.filters_from(line["filters"]) if line.get("filters") else chosen)
        for line in evaluate.read_lines(queries, "id", "question")
    ]


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage as the command contract has it."""
    row = asdict(passage)
    return {name: row[name] for name in _PASSAGE_KEYS.split()}


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as the command contract has it."""
    return {
        "status": answer.status,
        "statements": [
            {
                "text": statement.text,
                "quotes": [
                    {"doc": q.doc, "text": q.text, "start": q.start, "end": q.end}
                    for q in statement.quotes
                ],
            }
            for statement in answer.statements
        ],
        "coverage": asdict(answer.coverage) if answer.coverage else {},
    }


_PASSAGE_KEYS = (
    "doc title place year kind heading text start end page score highlights quality also_in"
)


def group_json(sentence: Worded, group: Group) -> dict[str, Any]:
    """A group of precedents as the command contract has it, with the sentence it is for."""
    return {
        "text": group.text,
        "count": group.count,
        "places": [name for name, _ in group.places],
        "first": group.first,
        "last": group.last,
        "kind": group.kind,
        "frame": group.frame,
        "documents": group.documents,
        "years": [year for year, _ in group.years],
        "sentence": sentence.text,
        "mark": sentence.mark,
        "copied_from": sentence.copied.reference.doc if sentence.copied else None,
        "contradictions": [
            {"text": each.text, "found": each.found, "doc": each.use.reference.doc}
            for each in sentence.contradictions
        ],
        "variants": [
            {
                "text": use.text,
                "diff": [change._asdict() for change in use.changes],
                "doc": use.reference.doc,
                "start": use.reference.start,
                "end": use.reference.end,
            }
            for use in group.uses
        ],
    }


def _show_worded(sentence: Worded) -> None:
    from indexer.wording.report import counts_line, notes

    mark = _WORDS(f"wording.mark_{sentence.mark}")
    click.secho(f"{sentence.text}  [{mark}]", bold=True)
    for told in notes(_WORDS, sentence):
        click.secho(f"   {told}", fg="yellow")
    for group in sentence.groups:
        place = group.uses[0].reference
        click.echo(f"   {_WORDS(f'wording.kind_{group.kind}')}  {group.text}")
        click.echo(f"      {counts_line(_WORDS, group)} · {place.doc}")
    click.echo()


def _failure_json(failure: Any) -> dict[str, str]:
    return {"file": failure["file"], "error": _WORDS.explain(failure["code"], failure["facts"])}


def _show_build(result: BuildReport, as_json: bool) -> None:
    failed = [_failure_json(failure) for failure in result.failed]
    for failure in failed:
        _say(_WORDS("build.failed_file", **failure))
    row = asdict(result) | {"failed": failed}
    del row["embedded"]
    if as_json:
        _print_json(row)
    else:
        click.echo(_WORDS("build.done", **(row | {"failed": len(failed)})))


def _show_passage(number: int, passage: Passage) -> None:
    about = " · ".join(str(v) for v in (passage.place, passage.year, passage.kind) if v)
    click.secho(f"{number}. {passage.title}", bold=True)
    click.echo(f"   {passage.doc}" + (f"  [{about}]" if about else ""))
    if passage.heading:
        click.echo("   " + " › ".join(passage.heading))
    marked = passage.text
    for start, end in passage.highlights:
        at, to = start - passage.start, end - passage.start
        sentence = click.style(marked[at:to], fg="yellow", bold=True)
        marked = marked[:at] + sentence + marked[to:]
    click.echo("   " + marked.strip().replace("\n", "\n   "))
    if passage.also_in:
        click.echo("   " + _WORDS("search.also_in", n=len(passage.also_in)))
    click.echo()


@contextmanager
def _writing(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    try:
        file = path.open(mode, encoding=None if "b" in mode else "utf-8")
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise RequestProblem("cannot_write", file=str(path), reason=reason) from problem
    with file:
        yield file


@contextmanager
def _progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar on standard error with the share done and the time left."""
    with tqdm(
        total=100,
        file=sys.stderr,
        bar_format="{desc} {percentage:3.0f}%|{bar}| {postfix}",
        leave=False,
        disable=not sys.stderr.isatty(),
    ) as bar:

        def report(progress: Progress) -> None:
            left = progress.seconds_left
            bar.n = 100 * progress.share
            bar.set_description_str(_WORDS(f"progress.{progress.stage}"), refresh=False)
            bar.set_postfix_str(
                _WORDS(
                    "progress.files", done=progress.documents_done, total=progress.documents_total
                )
                + (_WORDS("progress.left", time=duration(_WORDS, left)) if left else "")
            )

        yield report


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main(prog_name="python -m indexer")
