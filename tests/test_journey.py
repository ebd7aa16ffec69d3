"""What people do with the app, in a real browser, with the real model.

One server serves all tests, on a corpus of a few sample documents and some made up here; the app
makes the index itself at its first start. The build is kept waiting there by the lock under which
the model is unpacked, so that what is shown meanwhile can be looked at in peace.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from docx import Document as WordFile
from filelock import FileLock
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pypdfium2 import PdfDocument

from indexer.bundled_model import model_folder
from indexer.choices import FILE_NAME as CHOICES
from indexer.pages.frame import PAGES
from indexer.words import Words

pytestmark = [pytest.mark.browser, pytest.mark.model]

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 240
"""Seconds that anything may take on a busy machine before it counts as hanging."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ZH, EN = Words("zh"), Words("en")
QUESTION = "各县如何化解大班额"
OF_PLACE_AND_YEAR = "青禾县2024年大班额比例降到了多少"
ELSEWHERE = "横县2018年大班额比例"

COUNTY = "澜川省/青禾县"
WITH_HEADINGS = f"{COUNTY}/青禾县教育局2022年工作要点.md"
SUMMARY = f"{COUNTY}/青禾县教育局2022年工作总结.txt"
# A file of each format and a sentence of it.
UPLOADED = {
    "岱原省/枫浦县/枫浦县2024年明眸工程实施情况报告.docx": "课桌面平均照度和照度均匀度双达标",
    "澜川省/柳湾县/柳湾县2024年学校食堂专项督导报告.pdf": "四类大宗食材全部由县级食材配送中心统一配送",
    "岱原省/白榆县/白榆县2024年校车安全管理工作要点.pdf": "到站后照管员清点车厢",
    "澜川省/澜川省/澜川省部分县2022—2024年义务教育主要指标情况.xlsx": "大班额指56人以上的班级",
    "岱原省/枫浦县/枫浦县优质均衡发展县创建情况报告.html": "短板集中在生均体育运动场馆面积",
}
SCANNED = "白榆县2024年校车安全管理工作要点.pdf"

ODD = "怪/<b>名\"'$x$ **粗** :material:home: 😀 &amp;.txt"
ODD_TITLE = "关于<b>跷跷板</b>，以及 $x$、**星号** &amp; :material/home: 的报告"
ODD_BODY = (
    '操场跷跷板由 <script>window.hacked=1</script> 与 <img src=x onerror="window.hacked=1"> 安装。',
    "# heading 秋千照片见 ![i](http://example.com/x.png) 和 [link](javascript:alert(1)) 。",
    "公式写作 $\\frac{a}{b}$ 或 \\(x\\) ，滑梯写作 **bold** 或 :material/home: 或 &lt;b&gt; 。",
)
ODD_HEADINGS = (
    "一、<i>跷跷板</i>，以及 $y$ 的安装",
    "二、[link](#stMain) 与 **bold**",
    "三、<img src=x onerror='window.hacked=1'>",
)
ODD_LINES = (
    ODD_HEADINGS[0],
    *ODD_BODY,
    ODD_HEADINGS[1],
    "按计划推进。",
    ODD_HEADINGS[2],
    "已办结。",
)
MARKDOWN = "怪/标记.md"
WEB = "怪/网页.html"
LONG = "怪/长文件.txt"
LONG_LINES = (
    "学校按照年度计划组织教师培训，每学期集中研修两次，其余时间分散自学。",
    "教研室每月到校听课评课，帮助青年教师改进教学，并把意见整理成册下发。",
)
LONG_MARK = "全县中小学图书馆新增图书三万二千册，生均图书达到二十五册。"
MADE_UP = {
    ODD: "\n".join(("---", f"title: '{ODD_TITLE}'", "---", *ODD_LINES)) + "\n",
    MARKDOWN: "# 标记 <u>题</u>，以及表\n\n## 一、<script>window.hacked=1</script>\n\n"
    '段落 <img src=x onerror="window.hacked=1"> 与 $x$ 。\n\n'
    "| <b>列</b> | 乙 |\n| --- | --- |\n| <script>window.hacked=1</script> | 2 |\n",
    WEB: "<html><head><title>网页 &lt;b&gt;题&lt;/b&gt;，其一</title>\n"
    "<script>window.hacked=1</script></head><body><article>\n"
    "<h1>网页 &lt;b&gt;题&lt;/b&gt;，其一</h1><p>正文写着 &lt;script&gt;window.hacked=1&lt;/script&gt;"
    ' 与 &lt;img src=x onerror="window.hacked=1"&gt; 两处，其余都是平常的话。</p>\n'
    '<img src="x" onerror="window.hacked=1"><p>第二段是为了让正文长一些，没有别的意思。</p>\n'
    "</article></body></html>\n",
    LONG: "\n".join(LONG_MARK if n == 1900 else LONG_LINES[n % 2] for n in range(2100)) + "\n",
}
NOT_OURS = (
    ".cx-text, .cx-doc, .cx-hit-title, .cx-about, .cx-path, .cx-row-title, .cx-doc-title,"
    " .cx-outline, .cx-file, .cx-copied, .cx-told, .cx-failure b, [data-testid=stVegaLiteChart] svg,"
    " code, script, style"
)
"""What stands in these elements was written by others: documents, what they are, names of files."""

