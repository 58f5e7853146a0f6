"""What a quarantine does, when it is held, and how it ends."""

from datetime import timedelta

import pytest

from streamwarden.domain.actions.base.calls import ListedKey
from streamwarden.domain.arn import Place
from streamwarden.domain.breaker import Breaker
from streamwarden.domain.commands import (
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    QuarantineChannel,
    ReleaseBreaker,
    ReleaseChannel,
    ResumeActions,
)
from streamwarden.domain.inputs import Recheck
from streamwarden.domain.ledger.entry import What
from streamwarden.domain.ledger.verification import read_entry
from streamwarden.domain.levels import Mode
from streamwarden.domain.orders.outcomes import ended, outcome_of
from streamwarden.domain.state.controls import PROTECTED_TAG
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.services.records import StoredBreaker
from testbed.builders import (
    ACCOUNT,
    CHANNEL,
    KEY,
    REGION,
    WHOLE_ACCOUNT,
    key_observed,
    stream_end,
)
from tests.unit.services.channel_stack import NO_RULES, RULE, SPANS, Stack, quarantined, stream


def test_the_key_is_revoked_first_then_the_stream_is_stopped_with_one_call_each() -> None:
    stack = quarantined()

    assert stack.outcomes == [
        (OutcomeStatus.DONE, "revoked the stream key; stopped stream st-000001")
    ]
    assert (stack.ivs.key, stack.ivs.live, stack.is_quarantined) == (None, None, True)
    assert stack.ivs.calls == {
        "ListTagsForResource": 2,  # before each of both
        "ListStreamKeys": 1,
        "DeleteStreamKey": 1,
        "GetStream": 1,
        "StopStream": 1,
    }
    assert stack.titles[:2] == ["insecure-ingest breach", "quarantined until 2026-03-14 13:01 UTC"]


def test_the_ledger_names_the_rule_also_with_what_the_quarantine_did() -> None:
    stack = quarantined()

    entries = filter(None, map(read_entry, stack.harness.store.ledgers[CHANNEL]))
    noted = [each for entry in entries for each in entry.noted]
    finished = [each for each in noted if each.what is What.FINISHED]
    assert [(each.action, each.rule_id) for each in finished] == [("quarantine", RULE)]


def test_nothing_more_is_called_while_the_channel_is_off_the_air() -> None:
    stack = quarantined()
    before = stack.ivs.calls.total()

    stack.later(minutes=50)

    assert stack.ivs.calls.total() == before


def test_each_stream_that_comes_on_is_a_strike_and_makes_it_longer() -> None:
    stack = quarantined()
    for number in (2, 3):
        stack.later(minutes=10)
        stack.ivs.key = ListedKey(f"{KEY}x{number}", {})  # somebody made one
        stack.go_live(number)
        stack.settle()

    quarantine = stack.harness.store.load(CHANNEL).standing.orders.quarantine
    assert quarantine is not None
    assert [each.stream_id for each in quarantine.strikes] == [stream(2), stream(3)]
    assert quarantine.until == stack.time.now + SPANS[1]
    assert (stack.ivs.key, stack.ivs.live) == (None, None)
    assert stack.ivs.calls["StopStream"] == 3
    strikes = [each for each in stack.titles if each.startswith("strike")]
    assert strikes == ["strike 1 in quarantine", "strike 2 in quarantine"]


def test_a_key_that_somebody_makes_is_revoked_and_is_no_strike() -> None:
    stack = quarantined()
    stack.later(minutes=5)
    stack.ivs.key = ListedKey(f"{KEY}x", {})

    stack.observe(key_observed(stack.time.now, f"{KEY}x"))
    stack.settle()

    assert stack.ivs.key is None
    assert not [each for each in stack.titles if each.startswith("strike")]


@pytest.mark.parametrize("is_by_hand", [False, True])
def test_a_release_has_one_key_made_and_published(is_by_hand: bool) -> None:
    stack = quarantined()
    stack.later(minutes=30)
    if is_by_hand:
        stack.order(ReleaseChannel)
        stack.settle()
    else:
        stack.later(minutes=31)

    assert not stack.is_quarantined
    assert stack.ivs.key is not None
    assert list(stack.secrets.key_arns.values()) == [stack.ivs.key.arn]
    assert (stack.ivs.made, stack.ivs.rotations_asked) == (1, 1)
    assert stack.titles.count("released from quarantine") == 1
    stack.later(days=2)
    assert stack.ivs.rotations_asked == 1


@pytest.mark.parametrize("is_live", [False, True])
def test_a_release_of_what_was_held_leaves_the_key_at_once_and_says_so(is_live: bool) -> None:
    stack = Stack(NO_RULES)
    if is_live:
        stack.go_live(1)
    stack.order(ProtectChannel)
    stack.order(QuarantineChannel)
    stack.settle()
    stack.time.later(seconds=10)

    stack.order(ReleaseChannel)
    stack.settle()

    record, key = stack.harness.store.load(CHANNEL), stack.ivs.key
    orders = record.standing.orders
    became = outcome_of(ReleaseChannel, orders, Facts(record.state, orders), stack.time.now)
    assert became == ended(stack.time.now, OutcomeStatus.DONE, "the channel has its stream key")
    assert (key and key.arn, stack.ivs.made, orders.release) == (KEY, 0, None)
    (news,) = [e for e in stack.harness.outbox.notifications if "released" in e.title]
    assert "keeps its stream key, or gets a new one if that is revoked already" in news.text


def test_a_release_whose_invocation_was_lost_is_asked_for_again() -> None:
    stack = quarantined()
    stack.ivs.make_key = lambda channel_arn: None  # type: ignore[method-assign]
    stack.order(ReleaseChannel)
    stack.settle()
    assert stack.ivs.key is None
    del stack.ivs.make_key

    stack.later(minutes=2)

    assert stack.ivs.key is not None
    assert stack.ivs.made == 1


