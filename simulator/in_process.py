"""Answers a boto3 `ivs` client from a world in the same process: no sockets, real serialisation."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from simulator.api.http import Origin, Request, respond
from simulator.events.cloudtrail import Caller
from simulator.world import World


class IvsClient(Protocol):
    """What attaching needs of a botocore client."""

    @property
    def meta(self) -> Any: ...


def attach(client: IvsClient, world: World, *, account: str, caller: Caller | None = None) -> None:
    """From now on every request of this client is answered by the world."""
    origin = Origin(account, client.meta.region_name, caller)

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        asked = Request(
            request.method, url.path, parse_qs(url.query, keep_blank_values=True), _bytes(request)
        )
        status, headers, body = respond(world, asked, origin)
        return AWSResponse(request.url, status, _headers(headers), _Raw(body))

    client.meta.events.register_first("before-send.ivs", answer)


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
