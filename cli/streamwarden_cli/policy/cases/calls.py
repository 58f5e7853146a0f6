"""CloudTrail's record of a call that a case names: by somebody, about a channel of the case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ivs_simulator.events.cloudtrail import ApiCall, Caller, api_call_event
from ivs_simulator.events.envelopes import EnvelopeMetadata
from ivs_simulator.state.channels import complete, settings_of
from ivs_simulator.state.identifiers import Identifiers
from streamwarden.domain.arn import parse_arn
from streamwarden.domain.events import ApiCallName
from streamwarden_cli.replay.fleet import FleetChannel

API_CALLS: Final = tuple(str(name) for name in ApiCallName)
_OPERATOR: Final = "arn:aws:sts::{account}:assumed-role/operator/somebody"


def call_event(
    name: str,
    at: datetime,
    channel: FleetChannel,
    *,
    by: str | None,
    request: Mapping[str, Any],
    response: Mapping[str, Any],
    number: int,
) -> dict[str, Any]:
    arn = parse_arn(channel.arn)
    caller = Caller(by or _OPERATOR.format(account=arn.account))
    call = ApiCall(
        operation=name,
        params={**_request(name, channel), **request},
        caller=caller,
        request_id=f"request-{number}",
        result={**_response(name, channel, request), **response},
    )
    metadata = EnvelopeMetadata(f"event-{number}", arn.account, arn.region, at)
    return api_call_event(metadata, call, record_id=Identifiers(number).event())


def _request(name: str, channel: FleetChannel) -> dict[str, Any]:
    match name:
        case ApiCallName.CREATE_CHANNEL:
            return {**_settings(channel), "tags": channel.tags}
        case ApiCallName.UPDATE_CHANNEL | ApiCallName.DELETE_CHANNEL:
            return {"arn": channel.arn}
        case ApiCallName.TAG_RESOURCE | ApiCallName.UNTAG_RESOURCE:
            return {"resourceArn": channel.arn}
        case ApiCallName.CREATE_STREAM_KEY | ApiCallName.STOP_STREAM:
            return {"channelArn": channel.arn}
        case ApiCallName.DELETE_STREAM_KEY:
            # AWS names the key alone, and a stack finds its channel; nothing is found in a replay.
            return {"arn": _key_arn(channel), "channelArn": channel.arn}
        case _:
            return {}


def _response(name: str, channel: FleetChannel, text: Mapping[str, Any]) -> dict[str, Any]:
    key = {"arn": _key_arn(channel), "channelArn": channel.arn}
    match name:
        case ApiCallName.CREATE_CHANNEL:
            settings = complete(settings_of({**_settings(channel), **text}))
            made = {"arn": channel.arn, "tags": channel.tags, **settings}
            return {"channel": made, "streamKey": key}
        case ApiCallName.CREATE_STREAM_KEY:
            return {"streamKey": key}
        case _:
            return {}


def _settings(channel: FleetChannel) -> dict[str, Any]:
    return {name: value for name, value in channel.settings.items() if value is not None}


def _key_arn(channel: FleetChannel) -> str:
    return channel.arn.replace(":channel/", ":stream-key/")
