"""What rules listen for is remembered while events are taken in, and nothing else of them is."""

from itertools import batched
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Standing
from streamwarden.domain.inputs import Input, Recheck, parse_input
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.policy_outline import InvalidPolicy
from streamwarden.domain.state.event_matching import EventMatcher
from streamwarden.domain.state.resource import MatchedEvent, Resource
from streamwarden.domain.verdicts import NotificationStatus
from testbed import builders as build
from testbed.builders import CHANNEL, STAGE, WHOLE_ACCOUNT, at
from tests.unit.domain.strategies import histories

EVERYTHING = EventMatcher("everything", lambda _: True)
NOTHING = EventMatcher("nothing", lambda _: False)
ENDS = build.compiled_rule("event_alert", {"detail_type": ["IVS *"], "name": ["*End*"]})
STARTS = build.compiled_rule("event_alert", {"detail_type": ["IVS *"], "name": ["*Start"]}, id="s")
KEY_VALUE = "sk_eu-west-1_abcdEFGH1234_secretsecretsecret"


def test_only_the_matcher_that_matches_remembers() -> None:
    state = build.state_from(build.stream_start(at()), matchers=(EVERYTHING, NOTHING))

    event_id = "f32a5c35-fda3-4fec-9f7f-9fdc67ded052"
    assert state.matched_events == {"everything": {MatchedEvent(at(), event_id, "Stream Start")}}


def test_own_inputs_are_no_events() -> None:
    looked = Recheck(resource_arn=CHANNEL, time=at())

    assert (
        build.state_from(looked, build.channel_listed(at()), matchers=(EVERYTHING,)).matched_events
        == {}
    )


def test_a_call_is_remembered_when_it_was_made() -> None:
    raw = build.raw_event(
        "AWS API Call via CloudTrail",
        at(0, 15),
        {
            "eventName": "UpdateChannel",
            "eventTime": at().isoformat(),
            "eventSource": "ivs.amazonaws.com",
            "requestParameters": {"arn": CHANNEL},
            "errorCode": "ConflictException",
        },
        resources=(),
        event_id="e-1",
    )

    state = build.state_from(parse_input(raw), matchers=(EVERYTHING,))

    matched = MatchedEvent(at(), "e-1", "UpdateChannel", "ConflictException")
    assert state.matched_events == {"everything": {matched}}


def test_what_an_event_holds_is_neither_shown_nor_stored() -> None:
    """Not of a call, of which requests can hold anything, nor of an event nobody knows yet."""
    secrets = {"event_name": f"Key {KEY_VALUE} used", "value": "hush-hush", "code": "hush-hush"}
    call = {
        "eventName": "PutMetadata",
        "eventSource": "ivs.amazonaws.com",
        "requestParameters": {"channelArn": CHANNEL, "metadata": "hush-hush"},
    }
    for detail_type, detail in (("IVS News", secrets), ("AWS API Call via CloudTrail", call)):
        event = parse_input(build.raw_event(detail_type, at(), detail))
        state = build.state_from(event, matchers=(EVERYTHING,))

        for shown in (repr(event), str(event), msgspec.json.encode(state).decode(), repr(state)):
            assert "hush-hush" not in shown
            assert KEY_VALUE not in shown


def test_nothing_that_an_event_holds_makes_a_record_large() -> None:
    raw = build.raw_event("IVS News", at(), {"event_name": "x" * 9_000}, event_id="y" * 9_000)

    state = build.state_from(parse_input(raw), matchers=(EVERYTHING,))

    assert len(msgspec.json.encode(state.matched_events)) < 400


def test_what_was_heard_for_a_rule_that_is_no_more_is_forgotten() -> None:
    """A policy changes for years, and each matcher of it may have matched fifty events."""
    starts, ends = (
        build.policy_of(each).about(ResourceType.CHANNEL).matchers for each in (STARTS, ENDS)
    )
    state = build.state_from(build.stream_start(at()), matchers=(*starts, *ends))

    assert state.matched_events.keys() == {starts[0].key}
    assert apply_inputs(state, (), starts) == state
    assert apply_inputs(state, (), ends).matched_events == {}
    assert apply_inputs(state, ()).matched_events == {}


