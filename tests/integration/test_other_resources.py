"""Stream keys, key pairs, configurations and policies, through the real handlers."""

from collections import Counter
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.domain.state.facts import Facts
from tests.integration.conftest import Deploy
from tests.integration.driver import ACCOUNT, REGION, Stack

POLICY = """
version: 1
defaults: {mode: enforce, severity: low}
rules:
  - id: tagged
    kind: required_tags
    params:
      tags: {team: {}}
      on:
        - playback_key_pair
        - recording_configuration
        - playback_restriction_policy
        - ad_configuration
        - failover_slate_configuration
    actions: [tag: {set: {team: unassigned}}]
  - id: clean
    kind: forbidden_tags
    params:
      tags: [email]
      on: [stream_key, ad_configuration, failover_slate_configuration]
    actions: [remove_tags, remove_key_tags]
  - id: inherited
    kind: inherited_tags
    params: {tags: [team]}
    actions: [inherit_tags]
  - id: keyless
    kind: key_missing
    mode: notify
    params: {limit: 10m}
  - id: drift
    kind: key_drift
    mode: notify
    params: {by: "*:role/pipeline"}
  - id: at-home
    kind: playback_restriction
    mode: notify
    params: {countries: [DE, AT]}
  - id: unused
    kind: orphans
    mode: notify
    params: {unused: 30d}
  - id: known-keys
    kind: playback_key_allowlist
    mode: notify
    params: {fingerprints: ["00:11"]}
"""
MEDIA_TAILOR = f"arn:aws:mediatailor:{REGION}:{ACCOUNT}:playbackConfiguration/ads"
KEY_PAIR = f"arn:aws:ivs:{REGION}:{ACCOUNT}:playback-key/"


@pytest.fixture
def stack(deploy: Deploy) -> Stack:
    return deploy(policy=POLICY)


@pytest.fixture(scope="module")
def public_key() -> str:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def facts(stack: Stack, arn: str) -> Facts:
    return Facts(DynamoRecordStore(stack.client("dynamodb"), "Table").load(arn).state)


def breaches(stack: Stack, arn: str) -> dict[str, str]:
    """The open breaches by rule, with the reason that was logged last."""
    record = DynamoRecordStore(stack.client("dynamodb"), "Table").load(arn)
    notified = [each for each in stack.logs() if each.get("verdict") == "breach"]
    reasons = {each["rule"]: each["reason"] for each in notified if each["resource_arn"] == arn}
    return {each.rule_id: reasons[each.rule_id] for each in record.breaches.values()}


def key_of(stack: Stack, channel_arn: str) -> dict[str, Any]:
    (key,) = stack.client("ivs").list_stream_keys(channelArn=channel_arn)["streamKeys"]
    found: dict[str, Any] = key
    return found


def created(stack: Stack, **channel: Any) -> str:
    """A channel that CloudTrail told of."""
    arn: str = stack.client("ivs").create_channel(**channel)["channel"]["arn"]
    stack.observe_events()
    return arn


def act(stack: Stack) -> list[str]:
    """Carry out what was decided and tell the observers; the kinds of what was done."""
    taken = stack.take("ActionQueue")
    stack.deliver_grouped("Enforce", [(each.text, each.group) for each in taken])
    assert stack.pump("StreamEvents") == []
    return [each.body["kind"] for each in taken]