def test_a_second_quarantine_within_thirty_days_lasts_longer() -> None:
    stack = quarantined()
    stack.later(hours=2)
    stack.go_live(2)
    stack.settle()

    quarantine = stack.harness.store.load(CHANNEL).standing.orders.quarantine
    assert quarantine is not None
    assert quarantine.until == quarantine.since + SPANS[1]


def test_an_operators_quarantine_passes_a_pause_and_says_who_ordered_it() -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.order(PauseActions, WHOLE_ACCOUNT)
    stack.order(QuarantineChannel)
    stack.settle()

    (news,) = [e for e in stack.harness.outbox.notifications if e.rule_id == "quarantine"]
    assert (stack.ivs.key, stack.ivs.live) == (None, None)
    assert "user/alice (AIDAEXAMPLE)" in news.text
    assert news.undo == (f"streamwarden release {CHANNEL} --reason …",)
    stack.later(days=40)
    assert stack.is_quarantined


def test_an_operators_quarantine_ends_at_its_own_end() -> None:
    stack = Stack(NO_RULES)
    stack.order(QuarantineChannel, until=stack.time.now + timedelta(hours=3))
    stack.settle()
    stack.later(hours=1)
    stack.go_live(1)
    stack.settle()
    during = stack.is_quarantined
    stack.later(hours=2)

    assert (during, stack.is_quarantined) == (True, False)
    assert stack.ivs.key is not None


def test_a_pause_holds_nothing_of_a_quarantine_that_keeps_its_channel_off_the_air() -> None:
    """People read that it is not carried out otherwise."""
    stack = quarantined()
    stack.order(PauseActions, WHOLE_ACCOUNT)
    stack.later(minutes=5)
    quiet = stack.harness.store.load(CHANNEL).standing.orders.quarantine
    stack.go_live(2)
    stack.settle()
    struck = stack.harness.store.load(CHANNEL).standing.orders.quarantine
    stack.ivs.live = None
    stack.observe(stream_end(stack.time.now, stream(2)))
    stack.settle()
    over = stack.harness.store.load(CHANNEL).standing.orders.quarantine

    assert [each and each.held.partition(":")[0] for each in (quiet, struck, over)] == [
        "",
        "actions are paused",
        "",
    ]
    assert stack.titles.count("quarantine held") == 1


def test_a_pause_holds_what_a_rules_quarantine_goes_on_doing() -> None:
    stack = quarantined()
    stack.later(minutes=1)
    stack.order(PauseActions, WHOLE_ACCOUNT)
    stack.go_live(2)
    stack.settle()
    paused = stack.ivs.live
    stack.time.later(minutes=1)
    stack.order(ResumeActions, WHOLE_ACCOUNT)
    stack.observe(Recheck(resource_arn=CHANNEL, time=stack.time.now))
    stack.settle()

    assert paused is not None
    assert stack.ivs.live is None
    assert stack.titles.count("quarantine held") == 1


def test_a_tripped_breaker_holds_a_rules_quarantine_until_it_is_released() -> None:
    stack = Stack()
    place = Place(ACCOUNT, REGION)
    tripped = Breaker(tripped_at=stack.time.now)
    stack.first.breakers.save(place, RULE, tripped, StoredBreaker())
    stack.time.later(seconds=1)
    stack.go_live(1)
    stack.settle()
    stack.later(minutes=30)
    held = (stack.ivs.key is None, stack.ivs.live is None, len(stack.outcomes))
    stack.order(ReleaseBreaker, WHOLE_ACCOUNT, rule_id=RULE, number=1)
    stack.observe(Recheck(resource_arn=CHANNEL, time=stack.time.now))
    stack.settle()

    assert held == (False, False, 1)
    assert stack.titles.count("quarantine held") == 1
    assert (stack.ivs.key, stack.ivs.live) == (None, None)


@pytest.mark.parametrize("is_exempted", [False, True])
def test_a_quarantine_that_waits_in_the_queue_is_withdrawn_with_its_rule(
    is_exempted: bool,
) -> None:
    stack = Stack()
    stack.go_live(1)
    if is_exempted:
        end = stack.time.now + timedelta(days=1)
        stack.order(ExemptChannel, rule_id=RULE, until=end)
    else:
        stack.order(LimitMode, WHOLE_ACCOUNT, rule_id=RULE, mode=Mode.NOTIFY)
        stack.act()  # enforce knows it before the channel's observer does
    stack.settle()
    stack.later(hours=2)

    assert (stack.ivs.key is None, stack.ivs.live is None) == (False, False)
    assert not stack.is_quarantined
    assert "quarantine withdrawn" in stack.titles


@pytest.mark.parametrize("is_by_tag", [False, True])
def test_a_protected_channel_is_not_quarantined_whoever_orders_it(is_by_tag: bool) -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    if is_by_tag:
        stack.ivs.tags_now = {PROTECTED_TAG: "true"}  # which no event has told of
    else:
        stack.order(ProtectChannel)
    stack.order(QuarantineChannel)
    stack.settle()
    stack.later(minutes=5)

    assert (stack.ivs.key is None, stack.ivs.live is None) == (False, False)
    assert stack.titles.count("quarantine held") == 1


def test_a_rotation_of_a_quarantined_channel_waits_also_on_demand() -> None:
    stack = quarantined()

    rotated = stack.rotator().rotate(CHANNEL, force=True)

    assert rotated.outcome.status is OutcomeStatus.HELD
    assert f"`streamwarden release {CHANNEL}`" in rotated.outcome.reason
    assert stack.ivs.key is None
