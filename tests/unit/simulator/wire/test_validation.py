"""Requests against the model, where the model alone is not enough."""

import json
from typing import Any

import pytest

from ivs_simulator.dispatch.routing import Origin, Request, respond
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.errors import IvsError
from ivs_simulator.wire.validation import check
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION, Sandbox


@pytest.mark.parametrize(
    ("operation", "params", "complaint"),
    [
        ("GetChannel", {}, "'arn' .* must not be null"),
        ("GetChannel", {"arn": "arn:aws:ivs:x"}, "pattern"),
        ("GetChannel", {"arn": 3}, "must be a string"),
        ("BatchGetChannel", {"arns": []}, "greater than or equal to 1"),
        ("ListChannels", {"maxResults": 101}, "less than or equal to 100"),
        ("ListChannels", {"maxResults": True}, "integer"),
        ("ListStreams", {"filterBy": {"health": "FINE"}}, "enum"),
        ("CreateChannel", {"authorized": "yes"}, "boolean"),
        ("CreateChannel", {"tags": {"a": "?" * 3}}, "pattern"),
        ("CreateChannel", {"name": "?", "type": "X"}, "2 validation errors detected"),
        ("InsertAdBreak", {"targetStartAt": NOW.replace(tzinfo=None)}, "must be a timestamp"),
    ],
)
def test_a_complaint_names_the_constraint(
    operation: str, params: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(IvsError, match=complaint):
        check(api_model.operation(operation).input_shape, params)


@pytest.mark.parametrize("at", [NOW, "2026-03-14T18:02:11Z", "2026-03-14T19:02:11.5+01:00"])
def test_times_come_as_text_or_as_such(at: Any) -> None:
    arn = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/AbCdEfGhIjKl"
    params = {"channelArn": arn, "durationSeconds": 30, "targetStartAt": at}

    check(api_model.operation("InsertAdBreak").input_shape, params)


def test_names_in_any_script_make_tags() -> None:
    check(
        api_model.operation("CreateChannel").input_shape,
        {"tags": {"Gr\u00f6\u00dfe": "\u5927 1+1=2@x"}},
    )


def test_what_is_null_is_absent(sandbox: Sandbox) -> None:
    given = {"name": None, "multitrackInputConfiguration": {"enabled": None, "policy": "ALLOW"}}

    assert api_model.without_nulls(api_model.structure("CreateChannelRequest"), given) == {
        "multitrackInputConfiguration": {"policy": "ALLOW"}
    }


def test_a_body_deeper_than_anybody_sends_is_no_json(sandbox: Sandbox) -> None:
    request = Request("POST", "/GetChannel", {}, b'{"a":' * 100_000)

    status, _, body = respond(sandbox.world, request, Origin(ACCOUNT, REGION))

    assert (status, json.loads(body)["message"]) == (400, "The request body is not JSON")
