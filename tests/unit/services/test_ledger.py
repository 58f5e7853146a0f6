"""The ledger has each thing that happened once: whatever arrives again, and whatever interferes."""

from collections.abc import Sequence
from typing import Final

import msgspec
import pytest

from streamwarden.domain.commands import AnyCommand, PauseActions, ResumeActions
from streamwarden.domain.inputs import Input, Recheck
from streamwarden.domain.ledger.end import NO_LEDGER
from streamwarden.domain.ledger.entry import Noted, What
from streamwarden.domain.ledger.verification import faults_of, read_entry
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import PlannedAction
from testbed import builders as build
from testbed.builders import CHANNEL, STREAM, at
from tests.unit.services.fakes import Calls, Crash, Harness

ANN: Final = "arn:aws:iam::210987654321:user/ann"
POLICY: Final = build.policy_of(build.max_duration())
STOPPED: Final = [What.OPENED, What.REQUESTED]


@pytest.fixture
def harness() -> Harness:
    return Harness(POLICY)


def observe(harness: Harness, hours: float, *inputs: Input) -> None:
    harness.time.now = at(hours)
    harness.observer().observe(CHANNEL, inputs or [Recheck(resource_arn=CHANNEL, time=at(hours))])


def noted(harness: Harness) -> list[Noted]:
    """All of it, of a ledger that is whole."""
    stored = harness.store.ledgers.get(CHANNEL, [])
    end = harness.store.load(CHANNEL).ledger.last
    assert faults_of(CHANNEL, stored, end, harness.time()) == []
    entries = [read_entry(each) for each in stored]
    return [each for entry in entries if entry for each in entry.noted]


def whats(harness: Harness) -> list[What]:
    return [each.what for each in noted(harness)]


def test_what_keeps_to_the_policy_leaves_nothing(harness: Harness) -> None:
    observe(harness, 1, build.channel_created(at()), build.stream_start(at(1)))
    observe(harness, 2, build.tags_set(at(2), {"team": "news"}))
    observe(harness, 3, build.stream_end(at(3)))

    assert noted(harness) == []
    assert harness.store.load(CHANNEL).ledger == NO_LEDGER


def test_a_stop_is_told_from_its_breach_to_its_end(harness: Harness) -> None:
    observe(harness, 0, build.stream_start(at()))
    observe(harness, 4)
    (stop,) = harness.outbox.actions
    observe(harness, 4, build.action_finished(at(4), stop.id, decided_at=stop.decided_at))
    observe(harness, 4, build.stream_end(at(4)))

    assert whats(harness) == [*STOPPED, What.FINISHED, What.RESOLVED]
    assert {each.stream_id for each in noted(harness)} == {STREAM}
    assert noted(harness)[2].answer is OutcomeStatus.DONE


def test_a_breach_and_a_stop_have_their_grounds_in_the_chain(harness: Harness) -> None:
    observe(harness, 0, build.stream_start(at()))
    observe(harness, 4)

    opened, requested = noted(harness)
    assert opened.grounds == requested.grounds
    assert opened.grounds is not None
    assert opened.grounds.facts == {"on_air_at": "2026-03-14T12:00:00Z", "lasted": "PT14400S"}
    assert opened.grounds.parameters == {"limit": "PT14400S"}


def test_what_a_record_does_not_keep_is_among_the_grounds() -> None:
    """Conditions are judged on what was observed, of which retention forgets a part."""
    rule = build.compiled_rule(
        "max_duration", {"limit": "PT4H"}, when="session.on_air_at != 'x' && channel.tags.a == 'b'"
    )
    harness = Harness(build.policy_of(rule))
    listed = build.channel_listed(at(), tags={"a": "b"})
    observe(harness, 0, listed, build.stream_start(at()))
    observe(harness, 4)

    (opened,) = noted(harness)
    assert opened.grounds is not None
    assert opened.grounds.conditions == {
        "session.on_air_at": "2026-03-14T12:00:00Z",
        "channel.tags.a": "b",
    }


