"""Failover slate configurations through a real boto3 client."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.simulator.asking import refusal
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox

DEFAULTS = {
    "name": "",
    "activationThresholdSeconds": 3,
    "minSlateDisplaySeconds": 3,
    "maxSlateDisplaySeconds": 60,
}


@pytest.fixture
def arn(ivs: Any) -> str:
    made = ivs.create_failover_slate_configuration(tags={"a": "b"})
    return str(made["failoverSlateConfiguration"]["arn"])


def test_one_is_being_created_and_then_is_there(ivs: Any) -> None:
    made = ivs.create_failover_slate_configuration()["failoverSlateConfiguration"]
    found = ivs.get_failover_slate_configuration(arn=made["arn"])["failoverSlateConfiguration"]

    assert made == {**DEFAULTS, "arn": made["arn"], "state": "CREATING", "tags": {}}
    assert found == {**made, "state": "CREATED"}
    kind = f"arn:aws:ivs:{REGION}:{ACCOUNT}:failover-slate-configuration/"
    assert made["arn"].startswith(kind)


def test_an_update_changes_what_it_names(ivs: Any, arn: str) -> None:
    first = ivs.update_failover_slate_configuration(arn=arn, maxSlateDisplaySeconds=180)
    ivs.update_failover_slate_configuration(arn=arn, name="bars", minSlateDisplaySeconds=10)

    assert first["failoverSlateConfiguration"]["state"] == "UPDATING"
    (listed,) = ivs.list_failover_slate_configurations()["failoverSlateConfigurations"]
    assert listed == {
        "arn": arn,
        "name": "bars",
        "activationThresholdSeconds": 3,
        "minSlateDisplaySeconds": 10,
        "maxSlateDisplaySeconds": 180,
        "state": "CREATED",
        "tags": {"a": "b"},
    }


def test_one_that_a_channel_has_cannot_be_deleted(ivs: Any, arn: str) -> None:
    channel = ivs.create_channel(failoverSlateConfigurationArn=arn)["channel"]["arn"]

    (found,) = ivs.list_channels(filterByFailoverSlateConfigurationArn=arn)["channels"]
    assert found["arn"] == channel
    with pytest.raises(ClientError) as caught:
        ivs.delete_failover_slate_configuration(arn=arn)
    assert refusal(caught) == ("ConflictException", 409)

    ivs.update_channel(arn=channel, failoverSlateConfigurationArn="")
    ivs.delete_failover_slate_configuration(arn=arn)
    assert ivs.list_failover_slate_configurations()["failoverSlateConfigurations"] == []


def test_a_session_remembers_the_slate_it_began_with(sandbox: Sandbox, ivs: Any, arn: str) -> None:
    made = ivs.create_channel(failoverSlateConfigurationArn=arn)
    sandbox.world.go_live(made["streamKey"]["value"])

    ivs.update_failover_slate_configuration(arn=arn, name="changed-since")

    session = ivs.get_stream_session(channelArn=made["channel"]["arn"])["streamSession"]
    assert session["failoverSlateConfiguration"] == {
        **DEFAULTS,
        "arn": arn,
        "state": "CREATED",
        "tags": {"a": "b"},
    }
