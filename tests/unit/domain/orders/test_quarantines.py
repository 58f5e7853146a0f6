"""What becomes of a quarantine from one decision to the next, in whatever order things are told."""

from copy import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from streamwarden.domain.commands import AnyCommand, QuarantineChannel, ReleaseChannel, StopStream
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import ActionFinished, Input
from streamwarden.domain.levels import Authority, Mode
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.orders import STRIKES_KEPT
from streamwarden.domain.verdicts import Action, PlannedAction
from testbed.builders import (
    CHANNEL,
    KEY,
    STREAM,
    action_finished,
    at,
    channel_deleted,
    channel_listed,
    compiled_rule,
    key_observed,
    policy_of,
    state_from,
    stream_end,
    stream_start,
)

AUTHOR = Sender(id="AIDAEXAMPLE")
SPANS = (timedelta(hours=1), timedelta(days=1))
QUARANTINE = PlannedAction(kind="quarantine", spans=SPANS)
POLICY = policy_of(
    compiled_rule("insecure_ingest", {}, QUARANTINE),
    compiled_rule("key_missing", {"limit": "PT10M"}, mode=Mode.NOTIFY),
)
LIVE: list[Input] = [
    channel_listed(at(), insecureIngest=True),
    key_observed(at(), KEY),
    stream_start(at(seconds=1)),
]


def order[T: AnyCommand](kind: type[T], when: datetime, **more: Any) -> T:
    return kind(resource_arn=CHANNEL, time=when, author=AUTHOR, reason="a test", **more)


def decided(
    inputs: list[Input], before: Standing, now: datetime, max_mode: Mode = Mode.ENFORCE
) -> Decision:
    return decide(state_from(*inputs), before, POLICY, now, max_mode)


def finished(action: Action, when: datetime) -> ActionFinished:
    return action_finished(when, action.id, decided_at=action.decided_at)


def in_force() -> tuple[list[Input], Decision]:
    """A quarantine that has done its work."""
    begun = decided(LIVE, Standing(), at(minutes=1))
    (action,) = begun.actions
    inputs = [
        *LIVE,
        key_observed(at(minutes=1, seconds=1), None),
        finished(action, at(minutes=1, seconds=2)),
        stream_end(at(minutes=1, seconds=2)),
    ]
    return inputs, decided(inputs, begun.standing, at(minutes=1, seconds=3))


def test_it_begins_with_its_rule_and_goes_on_when_the_breach_is_over() -> None:
    begun = decided(LIVE, Standing(), at(minutes=1))
    inputs, after = in_force()

    (action,) = begun.actions
    assert (action.kind, action.authority) == ("quarantine", Authority.RULE)
    assert (action.stream_id, action.rule_id) == (STREAM, "insecure-ingest")
    assert begun.standing.requested(CHANNEL) == {action.id}
    assert after.actions == ()
    assert after.recheck_at == at(1, minutes=1)
    mended = [*inputs, channel_listed(at(minutes=2), insecureIngest=False)]
    assert decided(mended, after.standing, at(minutes=3)).standing.orders.quarantine is not None


def test_the_rule_of_missing_keys_does_not_apply_and_counts_from_the_release() -> None:
    inputs, after = in_force()
    during = decided(inputs, after.standing, at(minutes=40))
    over = decided(inputs, during.standing, at(1, minutes=2))
    late = decided(inputs, over.standing, at(1, minutes=12))

    verdicts = [each.verdicts[1].status.value for each in (during, over, late)]
    assert verdicts == ["not applicable", "pending", "breach"]


def test_a_stream_that_came_on_before_the_key_was_revoked_is_stopped_and_is_no_strike() -> None:
    begun = decided(LIVE, Standing(), at(minutes=1))
    (action,) = begun.actions
    inputs = [
        *LIVE,
        stream_end(at(minutes=1)),
        stream_start(at(minutes=1, seconds=2), "st-second"),
        finished(action, at(minutes=1, seconds=3)),
    ]
    after = decided(inputs, begun.standing, at(minutes=1, seconds=4))

    assert [each.stream_id for each in after.actions] == ["st-second"]
    assert after.standing.orders.quarantine is not None
    assert after.standing.orders.quarantine.strike_count == 0


