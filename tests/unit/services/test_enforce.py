"""The enforcer looks before it acts, and always says what became of an action."""

from copy import replace
from dataclasses import dataclass

import pytest

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.actions.warn import warning_payload
from streamwarden.domain.inputs import ActionFinished, Health
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, Condition, Confirm, Mode
from testbed.builders import CHANNEL, STREAM, at
from tests.unit.services.decided_actions import action
from tests.unit.services.fakes import Calls, FakeIvs, Time, enforcer_on, holding

STALLED = Confirm(Condition.STALLED)
NOT_HEALTHY = Confirm(Condition.NOT_HEALTHY)
NOBODY = Confirm(Condition.VIEWERS_AT_MOST, 0)
OVER_1000 = Confirm(Condition.VIEWERS_AT_LEAST, 1001)


def live(health: str = "HEALTHY", stream_id: str = STREAM, viewers: int | None = 12) -> LiveStream:
    return LiveStream(
        channel_arn=CHANNEL,
        stream_id=stream_id,
        health=Health(health),
        start_time=at(),
        viewer_count=viewers,
    )


def carry_out(
    ivs: FakeIvs, given: Action, max_mode: Mode = Mode.ENFORCE, calls: Calls | None = None
) -> tuple[Outcome, ActionFinished]:
    inbox = MemoryInbox()
    control = (calls or Calls()).watch(ivs)
    enforcer = enforcer_on(
        control, holding(given), inbox, Time(at(0, minutes=1)), max_mode=max_mode
    )
    outcome = enforcer.carry_out(given)
    (notified,) = inbox.inputs
    assert isinstance(notified, ActionFinished)
    return outcome, notified


@pytest.mark.parametrize("kind", ["stop", "warn"])
@pytest.mark.parametrize(
    ("given", "confirm", "reason"),
    [
        (live(), None, ""),
        (live(stream_id="st-another"), None, f"stream st-another is live now; {STREAM} was"),
        (None, None, "the channel is already off the air"),
        (live("STARVING"), STALLED, ""),
        (live("HEALTHY"), STALLED, "the ingest delivers again (health HEALTHY)"),
        (live("UNKNOWN"), STALLED, "it is not known whether the ingest still stalls"),
        (live("STARVING"), NOT_HEALTHY, ""),
        (live("UNKNOWN"), NOT_HEALTHY, ""),
        (live("HEALTHY"), NOT_HEALTHY, "the ingest delivers again (health HEALTHY)"),
        (live(viewers=0), NOBODY, ""),
        (live(viewers=1), NOBODY, "the stream has 1 viewer now"),
        (live(viewers=None), NOBODY, "IVS does not say how many viewers the stream has now"),
        (live(viewers=1001), OVER_1000, ""),
        (live(viewers=1000), OVER_1000, "the stream has 1,000 viewers now"),
        (live(viewers=None), OVER_1000, "IVS does not say how many viewers the stream has now"),
    ],
)
def test_what_is_done_to_a_stream_happens_only_while_it_still_applies(
    kind: str, given: LiveStream | None, confirm: Confirm | None, reason: str
) -> None:
    ivs = FakeIvs(live=given)

    outcome, _ = carry_out(ivs, action(kind, confirm=confirm))

    assert outcome.status is (OutcomeStatus.NOTHING_TO_DO if reason else OutcomeStatus.DONE)
    assert reason in outcome.reason
    assert ivs.stopped + len(ivs.metadata) == (not reason)


def test_a_warning_is_put_into_the_stream() -> None:
    ivs = FakeIvs(live=live())

    outcome, _ = carry_out(ivs, action("warn"))

    assert ivs.metadata == [warning_payload("a-rule", "four hours are over", at())]
    assert outcome == Outcome(OutcomeStatus.DONE, f"put a warning into stream {STREAM}")


@dataclass
class _EndsUnderTheHand(FakeIvs):
    def insert_metadata(self, channel_arn: str, payload: str) -> bool:
        return False


def test_a_stream_that_ends_under_the_hand_needs_no_warning() -> None:
    outcome, _ = carry_out(_EndsUnderTheHand(live=live()), action("warn"))

    assert outcome == Outcome(OutcomeStatus.NOTHING_TO_DO, "the stream ended by itself")


def test_the_observers_hear_what_became_of_it() -> None:
    outcome, notified = carry_out(FakeIvs(live=live()), action())

    assert (notified.action_id, notified.decided_at) == ("an/action", at())
    assert notified.resource_arn == CHANNEL
    assert notified.time == at(0, minutes=1)
    assert notified.outcome == outcome
    assert notified.tags == {}


def test_tags_that_are_set_are_notified() -> None:
    ivs = FakeIvs()

    _, notified = carry_out(ivs, action("tag", tags={"b": "2", "a": "1"}))

    assert ivs.tagged == notified.tags == {"a": "1", "b": "2"}
    assert notified.outcome == Outcome(OutcomeStatus.DONE, "set a, b")


def test_what_is_refused_is_told_as_failed() -> None:
    ivs = FakeIvs(live=live(), is_allowed=False)

    outcome, _ = carry_out(ivs, action())

    assert outcome == Outcome(OutcomeStatus.FAILED, "ivs:StopStream: AccessDeniedException")


def test_keys_are_not_rotated_here() -> None:
    outcome, _ = carry_out(FakeIvs(), action("rotate_key"))

    assert outcome.status is OutcomeStatus.NOTHING_TO_DO


@pytest.mark.parametrize("max_mode", [Mode.OBSERVE, Mode.NOTIFY])
@pytest.mark.parametrize("kind", ACTION_KINDS)
def test_below_max_mode_nothing_is_even_looked_at(kind: str, max_mode: Mode) -> None:
    calls = Calls()

    outcome, _ = carry_out(FakeIvs(live=live()), action(kind), max_mode, calls)

    assert outcome.status is OutcomeStatus.NOTHING_TO_DO
    assert calls.made == []


@pytest.mark.parametrize(
    ("held", "minutes", "reason"),
    [
        ((), 1, "the record does not hold it"),
        ((replace(action(), id="another/action"),), 1, "the record does not hold it"),
        ((replace(action(), attempt=2),), 1, "the record holds another request"),
        ((replace(action(), stream_id="st-another"),), 1, "the record holds another request"),
        ((replace(action(), kind="warn"),), 1, "the record holds another request"),
        ((replace(action(), tags={"team": "x"}),), 1, "the record holds another request"),
        ((replace(action(), decided_at=at(minutes=1)),), 1, "the record holds another request"),
        ((action(),), 11, "it was decided too long ago"),
    ],
)
def test_what_is_not_requested_any_more_is_skipped_and_nobody_is_notified(
    held: tuple[Action, ...], minutes: int, reason: str
) -> None:
    inbox, calls = MemoryInbox(), Calls()
    ivs = calls.watch(FakeIvs(live=live()))
    enforcer = enforcer_on(
        ivs, holding(*held), inbox, Time(at(minutes=minutes)), max_mode=Mode.ENFORCE
    )

    outcome = enforcer.carry_out(action())

    assert outcome.status is OutcomeStatus.SKIPPED
    assert reason in outcome.reason
    assert calls.made == []
    assert list(inbox.inputs) == []