OWN_WORDS = """others => {
  const seen = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const hidden = element => {  // or no word
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) return true;
    if (getComputedStyle(element).fontFamily.includes('Material Symbols')) return true;  // an icon
    for (let e = element; e; e = e.parentElement) {  // kept for readers of the screen, 1px large
      const style = getComputedStyle(e), box = e.getBoundingClientRect();
      if (style.position === 'absolute' && box.width <= 1 && box.height <= 1) return true;
    }
    return false;
  };
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (walk.currentNode.textContent.trim() && !element.closest(others) && !hidden(element))
      seen.push(walk.currentNode.textContent.trim());
  }
  for (const element of document.querySelectorAll('[placeholder], [title], [alt]'))
    if (!element.closest(others) && !hidden(element))
      for (const name of ['placeholder', 'title', 'alt'])
        if (element.getAttribute(name)) seen.push(element.getAttribute(name));
  return seen;
}"""
"""All words of the page that a person sees and that are the interface's own."""


@dataclass
class Watched:
    """A context of the browser whose requests and errors are noted."""

    context: BrowserContext
    urls: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE * 1000)
        self.context.on("request", lambda request: self.urls.append(request.url))
        self.context.on("weberror", lambda problem: self.errors.append(str(problem.error)))
        self.context.on("page", self._watch)
        self.context.on(
            "console",
            lambda message: self._note(message.type, message.text, message.location["url"]),
        )

    def _watch(self, page: Page) -> None:
        page.on("websocket", lambda socket: self.urls.append(socket.url))

    def _note(self, kind: str, text: str, url: str) -> None:
        # Streamlit looks for its own server below the address of the page before it looks above.
        if kind == "error" and not re.search(r"/\w+/_stcore/(health|host-config)$", url):
            self.errors.append(f"{text} {url}")

    def check(self) -> None:
        assert self.urls
        assert {
            urlsplit(url).hostname for url in self.urls if not url.startswith(("data:", "blob:"))
        } == {"127.0.0.1"}
        assert self.errors == []


MENU = ["" if name == "search" else name for name, icon in PAGES.items() if icon]
"""The pages of the menu by their addresses: the first stands at the root."""


@dataclass
class App:
    """The running app, and what was seen at its first start."""

    url: str
    corpus: Path
    index: Path
    log: Path
    environment: dict[str, str]
    seen: dict[str, Any] = field(default_factory=dict)
    first: Watched | None = None

    def address(self, page: str = "", **parameters: object) -> str:
        query = urlencode({name: str(value) for name, value in parameters.items()}, quote_via=quote)
        return f"{self.url}/{page}" + (f"?{query}" if query else "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CEXUN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = (
            f"no browser: none of {', '.join(BROWSERS)} is installed, CEXUN_CHROMIUM is not set"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, headless=True, args=[*QUIET])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def app(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app after its first start."""
    folder = tmp_path_factory.mktemp("journey")
    corpus, index, cache = folder / "corpus", folder / "index", folder / "cache"
    shutil.copytree(ROOT / "corpus" / COUNTY, corpus / COUNTY)
    for name, text in MADE_UP.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(text, encoding="utf-8")

    model = model_folder()
    models = cache / "models"
    models.mkdir(parents=True)
    environment = os.environ | {
        "CEXUN_CORPUS": str(corpus),
        "CEXUN_INDEX": str(index),
        "CEXUN_CACHE": str(cache),
    }
    port = free_port()
    started = App(f"http://127.0.0.1:{port}", corpus, index, folder / "app.log", environment)
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = ["--server.headless=true", f"--server.port={port}"]
    with FileLock(models / f"{model.name}.lock") as waiting, started.log.open("wb") as log:
        server = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for(started, server, port)
            started.first = Watched(browser.new_context())
            with closing(started.first.context) as context:
                first_start(started, context, lambda: release(waiting, models / model.name, model))
            yield started
        finally:
            end(server)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(app: App, server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port)) as probe:
            probe.request("GET", "/_stcore/health")
            if probe.getresponse().status == 200:
                return
        time.sleep(0.2)
    pytest.fail(f"the app does not start: {app.log.read_text(encoding='utf-8', errors='replace')}")


def release(waiting: FileLock, target: Path, model: Path) -> None:
    """Let the build have its model: the one that is unpacked already, or else a fresh one."""
    with suppress(OSError):
        target.symlink_to(model, target_is_directory=True)
    waiting.release()


def end(server: subprocess.Popen[bytes]) -> None:
    """End the server with what it has started."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def first_start(app: App, context: BrowserContext, release_build: Callable[[], None]) -> None:
    """Look at the app while it makes its first index, and until it has."""
    page, asking = context.new_page(), context.new_page()
    page.goto(app.url)
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"已完成 \d+/\d+ 份"))).to_be_visible()
    app.seen["while building"] = own_words(page)
    app.seen["documents then"] = json.loads(command(app, "status", "--json"))["documents"]

    asking.goto(app.url)
    ask(asking, QUESTION)
    plain = asking.get_by_text(ZH("search.loading_model")).or_(
        asking.get_by_text(ZH("opening.first_start"))
    )
    expect(plain.first).to_be_visible()
    app.seen["asked while building"] = own_words(asking)

    release_build()
    page.locator(".st-key-example_1").wait_for(timeout=3 * PATIENCE * 1000)
    app.seen["after building"] = own_words(page)
    asking.locator(".cx-text mark").first.wait_for(timeout=PATIENCE * 1000)
    app.seen["answer"] = asking.locator(".cx-text").all_inner_texts()


@pytest.fixture
def watched(app: App, browser: Browser) -> Iterator[Watched]:
    """A fresh context of the browser; no request leaves this machine, and no error is logged."""
    one = Watched(browser.new_context(viewport={"width": 1366, "height": 768}))
    yield one
    one.context.close()
    one.check()


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.context.new_page()