def test_a_strike_in_a_quarantine_rests_on_the_order_that_stands() -> None:
    rule = build.compiled_rule("max_duration", {"limit": "PT4H"}, PlannedAction(kind="quarantine"))
    harness = Harness(build.policy_of(rule))
    observe(harness, 0, build.stream_start(at()))
    observe(harness, 4)
    (order,) = harness.outbox.actions
    answer = build.action_finished(at(4.1), order.id, decided_at=order.decided_at)
    observe(harness, 4.1, answer, build.stream_end(at(4.1)))
    observe(harness, 5, build.stream_start(at(5), "st-again"))

    *_, strike = noted(harness)
    assert (strike.what, strike.stream_id) == (What.REQUESTED, "st-again")
    assert strike.grounds is not None
    assert strike.grounds.facts == {
        "ordered_by": "rule max-duration",
        "since": "2026-03-14T16:00:00Z",
        "strikes": 1,
    }


def test_a_look_that_finds_nothing_new_leaves_nothing(harness: Harness) -> None:
    observe(harness, 0, build.stream_start(at()))
    for minute in range(4):
        observe(harness, 4 + minute / 60)

    assert whats(harness) == STOPPED


@pytest.mark.parametrize("is_over", [False, True])
def test_an_answer_that_arrives_again_is_noted_once(harness: Harness, is_over: bool) -> None:
    """Also when the breach is over, and the record does not keep the outcome."""
    observe(harness, 0, build.stream_start(at()))
    observe(harness, 4)
    (stop,) = harness.outbox.actions
    if is_over:
        observe(harness, 4, build.stream_end(at(4)))
    answer = build.action_finished(at(4), stop.id, decided_at=stop.decided_at)

    for _ in range(3):
        observe(harness, 4, answer)

    assert whats(harness).count(What.FINISHED) == 1


def test_a_rotation_that_is_reported_again_is_noted_once(harness: Harness) -> None:
    begun, finished = (build.rotation_observed(at(1), is_finished=each) for each in (False, True))

    observe(harness, 1, begun)
    observe(harness, 1, begun, finished)

    assert whats(harness) == [What.REQUESTED, What.FINISHED]


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 6))
def test_an_interrupted_observer_loses_nothing_and_doubles_nothing(
    harness: Harness, crash_at: int, is_after: bool
) -> None:
    observe(harness, 0, build.stream_start(at()))
    again: Sequence[Input] = [Recheck(resource_arn=CHANNEL, time=at(4))]
    harness.time.now = at(4)
    with pytest.raises(Crash):
        harness.observer(Calls(crash_at, is_after)).observe(CHANNEL, again)

    harness.observer().observe(CHANNEL, again)

    assert whats(harness) == STOPPED


def test_the_end_of_the_ledger_takes_little_room_in_a_record(harness: Harness) -> None:
    observe(harness, 0, build.stream_start(at()))
    observe(harness, 4)
    for minute in range(9):
        answer = build.action_finished(at(4, minute), f"action {minute}")
        observe(harness, 4 + minute / 60, answer)

    head = harness.store.load(CHANNEL).ledger
    assert len(msgspec.json.encode(head)) <= 128
    assert len(head.noted) == 3


PAUSED: Final = PauseActions(
    resource_arn=build.WHOLE_ACCOUNT, time=at(1), author=Sender("AIDA:ann", ANN), reason="a drill"
)
RESUMED: Final = ResumeActions(
    resource_arn=build.WHOLE_ACCOUNT, time=at(5), author=Sender("AIDA:ann"), reason="it is over"
)


def command(harness: Harness, hours: float, given: AnyCommand) -> None:
    harness.time.now = at(hours)
    harness.observer().observe(given.resource_arn, [given])


def test_a_command_is_in_the_ledger_with_its_sender_and_once(harness: Harness) -> None:
    command(harness, 1, PAUSED)
    command(harness, 2, PAUSED)

    (stored,) = harness.store.ledgers[build.WHOLE_ACCOUNT]
    entry = read_entry(stored)
    assert entry is not None
    (given,), (cause,) = entry.noted, entry.causes
    assert (given.what, given.action, given.reason) == (What.COMMANDED, "pause", "a drill")
    assert (cause.name, cause.author, cause.claimed_arn) == ("pause", "AIDA:ann", ANN)


def test_what_a_brake_holds_and_lets_go_is_noted(harness: Harness) -> None:
    command(harness, 1, PAUSED)
    observe(harness, 0, build.stream_start(at()))
    observe(harness, 4)
    observe(harness, 4.5)
    command(harness, 5, RESUMED)
    observe(harness, 5)

    assert whats(harness) == [What.OPENED, What.HELD, What.RELEASED, What.REQUESTED]
    assert "actions are paused: a drill" in noted(harness)[1].reason
