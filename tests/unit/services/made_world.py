"""A made account: encoders, operators, queues and an IVS, in virtual time and in any disorder.

At each call of IVS the world holds observers and enforce to what they promise.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, Final

from streamwarden.adapters.memory import (
    MemoryBreakers,
    MemoryControls,
    MemoryFleetIndex,
    MemoryInbox,
    MemoryOutbox,
    MemoryRecordStore,
    MemoryTimers,
)
from streamwarden.domain.actions.base.calls import Call, ListedKey, LiveStream
from streamwarden.domain.arn import Place, ResourceType
from streamwarden.domain.commands import AnyCommand, Command
from streamwarden.domain.inputs import Health, Input, Recheck, parse_input
from streamwarden.domain.levels import Mode
from streamwarden.domain.needs import Needs
from streamwarden.domain.policy_outline import decided_under
from streamwarden.domain.state.controls import PROTECTED_TAG, Sender
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.verdicts import Action
from streamwarden.services.controls import Rechecks, RememberedControls
from streamwarden.services.observe import Observer
from streamwarden.services.records import ListedResource, Page
from streamwarden.services.sweep import Sweeper
from testbed.builders import (
    ACCOUNT,
    CHANNEL,
    NOON,
    REGION,
    STOP,
    WHOLE_ACCOUNT,
    compiled_rule,
    listed,
    policy_of,
    raw_event,
    tags_removed,
    tags_set,
)
from tests.unit.services.fakes import Calls, Crash, Time, enforcer_on, swept
from tests.unit.services.promises import Promises

CHANNELS: Final = [f"{CHANNEL}{number:02}" for number in range(12)]
RULE: Final = "insecure-ingest"
POLICY: Final = policy_of(compiled_rule("insecure_ingest", {}, STOP))
AUTHOR: Final = Sender(id="AIDAEXAMPLE")
_PLACE: Final = Place(ACCOUNT, REGION)


@dataclass(frozen=True)
class Disorder:
    """What may go wrong on the way: the share of inputs lost, doubled and late, and of crashes."""

    random: Random
    lost: float = 0
    doubled: float = 0
    late: float = 0
    crashes: float = 0
    longest_delay: float = 600

    def delay(self) -> float:
        """In seconds."""
        if self.random.random() < self.late:
            return self.random.uniform(0, self.longest_delay)
        return 0

    def happens(self, share: float) -> bool:
        return self.random.random() < share


@dataclass
class World:
    disorder: Disorder
    time: Time = field(default_factory=Time)
    live: dict[str, str] = field(default_factory=dict)
    tags_of: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store, self.timers, self.inbox = MemoryRecordStore(), MemoryTimers(), MemoryInbox()
        self.outbox, self.breakers = MemoryOutbox(self.time), MemoryBreakers()
        self.controls = MemoryControls(self.store)
        self._remembered = [RememberedControls(self.controls, self.time) for _ in range(3)]
        self.promises = Promises(self.time)
        self._scheduled: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = count()
        self._streams = Counter[str]()
        for arn in CHANNELS:
            self._observe(arn, listed(arn, NOON, insecureIngest=True), Calls())

    # What happens by itself

    def at(self, moment: datetime, happens: Callable[[], None]) -> None:
        heappush(self._scheduled, (max(moment, self.time.now), next(self._number), happens))

    def run_until(self, end: datetime) -> None:
        while (moment := self._next()) is not None and moment <= end:
            self.time.now = max(self.time.now, moment)
            if self._scheduled and self._scheduled[0][0] <= self.time.now:
                heappop(self._scheduled)[2]()
            elif arn := self.timers.take_due(self.time.now):
                self.deliver(Recheck(resource_arn=arn, time=self.time.now))
            self._take_up()
        self.time.now = end

    def _next(self) -> datetime | None:
        moments = [self.timers.next_at(), self._scheduled[0][0] if self._scheduled else None]
        return min((each for each in moments if each is not None), default=None)

    # Encoders, tags and operators

    def start(self, arn: str) -> None:
        self.end(arn)
        self._streams[arn] += 1
        self.live[arn] = f"st-{arn[-2:]}-{self._streams[arn]}"
        self._tell("Stream Start", arn, self.live[arn])

    def end(self, arn: str) -> None:
        if arn in self.live:
            self._tell("Stream End", arn, self.live.pop(arn))

    def tag(self, arn: str, *, is_protected: bool) -> None:
        tags = self.tags_of.setdefault(arn, {})
        now = self.time.now
        if is_protected:
            tags[PROTECTED_TAG] = "true"
            self.send(tags_set(now, {PROTECTED_TAG: "true"}, arn=arn), may_be_lost=True)
        elif tags.pop(PROTECTED_TAG, None):
            self.send(tags_removed(now, PROTECTED_TAG, arn=arn), may_be_lost=True)

    def order(self, kind: Callable[..., AnyCommand], **more: Any) -> None:
        said: dict[str, Any] = {
            "resource_arn": WHOLE_ACCOUNT,
            "time": self.time.now,
            "author": AUTHOR,
            "reason": "a test",
        }
        self.send(kind(**(said | more)))

    def _tell(self, name: str, arn: str, stream_id: str) -> None:
        detail = {"event_name": name, "channel_name": "", "stream_id": stream_id}
        raw = raw_event("IVS Stream State Change", self.time.now, detail, resources=(arn,))
        self.send(parse_input(raw), may_be_lost=True)

    # Queues

    def send(self, given: Input, *, may_be_lost: bool = False) -> None:
        if may_be_lost and self.disorder.happens(self.disorder.lost):
            return
        for _ in range(1 + self.disorder.happens(self.disorder.doubled)):
            late = timedelta(seconds=self.disorder.delay())
            self.at(self.time.now + late, lambda: self.deliver(given))

    def deliver(self, given: Input) -> None:
        """A crash leaves the message in its queue. What was saved before it counts."""
        arn = given.resource_arn or ""
        version = self.store.load(arn).version
        try:
            self._observe(arn, given, self._calls())
        except Crash:
            self.at(self.time.now + timedelta(seconds=20), lambda: self.deliver(given))
            if self.store.load(arn).version == version:
                return
        if isinstance(given, Command):
            self.promises.deliver(given)

    def _calls(self) -> Calls:
        if not self.disorder.happens(self.disorder.crashes):
            return Calls()
        return Calls(self.disorder.random.randint(1, 7), self.disorder.happens(0.5))

    def _observe(self, arn: str, given: Input, calls: Calls) -> None:
        Observer(
            store=calls.watch(self.store),
            controls=calls.watch(self.disorder.random.choice(self._remembered)),
            timers=calls.watch(self.timers),
            outbox=calls.watch(self.outbox),
            policy=POLICY,
            max_mode=Mode.ENFORCE,
            clock=self.time,
            back_off=lambda _: None,
            rechecks=Rechecks(
                index_of=lambda _: MemoryFleetIndex(self.store, ACCOUNT, REGION),
                inbox=calls.watch(self.inbox),
                clock=self.time,
            ),
        ).observe(arn, [given])

    def _take_up(self) -> None:
        """What was handed to the queues is received in a moment, or within a minute."""
        while self.inbox.inputs:
            self.send(self.inbox.inputs.popleft())
        while self.outbox.actions:
            action = self.outbox.actions.popleft()
            wait = timedelta(seconds=self.disorder.delay() / 10)
            self.at(self.time.now + wait, partial(self.carry_out, action))

    def carry_out(self, action: Action) -> None:
        calls = self._calls()
        ivs = calls.watch(self)
        store, inbox = calls.watch(self.store), calls.watch(self.inbox)
        enforcer = enforcer_on(
            ivs,
            store,
            inbox,
            self.time,
            max_mode=Mode.ENFORCE,
            breakers=calls.watch(self.breakers),
        )
        try:
            enforcer.carry_out(action)
        except Crash:
            self.promises.died.append((self.time.now, action.resource_arn))
            again = self.time.now + timedelta(seconds=20)
            self.at(again, lambda: self.carry_out(action))

    def sweep(self) -> None:
        swept(
            Sweeper(
                listing=self,
                sessions=self,
                keys=self,
                index=MemoryFleetIndex(self.store, ACCOUNT, REGION),
                stream_inbox=self.inbox,
                change_inbox=self.inbox,
                controls=self.controls,
                place=_PLACE,
                needs=Needs(),
                decided_under=decided_under(POLICY.digest, Mode.ENFORCE),
                figures=lambda figures: None,
                restarted=lambda listing: None,
                clock=self.time,
            )
        )
        self._take_up()

    # IVS

    def live_stream(self, channel_arn: str) -> LiveStream | None:
        return self._listed_stream(channel_arn) if channel_arn in self.live else None

    def _listed_stream(self, arn: str) -> LiveStream:
        return LiveStream(
            channel_arn=arn, stream_id=self.live[arn], health=Health.HEALTHY, start_time=NOON
        )

    def tags(self, resource_arn: str) -> Mapping[str, str]:
        return self.tags_of.get(resource_arn, {})

    def streams(self, token: str = "") -> Page[LiveStream]:
        return Page(tuple(map(self._listed_stream, sorted(self.live))))

    def resources(self, resource: ResourceType, token: str = "") -> Page[ListedResource]:
        assert resource is ResourceType.CHANNEL
        settings = {"insecureIngest": True}
        return Page(
            tuple(
                ListedResource(arn=arn, settings=settings, tags=self.tags(arn)) for arn in CHANNELS
            )
        )

    def find(self, channel_arn: str) -> ListedKey | None:
        raise AssertionError("nothing looks for a key here")

    def channel(self, channel_arn: str) -> None:
        raise AssertionError("nothing looks at a channel here")

    def ingest(self, channel_arn: str, stream_id: str) -> Ingest | None:
        raise AssertionError("nothing asks for the ingest here")

    def make(self, call: Call) -> str:
        arn = call.parameters["channelArn"]
        self.promises.check_stop(arn, self.tags(arn), is_live=arn in self.live)
        self.end(arn)
        return ""
