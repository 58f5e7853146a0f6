"""Brakes between observers and enforce: what is in the queue already is held as well."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from streamwarden.adapters.memory import MemoryBreakers, MemoryControls
from streamwarden.domain.arn import Place
from streamwarden.domain.breaker import Breaker, Passed
from streamwarden.domain.commands import (
    ExemptChannel,
    PauseActions,
    ProtectChannel,
    ReleaseBreaker,
    ResumeActions,
)
from streamwarden.domain.inputs import BreakerTripped
from streamwarden.domain.state.controls import PROTECTED_TAG
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import NotificationStatus, Severity
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.records import StoredBreaker
from testbed.builders import ACCOUNT, REGION, WHOLE_ACCOUNT
from tests.unit.services.braked_stack import AUTHOR, RULE, Stack, channel
from tests.unit.services.fakes import Time


def test_one_wrong_rule_stops_no_more_than_the_breaker_lets_pass_and_pages_once() -> None:
    stack = Stack(60)
    stack.go_live()

    stack.settle()
    for _ in range(30):
        stack.later(minutes=20)

    assert stack.ivs.stopped.total() == 5
    pages = [e for e in stack.harness.outbox.notifications if e.severity is Severity.CRITICAL]
    assert [(each.status, each.rule_id) for each in pages] == [(NotificationStatus.OPENED, RULE)]
    breaches = [b for record in stack.harness.store.records() for b in record.breaches.values()]
    assert sum("breaker" in each.held for each in breaches) == 55


def test_what_the_breaker_held_is_decided_anew_when_it_is_released() -> None:
    stack = Stack(60)
    stack.go_live()
    stack.settle()
    stack.later(minutes=2)

    stack.order(ReleaseBreaker, rule_id=RULE, number=7)
    stack.settle()
    stack.later(minutes=1)
    some = stack.ivs.stopped.total()
    stack.later(minutes=20)
    stack.order(ReleaseBreaker)
    stack.settle()
    stack.later(minutes=1)

    assert (some, stack.ivs.stopped.total()) == (12, 60)
    assert set(stack.ivs.stopped.values()) == {1}


def test_people_are_told_once_of_each_channel_that_is_held_whatever_is_released() -> None:
    """Else each release of one action tells of all the others again."""
    stack = Stack(60)
    stack.go_live()
    stack.settle()
    stack.later(minutes=2)

    for _ in range(3):
        stack.harness.time.later(seconds=1)
        stack.order(ReleaseBreaker, rule_id=RULE, number=1)
        stack.settle()
        stack.later(minutes=1)

    held = [each for each in stack.harness.outbox.notifications if each.title.endswith(" held")]
    assert len(held) == len({each.resource_arn for each in held}) == 55
    assert stack.ivs.stopped.total() == 8


def test_a_pause_holds_what_is_in_the_queue_already_and_resuming_lets_it_go() -> None:
    stack = Stack(3)
    stack.go_live()
    stack.order(PauseActions)

    stack.settle()
    stack.later(hours=3)
    paused = stack.ivs.stopped.total()
    stack.order(ResumeActions)
    stack.settle()
    stack.later(minutes=1)

    assert (paused, stack.ivs.stopped.total()) == (0, 3)


def test_a_pause_that_an_observer_still_remembers_holds_nothing_for_long() -> None:
    """What a command has decided again, and what is seen a moment after it."""
    stack = Stack(2)
    known, new = channel(0), channel(1)
    stack.order(PauseActions)
    stack.ivs.live = {known}
    stack.go_live()
    stack.settle()
    stack.harness.time.later(seconds=1)
    stack.order(ResumeActions)
    stack.ivs.live = {known, new}
    stack.go_live()

    stack.settle()
    stack.later(minutes=1)

    assert stack.ivs.stopped == {known: 1, new: 1}


def test_an_exemption_and_a_protection_are_honoured_by_what_is_in_the_queue() -> None:
    stack = Stack(3)
    stack.go_live()
    until = stack.harness.time.now.replace(hour=20)
    stack.order(ExemptChannel, channel(0), rule_id=RULE, until=until)
    stack.order(ProtectChannel, channel(1))

    stack.settle()
    stack.later(hours=1)

    assert stack.ivs.stopped == {channel(2): 1}
    assert stack.outcomes.count(OutcomeStatus.SKIPPED) == 2


def test_a_tag_that_no_event_has_told_of_protects_all_the_same() -> None:
    stack = Stack(2)
    stack.go_live()
    stack.ivs.tags_of[channel(0)] = {PROTECTED_TAG: "true"}

    stack.settle()
    stack.later(hours=1)

    assert stack.ivs.stopped == {channel(1): 1}
    assert OutcomeStatus.HELD in stack.outcomes


def test_the_place_of_the_account_is_that_of_its_channels() -> None:
    stack = Stack(1)
    stack.order(PauseActions)

    controls = MemoryControls(stack.harness.store).of(Place(ACCOUNT, REGION))

    assert controls.pause is not None


@pytest.mark.parametrize(("is_resumed", "stopped"), [(True, 2), (False, 0)])
def test_only_an_administrator_gives_a_pause_an_earlier_end(is_resumed: bool, stopped: int) -> None:
    stack = Stack(2)
    now = stack.harness.time.now
    stack.order(PauseActions, until=now + timedelta(hours=9))
    stack.go_live()
    stack.settle()
    stack.later(minutes=1)
    if is_resumed:
        stack.order(ResumeActions)
    stack.order(PauseActions, until=now + timedelta(minutes=10))
    stack.settle()

    stack.later(minutes=10)

    assert stack.ivs.stopped.total() == stopped


def test_the_breaker_of_a_rule_that_has_another_name_now_can_be_released() -> None:
    stack = Stack(0)
    stack.observe(
        WHOLE_ACCOUNT,
        BreakerTripped(resource_arn=WHOLE_ACCOUNT, time=stack.harness.time.now, rule_id="old"),
    )
    stack.harness.time.later(minutes=1)
    said: dict[str, Any] = {"time": stack.harness.time.now, "author": AUTHOR, "reason": "renamed"}
    observer = stack.harness.observer()

    subject = observer.subject_of(ReleaseBreaker(resource_arn=WHOLE_ACCOUNT, rule_id="old", **said))

    assert subject == WHOLE_ACCOUNT
    with pytest.raises(PermanentError, match="no rule 'older'"):
        observer.subject_of(ReleaseBreaker(resource_arn=WHOLE_ACCOUNT, rule_id="older", **said))


@dataclass(slots=True)
class Overtaken(MemoryBreakers):
    """Another enforcer counts a channel of its own before each of the first saves."""

    times: int = 1

    def save(self, place: Place, rule_id: str, breaker: Breaker, before: StoredBreaker) -> None:
        if self.times:
            self.times -= 1
            latest = self.load(place, rule_id)
            other = Passed(f"other-{self.times}", Time().now)
            passed = (*latest.breaker.passed, other)
            MemoryBreakers.save(self, place, rule_id, Breaker(passed=passed), latest)
        MemoryBreakers.save(self, place, rule_id, breaker, before)


@pytest.mark.parametrize(("others", "stopped"), [(4, 1), (5, 0)])
def test_two_enforcers_never_take_the_last_place_both(others: int, stopped: int) -> None:
    stack = Stack(1)
    stack.breakers(Overtaken(times=others))
    stack.go_live()

    stack.settle()

    assert stack.ivs.stopped.total() == stopped


def test_what_cannot_be_counted_is_not_made_and_stays_in_the_queue() -> None:
    stack = Stack(1)
    stack.breakers(Overtaken(times=100))
    stack.go_live()

    with pytest.raises(TemporaryError, match="was changed by others 8 times"):
        stack.settle()

    assert stack.ivs.stopped.total() == 0
    assert not stack.inbox.inputs
