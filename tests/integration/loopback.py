"""Services on this machine that take POSTs, and answer as they are told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from msgspec import json

HANG: Final = "hang"
CLOSE: Final = "close"


@dataclass
class Service:
    """Answers as it is told: a status, or none at all. `words` go with a refusal."""

    port: int = 0
    answers: list[int | str] = field(default_factory=list)
    words: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    received: list[tuple[str, Any]] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Handler(BaseHTTPRequestHandler):
    service: Service

    def do_POST(self) -> None:
        body = json.decode(self.rfile.read(int(self.headers["Content-Length"])))
        self.service.received.append((self.path, body))
        status = self.service.answers.pop(0) if self.service.answers else 200
        if status == HANG:
            self.service.is_over.wait()
        if isinstance(status, str):
            self.close_connection = True
            return
        said = f"cannot POST {self.path} {body.get('routing_key')} {self.service.words}"
        words = said.encode()
        self.send_response(status)
        for name, value in self.service.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def do_GET(self) -> None:
        self.service.received.append((self.path, "a redirect was followed"))
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving() -> Iterator[Service]:
    made = Service()
    handler = type("OfOneTest", (Handler,), {"service": made})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        made.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.is_over.set()
        server.shutdown()
        thread.join()