def command(app: App, *arguments: str) -> str:
    """Run a command of the program on the app's index."""
    done = subprocess.run(
        [sys.executable, "-m", "indexer", *arguments, "--index", str(app.index)],
        cwd=ROOT,
        env=app.environment | {"CEXUN_LANG": "en"},
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=2 * PATIENCE,
    )
    return done.stdout


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox")
    box.fill(question)
    box.press("Enter")


def results(page: Page) -> Locator:
    """The hits, once those of the present question have all arrived."""
    hits = page.locator("[class*='st-key-hit_']")
    hits.locator("mark").first.wait_for()
    settle(page)
    return hits


def settle(page: Page) -> None:
    """Wait until the page is at rest: no script at work, nothing left of before, nothing moving."""
    page.locator(".cx-name").wait_for()
    page.wait_for_timeout(50)  # what was clicked begins to move some frames later
    page.wait_for_function(
        """() => {
          const app = document.querySelector('[data-testid=stApp]');
          return app && app.dataset.testScriptState === 'notRunning'
            && !document.querySelector('[data-stale=true], [data-testid=stSpinner]')
            && document.getAnimations().every(each => each.playState !== 'running'
              || each.effect.getComputedTiming().iterations === Infinity);
        }"""
    )


def own_words(page: Page) -> list[str]:
    return page.evaluate(OWN_WORDS, NOT_OURS)


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def choose_first(page: Page) -> None:
    """Tick the first row of the table of documents."""
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 17, box["y"] + 52)
    page.locator("[class*='st-key-panel']").wait_for()
    settle(page)


def squeezed(text: str) -> str:
    """Text without its white space."""
    return "".join(text.split())


# First start, a question, its answer -----------------------------------------------------------


def test_at_first_start_the_page_comes_first_and_shows_the_progress(app: App) -> None:
    assert app.seen["documents then"] == 0
    words = app.seen["while building"]
    assert ZH("page.motto") in words
    assert ZH("opening.first_start") in words
    assert ZH("search.try") in app.seen["after building"]
    assert json.loads(command(app, "status", "--json"))["failed"] == []
    assert app.first
    app.first.check()


def test_a_question_typed_during_the_first_build_is_answered_when_it_can_be(app: App) -> None:
    assert ZH("search.none") not in app.seen["asked while building"]
    assert any("大班额" in text for text in app.seen["answer"][:3])


def test_from_question_to_the_document_and_back(app: App, page: Page) -> None:
    open_page(page, app.url)
    ask(page, QUESTION)
    first = results(page).first
    expect(first.locator(".cx-hit-title")).to_contain_text(re.compile(r"县"))
    expect(first.locator(".cx-text")).to_contain_text("大班额")
    sentence = first.locator("mark").inner_text()
    doc = first.locator(".cx-file").inner_text()
    assert (app.corpus / doc).is_file()
    assert parse_qs(urlsplit(page.url).query)["q"] == [QUESTION]

    first.get_by_role("link", name=ZH("search.open")).click()
    mark = page.locator(".cx-doc mark").first
    mark.wait_for()
    settle(page)
    assert squeezed("".join(page.locator(".cx-doc mark").all_inner_texts())) == squeezed(sentence)
    assert page.locator(".cx-doc-title").inner_text()
    expect(mark).to_be_in_viewport(ratio=1)
    top, bottom, height = page.evaluate(
        "() => { const b = document.querySelector('.cx-doc mark').getBoundingClientRect();"
        " return [b.top, b.bottom, innerHeight]; }"
    )
    assert 60 < top < bottom < height  # below the bar at the head of the page

    with page.expect_download() as waiting:
        page.get_by_role("button", name=ZH("document.download")).click()
    assert waiting.value.suggested_filename == Path(doc).name
    assert Path(waiting.value.path()).read_bytes() == (app.corpus / doc).read_bytes()

    page.get_by_role("link", name=ZH("document.back_to_results")).click()
    assert results(page).first.locator("mark").inner_text() == sentence
    expect(page.get_by_role("textbox")).to_have_value(QUESTION)
    assert parse_qs(urlsplit(page.url).query)["q"] == [QUESTION]


def test_the_whole_document_is_there(app: App, page: Page) -> None:
    path = next((app.corpus / COUNTY).glob("*工作总结.txt"))
    open_page(page, app.address("document", doc=path.relative_to(app.corpus).as_posix()))
    text = path.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    assert squeezed(page.locator(".cx-doc").inner_text()) == squeezed(text)


def test_the_outline_leads_to_its_headings(app: App, page: Page) -> None:
    open_page(page, app.address("document", doc=WITH_HEADINGS))
    page.get_by_text(ZH("document.outline"), exact=True).click()
    link = page.locator(".cx-outline a").last
    link.wait_for()
    settle(page)
    link.click()
    page.wait_for_url("**/*#h*")
    expect(page.locator(link.get_attribute("href") or "")).to_be_in_viewport()


def test_a_mark_far_down_a_long_document_is_brought_into_view(app: App, page: Page) -> None:
    start = MADE_UP[LONG].index(LONG_MARK)
    open_page(page, app.address("document", doc=LONG, start=start, end=start + len(LONG_MARK)))
    expect(page.locator(".cx-doc mark")).to_have_text(LONG_MARK)
    expect(page.locator(".cx-doc mark")).to_be_in_viewport(ratio=1)


# Two languages ---------------------------------------------------------------------------------