def test_strikes_are_bounded_counted_once_and_told_less_and_less() -> None:
    inputs, decision = in_force()
    notified: list[str] = []
    for number in range(20):
        when = at(minutes=2 + number)
        stream = f"st-{number:06}"
        inputs = [*inputs[:6], stream_start(when, stream)]
        for _ in range(2):
            decision = decided(inputs, decision.standing, when)
            notified += [e.title.rpartition(": ")[2] for e in decision.notifications]
    quarantine = decision.standing.orders.quarantine

    assert quarantine is not None
    assert (quarantine.strike_count, len(quarantine.strikes)) == (20, STRIKES_KEPT)
    strikes = [int(each.split()[1]) for each in notified if each.startswith("strike")]
    assert strikes == [1, 2, 3, 4, 8, 16]
    assert quarantine.until == at(24, minutes=21)


@pytest.mark.parametrize("inputs", [*permutations([(1, QuarantineChannel), (2, ReleaseChannel)])])
def test_of_commands_the_last_one_counts_in_whatever_order_they_come(
    inputs: tuple[tuple[int, type[AnyCommand]], ...],
) -> None:
    known: list[Input] = [channel_listed(at())]
    standing = Standing()
    for hour, kind in inputs:
        known.append(order(kind, at(hour)))
        standing = decided(known, standing, at(3)).standing

    assert standing.orders.quarantine is None


def test_an_operator_takes_over_the_quarantine_of_a_rule_with_an_end_of_their_own() -> None:
    inputs, after = in_force()
    inputs.append(order(QuarantineChannel, at(minutes=30), until=at(9)))
    taken = decided(inputs, after.standing, at(minutes=30))
    later = decided(inputs, taken.standing, at(8))

    assert (taken.actions, later.standing.orders.quarantine is not None) == ((), True)
    assert "by aidaexample" in taken.notifications[-1].text.lower()
    assert decided(inputs, later.standing, at(9)).standing.orders.quarantine is None


@pytest.mark.parametrize("kind", [QuarantineChannel, StopStream])
def test_a_stack_that_observes_follows_no_order_and_says_so(kind: type[AnyCommand]) -> None:
    decision = decided([*LIVE, order(kind, at(1))], Standing(), at(1), Mode.NOTIFY)

    assert decision.actions == ()
    assert decision.standing.orders.quarantine is None
    assert "Mode" in decision.notifications[-1].text


def test_a_channel_that_is_deleted_has_no_quarantine() -> None:
    inputs, after = in_force()

    gone = decided([*inputs, channel_deleted(at(minutes=5))], after.standing, at(minutes=6))

    assert gone.standing.orders.action_ids == frozenset()
    assert gone.standing.orders.quarantine is None


def test_a_command_that_comes_after_its_own_end_begins_nothing() -> None:
    late = order(QuarantineChannel, at(1), until=at(2))

    decision = decided([channel_listed(at()), late], Standing(), at(3))

    assert (decision.actions, decision.standing.orders.quarantine) == ((), None)


def test_a_release_that_was_ordered_before_the_quarantine_does_not_end_it() -> None:
    inputs, after = in_force()
    early = order(ReleaseChannel, at(seconds=30))

    assert decided([*inputs, early], after.standing, at(minutes=59)).standing.orders.quarantine


def test_what_is_the_same_is_decided_the_same_again() -> None:
    inputs, after = in_force()
    again = decided(inputs, after.standing, at(minutes=1, seconds=3))

    assert replace(again, opened=after.opened, resolved=after.resolved) == replace(
        after, notifications=()
    )
