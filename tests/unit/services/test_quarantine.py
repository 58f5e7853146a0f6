"""Quarantines on the twins in memory: interrupted anywhere, the channel is off the air at last."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from streamwarden.adapters.memory import (
    MemoryControls,
    MemoryFleetIndex,
    MemoryInbox,
    MemoryRotationLog,
    MemorySecretStore,
)
from streamwarden.domain.actions.base.calls import Call, ListedKey, LiveStream
from streamwarden.domain.arn import Place
from streamwarden.domain.breaker import Breaker
from streamwarden.domain.commands import (
    AnyCommand,
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    QuarantineChannel,
    ReleaseBreaker,
    ReleaseChannel,
    ResumeActions,
    StopStream,
)
from streamwarden.domain.inputs import Health, Input, Recheck
from streamwarden.domain.levels import Mode
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.controls import PROTECTED_TAG, Sender
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, PlannedAction
from streamwarden.services.enforce import Enforcer
from streamwarden.services.errors import NotFound, PermanentError, TemporaryError
from streamwarden.services.records import SecretValue, StoredBreaker
from streamwarden.services.rotate import Rotator
from tests.unit.domain.builders import (
    ACCOUNT,
    CHANNEL,
    KEY,
    REGION,
    WHOLE_ACCOUNT,
    channel_listed,
    compiled_rule,
    key_observed,
    policy_of,
    stream_end,
    stream_start,
)
from tests.unit.services.fakes import Calls, Crash, Harness, enforcer_on

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

    def __init__(self, policy: Policy = POLICY) -> None:
        self.harness = Harness(policy)
        self.time = self.harness.time
        self.ivs = Ivs(self.time)
        self.inbox = MemoryInbox()
        self.queue: deque[Action] = deque()
        self.outcomes: list[tuple[OutcomeStatus, str]] = []
        self.log, self.secrets = MemoryRotationLog(), MemorySecretStore()
        self.invoked = 0
        self.first = enforcer_on(
            self.ivs, self.harness.store, self.inbox, self.time, max_mode=Mode.ENFORCE
        )
        self.observe(channel_listed(self.time.now, insecureIngest=True))
        self.observe(key_observed(self.time.now, KEY))

    def enforcer(self, calls: Calls | None = None) -> Enforcer:
        watch = (calls or Calls()).watch
        of = self.first
        return replace(
            of,
            requests=watch(of.requests),
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
            index=MemoryFleetIndex(self.harness.store, ACCOUNT, REGION),
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
        self.harness.observer(calls).observe(arn, [given])
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
    def told(self) -> list[str]:
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


def test_the_key_is_revoked_first_then_the_stream_is_stopped_with_one_call_each() -> None:
    stack = quarantined()

    assert stack.outcomes == [
        (OutcomeStatus.DONE, "revoked the stream key; stopped stream st-000001")
    ]
    assert (stack.ivs.key, stack.ivs.live, stack.is_quarantined) == (None, None, True)
    assert stack.ivs.calls == {
        "ListTagsForResource": 1,
        "ListStreamKeys": 1,
        "DeleteStreamKey": 1,
        "GetStream": 1,
        "StopStream": 1,
    }
    assert stack.told[:2] == ["insecure-ingest breach", "quarantined until 2026-03-14 13:01 UTC"]


def test_nothing_more_is_called_while_the_channel_is_off_the_air() -> None:
    stack = quarantined()
    before = stack.ivs.calls.total()

    stack.later(minutes=50)

    assert stack.ivs.calls.total() == before


def test_each_stream_that_comes_on_is_a_strike_and_makes_it_longer() -> None:
    stack = quarantined()
    for number in (2, 3):
        stack.later(minutes=10)
        stack.ivs.key = ListedKey(f"{KEY}x{number}", {})  # somebody made one
        stack.go_live(number)
        stack.settle()

    quarantine = stack.harness.store.load(CHANNEL).standing.orders.quarantine
    assert quarantine is not None
    assert [each.stream_id for each in quarantine.strikes] == [stream(2), stream(3)]
    assert quarantine.until == stack.time.now + SPANS[1]
    assert (stack.ivs.key, stack.ivs.live) == (None, None)
    assert stack.ivs.calls["StopStream"] == 3
    strikes = [each for each in stack.told if each.startswith("strike")]
    assert strikes == ["strike 1 in quarantine", "strike 2 in quarantine"]


def test_a_key_that_somebody_makes_is_revoked_and_is_no_strike() -> None:
    stack = quarantined()
    stack.later(minutes=5)
    stack.ivs.key = ListedKey(f"{KEY}x", {})

    stack.observe(key_observed(stack.time.now, f"{KEY}x"))
    stack.settle()

    assert stack.ivs.key is None
    assert not [each for each in stack.told if each.startswith("strike")]


@pytest.mark.parametrize("is_by_hand", [False, True])
def test_a_release_has_one_key_made_and_published(is_by_hand: bool) -> None:
    stack = quarantined()
    stack.later(minutes=30)
    if is_by_hand:
        stack.order(ReleaseChannel)
        stack.settle()
    else:
        stack.later(minutes=31)

    assert not stack.is_quarantined
    assert stack.ivs.key is not None
    assert list(stack.secrets.key_arns.values()) == [stack.ivs.key.arn]
    assert (stack.ivs.made, stack.ivs.rotations_asked) == (1, 1)
    assert stack.told.count("released from quarantine") == 1
    stack.later(days=2)
    assert stack.ivs.rotations_asked == 1


def test_a_release_whose_invocation_was_lost_is_asked_for_again() -> None:
    stack = quarantined()
    stack.ivs.make_key = lambda channel_arn: None  # type: ignore[method-assign]
    stack.order(ReleaseChannel)
    stack.settle()
    assert stack.ivs.key is None
    del stack.ivs.make_key

    stack.later(minutes=2)

    assert stack.ivs.key is not None
    assert stack.ivs.made == 1


def test_a_second_quarantine_within_thirty_days_lasts_longer() -> None:
    stack = quarantined()
    stack.later(hours=2)
    stack.go_live(2)
    stack.settle()

    quarantine = stack.harness.store.load(CHANNEL).standing.orders.quarantine
    assert quarantine is not None
    assert quarantine.until == quarantine.since + SPANS[1]


def refuse(stack: Stack, **calls: Exception | str) -> None:
    stack.ivs.refusals = {name: deque([answer]) for name, answer in calls.items()}


THROTTLED = TemporaryError("ThrottlingException")
DENIED = PermanentError("AccessDeniedException")


@pytest.mark.parametrize(
    ("refusals", "status", "reason"),
    [
        (
            {"StopStream": "ChannelNotBroadcasting"},
            OutcomeStatus.DONE,
            "revoked the stream key; the stream ended by itself",
        ),
        (
            {"StopStream": TemporaryError("StreamUnavailable")},
            OutcomeStatus.DONE,
            "the channel has no stream key; stopped stream st-000001",
        ),
        (
            {"DeleteStreamKey": THROTTLED},
            OutcomeStatus.DONE,
            "revoked the stream key; stopped stream st-000001",
        ),
        (
            {"DeleteStreamKey": "ResourceNotFoundException"},
            OutcomeStatus.DONE,
            "the stream key is gone already; stopped stream st-000001",
        ),
        (
            {"DeleteStreamKey": DENIED},
            OutcomeStatus.FAILED,
            "AccessDeniedException; stopped stream st-000001",
        ),
        (
            {"StopStream": DENIED},
            OutcomeStatus.FAILED,
            "revoked the stream key; AccessDeniedException",
        ),
        (
            {"StopStream": PermanentError("ConflictException")},
            OutcomeStatus.FAILED,
            "revoked the stream key; ConflictException",
        ),
        (
            {"ListStreamKeys": NotFound("gone"), "GetStream": NotFound("gone")},
            OutcomeStatus.NOTHING_TO_DO,
            "the channel no longer exists",
        ),
    ],
)
def test_every_answer_of_ivs_has_an_outcome(
    refusals: dict[str, Exception | str], status: OutcomeStatus, reason: str
) -> None:
    stack = Stack()
    refuse(stack, **refusals)
    stack.go_live(1)

    stack.settle()

    assert stack.outcomes[0] == (status, reason)
    assert ("quarantine failed" in stack.told) is (status is OutcomeStatus.FAILED)


def test_what_failed_is_tried_again_until_the_channel_is_off_the_air() -> None:
    stack = Stack()
    stack.ivs.refusals = {"StopStream": deque([DENIED, DENIED]), "DeleteStreamKey": deque([DENIED])}
    stack.go_live(1)
    stack.settle()

    stack.later(minutes=10)

    assert (stack.ivs.key, stack.ivs.live) == (None, None)
    assert stack.told.count("quarantine failed") == 1


def test_another_stream_than_the_one_decided_on_is_stopped_as_well() -> None:
    stack = Stack()
    stack.go_live(1)
    stack.ivs.go_live(2)  # no event has told of it

    stack.settle()

    assert stack.ivs.live is None
    assert "stopped stream st-000002" in stack.outcomes[0][1]


def test_a_stop_that_no_event_confirms_is_verified_by_a_look_after_a_while() -> None:
    stack = Stack()
    stack.go_live(1)
    stack.ivs.make = lambda call: ""  # type: ignore[method-assign]  # nothing happens
    stack.settle()
    assert stack.ivs.live is not None
    del stack.ivs.make

    stack.later(seconds=80)
    assert stack.ivs.live is not None
    stack.later(seconds=20)

    assert stack.ivs.live is None


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 11))
def test_enforce_that_dies_at_any_call_ends_with_no_key_and_no_stream(
    crash_at: int, is_after: bool
) -> None:
    stack = Stack()
    stack.go_live(1)
    calls = Calls(crash_at, is_after)
    try:
        stack.act(calls)
    except Crash:
        stack.time.later(seconds=30)

    stack.settle()
    stack.later(minutes=5)

    assert len(calls.made) <= 10
    assert (stack.ivs.key, stack.ivs.live, stack.is_quarantined) == (None, None, True)
    assert stack.ivs.calls["DeleteStreamKey"] == stack.ivs.calls["StopStream"] == 1
    assert len(set(stack.told)) == len(stack.told)
    assert len(stack.first.breakers.load(Place(ACCOUNT, REGION), RULE).breaker.passed) == 1


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 6))
def test_a_release_that_dies_at_any_call_ends_with_one_published_key(
    crash_at: int, is_after: bool
) -> None:
    stack = quarantined()
    stack.order(ReleaseChannel)
    try:
        stack.act(Calls(crash_at, is_after))
    except Crash:
        stack.time.later(seconds=30)

    stack.settle()
    stack.later(minutes=5)

    assert stack.ivs.made == 1
    assert stack.ivs.key is not None
    assert list(stack.secrets.key_arns.values()) == [stack.ivs.key.arn]


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 14))
def test_rotate_keys_that_dies_at_any_call_of_a_release_is_invoked_again(
    crash_at: int, is_after: bool
) -> None:
    stack = quarantined()
    stack.order(ReleaseChannel)
    stack.act()
    calls = Calls(crash_at, is_after)
    try:
        stack.rotator(calls).make_missing_key(CHANNEL)
    except Crash:
        stack.time.later(seconds=30)
    stack.invoked += 1  # and Lambda does not retry it

    stack.settle()
    stack.later(hours=1)

    assert len(calls.made) <= 13
    assert stack.ivs.made == 1
    assert stack.ivs.key is not None
    assert list(stack.secrets.key_arns.values()) == [stack.ivs.key.arn]
    assert stack.harness.store.load(CHANNEL).standing.orders.release is None


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 6))
@pytest.mark.parametrize("order", [QuarantineChannel, ReleaseChannel])
def test_an_observer_that_dies_at_any_call_follows_the_command_all_the_same(
    order: type[AnyCommand], crash_at: int, is_after: bool
) -> None:
    stack = quarantined() if order is ReleaseChannel else Stack(NO_RULES)
    said: dict[str, Any] = {"resource_arn": CHANNEL, "author": AUTHOR, "reason": "a test"}
    command = order(time=stack.time.now, **said)
    try:
        stack.observe(command, Calls(crash_at, is_after))
    except Crash:
        stack.time.later(seconds=30)

    stack.observe(command)
    stack.settle()

    assert stack.is_quarantined is (order is QuarantineChannel)
    assert (stack.ivs.key is None) is stack.is_quarantined
    assert stack.ivs.made == (order is ReleaseChannel)
    assert len(set(stack.told)) == len(stack.told)


def test_an_operators_quarantine_passes_a_pause_and_says_who_ordered_it() -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.order(PauseActions, WHOLE_ACCOUNT)
    stack.order(QuarantineChannel)
    stack.settle()

    (news,) = [e for e in stack.harness.outbox.notifications if e.rule_id == "quarantine"]
    assert (stack.ivs.key, stack.ivs.live) == (None, None)
    assert "user/alice (AIDAEXAMPLE)" in news.text
    assert f"streamwarden release {CHANNEL}" in news.text
    stack.later(days=40)
    assert stack.is_quarantined


def test_an_operators_quarantine_ends_at_its_own_end() -> None:
    stack = Stack(NO_RULES)
    stack.order(QuarantineChannel, until=stack.time.now + timedelta(hours=3))
    stack.settle()
    stack.later(hours=1)
    stack.go_live(1)
    stack.settle()
    during = stack.is_quarantined
    stack.later(hours=2)

    assert (during, stack.is_quarantined) == (True, False)
    assert stack.ivs.key is not None


def test_a_pause_holds_what_a_rules_quarantine_goes_on_doing() -> None:
    stack = quarantined()
    stack.later(minutes=1)
    stack.order(PauseActions, WHOLE_ACCOUNT)
    stack.go_live(2)
    stack.settle()
    paused = stack.ivs.live
    stack.time.later(minutes=1)
    stack.order(ResumeActions, WHOLE_ACCOUNT)
    stack.observe(Recheck(resource_arn=CHANNEL, time=stack.time.now))
    stack.settle()

    assert paused is not None
    assert stack.ivs.live is None
    assert stack.told.count("quarantine held") == 1


def test_a_tripped_breaker_holds_a_rules_quarantine_until_it_is_released() -> None:
    stack = Stack()
    place = Place(ACCOUNT, REGION)
    tripped = Breaker(tripped_at=stack.time.now)
    stack.first.breakers.save(place, RULE, tripped, StoredBreaker())
    stack.time.later(seconds=1)
    stack.go_live(1)
    stack.settle()
    stack.later(minutes=30)
    held = (stack.ivs.key is None, stack.ivs.live is None, len(stack.outcomes))
    stack.order(ReleaseBreaker, WHOLE_ACCOUNT, rule_id=RULE, number=1)
    stack.observe(Recheck(resource_arn=CHANNEL, time=stack.time.now))
    stack.settle()

    assert held == (False, False, 1)
    assert stack.told.count("quarantine held") == 1
    assert (stack.ivs.key, stack.ivs.live) == (None, None)


@pytest.mark.parametrize("is_exempted", [False, True])
def test_a_quarantine_that_waits_in_the_queue_is_withdrawn_with_its_rule(
    is_exempted: bool,
) -> None:
    stack = Stack()
    stack.go_live(1)
    if is_exempted:
        end = stack.time.now + timedelta(days=1)
        stack.order(ExemptChannel, rule_id=RULE, until=end)
    else:
        stack.order(LimitMode, WHOLE_ACCOUNT, rule_id=RULE, mode=Mode.NOTIFY)
        stack.act()  # enforce knows it before the channel's observer does
    stack.settle()
    stack.later(hours=2)

    assert (stack.ivs.key is None, stack.ivs.live is None) == (False, False)
    assert not stack.is_quarantined
    assert "quarantine withdrawn" in stack.told


@pytest.mark.parametrize("is_by_tag", [False, True])
def test_a_protected_channel_is_not_quarantined_whoever_orders_it(is_by_tag: bool) -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    if is_by_tag:
        stack.ivs.tags_now = {PROTECTED_TAG: "true"}  # which no event has told of
    else:
        stack.order(ProtectChannel)
    stack.order(QuarantineChannel)
    stack.settle()
    stack.later(minutes=5)

    assert (stack.ivs.key is None, stack.ivs.live is None) == (False, False)
    assert stack.told.count("quarantine held") == 1


def test_a_rotation_of_a_quarantined_channel_waits_also_on_demand() -> None:
    stack = quarantined()

    rotated = stack.rotator().rotate(CHANNEL, force=True)

    assert rotated.outcome.status is OutcomeStatus.HELD
    assert f"`streamwarden release {CHANNEL}`" in rotated.outcome.reason
    assert stack.ivs.key is None


def test_an_operators_stop_stops_the_stream_of_its_moment() -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.time.later(minutes=1)
    stack.order(PauseActions, WHOLE_ACCOUNT)
    stack.order(StopStream)
    stack.settle()

    assert stack.ivs.live is None
    assert stack.told[-1] == "stop ordered"
    assert "user/alice" in stack.harness.outbox.notifications[-1].text


def test_an_operators_stop_leaves_a_later_stream_alone() -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.time.later(minutes=1)
    stack.order(StopStream)
    stack.ivs.go_live(2)
    stack.settle()
    stack.observe(stream_end(stack.time.now, stream(1)))
    stack.time.later(seconds=1)
    stack.observe(stream_start(stack.time.now, stream(2)))
    stack.settle()
    stack.later(hours=1)

    assert stack.ivs.calls["StopStream"] == 0
    assert stack.ivs.live is not None


def test_an_operators_stop_of_nothing_says_so() -> None:
    stack = Stack(NO_RULES)
    stack.order(StopStream)
    stack.settle()
    stack.later(minutes=1)
    stack.go_live(1)
    stack.settle()
    stack.later(minutes=5)

    assert stack.ivs.live is not None
    assert stack.told[-1] == "not stopped"
    assert "no stream was live" in stack.harness.outbox.notifications[-1].text


@pytest.mark.parametrize("is_by_tag", [False, True])
def test_an_operators_stop_obeys_protection_and_says_so(is_by_tag: bool) -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.time.later(minutes=1)
    if is_by_tag:
        stack.ivs.tags_now = {PROTECTED_TAG: "true"}
    else:
        stack.order(ProtectChannel)
    stack.order(StopStream, stream_id=stream(1))
    stack.settle()
    stack.later(hours=1)

    assert stack.ivs.live is not None
    assert stack.told.count("not stopped") == 1
