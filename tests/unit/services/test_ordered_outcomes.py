"""What became of an operator's order is known: the record has it, and the ledger says it."""

from collections import deque
from datetime import datetime

import pytest

from streamwarden.domain.commands import (
    AnyCommand,
    ProtectChannel,
    QuarantineChannel,
    ReleaseChannel,
    StopStream,
    UnprotectChannel,
)
from streamwarden.domain.ledger.entry import What
from streamwarden.domain.ledger.verification import read_entry
from streamwarden.domain.levels import Mode
from streamwarden.domain.orders.outcomes import OF_KIND, outcome_of
from streamwarden.domain.state.controls import PROTECTED_TAG, PROTECTED_VALUE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.services.errors import PermanentError
from testbed.builders import CHANNEL, channel_deleted, channel_listed
from tests.unit.services.channel_stack import NO_RULES, Stack, stream

NOT_ENFORCED = "the stack does not enforce (parameter Mode), so nothing is done"


def on_the_air(max_mode: Mode = Mode.ENFORCE) -> Stack:
    stack = Stack(NO_RULES, max_mode)
    stack.go_live(1)
    stack.time.later(minutes=1)
    return stack


def outcome(stack: Stack, kind: type[AnyCommand], at: datetime) -> Outcome | None:
    record = stack.harness.store.load(CHANNEL)
    orders = record.standing.orders
    return outcome_of(kind, orders, Facts(record.state, orders), at)


def ordered(stack: Stack, kind: type[AnyCommand], **more: str) -> tuple[OutcomeStatus, str] | None:
    """Gives the order, lets everything happen, and answers what is known then."""
    at = stack.time.now
    stack.order(kind, **more)
    stack.settle()
    found = outcome(stack, kind, at)
    return None if found is None else (found.status, found.reason)


def test_a_stop_that_was_made_is_done() -> None:
    stack = on_the_air()

    found = ordered(stack, StopStream)

    assert found == (OutcomeStatus.DONE, f"stream {stream(1)} ended at 12:01:00 UTC")


@pytest.mark.parametrize("kind", OF_KIND)
def test_an_order_on_a_channel_that_is_gone_has_nothing_to_do(kind: type[AnyCommand]) -> None:
    stack = Stack(NO_RULES)
    stack.time.later(minutes=1)
    stack.observe(channel_deleted(stack.time.now))
    stack.time.later(minutes=1)

    expected = (OutcomeStatus.NOTHING_TO_DO, "the channel no longer exists")
    assert ordered(stack, kind) == expected


def test_a_stop_that_is_on_its_way_has_no_outcome_yet() -> None:
    stack = on_the_air()
    stack.order(StopStream)

    assert outcome(stack, StopStream, stack.time.now) is None


def test_of_an_order_that_has_not_arrived_nothing_is_known() -> None:
    stack = on_the_air()

    for kind in OF_KIND:
        assert outcome(stack, kind, stack.time.now) is None


@pytest.mark.parametrize("kind", [StopStream, QuarantineChannel])
def test_protection_holds_what_an_operator_orders(kind: type[AnyCommand]) -> None:
    stack = on_the_air()
    stack.order(ProtectChannel)

    found = ordered(stack, kind)

    assert found is not None
    status, reason = found
    assert status is OutcomeStatus.HELD
    assert reason.startswith("the channel is protected: a test (user/alice (AIDAEXAMPLE))")
    assert stack.ivs.live is not None


@pytest.mark.parametrize("kind", [StopStream, QuarantineChannel])
def test_a_stack_that_observes_carries_out_nothing(kind: type[AnyCommand]) -> None:
    stack = on_the_air(Mode.NOTIFY)

    assert ordered(stack, kind) == (OutcomeStatus.HELD, NOT_ENFORCED)


def test_a_stop_of_a_channel_off_the_air_has_nothing_to_do() -> None:
    stack = Stack(NO_RULES)
    at = stack.time.now

    found = ordered(stack, StopStream)
    stack.later(minutes=3)
    later = outcome(stack, StopStream, at)

    assert found == (
        OutcomeStatus.NOTHING_TO_DO,
        "no stream is known to be live; one that was live at 12:00:00 UTC is still stopped if it "
        "becomes known by 12:02:00 UTC",
    )
    assert later is not None
    assert (later.status, later.reason) == (OutcomeStatus.NOTHING_TO_DO, "no stream was live")


def test_a_stop_of_a_stream_that_is_over_has_nothing_to_do() -> None:
    stack = on_the_air()
    ordered(stack, StopStream)
    stack.time.later(minutes=1)

    found = ordered(stack, StopStream, stream_id=stream(1))

    assert found == (OutcomeStatus.NOTHING_TO_DO, f"stream {stream(1)} was over already")


def test_a_stop_that_ivs_refuses_has_failed() -> None:
    stack = on_the_air()
    stack.ivs.refusals["StopStream"] = deque([PermanentError("ivs:StopStream: no")])

    found = ordered(stack, StopStream)

    assert found == (
        OutcomeStatus.FAILED,
        "ivs:StopStream: no; it is tried again until 12:11:00 UTC",
    )


def test_a_quarantine_is_done_once_the_key_is_revoked() -> None:
    stack = on_the_air()
    at = stack.time.now
    stack.order(QuarantineChannel)
    before = outcome(stack, QuarantineChannel, at)
    stack.settle()
    found = outcome(stack, QuarantineChannel, at)

    assert before is None
    assert found is not None
    assert found.status is OutcomeStatus.DONE
    assert found.reason == f"revoked the stream key; stopped stream {stream(1)}"


