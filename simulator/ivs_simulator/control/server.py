"""The broadcaster's side of a running local AWS: JSON over HTTP on the loopback interface.

Tests, the demo and `sim` play encoders here; no answer carries a stream key's value.
"""

import json
import logging
import traceback
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ivs_simulator.control.context import Answer, ControlContext
from ivs_simulator.control.endpoints import ENDPOINTS
from ivs_simulator.control.fields import BadRequest, Conflict
from ivs_simulator.playback.refusals import PlaybackRefused
from ivs_simulator.wire.errors import IvsError, StreamKeyRefused
from ivs_simulator.wire.jsonable import jsonable

_log = logging.getLogger(__name__)


def answer(context: ControlContext, method: str, target: str, body: bytes) -> tuple[int, Answer]:
    """One request to the control interface, without the socket it came by."""
    url = urlsplit(target)
    endpoint = ENDPOINTS.get((method, url.path))
    if endpoint is None:
        return 404, {"error": f"nothing at {method} {url.path}"}
    try:
        given = _read(body, url.query)
        with context.world.lock:
            context.world.tick()
            return 200, jsonable(endpoint.answer(context, given))
    except IvsError as error:
        return error.status, {"error": error.message, "code": error.code}
    except StreamKeyRefused as error:
        return 409, {"error": str(error), "code": "StreamKeyRefused"}
    except PlaybackRefused as error:
        return 403, {"error": error.text, "code": str(error.reason)}
    except Conflict as error:
        return 409, {"error": str(error), "code": error.code}
    except BadRequest as error:
        return 400, {"error": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the next request is answered
        _log_failure(error, f"{method} {url.path}")
        return 500, {"error": "the simulator failed; its log says where", "code": "SimulatorFailed"}


def serve(context: ControlContext, port: int) -> ThreadingHTTPServer:
    """Starts the control interface in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def log_message(self, *_: object) -> None:
            """Silent: a request may carry a stream key's value."""

        def _reply(self, body: bytes) -> None:
            status, content = answer(context, self.command, self.path, body)
            encoded = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    Thread(target=server.serve_forever, name="simulator-control", daemon=True).start()
    return server


def _read(body: bytes, query: str) -> Mapping[str, Any]:
    """The members of a JSON object, or those of a query."""
    if not body:
        return {name: values[0] for name, values in parse_qs(query).items()}
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise BadRequest("the body is not a JSON object")
    return given


def _log_failure(error: Exception, endpoint: str) -> None:
    """Logs where it happened, without the text: it may repeat a stream key of the request."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("%s: %s in %s:%s", endpoint, type(error).__name__, at.filename, at.lineno)
