"""One server on this machine that stands for every destination, and has troubles by a seed.

It serves one connection after another, so that a request that its client has given up is over
before the next one is heard. What it takes it keeps as it came (`troubled_requests.py` reads it).
"""

import random
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import Any, Final

from testbed.aws_answers import accepted, refused
from testbed.troubled_requests import Request

_HOST: Final = "127.0.0.1"
# No client waits as long: it is the end of a test that is broken.
_LONGEST_SECONDS: Final = 60


class Answer(StrEnum):
    """What becomes of a request."""

    TAKEN = "answered 200"
    BUSY = "answered 429"
    FAILED = "answered 500"
    HUNG = "hung, and took nothing"
    HUNG_UP = "closed, and took nothing"
    TAKEN_HUNG = "hung after taking it"
    TAKEN_HUNG_UP = "closed after taking it"
    REFUSED = "refused the connection"


# How often in a hundred requests. A hang costs the time that its client waits.
_WEIGHTS: Final[Mapping[Answer, int]] = {
    Answer.TAKEN: 74,
    Answer.BUSY: 8,
    Answer.FAILED: 8,
    Answer.HUNG: 1,
    Answer.HUNG_UP: 3,
    Answer.TAKEN_HUNG: 2,
    Answer.TAKEN_HUNG_UP: 4,
}


@dataclass
class TroubledServer:
    """Gives the answers it is told, `coming`; then by `chance`, and always well without it.

    `secrets` are those of Secrets Manager.
    """

    coming: list[Answer] = field(default_factory=list)
    chance: random.Random | None = None
    taken: list[Request] = field(default_factory=list)
    answers: Counter[Answer] = field(default_factory=Counter)
    secrets: dict[str, str] = field(default_factory=dict)
    is_over: bool = False

    def __post_init__(self) -> None:
        # Keeps the port while nobody listens at it.
        self._place = _bound(0)
        self.port = self._place.getsockname()[1]
        self._listener = self._listening()
        self._thread = Thread(target=self._serve)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://{_HOST}:{self.port}"

    def begin(self, chance: random.Random) -> None:
        """Forget all that was, and have troubles again."""
        self.chance, self.taken, self.answers = chance, [], Counter()

    def collect(self) -> list[Request]:
        """What was taken since the last time."""
        found, self.taken = self.taken, []
        return found

    def settle(self) -> None:
        """Return when everything that was sent until now has been served."""
        with self._asking("SETTLE") as connection:
            connection.recv(1)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Meanwhile every connection is refused."""
        with self._asking("REFUSE") as connection:
            connection.recv(1)
            self.answers[Answer.REFUSED] += 1
            try:
                yield
            finally:
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1)

    def close(self) -> None:
        """Serve nothing more."""
        with self._asking("CLOSE"):
            self._thread.join()
        self._listener.close()
        self._place.close()

    def draw(self) -> Answer:
        """What becomes of the next request."""
        if self.coming:
            return self.coming.pop(0)
        if self.chance is None:
            return Answer.TAKEN
        return self.chance.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0]

    def wait(self) -> str:
        """How many seconds a client is to wait that is told to."""
        return str(self.chance.randrange(1, 30)) if self.chance else "7"

    def stop_listening(self, connection: socket.socket) -> None:
        """Until the other end of the connection says that it is enough."""
        self._listener.close()
        connection.sendall(b"1")
        connection.recv(1)
        self._listener = self._listening()

    def _serve(self) -> None:
        untyped: Any = self  # no server of Python's own, of which a handler needs nothing
        while not self.is_over:
            connection, address = self._listener.accept()
            # A client that has given its request up takes no answer.
            with connection, suppress(OSError):
                connection.settimeout(_LONGEST_SECONDS)
                _Connection(connection, address, untyped)

    def _listening(self) -> socket.socket:
        made = _bound(self.port)
        made.listen()
        return made

    @contextmanager
    def _asking(self, what: str) -> Iterator[socket.socket]:
        """A connection of the test's own, which is served in its turn."""
        with socket.create_connection((_HOST, self.port), timeout=_LONGEST_SECONDS) as made:
            made.sendall(f"{what} / HTTP/1.0\r\n\r\n".encode())
            yield made


class _Connection(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        answer = self._drawn()
        if answer in (Answer.HUNG, Answer.HUNG_UP):
            # A connection that is closed with an unread request is reset.
            self._leave(answer is Answer.HUNG)
            return
        request = self._request()
        if answer is Answer.BUSY:
            asked = {"Retry-After": self.server.wait()}
            self._say(429, refused(request, "ThrottlingException"), asked)
        elif answer is Answer.FAILED:
            self._say(500, refused(request, "InternalServerError"))
        else:
            self.server.taken.append(request)
            if answer is Answer.TAKEN:
                self._say(200, accepted(request, self.server.secrets))
            else:
                self._leave(answer is Answer.TAKEN_HUNG)

    def do_PATCH(self) -> None:
        self.do_POST()

    def do_SETTLE(self) -> None:
        self.connection.sendall(b"1")

    def do_REFUSE(self) -> None:
        self.server.stop_listening(self.connection)

    def do_CLOSE(self) -> None:
        self.server.is_over = True

    def _drawn(self) -> Answer:
        found: Answer = self.server.draw()
        self.server.answers[found] += 1
        return found

    def _request(self) -> Request:
        """All of it. Raises ConnectionError where its client has given it up before."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = int(headers["content-length"])
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError
        return Request(self.path, headers, body)

    def _leave(self, is_held: bool) -> None:
        """Say nothing; while it is held, until the client has had enough."""
        while is_held and self.connection.recv(65_536):
            pass

    def _say(self, status: int, words: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def troubled_server() -> Iterator[TroubledServer]:
    made = TroubledServer()
    try:
        yield made
    finally:
        made.close()


def _bound(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((_HOST, port))
    return made