def test_a_quarantine_of_a_channel_off_the_air_is_a_quarantine() -> None:
    stack = Stack(NO_RULES)

    found = ordered(stack, QuarantineChannel)

    assert found == (OutcomeStatus.DONE, "revoked the stream key; nothing is live")


def test_a_release_is_done_once_the_new_key_is_published() -> None:
    stack = on_the_air()
    ordered(stack, QuarantineChannel)
    stack.time.later(minutes=1)
    at = stack.time.now
    stack.order(ReleaseChannel)
    before = outcome(stack, ReleaseChannel, at)
    stack.settle()
    found = outcome(stack, ReleaseChannel, at)

    assert before is None
    assert found is not None
    assert (found.status, found.reason) == (OutcomeStatus.DONE, "the new stream key is published")


def test_a_release_without_a_quarantine_has_nothing_to_do() -> None:
    stack = on_the_air()

    assert ordered(stack, ReleaseChannel) == (
        OutcomeStatus.NOTHING_TO_DO,
        "the channel was not in quarantine",
    )


def test_a_release_makes_no_key_while_the_stack_observes() -> None:
    stack = on_the_air()
    ordered(stack, QuarantineChannel)
    stack.time.later(minutes=1)
    stack.max_mode = Mode.NOTIFY

    found = ordered(stack, ReleaseChannel)

    assert found == (
        OutcomeStatus.HELD,
        "the quarantine is over; the stack does not enforce (parameter Mode), so no stream key is "
        "made",
    )
    assert "no stream key is made" in stack.harness.outbox.notifications[-1].text


def test_an_order_that_another_one_follows_has_nothing_to_do() -> None:
    stack = on_the_air()
    at = stack.time.now
    ordered(stack, QuarantineChannel)
    stack.time.later(minutes=1)
    ordered(stack, ReleaseChannel)
    found = outcome(stack, QuarantineChannel, at)

    assert found is not None
    assert found.reason == "a later order has taken its place"


def noted(stack: Stack, action: str) -> list[tuple[What, str]]:
    """What the ledger says of the order, apart from the order itself and its requests."""
    entries = filter(None, map(read_entry, stack.harness.store.ledgers[CHANNEL]))
    found = (each for entry in entries for each in entry.noted if each.action == action)
    return [(each.what, each.reason) for each in found if each.what not in _ASKED]


_ASKED = frozenset({What.COMMANDED, What.REQUESTED})


def test_the_ledger_says_what_holds_an_order_and_that_nothing_was_to_be_done() -> None:
    stack = Stack(NO_RULES, Mode.NOTIFY)
    ordered(stack, StopStream)
    ordered(stack, QuarantineChannel)
    stack.time.later(minutes=1)
    ordered(stack, ReleaseChannel)

    assert noted(stack, "stop") == [(What.HELD, NOT_ENFORCED)]
    assert noted(stack, "quarantine") == [
        (What.HELD, NOT_ENFORCED),
        (What.FINISHED, "the channel was not in quarantine"),
    ]


def test_the_ledger_says_when_a_quarantine_is_held_and_when_it_is_let_go() -> None:
    stack = on_the_air()
    stack.order(ProtectChannel)
    ordered(stack, QuarantineChannel)
    stack.time.later(minutes=1)
    stack.order(UnprotectChannel)
    stack.settle()

    assert [what for what, _ in noted(stack, "quarantine")] == [
        What.HELD,
        What.RELEASED,
        What.FINISHED,
    ]


def test_the_ledger_says_what_became_of_an_order_that_time_alone_decides() -> None:
    stack = Stack(NO_RULES)
    ordered(stack, StopStream)

    stack.later(minutes=3)

    assert noted(stack, "stop") == [(What.FINISHED, "no stream was live")]


def test_a_stop_that_is_ordered_in_a_quarantine_does_not_rest_on_that() -> None:
    stack = on_the_air()
    ordered(stack, QuarantineChannel)
    stack.time.later(minutes=1)
    stack.go_live(2)

    stack.order(StopStream)

    entries = filter(None, map(read_entry, stack.harness.store.ledgers[CHANNEL]))
    asked = [each for entry in entries for each in entry.noted if each.what is What.REQUESTED]
    assert {each.action: each.grounds is not None for each in asked} == {
        "quarantine": True,
        "stop": False,
    }


def test_the_ledger_says_what_holds_a_quarantine_that_a_tag_protects_from_meanwhile() -> None:
    stack = on_the_air()
    ordered(stack, QuarantineChannel)
    stack.time.later(minutes=1)

    stack.observe(channel_listed(stack.time.now, tags={PROTECTED_TAG: PROTECTED_VALUE}))
    quiet = [what for what, _ in noted(stack, "quarantine")]
    stack.go_live(2)

    assert quiet == [What.FINISHED]
    assert [what for what, _ in noted(stack, "quarantine")] == [What.FINISHED, What.HELD]


def test_of_a_quarantine_that_is_held_people_are_not_told_that_it_is_done() -> None:
    stack = on_the_air()
    stack.order(ProtectChannel)
    ordered(stack, QuarantineChannel)

    assert "quarantine ordered, and held" in stack.titles
    assert not any(each.startswith("quarantined") for each in stack.titles)
    texts = [each.text for each in stack.harness.outbox.notifications]
    assert not any("The stream key is revoked" in each for each in texts)