@given(histories, st.randoms(use_true_random=False), st.integers(1, 4))
def test_neither_order_nor_repetition_nor_batches_matter(
    history: list[Input], random: Random, batch_size: int
) -> None:
    policy = build.policy_of(ENDS, STARTS)
    matchers = policy.about(ResourceType.CHANNEL).matchers
    state = build.state_from(*history, matchers=matchers)
    retold = history + random.choices(history, k=3) if history else []
    random.shuffle(retold)

    stored = Resource(arn=CHANNEL)
    for batch in batched(retold, batch_size, strict=False):
        observed = apply_inputs(stored, batch, matchers)
        stored = msgspec.json.decode(msgspec.json.encode(observed), type=Resource)

    assert stored == state
    assert decide(stored, Standing(), policy, at(2)) == decide(state, Standing(), policy, at(2))


def test_rules_that_ask_for_the_same_share_a_matcher() -> None:
    again = build.compiled_rule("event_alert", ENDS.params | {"within": "PT5M"}, id="again")

    rule_set = build.policy_of(ENDS, again, STARTS).about(ResourceType.STAGE)

    assert len(rule_set.rules) == 3
    assert len(rule_set.matchers) == 2


def test_rules_about_events_match_only_their_own() -> None:
    started, error = build.stream_start(at()), build.publish_error(at())
    matched_keys = build.policy_of(STARTS, build.compiled_rule("account_limit"))

    assert matched_keys.about(ResourceType.STAGE).is_relevant(started)  # type: ignore[arg-type]  # an event
    assert not matched_keys.about(ResourceType.STAGE).is_relevant(error)  # type: ignore[arg-type]  # likewise
    assert matched_keys.about(ResourceType.ACCOUNT).is_relevant(started)  # type: ignore[arg-type]  # likewise
    assert not matched_keys.about(ResourceType.STREAM_KEY).is_relevant(error)  # type: ignore[arg-type]  # likewise


def test_a_compiled_condition_that_is_no_jmespath_names_its_rule() -> None:
    broken = build.compiled_rule("event_alert", {"detail_type": ["*"], "where": "a."}, id="odd")

    with pytest.raises(InvalidPolicy, match="rule 'odd': not a JMESPath expression"):
        build.policy_of(broken)


def test_an_alert_is_notified_once_while_it_lasts() -> None:
    policy = build.policy_of(
        build.compiled_rule("event_alert", {"detail_type": ["IVS Stage *"], "name": ["*Error"]})
    )
    matchers = policy.about(ResourceType.STAGE).matchers
    first, second = build.publish_error(at(), "e-1"), build.publish_error(at(0, 59), "e-2")

    def state(*events: Input) -> Resource:
        return build.state_from(*events, arn=STAGE, matchers=matchers)

    opened = decide(state(first), Standing(), policy, at(0, 1))
    repeated = decide(state(first, second), opened.standing, policy, at(1))
    over = decide(state(first, second), repeated.standing, policy, at(1, 59))

    (news,) = opened.notifications
    assert news.title == "stage AtUlF8oNuvW2: event-alert breach"
    assert news.text == "Participant Publish Error at 2026-03-14 12:00:00 UTC: BITRATE_EXCEEDED."
    assert repeated.notifications == ()
    assert repeated.recheck_at == at(1, 59)
    assert [(each.status, each.text) for each in over.notifications] == [
        (NotificationStatus.RESOLVED, "no such event in the last 1h.")
    ]


def test_news_of_the_account_name_it() -> None:
    policy = build.policy_of(build.compiled_rule("account_limit"))
    state = build.state_from(build.account_limit(at()), arn=WHOLE_ACCOUNT)

    (news,) = decide(state, Standing(), policy, at(0, 1)).notifications

    assert news.title == "account 210987654321 in eu-west-1: account-limit breach"
