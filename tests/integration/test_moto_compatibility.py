"""Code written for moto's six IVS operations finds the same with the simulator in moto's place.

The cases are those moto tests itself, less what is wrong on AWS: `test_moto_is_laxer` has these.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from ivs_simulator.dispatch.mocking import simulate_ivs

REGION = "eu-west-1"
MISSING = f"arn:aws:ivs:{REGION}:123456789012:channel/ABCDEFabcdef"
MISSING_RECORDING = f"arn:aws:ivs:{REGION}:123456789012:recording-configuration/ABCDEFabcdef"

type Call = Callable[[Any], Any]


def names(channels: list[Any]) -> list[str]:
    return [each["name"] for each in channels]


@pytest.fixture(params=[nullcontext, simulate_ivs], ids=["moto", "simulator"])
def ivs(request: pytest.FixtureRequest) -> Iterator[Any]:
    answering: Callable[[], AbstractContextManager[object]] = request.param
    with mock_aws(), answering():
        yield boto3.client("ivs", region_name=REGION)


def test_a_channel_has_the_name_it_was_given(ivs: Any) -> None:
    assert ivs.create_channel(name="foo")["channel"]["name"] == "foo"


def test_the_defaults_of_a_channel(ivs: Any) -> None:
    made = ivs.create_channel(name="foo")
    expected = {
        "authorized": False,
        "insecureIngest": False,
        "latencyMode": "LOW",
        "preset": "",
        "recordingConfigurationArn": "",
        "tags": {},
        "type": "STANDARD",
    }
    assert {name: made["channel"][name] for name in expected} == expected
    assert made["streamKey"]["tags"] == {}


def test_what_a_new_channel_is_given(ivs: Any) -> None:
    made = ivs.create_channel(name="foo")
    channel, key = made["channel"], made["streamKey"]
    assert re.fullmatch(rf"arn:aws:ivs:{REGION}:123456789012:channel/\w+", channel["arn"])
    assert re.fullmatch(rf"arn:aws:ivs:{REGION}:123456789012:stream-key/\w+", key["arn"])
    assert channel["ingestEndpoint"]
    assert channel["playbackUrl"].endswith(".m3u8")
    assert key["channelArn"] == channel["arn"]
    assert key["value"].startswith(f"sk_{REGION}_")


def test_settings_are_kept(ivs: Any) -> None:
    given = {
        "authorized": True,
        "insecureIngest": True,
        "latencyMode": "NORMAL",
        "name": "foo",
        "tags": {"team": "sports"},
        "type": "BASIC",
    }
    made = ivs.create_channel(**given)["channel"]
    assert {name: made[name] for name in given} == given
    assert ivs.get_channel(arn=made["arn"])["channel"] == made


def test_no_channels(ivs: Any) -> None:
    assert ivs.list_channels()["channels"] == []


def test_channels_are_listed_in_the_order_they_were_made(ivs: Any) -> None:
    for name in ("foo", "bar", "baz"):
        ivs.create_channel(name=name)
    assert names(ivs.list_channels()["channels"]) == ["foo", "bar", "baz"]


def test_channels_of_a_name(ivs: Any) -> None:
    for name in ("foo", "bar"):
        ivs.create_channel(name=name)
    assert names(ivs.list_channels(filterByName="foo")["channels"]) == ["foo"]


def test_channels_of_an_unused_recording_configuration(ivs: Any) -> None:
    ivs.create_channel(name="foo")
    found = ivs.list_channels(filterByRecordingConfigurationArn=MISSING_RECORDING)
    assert found["channels"] == []


def test_pages(ivs: Any) -> None:
    for name in ("foo", "bar"):
        ivs.create_channel(name=name)
    first = ivs.list_channels(maxResults=1)
    last = ivs.list_channels(maxResults=1, nextToken=first["nextToken"])
    assert names(first["channels"]) == ["foo"]
    assert names(last["channels"]) == ["bar"]
    assert "nextToken" not in last


def test_a_paginator(ivs: Any) -> None:
    for name in ("foo", "bar", "baz"):
        ivs.create_channel(name=name)
    pages = ivs.get_paginator("list_channels").paginate(PaginationConfig={"PageSize": 2})
    assert [names(page["channels"]) for page in pages] == [["foo", "bar"], ["baz"]]


def test_a_channel_by_its_arn(ivs: Any) -> None:
    arn = ivs.create_channel(name="foo")["channel"]["arn"]
    assert ivs.get_channel(arn=arn)["channel"]["name"] == "foo"


def test_several_channels_by_their_arns(ivs: Any) -> None:
    arns = [ivs.create_channel(name=name)["channel"]["arn"] for name in ("foo", "bar", "baz")]
    assert names(ivs.batch_get_channel(arns=arns[:2])["channels"]) == ["foo", "bar"]


def test_an_update_changes_what_it_names(ivs: Any) -> None:
    arn = ivs.create_channel(name="foo", latencyMode="NORMAL")["channel"]["arn"]
    updated = ivs.update_channel(arn=arn, name="bar")["channel"]
    assert (updated["name"], updated["latencyMode"]) == ("bar", "NORMAL")
    assert ivs.get_channel(arn=arn)["channel"] == updated


def test_a_deleted_channel_is_gone(ivs: Any) -> None:
    arn = ivs.create_channel(name="foo")["channel"]["arn"]
    ivs.delete_channel(arn=arn)
    assert ivs.list_channels()["channels"] == []


@pytest.mark.parametrize(
    "call",
    [
        lambda ivs: ivs.get_channel(arn=MISSING),
        lambda ivs: ivs.update_channel(arn=MISSING, name="bar"),
        lambda ivs: ivs.delete_channel(arn=MISSING),
    ],
    ids=["get", "update", "delete"],
)
def test_a_channel_that_does_not_exist(ivs: Any, call: Call) -> None:
    with pytest.raises(ClientError) as refused:
        call(ivs)
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_regions_have_nothing_in_common(ivs: Any) -> None:
    ivs.create_channel(name="foo")
    assert boto3.client("ivs", region_name="us-west-2").list_channels()["channels"] == []


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (
            lambda ivs: ivs.create_channel(recordingConfigurationArn="blah"),
            "ValidationException",
        ),
        (
            lambda ivs: ivs.create_channel(recordingConfigurationArn=MISSING_RECORDING),
            "ResourceNotFoundException",
        ),
        (lambda ivs: ivs.create_channel(name="two words"), "ValidationException"),
        (lambda ivs: ivs.create_channel(type="HUGE"), "ValidationException"),
        (
            lambda ivs: ivs.create_channel(preset="CONSTRAINED_BANDWIDTH_DELIVERY"),
            "ValidationException",
        ),
        (lambda ivs: ivs.create_channel(tags={"aws:team": "ours"}), "ValidationException"),
        (lambda ivs: ivs.list_channels(maxResults=101), "ValidationException"),
        (
            lambda ivs: ivs.list_channels(
                filterByName="foo", filterByRecordingConfigurationArn=MISSING_RECORDING
            ),
            "ConflictException",
        ),
    ],
    ids=[
        "recording configuration: no ARN",
        "recording configuration: missing",
        "name",
        "type",
        "preset of a standard channel",
        "reserved tag",
        "page size",
        "two filters",
    ],
)
def test_moto_is_laxer(call: Call, code: str) -> None:
    """What IVS refuses and moto takes."""
    with mock_aws():
        client: Any = boto3.client("ivs", region_name=REGION)
        call(client)
        with simulate_ivs():
            client = boto3.client("ivs", region_name=REGION)
            with pytest.raises(ClientError) as refused:
                call(client)
    assert refused.value.response["Error"]["Code"] == code


def test_batch_reports_what_is_missing() -> None:
    """moto leaves it out without a word."""
    with mock_aws():
        assert boto3.client("ivs").batch_get_channel(arns=[MISSING])["errors"] == []
        with simulate_ivs():
            errors = boto3.client("ivs").batch_get_channel(arns=[MISSING])["errors"]
    assert [(each["arn"], each["code"]) for each in errors] == [
        (MISSING, "ResourceNotFoundException")
    ]


def test_an_arn_that_is_none() -> None:
    """moto looks for it; IVS does not get that far."""
    codes = []
    for answering in (nullcontext, simulate_ivs):
        with mock_aws(), answering(), pytest.raises(ClientError) as refused:
            boto3.client("ivs").get_channel(arn="nope")
        codes.append(refused.value.response["Error"]["Code"])
    assert codes == ["ResourceNotFoundException", "ValidationException"]
