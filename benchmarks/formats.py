"""What reading files costs, alone and while embedding goes on.

    python -m benchmarks.formats [--pages N] [--scan N] [--files N] [--read-only]

Makes a PDF with a text layer (300 pages), a scan (100 pages, pictures of text) and small Word files
(1,000), all of distinct sentences. Each kind is first read alone, by the build's worker processes.
Then a build takes in all of them with the bundled model, reading while it embeds, and after it the
model embeds the same texts by itself: the ratio says what reading adds.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdfium2 as pdfium
from docx import Document
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.machine import machine, table
from benchmarks.sample import say
from indexer.build import build
from indexer.embed import Encoder, load_encoder
from indexer.read.pool import ReaderPool
from indexer.records import Matrix

FONT = "STSong-Light"
LINE = 37
"""Characters on a line of a page."""

WHO = ("县教育局", "各中心学校", "城区小学", "乡镇初中", "县职业中专", "公办幼儿园", "教育集团")
DID = (
    "新增学位",
    "招聘教师",
    "改造教室",
    "培训校长",
    "交流教师",
    "资助学生",
    "建成食堂",
    "更新校车",
)
HOW = (
    "按照年度计划",
    "通过县级统筹",
    "结合片区调整",
    "依靠专项资金",
    "在秋季开学以前",
    "由学区统一组织",
)
SO = ("比上年增加", "完成全年任务的", "超出计划", "占全县总数的", "比三年以前提高")


class RecordingEncoder:
    """An encoder that keeps the texts it was given."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self.dimension = encoder.dimension
        self.window = encoder.window
        self.reads_terms = encoder.reads_terms
        self.count_tokens = encoder.count_tokens
        self.encode_question = encoder.encode_question
        self._encoder = encoder
        self.batches: list[list[str]] = []

    def encode_passages(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors of passages, one a row, in order."""
        self.batches.append(list(texts))
        return self._encoder.encode_passages(texts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What reading files costs.")
    parser.add_argument("--pages", type=int, default=300, help="pages of the PDF (default 300)")
    parser.add_argument("--scan", type=int, default=100, help="pages of the scan (default 100)")
    parser.add_argument("--files", type=int, default=1000, help="Word files (default 1,000)")
    parser.add_argument("--read-only", action="store_true", help="leave the embedding out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        say("making the files")
        rows: list[tuple[str, float, float, int]] = []
        for name, count, files in make(corpus, options.pages, options.scan, options.files):
            say(f"reading: {count:,} {name}")
            seconds, characters = read_alone(files)
            rows.append((f"{count:,} {name}", seconds, seconds / count, characters))
        print(machine() + "\n")
        print("Reading alone, in worker processes, one a core:\n")
        print(table(("", "seconds", "seconds a page or file", "characters"), rows))
        if not options.read_only:
            overlapped(corpus, Path(folder, "index"), sum(row[1] for row in rows))


def make(corpus: Path, pages: int, scan: int, files: int) -> list[tuple[str, int, list[Path]]]:
    """Write the three sets; of each its name, how many it is of, and its files."""
    said = sentences(random.Random(1))
    long, scan_path = corpus / "long.pdf", corpus / "scan.pdf"
    if pages:
        long.write_bytes(paged(said, pages))
    if scan:
        scanned(paged(said, scan), scan_path)
    words = [word(said, corpus / f"{n}.docx") for n in range(files)]
    sets = [("pages of PDF", pages, [long]), ("scanned pages", scan, [scan_path])]
    return [each for each in (*sets, ("Word files", files, words)) if each[1]]


def sentences(chance: random.Random) -> Iterator[str]:
    """Sentences without end, no two alike."""
    number = 0
    while True:
        number += 1
        who, did, how, so = (chance.choice(words) for words in (WHO, DID, HOW, SO))
        yield f"{how}，{who}{did}{number}项，{so}{chance.randrange(10, 999) / 10}%。"


def paged(said: Iterator[str], pages: int) -> bytes:
    """A PDF of full pages, with running head and page number."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in range(1, pages + 1):
        canvas.setFont(FONT, 9)
        canvas.drawCentredString(297, 810, "全县教育工作资料汇编")
        canvas.drawCentredString(297, 30, f"— {page} —")
        canvas.setFont(FONT, 12)
        text = "".join(next(said) for _ in range(24))
        for at in range(0, len(text), LINE):
            canvas.drawString(76, 770 - 20 * at // LINE, text[at : at + LINE])
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned(pdf: bytes, path: Path) -> None:
    """The pages of a PDF as pictures, at 150 dots an inch."""
    document = pdfium.PdfDocument(pdf)
    pages = [page.render(scale=150 / 72).to_pil().convert("L") for page in document]
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    document.close()


def word(said: Iterator[str], path: Path) -> Path:
    """A small Word file: a title and eight paragraphs."""
    document = Document()
    document.add_heading(f"第{path.stem}号工作情况", 0)
    for _ in range(8):
        document.add_paragraph(next(said))
    document.save(str(path))
    return path


def read_alone(files: Sequence[Path]) -> tuple[float, int]:
    """The seconds that reading takes, and the characters read."""
    start = time.perf_counter()
    with ReaderPool() as readers, ThreadPoolExecutor(readers.size) as threads:
        characters = sum(len(raw.text) for raw in threads.map(readers.read, files))
    return time.perf_counter() - start, characters


def overlapped(corpus: Path, index: Path, reading: float) -> None:
    """Print what a build takes against embedding alone."""
    encoder = load_encoder()
    encoder.encode_passages([next(sentences(random.Random(2))) * 10] * 64)  # allocates its memory
    recording = RecordingEncoder(encoder)
    say("building")
    built = seconds_of(lambda: build(corpus, index, encoder=recording))
    say("embedding the same texts alone")
    alone = seconds_of(lambda: [encoder.encode_passages(texts) for texts in recording.batches])
    texts = sum(map(len, recording.batches))
    print(f"\nThe same files in one build, {texts:,} texts embedded by {encoder.name}:\n")
    rows = [
        ("embedding alone", alone, 1.0),
        ("build: reading while embedding", built, built / alone),
        ("reading alone, then embedding alone", reading + alone, (reading + alone) / alone),
    ]
    print(table(("", "seconds", "ratio to embedding alone"), rows))


def seconds_of(work: Callable[[], object]) -> float:
    """The seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
