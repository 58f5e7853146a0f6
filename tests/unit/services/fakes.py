"""Ports that fail when told to, over the twins in memory, and the few that have no twin."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from streamwarden.adapters.memory import (
    MemoryActionLookup,
    MemoryBreakers,
    MemoryControls,
    MemoryOutbox,
    MemoryRecordStore,
    MemoryTimers,
)
from streamwarden.domain.actions.base.calls import Call, ListedKey, LiveStream, SeenChannel
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.verdicts import Action, Mode
from streamwarden.services.controls import Rechecks
from streamwarden.services.enforce import Enforcer
from streamwarden.services.errors import NotFound, PermanentError
from streamwarden.services.observe import Observer
from streamwarden.services.ports import Clock, Inbox, ObservedControls
from streamwarden.services.records import ListedResource, Page, SecretValue
from streamwarden.services.requests import request_of
from streamwarden.services.sweep import Sweeper, SweepReport
from testbed.builders import NOON


class Crash(BaseException):
    """The process ended here: no `except Exception` sees it."""


@dataclass
class Calls:
    """Counts the calls of all ports it is asked to watch, and crashes at one of them."""

    crash_at: int = 0
    is_after: bool = False
    made: list[str] = field(default_factory=list)

    def watch(self, port: Any) -> Any:
        return _Watched(port, self)

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        self.made.append(name)
        is_here = len(self.made) == self.crash_at
        if is_here and not self.is_after:
            raise Crash(name)
        answer = call()
        if is_here:
            raise Crash(name)
        return answer


class _Watched:
    """Any port, its calls counted."""

    def __init__(self, port: Any, calls: Calls) -> None:
        self._port = port
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return lambda *args, **more: self._calls.around(name, lambda: method(*args, **more))


@dataclass
class Time:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Harness:
    """What outlives an observer's process: the store, the timers, the queues and the time."""

    policy: Policy
    time: Time = field(default_factory=Time)
    store: MemoryRecordStore = field(default_factory=MemoryRecordStore)
    timers: MemoryTimers = field(default_factory=MemoryTimers)
    waits: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outbox = MemoryOutbox(self.time)

    def observer(
        self,
        calls: Calls | None = None,
        max_mode: Mode = Mode.ENFORCE,
        rechecks: Rechecks | None = None,
        controls: ObservedControls | None = None,
    ) -> Observer:
        watch = (calls or Calls()).watch
        return Observer(
            store=watch(self.store),
            controls=controls or MemoryControls(self.store),
            timers=watch(self.timers),
            outbox=watch(self.outbox),
            policy=self.policy,
            max_mode=max_mode,
            clock=self.time,
            back_off=self.waits.append,
            rechecks=rechecks,
        )


NO_BRAKES = MemoryControls(MemoryRecordStore())


def enforcer_on(
    ivs: Any,
    requests: MemoryRecordStore,
    outcomes: Inbox,
    clock: Clock,
    *,
    max_mode: Mode,
    breakers: MemoryBreakers | None = None,
) -> Enforcer:
    """An enforcer of one fake IVS. What operators have set is in the same store as requests."""
    breakers = breakers or MemoryBreakers()
    return Enforcer(
        lookup=MemoryActionLookup(requests, breakers),
        breakers=breakers,
        tags=ivs,
        streams=ivs,
        keys=ivs,
        channels=ivs,
        operations=ivs,
        rotations=ivs,
        outcomes=outcomes,
        max_mode=max_mode,
        clock=clock,
        back_off=lambda _: None,
        in_background=lambda work: work,
    )


def begun_at_once[T](work: Callable[[], T]) -> Callable[[], T]:
    """The work is done when it is begun, before anything else is."""
    begun: Future[T] = Future()
    try:
        begun.set_result(work())
    except PermanentError as refusal:
        begun.set_exception(refusal)
    return begun.result


def swept(sweeper: Sweeper) -> SweepReport:
    """What a sweep reports that has all the time it needs."""
    report = sweeper.go_on(sweeper.begin())
    assert isinstance(report, SweepReport)
    return report


