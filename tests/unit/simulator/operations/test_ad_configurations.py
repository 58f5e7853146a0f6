"""Ad configurations through a real boto3 client."""

from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from tests.unit.simulator.asking import EMT, ONE, refusal
from tests.unit.simulator.conftest import ACCOUNT, REGION

TWO: Final = [*ONE, {"playbackConfigurationArn": f"{EMT}/no-ads"}]


@pytest.fixture
def arn(ivs: Any) -> str:
    made = ivs.create_ad_configuration(mediaTailorPlaybackConfigurations=ONE, tags={"a": "b"})
    return str(made["adConfiguration"]["arn"])


def test_one_comes_with_no_post_roll(ivs: Any, arn: str) -> None:
    assert ivs.get_ad_configuration(arn=arn)["adConfiguration"] == {
        "arn": arn,
        "name": "",
        "mediaTailorPlaybackConfigurations": ONE,
        "postRollConfiguration": {"enabled": False, "durationSeconds": 15},
        "tags": {"a": "b"},
    }
    assert arn.startswith(f"arn:aws:ivs:{REGION}:{ACCOUNT}:ad-configuration/")


def test_an_update_changes_what_it_names(ivs: Any, arn: str) -> None:
    post_roll = {"enabled": True, "durationSeconds": 30}

    ivs.update_ad_configuration(arn=arn, postRollConfiguration=post_roll)
    ivs.update_ad_configuration(arn=arn, mediaTailorPlaybackConfigurations=TWO, name="arena")

    (listed,) = ivs.list_ad_configurations()["adConfigurations"]
    assert listed == {
        "arn": arn,
        "name": "arena",
        "mediaTailorPlaybackConfigurations": TWO,
        "postRollConfiguration": post_roll,
        "tags": {"a": "b"},
    }


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"playbackConfigurationArn": f"{EMT}/x".replace(REGION, "us-west-2")},
        {"playbackConfigurationArn": f"{EMT}/x".replace(ACCOUNT, "111122223333")},
    ],
)
def test_mediatailor_has_to_be_in_the_same_region_and_account(
    ivs: Any, arn: str, given: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as caught:
        ivs.create_ad_configuration(mediaTailorPlaybackConfigurations=[*ONE, given])
    assert refusal(caught) == ("ValidationException", 400)

    with pytest.raises(ClientError) as caught:
        ivs.update_ad_configuration(arn=arn, mediaTailorPlaybackConfigurations=[given])
    assert refusal(caught) == ("ValidationException", 400)


def test_one_that_a_channel_has_cannot_be_deleted(ivs: Any, arn: str) -> None:
    channel = ivs.create_channel(adConfigurationArn=arn)["channel"]["arn"]

    with pytest.raises(ClientError) as caught:
        ivs.delete_ad_configuration(arn=arn)
    assert refusal(caught) == ("ConflictException", 409)

    ivs.update_channel(arn=channel, adConfigurationArn="")
    ivs.delete_ad_configuration(arn=arn)
    with pytest.raises(ClientError) as caught:
        ivs.get_ad_configuration(arn=arn)
    assert refusal(caught) == ("ResourceNotFoundException", 404)
