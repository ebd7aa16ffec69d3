"""A server on this machine that speaks the OpenAI protocol, well or badly, and keeps what it gets.

What it does with a request is a function that is handed the request and writes to the connection.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answering = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request; the helpers write parts of an answer."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(self)
        try:
            self.server.answering(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.set()
        self.close_connection = True

    def do_GET(self) -> None:
        self.server.strays.append(self.path)
        self.send_error(404)

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.body)

    def begin(self, kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, value: object) -> None:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self.chunk(f"data: {text}\n\n".encode())

    def say(self, text: str, **more: object) -> None:
        self.event({"choices": [{"delta": {"content": text} | more, "finish_reason": None}]})

    def end(self, reason: str = "stop") -> None:
        self.event({"choices": [{"delta": {}, "finish_reason": reason}]})
        self.event("[DONE]")
        self.chunk(b"")

    def refuse(self, status: int, body: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """The server; `answering` may be changed between requests."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.received: list[Request] = []
        self.strays: list[str] = []
        self.hung_up = threading.Event()
        self.held = threading.Event()
        self.answering: Answering = saying("好。[1]")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.held.set()  # lets go of those that wait
        server.shutdown()
        thread.join()
        server.server_close()


def saying(text: str, size: int = 7) -> Answering:
    """Streams a text in pieces that end anywhere."""

    def answer(request: Request) -> None:
        request.begin()
        request.event({"choices": [{"delta": {"role": "assistant", "content": ""}}]})
        for at in range(0, len(text), size):
            request.say(text[at : at + size])
        request.end()

    return answer