def holding(*actions: Action) -> MemoryRecordStore:
    """A store whose records hold these actions as requested."""
    store = MemoryRecordStore()
    for action in actions:
        before = store.load(action.resource_arn)
        requested = {**before.requested, action.id: request_of(action)}
        store.save(replace(before, requested=requested), before)
    return store


@dataclass
class FakeIvs:
    """The IVS of one channel, through every port to it."""

    live: LiveStream | None = None
    key: ListedKey | None = None
    listed: tuple[ListedResource, ...] = ()
    sends: Ingest | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    is_allowed: bool = True
    is_deleted: bool = False
    stopped: int = 0
    metadata: list[str] = field(default_factory=list)
    tagged: dict[str, str] = field(default_factory=dict)
    tagged_arns: list[str] = field(default_factory=list)
    made: int = 0
    rotations_asked: int = 0
    tags_now: dict[str, str] = field(default_factory=dict)

    def live_stream(self, channel_arn: str) -> LiveStream | None:
        return self.live

    def tags(self, resource_arn: str) -> Mapping[str, str]:
        return self.tags_now

    def make(self, call: Call) -> str:
        match call.operation, call.parameters:
            case "StopStream", {"channelArn": arn}:
                is_made = self.stop(arn)
            case "PutMetadata", {"channelArn": arn, "metadata": payload}:
                is_made = self.insert_metadata(arn, payload)
            case "TagResource", {"resourceArn": arn, "tags": tags}:
                self.tag(arn, tags)
                is_made = True
            case "DeleteStreamKey", {"arn": arn}:
                self.delete(arn)
                is_made = True
            case "UntagResource", {"resourceArn": _, "tagKeys": keys}:
                self.tagged = {key: self.tagged[key] for key in self.tagged if key not in keys}
                is_made = True
            case "UpdateChannel", {"arn": _, **settings}:
                is_made = self.update(settings)
            case operation, _:
                raise AssertionError(f"nothing makes the call {operation}")
        if is_made:
            return ""
        (code,) = call.pointless_after
        return code

    def stop(self, channel_arn: str) -> bool:
        if not self.is_allowed:
            raise PermanentError("ivs:StopStream: AccessDeniedException")
        was_live, self.live = self.live is not None, None
        self.stopped += was_live
        return was_live

    def insert_metadata(self, channel_arn: str, payload: str) -> bool:
        if self.live is None:
            return False
        self.metadata.append(payload)
        return True

    def tag(self, channel_arn: str, tags: Mapping[str, str]) -> None:
        self.tagged |= tags
        self.tagged_arns.append(channel_arn)

    def channel(self, channel_arn: str) -> SeenChannel | None:
        return None if self.is_deleted else SeenChannel(self.settings, self.tagged)

    def update(self, settings: Mapping[str, Any]) -> bool:
        if not self.is_allowed:
            raise PermanentError("ivs:UpdateChannel: AccessDeniedException")
        if self.live is not None:
            return False
        self.settings |= settings
        return True

    def find(self, channel_arn: str) -> ListedKey | None:
        if self.is_deleted:
            raise NotFound("ivs:ListStreamKeys: ResourceNotFoundException")
        return self.key

    def delete(self, key_arn: str) -> None:
        if self.key is not None and self.key.arn == key_arn:
            self.key = None

    def make_key(self, channel_arn: str) -> None:
        self.rotations_asked += 1

    def create(self, channel_arn: str, tags: Mapping[str, str]) -> ListedKey | None:
        if self.key is not None:
            return None
        self.made += 1
        self.key = ListedKey(f"arn:aws:ivs:eu-west-1:210987654321:stream-key/k{self.made}", tags)
        return self.key

    def read(self, key_arn: str) -> SecretValue:
        return SecretValue("sk_eu-west-1_value")

    def resources(self, resource: ResourceType, token: str = "") -> Page[ListedResource]:
        assert resource is ResourceType.CHANNEL
        return Page(self.listed)

    def streams(self, token: str = "") -> Page[LiveStream]:
        return Page((self.live,) if self.live is not None else ())

    def ingest(self, channel_arn: str, stream_id: str) -> Ingest | None:
        return self.sends
