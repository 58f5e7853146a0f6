"""Every type of resource that IVS lists with its tags can be judged by them."""

from collections.abc import Iterator
from typing import Any, Final

import botocore.session
import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.events import ApiCallName
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.rules.tags.tagged import Taggable, Tagged

SERVICE: Final[Any] = botocore.session.get_session().get_service_model("ivs")


def listings_with_tags() -> Iterator[tuple[str, str]]:
    """The operations of the API model that list all of a type with its tags, and where."""
    for name in SERVICE.operation_names:
        operation = SERVICE.operation_model(name)
        if not name.startswith("List") or operation.input_shape.required_members:
            continue
        for member, shape in operation.output_shape.members.items():
            if shape.type_name == "list" and "tags" in shape.member.members:
                yield name, member


def test_whatever_ivs_lists_with_tags_is_a_channel_or_a_listed_type() -> None:
    listed = {(each.listing, each.entries) for each in LISTED_TYPES.values()}

    assert {*listings_with_tags()} == {("ListChannels", "channels")} | listed


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
    answer = SERVICE.operation_model(listed.listing).output_shape.members[listed.entries]

    assert {*listed.compared} - {"fingerprint"} <= {*answer.member.members}
