"""Which record takes an input in: the channel of a stream key, and what the policy is about."""

import pytest

from streamwarden.domain.commands import AcknowledgeIncident
from streamwarden.domain.inputs import Input, Recheck, ResourceListed, parse_input
from streamwarden.domain.levels import Mode
from streamwarden.domain.state.controls import Sender
from streamwarden.services.errors import PermanentError
from testbed import builders
from testbed.builders import CHANNEL, KEY, KEY_PAIR, NEW_KEY, at
from tests.unit.services.fakes import Calls, Harness

OF_CHANNELS = builders.policy_of(builders.max_duration())
STAGE = "arn:aws:ivs:eu-west-1:210987654321:stage/psnXR4sxSXhW"
OF_KEY_PAIRS = builders.policy_of(
    builders.compiled_rule("required_tags", {"tags": {"a": {}}, "on": ["playback_key_pair"]})
)


@pytest.fixture
def harness() -> Harness:
    """A stack with a rule about channels that knows a channel and its key."""
    harness = Harness(OF_CHANNELS)
    harness.observer().observe(CHANNEL, [builders.channel_created(at())])
    return harness


@pytest.mark.parametrize(
    "given",
    [
        builders.key_deleted(at(1)),
        builders.tags_set(at(1), {"team": "news"}, arn=KEY),
        builders.tags_removed(at(1), "team", arn=KEY),
        builders.tag_change(at(1), {"team": "news"}, arn=KEY),
        builders.key_created(at(1)),
        builders.key_observed(at(1)),
        builders.stream_start(at(1)),
    ],
)
def test_what_concerns_a_stream_key_concerns_its_channel(harness: Harness, given: Input) -> None:
    assert harness.observer().subject_of(given) == CHANNEL


def test_a_replaced_key_is_still_that_of_its_channel(harness: Harness) -> None:
    harness.observer().observe(CHANNEL, [builders.key_created(at(1), key_arn=NEW_KEY)])

    for key in (KEY, NEW_KEY):
        changed = builders.tags_set(at(2), {"a": "b"}, arn=key)
        assert harness.observer().subject_of(changed) == CHANNEL


def test_a_key_that_nobody_knows_is_nobodys(harness: Harness) -> None:
    given = builders.tags_set(at(1), {"team": "news"}, arn=NEW_KEY)

    assert harness.observer().subject_of(given) is None


def test_only_keys_are_looked_up(harness: Harness) -> None:
    calls = Calls()

    harness.observer(calls).subject_of(builders.stream_start(at()))
    harness.observer(calls).subject_of(builders.key_pair_imported(at()))
    assert calls.made == []

    harness.observer(calls).subject_of(builders.key_deleted(at()))
    assert calls.made == ["channel_of"]


@pytest.mark.parametrize(
    "given",
    [
        builders.key_pair_imported(at()),
        ResourceListed(resource_arn=KEY_PAIR, time=at(), settings={}, tags={}),
        builders.tags_set(at(), {"a": "b"}, arn=STAGE),
        builders.tags_set(at(), {"a": "b"}, arn="arn:aws:s3:::a-bucket"),
    ],
)
def test_what_no_rule_is_about_is_skipped(harness: Harness, given: Input) -> None:
    assert harness.observer().subject_of(given) is None


def test_what_a_rule_is_about_has_a_record() -> None:
    imported = builders.key_pair_imported(at())

    assert Harness(OF_KEY_PAIRS).observer().subject_of(imported) == KEY_PAIR


def test_an_account_has_none_while_no_rule_is_about_it(harness: Harness) -> None:
    detail = {
        "limit_name": "Concurrent Viewers",
        "limit_value": 15000,
        "exceeded_by": 1,
        "limit_unit": "viewers",
    }
    raw = builders.raw_event("IVS Limit Breach", at(), detail, resources=())

    assert harness.observer().subject_of(parse_input(raw)) is None


def test_a_record_that_no_rule_is_about_any_more_closes_its_breaches() -> None:
    harness = Harness(OF_KEY_PAIRS)
    harness.observer().observe(KEY_PAIR, [builders.key_pair_imported(at())])
    assert harness.store.load(KEY_PAIR).breaches
    harness.policy = OF_CHANNELS
    recheck = Recheck(resource_arn=KEY_PAIR, time=at(1))

    assert harness.observer().subject_of(recheck) == KEY_PAIR
    harness.observer().observe(KEY_PAIR, [recheck])

    assert not harness.store.load(KEY_PAIR).breaches


def test_keys_of_long_ago_are_forgotten(harness: Harness) -> None:
    for hour in range(1, 20):
        created = builders.key_created(at(hour), key_arn=f"{KEY}-{hour}")
        harness.observer().observe(CHANNEL, [created])

    assert len(harness.store.load(CHANNEL).state.stream_keys) == 3


def test_an_acknowledgement_is_of_an_open_incident_and_may_come_again_after_it() -> None:
    harness = Harness(builders.policy_of(builders.max_duration(Mode.NOTIFY)))
    observer = harness.observer()
    given = AcknowledgeIncident(
        resource_arn=CHANNEL,
        time=at(6),
        author=Sender(id="AIDAANA"),
        reason="on it",
        rule_id="max-duration",
    )
    with pytest.raises(PermanentError, match="rule max-duration has no open incident on arn:"):
        observer.subject_of(given)

    observer.observe(CHANNEL, [builders.stream_start(at())])
    harness.time.now = at(6)
    observer.observe(CHANNEL, [Recheck(resource_arn=CHANNEL, time=at(6))])
    assert observer.subject_of(given) == CHANNEL
    observer.observe(CHANNEL, [given])
    observer.observe(CHANNEL, [builders.stream_end(at(6))])

    assert harness.store.load(CHANNEL).standing.incidents == {}
    assert observer.subject_of(given) == CHANNEL
