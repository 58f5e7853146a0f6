"""One channel on the twins in memory: observers, enforce with its queue, RotateKeys, and IVS."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from streamwarden.adapters.memory import (
    MemoryBreakers,
    MemoryControls,
    MemoryInbox,
    MemoryRotationLog,
    MemorySecretStore,
)
from streamwarden.domain.actions.base.calls import Call, ListedKey, LiveStream
from streamwarden.domain.commands import (
    AnyCommand,
)
from streamwarden.domain.inputs import Health, Input, Recheck
from streamwarden.domain.levels import Mode
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, PlannedAction
from streamwarden.services.enforce import Enforcer
from streamwarden.services.errors import TemporaryError
from streamwarden.services.records import SecretValue
from streamwarden.services.rotate import Rotator
from testbed.builders import (
    CHANNEL,
    KEY,
    channel_listed,
    compiled_rule,
    key_observed,
    policy_of,
    stream_end,
    stream_start,
)
from tests.unit.services.fakes import Calls, Harness, enforcer_on

AUTHOR = Sender(id="AIDAEXAMPLE", claimed_arn="arn:aws:iam::210987654321:user/alice")
SPANS = (timedelta(hours=1), timedelta(days=1))
QUARANTINE = PlannedAction(kind="quarantine", spans=SPANS)
RULE = "insecure-ingest"
POLICY = policy_of(compiled_rule("insecure_ingest", {}, QUARANTINE))
NO_RULES = policy_of(compiled_rule("insecure_ingest", {}, mode=Mode.NOTIFY))


def stream(number: int) -> str:
    return f"st-{number:06}"


@dataclass
class Ivs:
    """One channel, with a key, a stream and an encoder that comes back while it has a key.

    `refusals` are raised instead of the call of that name, one after the other.
    """

    clock: Callable[[], datetime]
    key: ListedKey | None = field(default_factory=lambda: ListedKey(KEY, {}))
    live: LiveStream | None = None
    tags_now: dict[str, str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    refusals: dict[str, deque[Exception | str]] = field(default_factory=dict)
    made: int = 0
    rotations_asked: int = 0

    def go_live(self, number: int) -> None:
        self.live = LiveStream(
            channel_arn=CHANNEL,
            stream_id=stream(number),
            health=Health.HEALTHY,
            start_time=self.clock(),
        )

    def live_stream(self, channel_arn: str) -> LiveStream | None:
        return self._called("GetStream") or self.live

    def tags(self, resource_arn: str) -> Mapping[str, str]:
        self._called("ListTagsForResource")
        return self.tags_now

    def find(self, channel_arn: str) -> ListedKey | None:
        self._called("ListStreamKeys")
        return self.key

    def make(self, call: Call) -> str:
        code = self._called(call.operation)
        if code:
            return str(code)
        match call.operation:
            case "DeleteStreamKey":
                assert call.parameters == {"arn": self.key.arn if self.key else ""}
                self.key = None
            case "StopStream":
                assert call.parameters == {"channelArn": CHANNEL}
                if self.live is None:
                    return "ChannelNotBroadcasting"
                self.live = None
            case other:
                raise AssertionError(f"nothing makes the call {other}")
        return ""

    def _called(self, name: str) -> Any:
        self.calls[name] += 1
        waiting = self.refusals.get(name)
        if not waiting:
            return None
        refusal = waiting.popleft()
        if isinstance(refusal, Exception):
            raise refusal
        return refusal

    def make_key(self, channel_arn: str) -> None:
        self.rotations_asked += 1

    def delete(self, key_arn: str) -> None:
        raise AssertionError("a release deletes no key")

    def create(self, channel_arn: str, tags: Mapping[str, str]) -> ListedKey | None:
        if self.key is not None:
            return None
        self.made += 1
        self.key = ListedKey(f"{KEY}{self.made}", dict(tags))
        return self.key

    def read(self, key_arn: str) -> SecretValue:
        return SecretValue("sk_eu-west-1_value")


class Stack:
    """Observers, enforce and its queue, RotateKeys; each message is delivered until it is taken."""

    def __init__(self, policy: Policy = POLICY, max_mode: Mode = Mode.ENFORCE) -> None:
        self.harness, self.max_mode = Harness(policy), max_mode
        self.time = self.harness.time
        self.ivs = Ivs(self.time)
        self.inbox = MemoryInbox()
        self.queue: deque[Action] = deque()
        self.outcomes: list[tuple[OutcomeStatus, str]] = []
        self.log, self.secrets = MemoryRotationLog(), MemorySecretStore()
        self.invoked = 0
        self.breakers = MemoryBreakers()
        self.first = enforcer_on(
            self.ivs,
            self.harness.store,
            self.inbox,
            self.time,
            max_mode=Mode.ENFORCE,
            breakers=self.breakers,
        )
        self.observe(channel_listed(self.time.now, insecureIngest=True))
        self.observe(key_observed(self.time.now, KEY))

    def enforcer(self, calls: Calls | None = None) -> Enforcer:
        watch = (calls or Calls()).watch
        of = self.first
        return replace(
            of,
            lookup=watch(of.lookup),
            breakers=watch(of.breakers),
            tags=watch(self.ivs),
            streams=watch(self.ivs),
            keys=watch(self.ivs),
            operations=watch(self.ivs),
            rotations=watch(self.ivs),
            outcomes=watch(self.inbox),
        )

    def rotator(self, calls: Calls | None = None) -> Rotator:
        watch = (calls or Calls()).watch
        return Rotator(
            keys=watch(self.ivs),
            streams=watch(self.ivs),
            secrets=watch(self.secrets),
            log=watch(self.log),
            store=self.harness.store,
            controls=MemoryControls(self.harness.store),
            change_inbox=watch(self.inbox),
            outbox=watch(self.harness.outbox),
            policy=self.harness.policy,
            max_mode=Mode.ENFORCE,
            clock=self.time,
            finish_command="streamwarden keys finish",
        )

    def observe(self, given: Input, calls: Calls | None = None) -> None:
        arn = given.resource_arn or CHANNEL
        self.harness.observer(calls, max_mode=self.max_mode).observe(arn, [given])
        self.queue += self.harness.outbox.actions
        self.harness.outbox.actions.clear()

    def order(self, kind: type[AnyCommand], arn: str = CHANNEL, **more: Any) -> None:
        said = {"resource_arn": arn, "author": AUTHOR, "reason": "a test", **more}
        self.observe(kind(time=self.time.now, **said))

    def go_live(self, number: int) -> None:
        self.ivs.go_live(number)
        self.observe(stream_start(self.time.now, stream(number)))

    def settle(self) -> None:
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[str]:
        """One message at a time, until none is left."""
        while self.queue or self.inbox.inputs or self.invoked < self.ivs.rotations_asked:
            if self.queue:
                self.act()
                yield "enforce"
            elif self.inbox.inputs:
                self.observe(self.inbox.inputs[0])
                self.inbox.inputs.popleft()
                yield "observe"
            else:
                self.rotator().make_missing_key(CHANNEL)
                self.invoked += 1
                yield "rotate"

    def act(self, calls: Calls | None = None) -> None:
        """An action leaves the queue once it is answered, and a stopped stream tells of its end."""
        action, was_live = self.queue[0], self.ivs.live
        try:
            outcome = self.enforcer(calls).carry_out(action)
        except TemporaryError:
            return
        finally:
            if was_live is not None and self.ivs.live is None:
                self.observe(stream_end(self.time.now, was_live.stream_id))
        self.queue.popleft()
        self.outcomes.append((outcome.status, outcome.reason))

    def later(self, **span: float) -> None:
        end = self.time.now + timedelta(**span)
        while (at := self.harness.timers.next_at()) is not None and at <= end:
            self.time.now = max(self.time.now, at)
            arn = self.harness.timers.take_due(self.time.now) or CHANNEL
            self.observe(Recheck(resource_arn=arn, time=self.time.now))
            self.settle()
        self.time.now = end

    @property
    def titles(self) -> list[str]:
        return [each.title.partition(": ")[2] for each in self.harness.outbox.notifications]

    @property
    def is_quarantined(self) -> bool:
        return self.harness.store.load(CHANNEL).standing.orders.quarantine is not None


def quarantined(policy: Policy = POLICY) -> Stack:
    stack = Stack(policy)
    stack.time.later(minutes=1)
    stack.go_live(1)
    stack.settle()
    return stack
