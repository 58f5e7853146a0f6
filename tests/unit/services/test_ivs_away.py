"""A breach that stands while IVS is away has its stop requested again, as long as it lasts."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.inputs import Health, Recheck
from streamwarden.domain.verdicts import Action, Mode
from streamwarden.services.enforce import Enforcer
from streamwarden.services.errors import TemporaryError
from streamwarden.services.retries import wait_after
from testbed import builders
from testbed.builders import CHANNEL, STREAM, at
from tests.unit.services.fakes import FakeIvs, Harness, enforcer_on

LIMIT = builders.policy_of(builders.compiled_rule("insecure_ingest", {}, builders.STOP))
LIVE = LiveStream(
    channel_arn=CHANNEL,
    stream_id=STREAM,
    health=Health.HEALTHY,
    start_time=at(),
    viewer_count=None,
)


@dataclass
class IvsAway(FakeIvs):
    """An IVS that answers nothing until it is back."""

    is_away: bool = True

    def live_stream(self, channel_arn: str) -> LiveStream | None:
        if self.is_away:
            raise TemporaryError("ivs:GetStream: InternalServerException")
        return super().live_stream(channel_arn)


@dataclass
class Stack:
    """An observer, its timers, and an action queue that retries as the real one does."""

    harness: Harness
    ivs: IvsAway
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    queue: deque[Action] = field(default_factory=deque)
    visible_at: datetime = field(default_factory=at)
    sent: int = 0
    tries: int = 0

    def run_until(self, end: datetime) -> None:
        """The queue is one group: the attempts of one action keep their order."""
        while self.harness.time.now < end and not self.ivs.stopped:
            self._fire_timers()
            self._carry_out()
            self.harness.time.later(seconds=1)

    def _fire_timers(self) -> None:
        now = self.harness.time.now
        if self.harness.timers.take_due(now) is not None:
            recheck = Recheck(resource_arn=CHANNEL, time=now)
            self.harness.observer().observe(CHANNEL, [recheck])
        asked = self.harness.outbox.actions
        self.sent += len(asked)
        self.queue += asked
        asked.clear()

    def _carry_out(self) -> None:
        now = self.harness.time.now
        while self.queue and now >= self.visible_at:
            try:
                self.tries += 1
                self._enforcer().carry_out(self.queue[0])
                self.queue.popleft()
            except TemporaryError:
                self.visible_at = now + wait_after(now - self.queue[0].decided_at)
        while self.inbox.inputs:
            self.harness.observer().observe(CHANNEL, [self.inbox.inputs.popleft()])

    def _enforcer(self) -> Enforcer:
        return enforcer_on(
            self.ivs, self.harness.store, self.inbox, self.harness.time, max_mode=Mode.ENFORCE
        )


def in_breach() -> Stack:
    harness = Harness(LIMIT)
    listed = builders.channel_listed(at(), insecureIngest=True)
    harness.observer().observe(CHANNEL, [listed, builders.stream_start(at())])
    return Stack(harness, IvsAway(live=LIVE))


@pytest.mark.parametrize("minutes_away", [4, 25, 38, 61, 100, 300])
def test_a_stop_is_carried_out_soon_after_ivs_is_back(minutes_away: int) -> None:
    stack = in_breach()
    back_at = at(minutes=minutes_away)

    stack.run_until(back_at)
    stack.ivs.is_away = False
    stack.run_until(back_at + timedelta(minutes=20))

    assert stack.ivs.stopped == 1
    assert stack.harness.time.now - back_at < timedelta(minutes=6)


def test_few_messages_are_sent_and_few_calls_made_while_ivs_is_away() -> None:
    stack = in_breach()

    stack.run_until(at(5))

    assert stack.sent <= 5 * 6 + 1
    assert stack.tries <= 10 * stack.sent
