"""The OpenAI protocol for chat completions: a request out, pieces of text in.

Nothing goes out but the messages given. Redirects are not followed, and an address on this
computer or its network is never reached through a proxy, which would read what is sent.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import httpx

from indexer.errors import WriterError
from indexer.writer.prompt import Message
from indexer.writer.settings import WriterSettings

CONNECT_TIMEOUT = 10.0
_LONGEST_LINE = 1_000_000
_LONGEST_REASON = 200
_STEADY = {"temperature": 0}  # some models refuse to be told; they are asked again without


async def pieces(settings: WriterSettings, messages: Sequence[Message]) -> AsyncGenerator[str]:
    """The pieces of an answer as they arrive; "" for a sign that the model is still thinking.

    Only connecting has a time limit here. Raises WriterError.
    """
    connect = httpx.Timeout(None, connect=min(CONNECT_TIMEOUT, settings.timeout))
    headers = {"User-Agent": "cexun", "Accept-Encoding": "identity"}
    if settings.key:
        headers["Authorization"] = f"Bearer {settings.key}"
    request = {"model": settings.model, "messages": list(messages), "stream": True}
    try:
        async with httpx.AsyncClient(
            timeout=connect,
            trust_env=settings.where == "outside",
            headers=headers,
            # A server may hang up after a refusal without saying so: each request by itself.
            limits=httpx.Limits(max_keepalive_connections=0),
        ) as client:
            for extra in (_STEADY, {}):
                async with client.stream("POST", settings.url, json=request | extra) as response:
                    if response.status_code == httpx.codes.OK:
                        async for piece in _answer(response, settings):
                            yield piece
                        return
                    refusal = await _refusal(response, settings)
                    if "temperature" not in str(refusal.facts.get("reason")):
                        raise refusal
            raise refusal
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as problem:
        raise WriterError("writer_unreachable", address=settings.origin) from problem
    except (httpx.InvalidURL, UnicodeError) as problem:
        raise WriterError("writer_address", address=settings.origin) from problem
    except httpx.HTTPError as problem:
        raise WriterError("writer_broken") from problem


async def _answer(response: httpx.Response, settings: WriterSettings) -> AsyncIterator[str]:
    if "json" in response.headers.get("content-type", ""):  # a server that does not stream
        event = _read(await _body(response, _LONGEST_LINE), settings)
        yield _content(event, "message")
        return
    ended = seen = False
    async for line in _lines(response):
        if not line.startswith(b"data:"):
            continue
        data = line.removeprefix(b"data:").strip()
        if data == b"[DONE]":
            ended = True
            break
        event, seen = _read(data, settings), True
        if piece := _content(event, "delta"):
            yield piece
        elif _thinks(event):
            yield ""
        if ended := _finished(event):
            break
    if not ended:
        raise WriterError("writer_broken" if seen else "writer_malformed")


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    """The lines of a stream, by line feeds only: an answer may hold any other separator."""
    rest = b""
    async for chunk in response.aiter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.strip()
        if len(rest) > _LONGEST_LINE:
            raise WriterError("writer_malformed")
    yield rest.strip()


def _read(data: bytes, settings: WriterSettings) -> dict[str, object]:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise WriterError("writer_malformed") from problem
    if not isinstance(event, dict):
        raise WriterError("writer_malformed")
    if event.get("error"):
        reason = _reason(data, settings)
        raise WriterError("writer_status", status=event.get("status", "error"), reason=reason)
    return event


def _choice(event: dict[str, object]) -> dict[str, object]:
    choices = event.get("choices")
    if not isinstance(choices, list) or not all(isinstance(each, dict) for each in choices):
        raise WriterError("writer_malformed")
    return choices[0] if choices else {}  # none in the event that counts tokens


def _content(event: dict[str, object], field: str) -> str:
    holder = _choice(event).get(field) or {}
    content = holder.get("content") if isinstance(holder, dict) else holder
    if content is not None and not isinstance(content, str):
        raise WriterError("writer_malformed")
    return content or ""


def _thinks(event: dict[str, object]) -> bool:
    delta = _choice(event).get("delta")
    return isinstance(delta, dict) and bool(
        delta.get("reasoning_content") or delta.get("reasoning")
    )


def _finished(event: dict[str, object]) -> bool:
    """Whether the answer ends here. Raises WriterError where it was cut short."""
    reason = _choice(event).get("finish_reason")
    if reason in {"length", "content_filter"}:
        raise WriterError("writer_cut")
    return reason is not None


async def _refusal(response: httpx.Response, settings: WriterSettings) -> WriterError:
    status = response.status_code
    if status in {401, 403}:
        return WriterError("writer_key", status=status)
    if status == 429:
        return WriterError("writer_busy")
    reason = _reason(await _body(response, 10_000), settings)
    if status == 404:
        return WriterError("writer_not_found", model=settings.model, url=settings.url)
    return WriterError("writer_status", status=status, reason=reason)


async def _body(response: httpx.Response, limit: int) -> bytes:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            break
    return body[:limit]


def _reason(body: bytes, settings: WriterSettings) -> str:
    """What a server says went wrong, in one line, without the key that it may repeat."""
    said: object = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):  # no JSON: told as it is
        said = json.loads(body)
    for name in ("error", "message"):
        said = said.get(name, said) if isinstance(said, dict) else said
    text = " ".join("".join(c if c.isprintable() else " " for c in str(said)).split())
    return (text.replace(settings.key, "***") if settings.key else text)[:_LONGEST_REASON]