def test_one_click_turns_every_word_of_the_interface_english(app: App, page: Page) -> None:
    open_page(page, app.address(q=QUESTION))
    before = results(page).locator(".cx-text").all_inner_texts()
    page.get_by_text("English", exact=True).click()
    page.get_by_role("button", name=EN("search.button"), exact=True).wait_for()
    assert results(page).locator(".cx-text").all_inner_texts() == before
    expect(page.get_by_role("textbox")).to_have_value(QUESTION)
    assert_no_chinese(page)

    ask(page, "how did counties cut oversized classes")
    page.wait_for_url(re.compile("q=how"))
    assert any("大班额" in text for text in results(page).all_inner_texts()[:5])
    assert_no_chinese(page)

    results(page).first.get_by_role("link", name=EN("search.open")).click()
    page.locator(".cx-doc mark").first.wait_for()
    assert_no_chinese(page)
    page.get_by_role("link", name=EN("page.documents"), exact=False).first.click()
    page.locator(".cx-tiles").wait_for()
    page.locator("[data-testid=stVegaLiteChart] svg text").first.wait_for()  # drawn after the rest
    assert_no_chinese(page)


def assert_no_chinese(page: Page) -> None:
    settle(page)  # while results are exchanged, parts of them stand outside of their place
    assert EN("page.motto") in own_words(page)
    chinese = [text for text in own_words(page) if re.search(r"[\u3000-\u303f\u4e00-\u9fff]", text)]
    assert chinese == ["中文"]  # the button that leads back


@pytest.mark.parametrize(
    ("where", "parameters"),
    [
        ("", {"q": QUESTION}),
        ("", {"q": QUESTION, "place": "青禾县", "year": "2022|2023", "kind": "工作总结"}),
        ("", {"q": ELSEWHERE}),
        *[(name, {}) for name in MENU],
        ("ask", {"q": OF_PLACE_AND_YEAR}),
        ("ask", {"q": "青禾县地铁里程"}),
        ("document", {"doc": LONG, "start": 0, "end": 9, "q": QUESTION}),
        ("document", {"doc": WITH_HEADINGS}),
        ("document", {}),
        ("document", {"doc": "没有.txt"}),
        ("compare_texts", {"a": WITH_HEADINGS, "b": SUMMARY}),
    ],
)
def test_the_chinese_pages_hold_no_latin_words(
    app: App, page: Page, where: str, parameters: dict[str, object]
) -> None:
    open_page(page, app.address(where, **parameters))
    assert_no_latin(page)
    for button in [*page.get_by_role("button").all(), *page.get_by_role("link").all()]:
        if button.is_visible() and button.is_enabled() and in_reach(button):
            button.hover()
            page.wait_for_timeout(30)
    page.wait_for_timeout(700)  # a tip of the last may take its time to show
    assert_no_latin(page)


def in_reach(button: Locator) -> bool:
    box = button.bounding_box()
    return box is not None and box["x"] >= 0 and box["width"] > 2 and box["height"] > 2


def assert_no_latin(page: Page) -> None:
    allowed = re.compile(
        r"\b(txt|md|html|docx|xlsx|English|Word|WPS|PDF|Excel|Markdown)\b|GB/T|Ctrl\+P|"
        r"python -m indexer status|_library/questions\.csv|" + re.escape(ZH("search.example_4"))
    )
    words = own_words(page)
    assert ZH("page.motto") in words
    assert [text for text in words if re.search(r"[A-Za-z]", allowed.sub("", text))] == []


def test_the_language_lasts_when_a_page_of_the_menu_is_reloaded(app: App, page: Page) -> None:
    open_page(page, app.url)
    page.get_by_text("English", exact=True).click()
    page.get_by_text(EN("search.try")).wait_for()
    page.get_by_role("link", name=EN("page.documents")).first.click()
    page.locator(".cx-tiles").wait_for()
    settle(page)
    page.reload()
    page.locator(".cx-tiles").wait_for()
    settle(page)
    assert EN("page.motto") in own_words(page)


@pytest.mark.parametrize(
    "language",
    [
        "zh",
        "en",
    ],
)
def test_the_first_stop_of_the_tab_key_speaks_the_language(
    app: App, page: Page, language: str
) -> None:
    open_page(page, app.address(lang=language))
    page.get_by_text(Words(language)("search.example_4"), exact=True).wait_for()
    page.locator(".cx-name").click()
    page.keyboard.press("Shift+Tab")
    for _ in range(12):  # round through the head of the page, and over the link that skips it
        if language == "zh":
            assert_no_latin(page)
        else:
            assert_no_chinese_but_example(page)
        page.keyboard.press("Shift+Tab")


def assert_no_chinese_but_example(page: Page) -> None:
    chinese = [text for text in own_words(page) if re.search(r"[\u4e00-\u9fff]", text)]
    assert chinese == ["中文", EN("search.example_4")]


# Markup in documents ---------------------------------------------------------------------------


def assert_harmless(page: Page) -> None:
    assert page.evaluate("() => typeof window.hacked") == "undefined"
    made = page.evaluate(
        """() => [...document.querySelectorAll('img, script, iframe, a[href^=javascript], .katex')]
          .map(e => e.cloneNode(false).outerHTML + (e.tagName === 'SCRIPT' ? e.textContent : ''))
          .filter(h => /hacked|example[.]com|javascript:|katex|src="x"/.test(h))"""
    )
    assert made == []
    inside = page.evaluate(
        """() => [...new Set([...document.querySelectorAll(
          '.cx-text *, .cx-doc *, .cx-hit-title *, .cx-path *, .cx-file *, .cx-row-title *,'
          + '.cx-doc-title *, .cx-outline *')].map(e => e.tagName))]"""
    )
    assert set(inside) <= {"MARK", "P", "SPAN", "A"}


