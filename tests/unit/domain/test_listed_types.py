"""Every type of resource that IVS lists with its tags can be judged by them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import botocore.session
import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.events import ApiCallName
from streamwarden.domain.ivs import Api
from streamwarden.domain.listed_types import LISTED_TYPES, api_of
from streamwarden.domain.rules.tags.tagged import Taggable, Tagged
from testbed.builders import CHANNEL, COMPOSITION, KEY, SLATE, STAGE

SERVICES: Final[Mapping[Api, Any]] = {
    api: botocore.session.get_session().get_service_model(api) for api in Api
}


def listings(api: Api) -> Iterator[tuple[str, str, bool]]:
    """The operations of an API model that list all of a type, where, and whether with its tags."""
    service = SERVICES[api]
    for name in service.operation_names:
        operation = service.operation_model(name)
        if not name.startswith("List") or operation.input_shape.required_members:
            continue
        for member, shape in operation.output_shape.members.items():
            if shape.type_name == "list" and "arn" in shape.member.members:
                yield name, member, "tags" in shape.member.members


@pytest.mark.parametrize("api", Api)
def test_whatever_ivs_lists_is_a_channel_or_a_listed_type(api: Api) -> None:
    types = [each for each in LISTED_TYPES.values() if each.api is api]
    channels = {("ListChannels", "channels", True)} if api is Api.LOW_LATENCY else set()

    assert {*listings(api)} == channels | {
        (each.listing, each.entries, each.has_tags) for each in types
    }


@pytest.mark.parametrize("resource", LISTED_TYPES)
def test_the_states_that_are_over_are_those_of_the_model(resource: ResourceType) -> None:
    listed = LISTED_TYPES[resource]
    answer = SERVICES[listed.api].operation_model(listed.listing).output_shape
    states = answer.members[listed.entries].member.members.get("state")
    known = {*states.enum} if states else set()

    assert listed.over == known & {"STOPPING", "STOPPED", "FAILED"}


def test_the_api_of_a_resource_is_that_of_its_type() -> None:
    assert {api_of(arn) for arn in (STAGE, COMPOSITION)} == {Api.REAL_TIME}
    assert {api_of(arn) for arn in (CHANNEL, KEY, SLATE, "")} == {Api.LOW_LATENCY}


def test_rules_about_tags_are_about_all_of_them() -> None:
    assert set(map(ResourceType, Taggable)) == {ResourceType.CHANNEL, *LISTED_TYPES}
    assert set(Tagged) == {*Taggable, "stream_key"}


def test_every_call_about_one_of_them_is_read() -> None:
    types = LISTED_TYPES.values()
    calls = {each.made_by for each in types} | {each.deleted_by for each in types}
    changes = {each.changed_by for each in types if each.changed_by}

    assert {*ApiCallName} - calls - changes == {
        "CreateChannel",
        "UpdateChannel",
        "DeleteChannel",
        "CreateStreamKey",
        "DeleteStreamKey",
        "TagResource",
        "UntagResource",
        "StopStream",
    }
    assert calls | changes <= {*ApiCallName}


@pytest.mark.parametrize("resource", LISTED_TYPES)
def test_what_is_compared_is_part_of_a_listing(resource: ResourceType) -> None:
    """But for the fingerprint, which is asked for in single calls."""
    listed = LISTED_TYPES[resource]
    service = SERVICES[listed.api]
    answer = service.operation_model(listed.listing).output_shape.members[listed.entries]

    assert {*listed.compared} - {"fingerprint"} <= {*answer.member.members}