class TestStreamKeys:
    def test_a_deletion_reaches_the_record_of_the_channel(self, stack: Stack) -> None:
        studio = created(stack, name="studio")
        stack.later(minutes=1)

        stack.client("ivs").delete_stream_key(arn=key_of(stack, studio)["arn"])
        (event,) = stack.events
        assert studio not in str(event["detail"])
        stack.observe_events()

        assert facts(stack, studio).has_no_key
        assert breaches(stack, studio)["drift"].startswith("the stream key was deleted by ")

    def test_tags_of_a_key_reach_the_record_of_the_channel(self, stack: Stack) -> None:
        studio = created(stack, name="studio")
        key = key_of(stack, studio)["arn"]
        stack.later(minutes=1)

        stack.client("ivs").tag_resource(resourceArn=key, tags={"team": "news", "a": "b"})
        stack.later(seconds=1)
        stack.client("ivs").untag_resource(resourceArn=key, tagKeys=["a"])
        stack.observe_events()

        assert facts(stack, studio).stream_key_tags == {"team": "news"}
        assert facts(stack, studio).tags == {}

    def test_a_replaced_key_is_the_one_that_counts(self, stack: Stack) -> None:
        studio = created(stack, name="studio", tags={"team": "news"})
        ivs, old = stack.client("ivs"), key_of(stack, studio)["arn"]
        stack.later(minutes=1)
        ivs.delete_stream_key(arn=old)
        ivs.create_stream_key(channelArn=studio, tags={"team": "news"})

        stack.observe_events()

        assert facts(stack, studio).stream_key_tags == {"team": "news"}
        assert "inherited" not in breaches(stack, studio)

    def test_a_new_channel_hands_its_tags_to_its_key(self, stack: Stack) -> None:
        studio = created(stack, name="studio", tags={"team": "news", "tier": "pro"})
        assert "inherited" in breaches(stack, studio)

        assert act(stack) == ["inherit_tags"]

        assert key_of(stack, studio)["tags"] == {"team": "news"}
        assert "inherited" not in breaches(stack, studio)
        assert facts(stack, studio).stream_key_tags == {"team": "news"}
        stack.observe_events()
        assert stack.take("ActionQueue") == []

    def test_a_forbidden_tag_of_a_key_is_removed_and_the_others_stay(self, stack: Stack) -> None:
        studio = created(stack, name="studio", tags={"email": "a"})
        stack.later(minutes=1)
        key = key_of(stack, studio)["arn"]
        stack.client("ivs").tag_resource(resourceArn=key, tags={"email": "b", "kept": "yes"})
        stack.observe_events()
        assert breaches(stack, studio)["clean"] == "stream key: tag 'email' is forbidden"
        stack.later(seconds=1)

        assert act(stack) == ["remove_key_tags"]

        assert key_of(stack, studio)["tags"] == {"kept": "yes"}
        assert facts(stack, studio).tags == {"email": "a"}
        assert "clean" not in breaches(stack, studio)

    def test_a_stack_that_observes_touches_no_key(self, deploy: Deploy) -> None:
        stack = deploy(policy=POLICY, Mode="observe")
        studio = created(stack, name="studio", tags={"team": "news"})

        assert "inherited" in breaches(stack, studio)
        assert stack.take("ActionQueue") == []

    def test_keys_of_channels_that_were_there_before_are_asked_for_once(self, stack: Stack) -> None:
        studio = stack.channel("studio", tags={"team": "news"})
        stack.calls.clear()

        stack.sweep()
        stack.sweep()

        assert len(stack.asked("ListStreamKeys")) == 1
        assert act(stack) == ["inherit_tags"]
        assert key_of(stack, studio)["tags"] == {"team": "news"}

    def test_no_key_value_is_asked_for(self, stack: Stack) -> None:
        stack.channel("studio", tags={"team": "news"})
        stack.sweep()

        act(stack)

        asked = {each.operation for each in stack.asked()}
        assert not asked & {"GetStreamKey", "BatchGetStreamKey", "CreateStreamKey"}


