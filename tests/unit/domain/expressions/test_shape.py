"""What expressions see of a resource is what its shape declares, and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session
import pytest
from hypothesis import given

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.expressions.shape import DOCUMENT, Form, Kind, Member, Shape
from streamwarden.domain.expressions.time_functions import parse_moment
from streamwarden.domain.inputs import Input
from streamwarden.domain.state.facts import Facts
from testbed import builders
from testbed.builders import (
    CHANNEL,
    KEY_PAIR,
    STREAM,
    WHOLE_ACCOUNT,
    at,
    channel_listed,
    channel_updated,
    facts_from,
    limit_breach,
    session_created,
    starvation_start,
    stream_event,
    stream_listed,
    stream_start,
)
from tests.unit.domain.strategies import histories

EVERYTHING = {
    "adConfigurationArn": "",
    "authorized": True,
    "containerFormat": "TS",
    "failoverSlateConfigurationArn": "",
    "insecureIngest": False,
    "latencyMode": "LOW",
    "multitrackInputConfiguration": {
        "enabled": True,
        "policy": "ALLOW",
        "maximumResolution": "FULL_HD",
    },
    "playbackRestrictionPolicyArn": "",
    "preset": "HIGHER_BANDWIDTH_DELIVERY",
    "recordingConfigurationArn": "",
    "type": "ADVANCED_HD",
}

_TYPES: Mapping[Kind, type | tuple[type, ...]] = {
    Kind.TEXT: str,
    Kind.NUMBER: (int, float),
    Kind.BOOLEAN: bool,
    Kind.LIST: list,
    Kind.MAPPING: dict,
}


def faults(value: object, shape: Shape, path: str) -> Iterator[str]:
    """Where a value is not like its shape."""
    if not isinstance(value, _TYPES[shape.kind]) or (
        shape.kind is Kind.NUMBER and isinstance(value, bool)
    ):
        yield f"{path} is {value!r}, not {shape.kind}"
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from faults_of_member(name, each, shape, path)
        for name, member in (shape.members or {}).items():
            if not member.is_nullable and value.get(name) is None:
                yield f"{path}.{name} is null"
    elif isinstance(value, list):
        assert shape.items is not None
        for each in value:
            yield from faults(each, shape.items, f"{path}[]")
    elif shape.values and value not in shape.values:
        yield f"{path} is {value!r}, not one of {shape.values}"
    elif shape.form is Form.MOMENT and parse_moment(str(value)) is None:
        yield f"{path} is {value!r}, not a moment"


def faults_of_member(name: str, value: object, owner: Shape, path: str) -> Iterator[str]:
    if owner.members is None:
        assert owner.items is not None
        yield from faults(value, owner.items, f"{path}.{name}")
    elif name not in owner.members:
        yield f"{path}.{name} is not declared"
    elif value is not None:
        yield from faults(value, owner.members[name].shape, f"{path}.{name}")


def faults_of(facts: Facts) -> list[str]:
    return [*faults(facts.document, Shape(kind=Kind.MAPPING, members=DOCUMENT), "")]


@given(histories)
def test_whatever_is_known_the_document_is_as_declared(history: list[Input]) -> None:
    assert faults_of(facts_from(*history)) == []


@pytest.mark.parametrize(
    "facts",
    [
        facts_from(channel_listed(at(), tags={"owner": "a"}, **EVERYTHING), stream_listed(at(1))),
        facts_from(builders.key_pair_imported(at(), name="laptop"), arn=KEY_PAIR),
        facts_from(arn=WHOLE_ACCOUNT),
        facts_from(arn="arn:aws:ivs:eu-west-1:210987654321:public-key/abc"),
    ],
)
def test_the_document_of_anything_is_as_declared(facts: Facts) -> None:
    assert faults_of(facts) == []


def test_expressions_see_a_channel_its_session_and_its_account() -> None:
    facts = facts_from(
        channel_listed(at(), tags={"owner": "a"}, name="studio", **EVERYTHING),
        session_created(at(minutes=1)),
        stream_start(at(minutes=2)),
        limit_breach(at(minutes=3)),
        stream_event("Stream Takeover", at(minutes=4)),
        stream_listed(at(minutes=5), start_time=at(minutes=2), viewers=7),
        starvation_start(at(minutes=6)),
    )

    common = {
        "arn": CHANNEL,
        "id": "KgopvkVuUi7g",
        "name": "studio",
        "region": "eu-west-1",
        "tags": {"owner": "a"},
    }
    assert facts.document == {
        "channel": {**common, **EVERYTHING, "first_seen_at": "2026-03-14T12:00:00Z"},
        "session": {
            "stream_id": STREAM,
            "created_at": "2026-03-14T12:01:00Z",
            "on_air": True,
            "on_air_at": "2026-03-14T12:02:00Z",
            "stalled": True,
            "viewers": 7,
            "takeovers": 1,
            "limit_hits": ["Ingest Bitrate"],
        },
        "resource": {**common, "type": "channel"},
        "account": {"id": "210987654321", "region": "eu-west-1"},
    }


def test_expressions_see_no_session_on_an_idle_channel() -> None:
    assert facts_from(channel_listed(at())).document["session"] is None


def test_expressions_see_of_other_resources_what_all_resources_have() -> None:
    listed = builders.key_pair_imported(at(), name="laptop", tags={"env": "prod"})

    document = facts_from(listed, arn=KEY_PAIR).document

    assert document["channel"] is None
    assert document["session"] is None
    assert document["resource"] == {
        "arn": KEY_PAIR,
        "id": "f99cde61-c2b0-4df3-8941-ca7d38acca1a",
        "type": "playback_key_pair",
        "name": "laptop",
        "region": "eu-west-1",
        "tags": {"env": "prod"},
    }


def test_members_that_are_not_declared_are_not_seen() -> None:
    facts = facts_from(channel_listed(at()), channel_updated(at(1), holograms=True, preset=""))

    assert "holograms" not in facts.document["channel"]
    assert facts.document["channel"]["preset"] == ""


class TestShape:
    """The settings of a channel and their values are those of the API."""

    API = botocore.session.get_session().get_service_model("ivs")

    def members(self, *path: str) -> Mapping[str, Member]:
        members: Mapping[str, Member] = DOCUMENT
        for name in path:
            members = members[name].shape.members or {}
        return members

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            (("channel",), "Channel"),
            (("channel", "multitrackInputConfiguration"), "MultitrackInputConfiguration"),
        ],
    )
    def test_settings_are_declared_as_in_the_api(self, path: tuple[str, ...], name: str) -> None:
        api: Any = self.API.shape_for(name)
        words = {"string": Kind.TEXT, "boolean": Kind.BOOLEAN, "structure": Kind.MAPPING}
        declared = self.members(*path)
        own = {"id", "region", "first_seen_at"}
        addresses = {"ingestEndpoint", "playbackUrl", "srt"}

        assert declared.keys() - own == api.members.keys() - addresses
        for member, shape in api.members.items():
            if member in declared and member != "tags":
                assert declared[member].shape.kind is words[shape.type_name], member
                values = {value for value in declared[member].shape.values if value != ""}
                assert values == set(getattr(shape, "enum", ())) or shape.type_name == "boolean"

    def test_the_types_of_resources_are_all_there_are(self) -> None:
        assert self.members("resource")["type"].shape.values == tuple(ResourceType)

    def test_every_member_is_described(self) -> None:
        described = [
            member.description
            for path in ((), ("channel",), ("session",), ("resource",), ("account",))
            for member in self.members(*path).values()
        ]

        assert all(described)
        assert len(described) > 30
