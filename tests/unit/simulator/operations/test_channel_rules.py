"""What CreateChannel and UpdateChannel allow together, as their documentation states it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.simulator.asking import ONE, refusal
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox

MULTITRACK = {"enabled": True, "policy": "REQUIRE", "maximumResolution": "HD"}
WHOLE = {"multitrackInputConfiguration": MULTITRACK, "containerFormat": "FRAGMENTED_MP4"}


def without(name: str) -> dict[str, Any]:
    return {each: value for each, value in MULTITRACK.items() if each != name}


def test_without_multitrack_input_a_channel_says_so(ivs: Any) -> None:
    none = {"enabled": False, "policy": "ALLOW", "maximumResolution": "FULL_HD"}

    plain = ivs.create_channel()["channel"]
    chosen = ivs.create_channel(multitrackInputConfiguration={"policy": "REQUIRE"})["channel"]

    assert plain["multitrackInputConfiguration"] == none
    assert plain["containerFormat"] == "TS"
    assert chosen["multitrackInputConfiguration"] == {**none, "policy": "REQUIRE"}


def test_a_channel_with_multitrack_input_can_be_had_and_be_changed_back(ivs: Any) -> None:
    arn = ivs.create_channel(**WHOLE)["channel"]["arn"]

    assert ivs.get_channel(arn=arn)["channel"]["multitrackInputConfiguration"] == MULTITRACK
    back = ivs.update_channel(
        arn=arn, multitrackInputConfiguration={"enabled": False}, containerFormat="TS"
    )["channel"]
    assert back["multitrackInputConfiguration"]["enabled"] is False


@pytest.mark.parametrize(
    "params",
    [
        {"multitrackInputConfiguration": MULTITRACK},
        {**WHOLE, "containerFormat": "TS"},
        {**WHOLE, "type": "BASIC"},
        {**WHOLE, "type": "ADVANCED_HD"},
        {**WHOLE, "multitrackInputConfiguration": without("policy")},
        {**WHOLE, "multitrackInputConfiguration": without("maximumResolution")},
        {"type": "BASIC", "preset": "HIGHER_BANDWIDTH_DELIVERY"},
        {"type": "STANDARD", "preset": "CONSTRAINED_BANDWIDTH_DELIVERY"},
    ],
)
def test_what_excludes_each_other(ivs: Any, params: dict[str, Any]) -> None:
    arn = ivs.create_channel()["channel"]["arn"]

    with pytest.raises(ClientError) as created:
        ivs.create_channel(**params)
    with pytest.raises(ClientError) as updated:
        ivs.update_channel(arn=arn, **params)

    assert refusal(created) == refusal(updated) == ("ValidationException", 400)
    assert len(ivs.list_channels()["channels"]) == 1


@pytest.mark.parametrize("params", [{"type": "BASIC"}, {"containerFormat": "TS"}])
def test_multitrack_input_holds_its_channel_to_what_it_needs(
    ivs: Any, params: dict[str, Any]
) -> None:
    arn = ivs.create_channel(**WHOLE)["channel"]["arn"]

    with pytest.raises(ClientError) as caught:
        ivs.update_channel(arn=arn, **params)

    assert refusal(caught) == ("ValidationException", 400)


def test_ads_need_transport_streams(ivs: Any) -> None:
    ads = ivs.create_ad_configuration(mediaTailorPlaybackConfigurations=ONE)
    given = {"adConfigurationArn": ads["adConfiguration"]["arn"]}
    fragmented = ivs.create_channel(containerFormat="FRAGMENTED_MP4")["channel"]["arn"]
    with_ads = ivs.create_channel(**given)["channel"]["arn"]

    changes: list[Callable[[], Any]] = [
        lambda: ivs.create_channel(**given, containerFormat="FRAGMENTED_MP4"),
        lambda: ivs.update_channel(arn=fragmented, **given),
        lambda: ivs.update_channel(arn=with_ads, containerFormat="FRAGMENTED_MP4"),
    ]
    for change in changes:
        with pytest.raises(ClientError) as caught:
            change()
        assert refusal(caught) == ("ValidationException", 400)


def test_a_preset_can_be_chosen_and_goes_with_the_type(ivs: Any) -> None:
    chosen = "CONSTRAINED_BANDWIDTH_DELIVERY"
    arn = ivs.create_channel(type="ADVANCED_SD", preset=chosen)["channel"]["arn"]

    assert ivs.update_channel(arn=arn, name="arena")["channel"]["preset"] == chosen
    assert ivs.update_channel(arn=arn, type="STANDARD")["channel"]["preset"] == ""


def test_what_a_replay_has_not_seen_does_not_hinder_a_change(sandbox: Sandbox, ivs: Any) -> None:
    everything = f"arn:aws:ivs:{REGION}:{ACCOUNT}"
    arn = f"{everything}:channel/AbCdEfGhIjKl"
    policy = f"{everything}:playback-restriction-policy/AbCdEfGhIjKl"
    sandbox.world.add_channel(arn=arn, playbackRestrictionPolicyArn=policy)

    changed = ivs.update_channel(arn=arn, authorized=True)["channel"]

    assert (changed["authorized"], changed["playbackRestrictionPolicyArn"]) == (True, policy)
    with pytest.raises(ClientError) as caught:
        ivs.update_channel(arn=arn, playbackRestrictionPolicyArn=policy)
    assert refusal(caught) == ("ResourceNotFoundException", 404)
