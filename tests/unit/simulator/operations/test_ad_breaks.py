"""Ad breaks: when one may be inserted, and what is said of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.wire.errors import IvsError
from tests.unit.simulator.asking import ONE, refusal
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION, Sandbox

MINUTE = timedelta(minutes=1)


@pytest.fixture
def made(ivs: Any) -> Any:
    ads = ivs.create_ad_configuration(mediaTailorPlaybackConfigurations=ONE)
    return ivs.create_channel(name="arena", adConfigurationArn=ads["adConfiguration"]["arn"])


@pytest.fixture
def arn(made: Any, sandbox: Sandbox) -> str:
    """The channel, live."""
    sandbox.world.go_live(made["streamKey"]["value"])
    return str(made["channel"]["arn"])


def test_a_break_is_announced_as_documented(sandbox: Sandbox, ivs: Any, arn: str) -> None:
    answer = ivs.insert_ad_break(channelArn=arn, durationSeconds=30)

    (event,) = sandbox.received("IVS Ad Break State Change")
    assert event["resources"] == [arn]
    assert event["detail"] == {
        "event_name": "Ad Break Inserted",
        "channel_name": "arena",
        "stream_id": ivs.get_stream(channelArn=arn)["stream"]["streamId"],
        "ad_break_id": answer["adBreakId"],
        "duration_seconds": 30,
        "target_start_time": "2026-03-14T18:02:11Z",
    }
    assert answer["targetStartAt"] == NOW
    assert len(answer["adBreakId"]) == 12
    newest = ivs.get_stream_session(channelArn=arn)["streamSession"]["truncatedEvents"][0]
    assert newest["name"] == "Ad Break Inserted"
    assert newest["type"] == "IVS Ad Break State Change"


def test_its_id_and_its_start_can_be_given(sandbox: Sandbox, ivs: Any, arn: str) -> None:
    given = {"adBreakId": "AbCdEf123456", "targetStartAt": NOW + MINUTE}

    answer = ivs.insert_ad_break(channelArn=arn, durationSeconds=30, **given)

    assert {name: answer[name] for name in given} == given
    (event,) = sandbox.received("IVS Ad Break State Change")
    assert event["detail"]["ad_break_id"] == "AbCdEf123456"
    assert event["detail"]["target_start_time"] == "2026-03-14T18:03:11Z"


def test_another_waits_until_the_break_is_over(sandbox: Sandbox, ivs: Any, arn: str) -> None:
    ivs.insert_ad_break(channelArn=arn, durationSeconds=30, targetStartAt=NOW + MINUTE)

    for seconds in (0, 70, 19):
        sandbox.later(seconds=seconds)
        with pytest.raises(ClientError) as caught:
            ivs.insert_ad_break(channelArn=arn, durationSeconds=1)
        assert refusal(caught) == ("ConflictException", 409)
    sandbox.later(seconds=1)
    ivs.insert_ad_break(channelArn=arn, durationSeconds=1)

    assert len(sandbox.received("IVS Ad Break State Change")) == 2


def test_another_cannot_even_be_asked_for_during_a_break(ivs: Any, arn: str) -> None:
    ivs.insert_ad_break(channelArn=arn, durationSeconds=30)

    with pytest.raises(ClientError) as caught:
        ivs.insert_ad_break(channelArn=arn, durationSeconds=30, targetStartAt=NOW + MINUTE)

    assert refusal(caught) == ("ConflictException", 409)


def test_a_new_stream_has_no_break_of_the_last(
    sandbox: Sandbox, ivs: Any, made: Any, arn: str
) -> None:
    ivs.insert_ad_break(channelArn=arn, durationSeconds=300)
    ivs.stop_stream(channelArn=arn)
    sandbox.world.go_live(made["streamKey"]["value"])

    assert ivs.insert_ad_break(channelArn=arn, durationSeconds=30)["adBreakId"]


@pytest.mark.parametrize(
    "start", [NOW - timedelta(seconds=1), "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"]
)
def test_a_break_starts_neither_in_the_past_nor_past_all_time(
    sandbox: Sandbox, arn: str, start: datetime | str
) -> None:
    params = {"channelArn": arn, "durationSeconds": 30, "targetStartAt": start}

    with pytest.raises(IvsError, match="ValidationException"):
        sandbox.world.call("InsertAdBreak", params, account=ACCOUNT, region=REGION)
    assert sandbox.received("IVS Ad Break State Change") == []


def test_an_idle_channel_takes_no_break(ivs: Any, made: Any) -> None:
    with pytest.raises(ClientError) as caught:
        ivs.insert_ad_break(channelArn=made["channel"]["arn"], durationSeconds=30)

    assert refusal(caught) == ("ChannelNotBroadcasting", 404)


def test_a_channel_without_ads_takes_no_break(sandbox: Sandbox, ivs: Any) -> None:
    made = ivs.create_channel()
    sandbox.world.go_live(made["streamKey"]["value"])

    with pytest.raises(ClientError) as caught:
        ivs.insert_ad_break(channelArn=made["channel"]["arn"], durationSeconds=30)

    assert refusal(caught) == ("ValidationException", 400)