def test_markup_is_shown_as_written_on_the_search_page(app: App, page: Page) -> None:
    open_page(page, app.address(q="操场跷跷板的安装，秋千照片和滑梯"))
    found = results(page).filter(has=page.locator(".cx-text", has_text="秋千照片")).first
    assert found.locator(".cx-file").text_content() == ODD
    assert (found.locator(".cx-hit-title").text_content() or "").endswith(ODD_TITLE)
    text = found.locator(".cx-text").text_content() or ""
    for line in ODD_BODY:
        assert line in text
    assert_harmless(page)


def test_markup_is_shown_as_written_on_the_document_page(app: App, page: Page) -> None:
    open_page(page, app.address("document", doc=ODD, start=0, end=30))
    assert page.locator(".cx-doc p").all_text_contents() == [*ODD_LINES]
    assert page.locator(".cx-doc-title").text_content() == ODD_TITLE
    assert page.locator(".cx-about .cx-file").text_content() == ODD
    page.get_by_text(ZH("document.outline"), exact=True).click()
    assert page.locator(".cx-outline a").all_text_contents() == [*ODD_HEADINGS]
    with page.expect_download() as waiting:
        page.get_by_role("button", name=ZH("document.download")).click()
    assert Path(waiting.value.path()).read_text(encoding="utf-8") == MADE_UP[ODD]
    assert_harmless(page)


def test_markup_is_shown_as_written_on_the_library_page(app: App, page: Page) -> None:
    open_page(page, app.address("documents"))
    search = page.get_by_placeholder(ZH("documents.filter_hint"))
    search.fill("**粗**")
    search.press("Enter")
    expect(page.get_by_text(re.compile(r"列出 1 份"))).to_be_visible()
    choose_first(page)
    expect(page.locator(".cx-row-title")).to_have_text(ODD_TITLE)
    expect(page.locator("[class*='st-key-panel'] .cx-file")).to_have_text(ODD)
    page.get_by_role("link", name=ZH("documents.open")).click()
    expect(page.locator(".cx-doc-title")).to_have_text(ODD_TITLE)
    assert_harmless(page)


@pytest.mark.parametrize(
    ("doc", "title", "parts"),
    [
        (
            MARKDOWN,
            "标记 <u>题</u>，以及表",
            [
                "一、<script>window.hacked=1</script>",
                '<img src=x onerror="window.hacked=1">',
                "$x$",
            ],
        ),
        (
            WEB,
            "网页 <b>题</b>，其一",
            ["<script>window.hacked=1</script>", '<img src=x onerror="window.hacked=1">'],
        ),
    ],
)
def test_markup_in_other_formats_is_shown_as_written(
    app: App, page: Page, doc: str, title: str, parts: list[str]
) -> None:
    open_page(page, app.address("document", doc=doc))
    assert page.locator(".cx-doc-title").text_content() == title
    for part in parts:
        expect(page.locator(".cx-doc")).to_contain_text(part)
    assert_harmless(page)


def test_markup_in_a_question_is_text(app: App, page: Page) -> None:
    question = '**粗** <img src=x onerror="window.hacked=1"> $x$ :material/home: </script>'
    open_page(page, app.address(q=question))
    expect(page.get_by_role("textbox")).to_have_value(question)
    results(page).first.get_by_role("link", name=ZH("search.open")).click()
    page.locator(".cx-doc").wait_for()
    page.get_by_role("link", name=ZH("document.back_to_results")).click()
    results(page)
    expect(page.get_by_role("textbox")).to_have_value(question)
    assert_harmless(page)


# Addresses, blank questions, builds from elsewhere ---------------------------------------------


def test_an_address_holds_the_question(app: App, watched: Watched) -> None:
    page = watched.context.new_page()
    open_page(page, app.url)
    ask(page, QUESTION)
    texts = results(page).locator(".cx-text").all_inner_texts()
    other = watched.context.new_page()
    other.goto(page.url)
    assert results(other).locator(".cx-text").all_inner_texts() == texts
    other.reload()
    assert results(other).locator(".cx-text").all_inner_texts() == texts
    expect(other.get_by_role("textbox")).to_have_value(QUESTION)


def test_the_back_button_of_the_browser_leads_to_the_question_before(app: App, page: Page) -> None:
    open_page(page, app.address(q=QUESTION))
    texts = results(page).locator(".cx-text").all_inner_texts()
    results(page).nth(1).get_by_role("link", name=ZH("search.open")).click()
    page.locator(".cx-doc mark").first.wait_for()
    page.go_back()
    assert results(page).locator(".cx-text").all_inner_texts() == texts


def test_a_blank_question_is_answered_by_an_example(app: App, page: Page) -> None:
    open_page(page, app.url)
    ask(page, "   ")
    expect(page.get_by_role("alert")).to_have_text(ZH("search.blank"))


def test_a_build_from_the_command_line_shows_at_the_next_question(app: App, page: Page) -> None:
    open_page(page, app.address(q=QUESTION))
    results(page)
    added = app.corpus / "怪/热气球.txt"
    added.write_text(
        "热气球社团\n全县有三所学校开设热气球社团，学生自己缝制球囊。\n", encoding="utf-8"
    )
    report = json.loads(command(app, "build", "--corpus", str(app.corpus), "--json"))
    assert report["added"] == 1
    ask(page, "哪些学校有热气球社团")
    page.wait_for_url(re.compile(quote("热气球")))
    expect(results(page).first.locator(".cx-file")).to_have_text("怪/热气球.txt")