class TestOthers:
    def test_what_is_missing_is_set_on_each(self, stack: Stack, public_key: str) -> None:
        ivs = stack.client("ivs")
        key = ivs.import_playback_key_pair(publicKeyMaterial=public_key, name="laptop")
        restriction = ivs.create_playback_restriction_policy(name="world", tags={"team": "a"})
        stack.observe_events()
        arn = key["keyPair"]["arn"]
        assert set(breaches(stack, arn)) == {"tagged", "known-keys"}

        assert act(stack) == ["tag"]

        assert ivs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "unassigned"}
        assert set(breaches(stack, arn)) == {"known-keys"}
        policy_arn = restriction["playbackRestrictionPolicy"]["arn"]
        assert breaches(stack, policy_arn) == {}

    @pytest.mark.parametrize("are_events_lost", [False, True])
    def test_ads_and_slates_are_tagged_and_untagged(
        self, stack: Stack, are_events_lost: bool
    ) -> None:
        ivs, tags = stack.client("ivs"), {"email": "a", "kept": "yes"}
        ads = ivs.create_ad_configuration(
            mediaTailorPlaybackConfigurations=[{"playbackConfigurationArn": MEDIA_TAILOR}],
            tags=tags,
        )
        slate = ivs.create_failover_slate_configuration(name="soon", tags=tags)
        if are_events_lost:
            stack.events.clear()
            stack.sweep()
        else:
            stack.observe_events()

        assert sorted(act(stack)) == ["remove_tags", "remove_tags", "tag", "tag"]

        for made in (ads["adConfiguration"], slate["failoverSlateConfiguration"]):
            found = ivs.list_tags_for_resource(resourceArn=made["arn"])["tags"]
            assert found == {"kept": "yes", "team": "unassigned"}
            assert breaches(stack, made["arn"]) == {}

    def test_a_slate_that_is_gone_is_forgotten(self, stack: Stack) -> None:
        ivs = stack.client("ivs")
        arn = ivs.create_failover_slate_configuration()["failoverSlateConfiguration"]["arn"]
        stack.observe_events()
        assert breaches(stack, arn)
        ivs.delete_failover_slate_configuration(arn=arn)
        stack.observe_events()

        assert breaches(stack, arn) == {}
        assert facts(stack, arn).is_gone

    def test_a_sweep_asks_for_what_the_policy_needs_and_nothing_else(
        self, stack: Stack, public_key: str
    ) -> None:
        ivs = stack.client("ivs")
        ivs.import_playback_key_pair(publicKeyMaterial=public_key, name="laptop")
        ivs.create_playback_restriction_policy(name="world")
        stack.events.clear()
        stack.channel("studio", is_known=False)
        stack.calls.clear()

        stack.run("Sweep", {})

        assert Counter(call.operation for call in stack.asked()) == {
            "ListChannels": 1,
            "ListStreams": 1,
            "ListPlaybackKeyPairs": 1,
            "GetPlaybackKeyPair": 1,
            "ListRecordingConfigurations": 1,
            "ListPlaybackRestrictionPolicies": 1,
            "ListAdConfigurations": 1,
            "ListFailoverSlateConfigurations": 1,
        }

    def test_a_second_sweep_says_nothing(self, stack: Stack, public_key: str) -> None:
        ivs = stack.client("ivs")
        ivs.import_playback_key_pair(publicKeyMaterial=public_key, name="laptop")
        restriction = ivs.create_playback_restriction_policy(allowedCountries=["DE", "US"])
        policy_arn = restriction["playbackRestrictionPolicy"]["arn"]
        stack.events.clear()
        studio = stack.channel("studio", playbackRestrictionPolicyArn=policy_arn)
        stack.sweep()  # which asks for the stream key, now that the channel is known

        assert stack.run("Sweep", {})["differences"] == 0
        assert "allows US, not only AT, DE" in breaches(stack, studio)["at-home"]

    def test_what_nobody_uses_is_found_in_time(self, stack: Stack) -> None:
        made = stack.client("ivs").create_playback_restriction_policy(name="old")
        arn = made["playbackRestrictionPolicy"]["arn"]
        stack.observe_events()
        stack.sweep()
        stack.later(days=30)

        stack.sweep()

        output = "no channel has used the playback restriction policy for 30d, which is the limit"
        assert breaches(stack, arn)["unused"] == output

    def test_a_key_pair_that_is_gone_closes_its_breaches(
        self, stack: Stack, public_key: str
    ) -> None:
        ivs = stack.client("ivs")
        imported = ivs.import_playback_key_pair(publicKeyMaterial=public_key)
        stack.observe_events()
        arn = imported["keyPair"]["arn"]
        assert breaches(stack, arn)
        ivs.delete_playback_key_pair(arn=arn)
        stack.events.clear()
        stack.later(minutes=5)

        stack.sweep()

        assert breaches(stack, arn) == {}
        assert facts(stack, arn).is_gone
