"""1,000 breaches at once: IVS takes five stops a second, so all are over in little more than 200 s.

Time is virtual. Two invocations of enforce share the action queue and the rate limits of IVS. Each
has a clock of its own; the one that is behind goes on first.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from aws_lambda_powertools import Logger

from streamwarden.adapters.batches import InOrder
from streamwarden.adapters.memory import MemoryBreakers
from streamwarden.adapters.sqs import Message, read_action
from streamwarden.domain.commands import ReleaseBreaker
from streamwarden.domain.verdicts import Action, Mode
from streamwarden.services.enforce import Enforcer
from tests.unit.services.braked_stack import Stack, stream_over
from tests.unit.services.fakes import Time, enforcer_on
from tests.unit.services.throttling import ActionQueue, Client, Queued, Throttling

# As template.yaml sets it.
INVOCATIONS: Final = 2
# What all calls of an action to the table and the queues take.
BESIDE_IVS: Final = timedelta(milliseconds=60)


class Invocations:
    """Some of enforce at once, over one stack, one queue and one IVS."""

    def __init__(self, stack: Stack, one_call: timedelta) -> None:
        self.stack, self.queue = stack, ActionQueue()
        self.ivs = Throttling(stack.ivs)
        self.breakers = MemoryBreakers()
        self.times = [Time(stack.harness.time.now) for _ in range(INVOCATIONS)]
        self.enforcers = [self._enforcer(time, one_call) for time in self.times]
        self.last_stop = stack.harness.time.now

    def _enforcer(self, time: Time, one_call: timedelta) -> Enforcer:
        return enforcer_on(
            Client(self.ivs, time, one_call),
            self.stack.harness.store,
            self.stack.inbox,
            time,
            max_mode=Mode.ENFORCE,
            breakers=self.breakers,
        )

    def run(self) -> None:
        """Until the queue is empty."""
        self._send()
        while self.queue.messages:
            at = min(range(INVOCATIONS), key=lambda each: self.times[each].now)
            time = self.times[at]
            time.now = max(time.now, self.queue.next_at())
            self._invoke(at, self.queue.receive(time.now))

    def _invoke(self, at: int, received: list[Queued]) -> None:
        time = self.times[at]
        self.queue.time = time
        batch: Any = InOrder(
            queue=self.queue,  # type: ignore[arg-type]  # in memory
            dead_letters=self.queue,  # type: ignore[arg-type]
            clock=time,
            logger=Logger(level="CRITICAL"),
        )

        def carry_out(message: Message) -> None:
            time.now += BESIDE_IVS
            action = read_action(message.body)
            before = self.stack.ivs.stopped.total()
            self.enforcers[at].carry_out(action)
            if self.stack.ivs.stopped.total() > before:
                self.last_stop = max(self.last_stop, time.now)
                self._observe_end(action, time.now)

        records = [each.record() for each in received]
        answer = batch.receive({"Records": records}, lambda: True, carry_out)
        kept = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        for each in received:
            if each.id not in kept:
                del self.queue.messages[each.id]

    def _observe_end(self, action: Action, now: datetime) -> None:
        harness = self.stack.harness
        harness.time.now = max(harness.time.now, now)
        self.stack.observe(action.resource_arn, stream_over(action, now))
        while self.stack.inbox.inputs:
            given = self.stack.inbox.inputs.popleft()
            self.stack.observe(given.resource_arn, given)
        self._send()

    def _send(self) -> None:
        while self.stack.queue:
            self.queue.send(self.stack.queue.popleft(), self.stack.harness.time.now)


@pytest.mark.parametrize(
    ("stops", "milliseconds"),
    [
        (1_000, 80),
        (300, 15),  # a fast IVS is the one that may be asked too often, at any moment
    ],
)
def test_a_thousand_breaches_at_once_are_stopped_as_fast_as_ivs_lets_them_be(
    stops: int, milliseconds: int
) -> None:
    stack = Stack(stops)
    stack.order(ReleaseBreaker)
    stack.go_live()
    began = stack.harness.time.now
    enforce = Invocations(stack, one_call=timedelta(milliseconds=milliseconds))

    enforce.run()

    assert (stack.ivs.stopped.total(), set(stack.ivs.stopped.values())) == (stops, {1})
    assert (enforce.queue.dead, enforce.ivs.throttled) == ([], 0)
    assert not any(record.requested for record in stack.harness.store.records())
    assert enforce.last_stop - began <= timedelta(seconds=1.2 * stops / 5)
