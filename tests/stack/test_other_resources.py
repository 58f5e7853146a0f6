"""Stream keys, key pairs and policies: what tells of them, what reads them, and what tags them."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import IN_ORDER, Account, eventually, now

TEAM = {"desk": "news"}
_MEDIA_TAILOR = f"arn:aws:mediatailor:{REGION}:{ACCOUNT_ID}:playbackConfiguration/ads"


def test_a_new_channel_hands_its_tags_to_its_key(account: Account) -> None:
    channel = account.channel("of-the-desk", tags={**IN_ORDER, **TEAM})

    eventually(lambda: _key_tags(account, channel) == TEAM)

    assert "ListStreamKeys" in account.calls_on(channel)
    assert "GetStreamKey" not in account.calls_on(channel)


def test_a_channel_without_an_event_does_so_after_two_sweeps(account: Account) -> None:
    channel = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/OnlySweptDesk"
    account.control.mirror(_created(channel, {**IN_ORDER, **TEAM}))

    account.sweep()
    eventually(lambda: account.is_recorded(channel))
    account.sweep()

    eventually(lambda: _key_tags(account, channel) == TEAM)


def test_what_is_made_without_a_tag_gets_it(account: Account) -> None:
    ivs = account.client("ivs")
    pair = ivs.import_playback_key_pair(name="laptop", publicKeyMaterial=_public_key())
    policy = ivs.create_playback_restriction_policy(name="world")
    slate = ivs.create_failover_slate_configuration(name="soon")
    ads = ivs.create_ad_configuration(
        mediaTailorPlaybackConfigurations=[{"playbackConfigurationArn": _MEDIA_TAILOR}]
    )

    for arn in (
        pair["keyPair"]["arn"],
        policy["playbackRestrictionPolicy"]["arn"],
        slate["failoverSlateConfiguration"]["arn"],
        ads["adConfiguration"]["arn"],
    ):
        eventually(lambda arn=arn: _tags(account, arn) == {"team": "unassigned"})  # type: ignore[misc]  # bound early


def test_what_is_forbidden_goes_from_keys_and_slates(account: Account) -> None:
    ivs = account.client("ivs")
    tags = {"email": "ann@example.com", "team": "news"}
    slate = ivs.create_failover_slate_configuration(tags=tags)
    channel = account.channel("with-an-address", tags=IN_ORDER)
    eventually(lambda: account.is_recorded(channel))
    (key,) = ivs.list_stream_keys(channelArn=channel)["streamKeys"]
    ivs.tag_resource(resourceArn=key["arn"], tags=tags)

    for arn in (slate["failoverSlateConfiguration"]["arn"], key["arn"]):
        eventually(lambda arn=arn: _tags(account, arn) == {"team": "news"})  # type: ignore[misc]  # bound early


def test_a_sweep_reads_what_the_policy_is_about(account: Account) -> None:
    _, since = account.control.calls()

    account.sweep()

    asked = {call["operation"] for call in account.calls(since)}
    assert asked >= {
        "ListPlaybackKeyPairs",
        "ListRecordingConfigurations",
        "ListPlaybackRestrictionPolicies",
        "ListAdConfigurations",
        "ListFailoverSlateConfigurations",
    }


def _key_tags(account: Account, channel_arn: str) -> dict[str, str]:
    (key,) = account.client("ivs").list_stream_keys(channelArn=channel_arn)["streamKeys"]
    tags: dict[str, str] = key["tags"]
    return tags


def _tags(account: Account, arn: str) -> dict[str, str]:
    tags: dict[str, str] = account.client("ivs").list_tags_for_resource(resourceArn=arn)["tags"]
    return tags


def _public_key() -> str:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _created(channel_arn: str, tags: dict[str, str]) -> dict[str, Any]:
    """For the world alone: no event reaches the stack."""
    time = f"{now():%Y-%m-%dT%H:%M:%SZ}"
    return {
        "version": "0",
        "id": "2b9a6d40-0000-4000-8000-000000000003",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ivs",
        "account": ACCOUNT_ID,
        "region": REGION,
        "time": time,
        "resources": [],
        "detail": {
            "eventSource": "ivs.amazonaws.com",
            "eventName": "CreateChannel",
            "eventTime": time,
            "requestParameters": {"name": "swept"},
            "responseElements": {"channel": {"arn": channel_arn, "name": "swept", "tags": tags}},
        },
    }
