"""The API as it travels: rest-json requests into calls, results and errors into responses.

Routes, members, their places and status codes all come from the API model.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.arns import REAL_TIME_KINDS
from ivs_simulator.wire.errors import ErrorCode, IvsError, invalid, not_found
from ivs_simulator.wire.jsonable import jsonable
from ivs_simulator.wire.model import Api
from ivs_simulator.world import Authorise, World

type Response = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from and what decides whether it may."""

    account: str
    region: str
    caller: Caller | None = None
    authorise: Authorise | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `api` is the API that its host belongs to, None where the host is of both."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes
    api: Api | None = None


def respond(world: World, request: Request, origin: Origin) -> Response:
    """Answers one HTTP request from the world."""
    request_id = world.new_request_id()
    status, headers, body = _answer(world, request, origin, request_id)
    return status, {**headers, "x-amzn-RequestId": request_id}, body


def _answer(world: World, request: Request, origin: Origin, request_id: str) -> Response:
    try:
        name, asked = _understood(request)
        params = api_model.without_nulls(api_model.operation(name).input_shape, asked)
        result = world.call(
            name,
            params,
            account=origin.account,
            region=origin.region,
            caller=origin.caller,
            authorise=origin.authorise,
            request_id=request_id,
        )
    except IvsError as error:
        return refusal(error)
    model = api_model.operation(name)
    status = int(model.http.get("responseCode", 200))
    body = b"" if status == 204 or model.output_shape is None else _json(jsonable(result))
    return status, {"Content-Type": "application/json"}, body


def refusal(error: IvsError) -> Response:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
    # The model has `exceptionMessage`; `message` is what SDKs show.
    body = {"exceptionMessage": error.message, "message": error.message}
    return error.status, headers, _json(body)


def _understood(request: Request) -> tuple[str, dict[str, Any]]:
    """The operation a request is for, and its parameters."""
    for name in api_model.operation_names(request.api):
        http = api_model.operation(name).http
        fixed, _, placeholder = str(http["requestUri"]).partition("{")
        if http["method"] != request.method:
            continue
        if not placeholder and request.path == fixed:
            return name, _body(request)
        if placeholder and request.path.startswith(fixed):
            label = placeholder.removesuffix("}")
            rest = unquote(request.path.removeprefix(fixed))
            _check_api(rest, request.api)
            return name, {**_body(request), label: rest, **_from_query(name, request)}
    message = f"No operation at {request.method} {request.path}"
    raise IvsError(ErrorCode.NOT_FOUND, message)


def _check_api(resource_arn: str, api: Api | None) -> None:
    """Each API has the tags of its own resources. AWS does not say what else it would answer."""
    kind = resource_arn.rpartition(":")[2].partition("/")[0]
    of_kind = Api.REAL_TIME if kind in REAL_TIME_KINDS else Api.LOW_LATENCY
    if api not in (None, of_kind):
        raise not_found(resource_arn)


def _body(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise invalid("The request body is not JSON") from error
    if not isinstance(body, dict):
        raise invalid("The request body is not a JSON object")
    return body


def _from_query(name: str, request: Request) -> dict[str, list[str]]:
    shape = api_model.operation(name).input_shape
    members = shape.members.items() if shape is not None else ()
    return {
        member: list(request.query[place])
        for member, model in members
        if model.serialization.get("location") == "querystring"
        and (place := model.serialization["name"]) in request.query
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