# The library page, and a phone -----------------------------------------------------------------


def test_samples_are_set_aside_and_brought_back(app: App, page: Page) -> None:
    badges = page.locator("[class*='st-key-hit_'] .cx-sample")
    try:
        open_page(page, app.address("documents"))
        page.get_by_role("button", name=ZH("sample.set_aside")).click()
        page.get_by_role("button", name=ZH("sample.bring_back")).wait_for()
        open_page(page, app.address(q=QUESTION))
        results(page)
        assert badges.count() == 0

        open_page(page, app.address("documents"))
        page.get_by_role("button", name=ZH("sample.bring_back")).click()
        page.get_by_role("button", name=ZH("sample.set_aside")).wait_for()
        open_page(page, app.address(q=QUESTION))
        results(page)
        assert badges.all_inner_texts()[:1] == [ZH("sample.badge")]
    finally:
        (app.corpus / CHOICES).unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("where", "parameters"),
    [
        *[(name, {}) for name in MENU],
        ("", {"q": "操场跷跷板的安装"}),
        ("document", {"doc": ODD, "start": 0, "end": 20, "q": QUESTION}),
        ("document", {"doc": MARKDOWN}),
        ("", {"q": ELSEWHERE}),
        ("ask", {"q": OF_PLACE_AND_YEAR}),
        ("compare_texts", {"a": WITH_HEADINGS, "b": SUMMARY}),
        ("", {"lang": "en", "q": QUESTION, "place": "青禾县", "year": "2022|2023"}),
        ("documents", {"lang": "en"}),
        ("document", {"lang": "en", "doc": LONG, "start": 70, "end": 90}),
    ],
)
def test_a_phone_needs_no_scrolling_sideways(
    app: App, page: Page, where: str, parameters: dict[str, object]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, app.address(where, **parameters))
    wide = page.evaluate(
        """() => [document.scrollingElement, ...document.querySelectorAll('[data-testid=stMain]')]
          .map(e => e.scrollWidth - e.clientWidth)"""
    )
    assert max(wide) <= 0
    cut = page.evaluate(
        """() => [...document.querySelectorAll('input, button, a, .cx-name, .cx-text, .cx-doc p,'
            + '.cx-file, .cx-row-title, .cx-doc-title, .cx-hit-title')]
          .filter(e => e.checkVisibility() && e.dataset.testid !== 'stSkipToContent')
          .map(e => [e.getBoundingClientRect(), e.textContent.slice(0, 40), e])
          .filter(([b,, e]) => b.right > 0 || !e.closest('[data-testid=stSidebar]'))  // put away
          .filter(([,, e]) => !e.closest('.cx-grid'))  // scrolls by itself, its heads stay
          .filter(([b]) => b.width > 1 && (b.right > innerWidth + 1 || b.left < -1))
          .map(([b, text]) => `${text} ${b.left} ${b.right}`)"""
    )
    assert cut == []


# What narrows a search -------------------------------------------------------------------------


def files(page: Page) -> list[str]:
    """The files of the hits shown."""
    return results(page).locator(".cx-file").all_inner_texts()


