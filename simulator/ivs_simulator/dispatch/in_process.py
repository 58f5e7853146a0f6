"""Answers boto3 clients of IVS from a world in the same process: no sockets, real serialisation."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from ivs_simulator.dispatch.routing import Origin, Request, respond
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.wire.model import Api
from ivs_simulator.world import World

# What botocore asks before it sends a request of either API.
BEFORE_SEND: Final = tuple(f"before-send.{api}" for api in Api)
# The endpoints of AWS tell the APIs apart. One of the caller's own is for both.
_REAL_TIME_HOST: Final = re.compile(r"ivsrealtime(?:-fips)?\.")
_LOW_LATENCY_HOST: Final = re.compile(r"ivs(?:-fips)?\.")

# botocore asks every `before-send` handler, also those behind the one that answers. moto, which is
# one of them, knows a request by its URL: with this one it leaves it alone, and so does a second
# world that listens to the same client. A retry is a new request.
_ANSWERED: Final = "https://answered.invalid/"


class IvsClient(Protocol):
    """What attaching needs of a botocore client."""

    @property
    def meta(self) -> Any: ...


def attach(client: IvsClient, world: World, *, account: str, caller: Caller | None = None) -> None:
    """From now on every request of this client, of either API, is answered by the world."""
    origin = Origin(account, client.meta.region_name, caller)

    def answer_from_world(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        return None if is_answered(request) else answer(request, world, origin)

    for event in BEFORE_SEND:
        client.meta.events.register_first(event, answer_from_world)


def is_answered(request: AWSPreparedRequest) -> bool:
    return request.url == _ANSWERED


def answer(request: AWSPreparedRequest, world: World, origin: Origin) -> AWSResponse:
    """The world's answer to a request as botocore sends it; no other handler answers it again."""
    sent_to = request.url
    url = urlsplit(sent_to)
    query = parse_qs(url.query, keep_blank_values=True)
    asked = Request(request.method, url.path, query, _bytes(request), _api_at(url.netloc))
    request.url = _ANSWERED
    status, headers, body = respond(world, asked, origin)
    return AWSResponse(sent_to, status, _headers(headers), _Raw(body))


def _api_at(host: str) -> Api | None:
    if _REAL_TIME_HOST.match(host):
        return Api.REAL_TIME
    return Api.LOW_LATENCY if _LOW_LATENCY_HOST.match(host) else None


class _Raw(BytesIO):
    """A response body in the form botocore reads one from the network."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _bytes(request: AWSPreparedRequest) -> bytes:
    match request.body:
        case str() as text:
            return text.encode()
        case bytes() | bytearray() as octets:
            return bytes(octets)
        case None:
            return b""
        case _:
            raise TypeError("the IVS API has no streamed request bodies")


def _headers(given: dict[str, str]) -> HTTPHeaders:
    headers = HTTPHeaders()
    for name, value in given.items():
        headers[name] = value
    return headers
