"""Which language model may write an answer out, and where that choice is kept.

The environment (CEXUN_WRITER_URL, CEXUN_WRITER_MODEL, CEXUN_WRITER_KEY) goes before the app's own
settings. These lie in the user's folder for settings, never beside the documents: the folder of
documents is copied and shared, and a key must not go with it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from platformdirs import user_config_path

from indexer.errors import RequestProblem, WriterError

DEFAULT_TIMEOUT = 60.0
LONGEST_TIMEOUT = 600.0
_ENDPOINT = "/chat/completions"


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """A model behind an OpenAI-compatible address.

    `address` is its base (http://127.0.0.1:11434/v1); `timeout` the seconds that it may be silent.
    """

    address: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = DEFAULT_TIMEOUT

    @property
    def url(self) -> str:
        """The address that questions are sent to. Raises WriterError: writer_address."""
        parts = self._parts
        path = parts.path.rstrip("/")
        if not path.endswith(_ENDPOINT):
            path = (path or "/v1") + _ENDPOINT
        return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))

    @property
    def origin(self) -> str:
        """Scheme, host and port, as people are told them. Raises WriterError: writer_address."""
        return f"{self._parts.scheme}://{self._parts.netloc}"

    @property
    def where(self) -> Literal["here", "network", "outside"]:
        """Whether the address is this computer, the network it is in, or somewhere beyond."""
        host = self._parts.hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return "here"
        try:
            number = ipaddress.ip_address(host)
        except ValueError:
            return "outside"
        if number.is_loopback:
            return "here"
        return "network" if number.is_private and not number.is_unspecified else "outside"

    @property
    def readable_on_the_way(self) -> bool:
        """Whether what is sent leaves this computer without encryption."""
        return self.where != "here" and self._parts.scheme == "http"

    @property
    def _parts(self) -> SplitResult:
        return _split(self.address)

    def __post_init__(self) -> None:
        _split(self.address)
        if not self.model.strip():
            raise WriterError("writer_no_model")
        if not self.key.isascii() or not self.key.isprintable():
            raise WriterError("writer_key_signs")


def _split(address: str) -> SplitResult:
    """The parts of a web address that names a host and no password."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  # a port that is no number is found out only here
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    named = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    if not named or not address.isascii() or not address.isprintable() or " " in address:
        # What is before an @ is not shown: it may be a password.
        raise WriterError("writer_address", address=address.rpartition("@")[2][:80])
    return parts


def settings_file() -> Path:
    """Where the app keeps its choice of a model; the variable CEXUN_CONFIG moves it."""
    moved = os.environ.get("CEXUN_CONFIG")
    return (Path(moved) if moved else user_config_path("cexun")) / "writer.json"


def from_environment() -> WriterSettings | None:
    """The model that the environment names. Raises WriterError where it is named wrongly."""
    address = os.environ.get("CEXUN_WRITER_URL", "").strip()
    if not address:
        return None
    model = os.environ.get("CEXUN_WRITER_MODEL", "").strip()
    return WriterSettings(address, model, os.environ.get("CEXUN_WRITER_KEY", "").strip())


def load_settings() -> WriterSettings | None:
    """The model in force; None where none is set, or what was kept cannot be read.

    Raises WriterError where the environment names one wrongly.
    """
    return from_environment() or saved_settings()


def saved_settings() -> WriterSettings | None:
    """The model chosen in the app."""
    try:
        values = json.loads(settings_file().read_text(encoding="utf-8"))
        return WriterSettings(
            address=str(values["address"]),
            model=str(values["model"]),
            key=str(values.get("key", "")),
            timeout=bounded(float(values.get("timeout", DEFAULT_TIMEOUT))),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, WriterError):
        return None


def bounded(timeout: float) -> float:
    """A time to wait that makes sense."""
    return min(max(timeout, 1.0), LONGEST_TIMEOUT) if math.isfinite(timeout) else DEFAULT_TIMEOUT


def save_settings(settings: WriterSettings) -> None:
    """Keep the choice where only this user can read it. Raises RequestProblem: not_writable."""
    path = settings_file()
    values = {name: getattr(settings, name) for name in ("address", "model", "key", "timeout")}
    beside = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        # Made with its mode, not changed afterwards: there is no moment at which others can read.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(beside, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump(values, file)
        beside.replace(path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise RequestProblem("not_writable", folder=str(path.parent)) from problem


def clear_settings() -> None:
    """Forget the choice and its key. Raises RequestProblem: not_writable."""
    path = settings_file()
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise RequestProblem("not_writable", folder=str(path.parent)) from problem