def expect_marks(page: Page, *texts: str) -> None:
    """The marks above the results say this; what else Streamlit keeps there for phones is hidden."""
    shown = page.locator("[class*='st-key-mark_'] button").filter(visible=True).locator("p")
    expect(shown).to_have_text([*texts])


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a list that takes several, by what it begins with.

    A list that is still being drawn loses a click; whoever sees nothing chosen clicks again.
    """
    box = page.get_by_test_id("stMultiSelect").filter(has_text=re.compile(f"^{label}"))
    begins = re.compile(f"^{re.escape(option)}")
    offered = page.get_by_role("option", name=begins)
    chosen = box.locator("[data-tag]").filter(has_text=begins)
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # a list that is open closes when the page scrolls
    for _ in range(3):
        if not offered.is_visible():
            box.get_by_role("combobox").click()
        offered.click()
        with suppress(PlaywrightTimeout):
            chosen.wait_for(timeout=5000)
            break
    expect(chosen).to_be_visible()
    page.keyboard.press("Escape")
    settle(page)


def test_a_place_and_a_year_in_the_question_are_marked_and_can_be_taken_away(
    app: App, page: Page
) -> None:
    open_page(page, app.address(q="青禾县2024年学校"))
    narrow = files(page)
    expect_marks(page, "青禾县", ZH("narrow.mark_year", values=2024))
    assert all(name.startswith(COUNTY) for name in narrow)

    page.locator(".st-key-mark_place button").filter(visible=True).click()
    expect(page.locator(".st-key-mark_place")).to_have_count(0)
    wider = files(page)
    expect_marks(page, ZH("narrow.mark_year", values=2024))
    page.locator(".st-key-mark_year button").filter(visible=True).click()
    expect(page.locator(".st-key-mark_year")).to_have_count(0)
    widest = files(page)
    assert set(narrow) <= set(wider) < set(widest)
    assert any(not name.startswith(COUNTY) for name in widest)


def test_a_place_that_the_library_does_not_hold_is_told_with_an_offer(app: App, page: Page) -> None:
    open_page(page, app.address(q=ELSEWHERE))
    names = f"横县（横州市）、{ZH('narrow.mark_year', values=2018)}"
    expect(page.get_by_test_id("stAlert")).to_contain_text(ZH("narrow.missing", names=names))
    assert page.locator("[class*='st-key-hit_']").count() == 0
    page.get_by_role("button", name=ZH("narrow.without_place")).click()
    expect(page.locator(".st-key-without_place")).to_have_count(0)
    page.get_by_role("button", name=ZH("narrow.without_year")).click()
    assert files(page)


def test_the_address_of_a_filtered_search_shows_the_same_in_a_fresh_browser(
    app: App, page: Page, browser: Browser
) -> None:
    open_page(page, app.address(q=QUESTION))
    results(page)
    choose(page, ZH("narrow.kind"), "工作总结")
    page.wait_for_url(re.compile("kind="))
    found = files(page)
    assert found
    assert all("工作总结" in name for name in found)
    with closing(browser.new_context()) as context:
        other = context.new_page()
        other.goto(page.url)
        assert files(other) == found
        expect_marks(other, "工作总结")

    results(page).first.get_by_role("link", name=ZH("search.open")).click()
    page.locator(".cx-doc mark").first.wait_for()
    page.get_by_role("link", name=ZH("document.back_to_results")).click()
    assert files(page) == found
    page.get_by_text("English", exact=True).click()
    page.get_by_role("button", name=EN("search.button"), exact=True).wait_for()
    assert files(page) == found
    expect_marks(page, "工作总结")
    expect(page.get_by_role("textbox")).to_have_value(QUESTION)


# Taking results along --------------------------------------------------------------------------


def test_a_citation_is_copied(app: App, watched: Watched) -> None:
    watched.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = watched.context.new_page()
    open_page(page, app.address(q=QUESTION))
    title = results(page).first.locator(".cx-hit-title").inner_text().removeprefix("1")
    results(page).first.get_by_role("button", name=ZH("copy.head")).click()
    part = page.locator(".cx-copy", has_text=ZH("copy.gbt2025"))
    button = part.get_by_role("button")
    button.click()
    expect(button).to_have_text(ZH("copy.done"))
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == button.get_attribute("data-cx-copy")
    assert title in copied
    assert_no_latin(page)
    page.locator("[data-cx-link]").click()
    page.wait_for_function("async () => /^http/.test(await navigator.clipboard.readText())")
    page.goto(page.evaluate("() => navigator.clipboard.readText()"))
    expect(page.locator(".cx-doc mark").first).to_be_in_viewport()


def test_results_open_in_excel_and_word(app: App, page: Page, tmp_path: Path) -> None:
    open_page(page, app.address(q=QUESTION))
    text = results(page).first.locator(".cx-text").inner_text()
    page.get_by_role("button", name=ZH("save.head")).click()
    assert_no_latin(page)
    saved = {}
    for kind in ("xlsx", "docx"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=ZH(f"save.{kind}")).click()
        assert waiting.value.suggested_filename == f"{QUESTION}.{kind}"
        saved[kind] = tmp_path / f"saved.{kind}"
        waiting.value.save_as(saved[kind])
    rows = load_workbook(saved["xlsx"]).worksheets[0].iter_rows(values_only=True)
    assert squeezed(text) in squeezed("".join(str(cell) for row in rows for cell in row))
    paragraphs = [each.text for each in WordFile(str(saved["docx"])).paragraphs]
    assert paragraphs[0] == QUESTION
    assert squeezed(text) in squeezed("".join(paragraphs))


def test_all_results_are_printed_and_nothing_to_press(app: App, page: Page) -> None:
    open_page(page, app.address(q=QUESTION))
    hits = results(page)
    last = hits.last.locator(".cx-text").inner_text()
    page.emulate_media(media="print")
    expect(hits.first.locator(".cx-text")).to_be_visible()
    for gone in ("button", "[data-testid=stSidebar]", "[data-testid=stPageLink]", "input"):
        assert not [each for each in page.locator(gone).all() if each.is_visible()]
    with closing(PdfDocument(page.pdf())) as printed:
        assert len(printed) > 1
        text = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
    assert squeezed(last)[:20] in squeezed(text)


# Answers ---------------------------------------------------------------------------------------


def test_from_an_answer_to_its_sentence_in_the_document(app: App, watched: Watched) -> None:
    page = watched.context.new_page()
    open_page(page, app.address("ask"))
    ask(page, OF_PLACE_AND_YEAR)
    first = page.locator(".cx-statement").first
    first.wait_for()
    settle(page)
    expect_marks(page, "青禾县", ZH("narrow.mark_year", values=2024))
    assert "3.0%" in "".join(page.locator(".cx-figure").all_inner_texts())
    sentence = re.sub(r"\[\d+\].*$", "", first.inner_text(), flags=re.DOTALL)
    with watched.context.expect_page() as waiting:
        first.locator(".cx-cite").click()
    other = waiting.value
    other.locator(".cx-doc mark").first.wait_for()
    settle(other)
    shown = "".join(other.locator(".cx-doc mark").all_inner_texts())
    assert squeezed(shown) == squeezed(sentence)
    expect(other.locator(".cx-doc mark").first).to_be_in_viewport()

    page.locator("[class*='st-key-evidence_'] a").first.click()
    page.locator(".cx-doc mark").first.wait_for()
    page.get_by_role("link", name=ZH("document.back_to_results")).click()
    page.locator(".cx-statement").first.wait_for()
    expect(page.get_by_role("textbox")).to_have_value(OF_PLACE_AND_YEAR)


def test_a_question_after_another_keeps_place_and_year(app: App, page: Page) -> None:
    open_page(page, app.address("ask", q=OF_PLACE_AND_YEAR))
    page.locator(".cx-statement").first.wait_for()
    ask(page, "教师交流轮岗多少人")
    page.wait_for_url(re.compile(quote("轮岗")))
    settle(page)
    expect_marks(page, "青禾县", ZH("narrow.mark_year", values=2024))
    expect(page.locator(".cx-statement").first).to_contain_text("交流")
    ask(page, "2022年呢")
    page.wait_for_url(re.compile(quote("年呢")))
    settle(page)
    topic = ZH("ask.topic", topic="教师交流轮岗多少人")
    expect_marks(page, topic, "青禾县", ZH("narrow.mark_year", values=2022))
    asked = page.get_by_test_id("stSidebar").get_by_test_id("stPageLink")
    expect(asked.first).to_have_text("2022年呢")
    expect(asked).to_have_count(3)


def test_what_the_documents_do_not_say_is_said_so(app: App, page: Page) -> None:
    open_page(page, app.address("ask", q="青禾县地铁里程"))
    expect(page.get_by_role("alert")).to_contain_text(ZH("ask.insufficient"))
    assert page.locator(".cx-statement").count() == 0


@pytest.mark.parametrize("where", ["", "ask"])
def test_a_question_is_asked_without_a_mouse(app: App, page: Page, where: str) -> None:
    open_page(page, app.address(where))
    page.get_by_role("textbox").wait_for()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('.stForm input')"):
            break
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    found = page.locator(".cx-statement" if where else ".cx-text mark")
    expect(found.first).to_be_visible()


# From files of many formats to the library and back ---------------------------------------------


def test_files_of_five_formats_are_uploaded_found_corrected_removed_and_brought_back(
    app: App, page: Page
) -> None:
    names = [Path(name).name for name in UPLOADED]
    open_page(page, app.address("documents"))
    page.locator(".st-key-upload_files input[type=file]").set_input_files(
        [ROOT / "corpus" / name for name in UPLOADED]
    )
    taken = page.locator(".st-key-outcome .cx-outcome")
    expect(taken).to_have_count(len(names))
    expect(taken.filter(has_text=ZH("documents.taken_in"))).to_have_count(len(names))
    assert set(names) <= {path.name for path in app.corpus.iterdir()}

    for name, sentence in zip(names, UPLOADED.values(), strict=True):
        open_page(page, app.address(q=sentence))
        first = results(page).first
        assert first.locator(".cx-file").inner_text() == name
        assert squeezed(sentence) in squeezed(first.locator("mark").first.inner_text())

    open_page(page, app.address("documents"))
    choose_by_name(page, SCANNED)
    place = page.get_by_label(ZH("field.place"), exact=True).last
    press(page.get_by_text(ZH("correct.open"), exact=True), place)
    place.fill("雁回县")
    saved = page.get_by_role("status").filter(has_text=ZH("correct.saved_done"))
    saving = page.get_by_role("status").filter(has_text=ZH("correct.saved"))
    press(page.get_by_role("button", name=ZH("correct.save")), saved.or_(saving).first)
    expect(saved).to_be_visible()
    built(page)
    choose(page, ZH("field.place"), "雁回县")
    expect(page.get_by_text(re.compile("列出 1 份"))).to_be_visible()

    open_page(page, app.address(q=UPLOADED[f"岱原省/白榆县/{SCANNED}"]))
    results(page)
    choose(page, ZH("narrow.place"), "雁回县")
    page.wait_for_url(re.compile("place="))
    expect(page.locator("[class*='st-key-hit_']")).to_have_count(1)
    assert files(page) == [SCANNED]
    filtered = page.url

    open_page(page, app.address("documents"))
    choose_by_name(page, SCANNED)
    sure = page.get_by_role("button", name=ZH("documents.remove_yes"))
    gone = page.get_by_text(ZH("documents.removed", n=1))
    press(page.get_by_role("button", name=ZH("documents.remove"), exact=True), sure)
    press(sure, gone)
    built(page)
    assert not (app.corpus / SCANNED).exists()
    open_page(page, filtered)
    assert page.locator("[class*='st-key-hit_']").count() == 0

    open_page(page, app.address("documents"))
    back = page.get_by_role("button", name=ZH("documents.bring_back"))
    press(gone, back)
    press(back, gone, "detached")
    built(page)
    open_page(page, filtered)
    assert files(page) == [SCANNED]  # with what was put right before


def choose_by_name(page: Page, name: str) -> None:
    """Choose a document in the library without the table."""
    box = page.get_by_label(ZH("documents.choose"))
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name).click()
    page.locator("[class*='st-key-panel']").wait_for()
    settle(page)


def press(
    button: Locator, expected: Locator, state: Literal["visible", "detached"] = "visible"
) -> None:
    """Click what brings something, or takes it away; who sees nothing happen clicks again.

    What is still being drawn loses a click on a busy machine, at most a few in a hundred.
    """
    button.click()
    for _ in range(2):
        with suppress(PlaywrightTimeout):
            expected.wait_for(state=state, timeout=30_000)
            return
        if button.is_visible():
            button.click()
    expected.wait_for(state=state)


def built(page: Page) -> None:
    """Wait until no build is shown any more."""
    expect(page.get_by_role("progressbar")).to_have_count(0)
    settle(page)


# All through -----------------------------------------------------------------------------------


def test_the_icon_of_the_page_comes_from_the_app(app: App, page: Page) -> None:
    open_page(page, app.url)
    icons = page.evaluate(
        "() => [...document.querySelectorAll('link[rel~=icon]')].map(e => e.href)"
    )
    assert icons
    assert all(icon.startswith(app.url) for icon in icons)


def test_the_log_of_the_app_holds_no_fault(app: App) -> None:
    log = app.log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in log
    assert "failed" not in log.lower()
