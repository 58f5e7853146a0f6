"""Rotations on the twins in memory: interrupted anywhere, each ends with one published key."""

from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from streamwarden.adapters.memory import (
    MemoryInbox,
    MemoryOutbox,
    MemoryRecordStore,
    MemorySecretStore,
)
from streamwarden.domain.actions.base.calls import ListedKey, LiveStream
from streamwarden.domain.commands import AnyCommand, PauseActions, ProtectChannel
from streamwarden.domain.inputs import Health, KeyObserved, OwnInput, RotationObserved
from streamwarden.domain.notifications.undoing import exempting
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Mode, NotificationStatus, Severity
from streamwarden.services.errors import TemporaryError
from streamwarden.services.records import Record, SecretValue
from testbed import builders
from testbed.builders import CHANNEL, KEY, at
from tests.unit.services.fakes import Calls, Crash, FakeIvs
from tests.unit.services.rotated_channel import NOTES, Keys

LIVE = LiveStream(channel_arn=CHANNEL, stream_id="st-1", health=Health.HEALTHY, start_time=at())
CALLS = 19


def test_what_is_begun_is_remembered_before_the_first_change() -> None:
    calls = Calls()

    Keys().run(calls)

    assert len(calls.made) <= CALLS
    begun = calls.made.index("begin")
    assert calls.made[begun:] == [
        "begin",
        "put",
        "delete",
        "create",
        "read",
        "publish",
        "put",
        "load",
        "send",
        "finish",
    ]


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, CALLS + 1))
def test_an_interrupted_rotation_is_finished(crash_at: int, is_after: bool) -> None:
    keys = Keys()
    try:
        keys.run(Calls(crash_at, is_after))
    except Crash:
        keys.time.later(minutes=1)

    keys.run()

    assert keys.ivs.made == 1
    assert keys.ivs.key is not None
    tags = dict(keys.ivs.key.tags)
    assert tags.pop("streamwarden:minted-at").startswith("2026-03-14T15:0")
    assert tags == {"team": "news"}
    assert keys.secrets.key_arns == {"streamwarden/KgopvkVuUi7g": keys.ivs.key.arn}
    assert keys.log.unfinished(CHANNEL) is None
    assert len({each.id for each in keys.outbox.notifications}) == 1


def test_a_channel_that_was_deleted_meanwhile_is_given_up() -> None:
    keys = Keys()
    with pytest.raises(Crash):
        keys.run(Calls(crash_at=CALLS - 5))
    assert keys.log.unfinished(CHANNEL) is not None
    keys.ivs.is_deleted = True

    (given_up,) = keys.runs().rotate_due([CHANNEL])

    assert given_up.outcome.status is OutcomeStatus.NOTHING_TO_DO
    assert given_up.outcome.reason == "the channel was deleted before its key was replaced"
    assert keys.log.unfinished(CHANNEL) is None


def test_a_channel_that_does_not_exist_is_no_success() -> None:
    keys = Keys(FakeIvs(is_deleted=True))

    assert keys.rotator().rotate(CHANNEL, force=True).outcome.status is OutcomeStatus.FAILED


def test_a_live_channel_waits() -> None:
    keys = Keys()
    keys.ivs.live = LIVE

    assert keys.run() == [OutcomeStatus.NOTHING_TO_DO]
    assert keys.ivs.key == ListedKey(KEY, {"team": "news"})


def test_a_channel_that_went_live_with_its_key_gone_is_not_left_without_one() -> None:
    keys = Keys()
    delete = 1 + keys_calls().index("delete")
    with pytest.raises(Crash):
        keys.run(Calls(delete, is_after=True))
    keys.ivs.live = LIVE

    assert keys.run() == [OutcomeStatus.DONE]
    assert keys.ivs.key is not None


def test_force_does_not_wait() -> None:
    keys = Keys()
    keys.ivs.live = LIVE

    rotated = keys.rotator().rotate(CHANNEL, force=True)

    assert rotated.outcome.status is OutcomeStatus.DONE
    assert rotated.rule_id == "on-demand"


def test_reserved_tags_are_not_carried_over() -> None:
    keys = Keys()
    keys.ivs.key = ListedKey(KEY, {"aws:cloudformation:stack-name": "a", "team": "news"})

    keys.run()

    assert keys.ivs.key is not None
    assert set(keys.ivs.key.tags) == {"team", "streamwarden:minted-at"}


def test_a_key_younger_than_was_known_is_noted_and_left() -> None:
    keys = Keys()
    minted_at = at(3) - timedelta(minutes=5)
    keys.ivs.key = ListedKey(KEY, {"streamwarden:minted-at": minted_at.isoformat()})

    assert keys.run() == [OutcomeStatus.NOTHING_TO_DO]

    (observed,) = keys.inbox.inputs
    tags = dict(keys.ivs.key.tags)
    assert observed == replace(builders.key_observed(at(3), minted_at=minted_at), tags=tags)
    assert keys.ivs.made == 0


def ordered(keys: Keys, command: AnyCommand) -> None:
    before = keys.store.load(command.resource_arn)
    keys.store.save(replace(before, state=apply_inputs(before.state, [command])), before)


SAID: dict[str, Any] = {"time": at(3), "author": Sender(id="AIDAEXAMPLE"), "reason": "a final"}


@pytest.mark.parametrize(
    ("command", "is_held_on_demand"),
    [
        (PauseActions(resource_arn=builders.WHOLE_ACCOUNT, **SAID), False),
        (ProtectChannel(resource_arn=CHANNEL, **SAID), True),
    ],
)
def test_a_brake_holds_a_rotation_that_has_not_begun(
    command: AnyCommand, is_held_on_demand: bool
) -> None:
    keys = Keys()
    ordered(keys, command)

    due = keys.run()
    asked = keys.rotator().rotate(CHANNEL, force=True).outcome.status

    assert due == [OutcomeStatus.HELD]
    assert (asked is OutcomeStatus.HELD) is is_held_on_demand
    assert keys.ivs.made == (not is_held_on_demand)


def test_what_has_begun_is_finished_whatever_is_paused() -> None:
    keys = Keys()
    with pytest.raises(Crash):
        keys.run(Calls(crash_at=CALLS - 4))
    ordered(keys, PauseActions(resource_arn=builders.WHOLE_ACCOUNT, **SAID))

    assert keys.run() == [OutcomeStatus.DONE]
    assert keys.ivs.key is not None


def test_an_observing_stack_rotates_nothing() -> None:
    keys, calls = Keys(), Calls()

    rotated = keys.rotator(calls, Mode.NOTIFY).rotate(CHANNEL, force=True)

    assert rotated.outcome.status is OutcomeStatus.NOTHING_TO_DO
    assert set(calls.made) == {"unfinished"}


def interrupted_after(call: str) -> Keys:
    """Keys of a channel whose rotation died after it made a call."""
    keys = Keys()
    with pytest.raises(Crash):
        keys.run(Calls(1 + keys_calls().index(call), is_after=True))
    return keys


@pytest.mark.parametrize(
    ("call", "output"),
    [
        ("begin", "The channel still has its old key."),
        ("delete", "The channel has no stream key: no encoder can connect."),
        ("create", "The channel has a new key, which may not be in the secret store"),
    ],
)
def test_a_stack_that_observes_tells_at_once_what_it_may_not_finish_and_changes_nothing(
    call: str, output: str
) -> None:
    keys, calls = interrupted_after(call), Calls()

    for _ in range(2):
        (rotated,) = keys.runs(calls, Mode.NOTIFY).finish_begun()

    command = f"streamwarden keys finish --stack-name prod {CHANNEL}"
    assert rotated.outcome.status is OutcomeStatus.NOTHING_TO_DO
    assert rotated.outcome.reason.endswith(f"finish it: {command}")
    (notified,) = keys.outbox.notifications
    assert (notified.severity, notified.status) == (Severity.CRITICAL, NotificationStatus.OPENED)
    assert output in notified.text
    assert f"with your own permissions: {command}. " in notified.text
    assert calls.made.count("send") == 1
    assert not {"delete", "create", "read", "publish", "finish"} & set(calls.made)


@dataclass
class Operator:
    """Who runs `streamwarden keys finish`. No queue of the stack takes their messages."""

    keys: Keys

    def finish(self, *, force: bool = False) -> Outcome:
        rotator = self.keys.rotator()
        inbox, outbox = MemoryInbox(), MemoryOutbox(self.keys.time)
        alone = replace(rotator, change_inbox=inbox, outbox=outbox)
        return alone.finish(CHANNEL, force=force).outcome


def held() -> Keys:
    """Keys of a channel whose rotation the stack may not finish, as people were told."""
    keys = interrupted_after("delete")
    list(keys.runs(max_mode=Mode.NOTIFY).finish_begun())
    keys.inbox.inputs.clear()
    return keys


def notifications_of(keys: Keys) -> list[tuple[NotificationStatus, str]]:
    return [(each.status, each.title.partition(": ")[2]) for each in keys.outbox.notifications]


def test_what_is_told_of_a_rotation_says_whom_it_concerns_and_why() -> None:
    """Routes by owner take it, as they take what the rule itself tells."""
    keys = held()
    keys.run()

    reported = keys.outbox.notifications
    assert [each.status for each in reported] == [
        NotificationStatus.OPENED,
        NotificationStatus.RESOLVED,
    ]
    for each in reported:
        assert (each.owner, dict(each.tags)) == ("sports", {"owner": "sports"})
        assert each.notes == NOTES
        assert each.since == at(3)
    assert [each.undo for each in reported] == [
        (f"streamwarden keys finish --stack-name prod {CHANNEL}",),
        (),
    ]


def test_undoing_a_replacement_is_to_have_its_rule_leave_the_channel_alone() -> None:
    by_rule, by_operator = Keys(), Keys()
    by_rule.run()
    by_operator.rotator().rotate(CHANNEL, force=False)

    (reported,) = by_rule.outbox.notifications
    (ordered,) = by_operator.outbox.notifications
    assert reported.undo == (exempting(CHANNEL, "stream-key-age"),)
    assert (reported.since, ordered.undo, ordered.notes) == (None, (), None)


HELD = (NotificationStatus.OPENED, "the replacement of the stream key stands still half-way")


def test_an_operator_finishes_what_was_begun_and_nothing_else() -> None:
    keys = held()

    first, second = Operator(keys).finish(), Operator(keys).finish(force=True)

    assert first.status is OutcomeStatus.DONE
    assert second.status is OutcomeStatus.NOTHING_TO_DO
    assert keys.ivs.made == 1
    assert keys.ivs.key is not None
    assert keys.secrets.key_arns == {"streamwarden/KgopvkVuUi7g": keys.ivs.key.arn}


@pytest.mark.parametrize("max_mode", [Mode.NOTIFY, Mode.ENFORCE])
def test_what_an_operator_finished_is_resolved_by_the_next_run_of_the_stack(max_mode: Mode) -> None:
    keys = held()
    Operator(keys).finish()

    for _ in range(2):
        list(keys.runs(max_mode=max_mode).finish_begun())

    assert notifications_of(keys) == [HELD, (NotificationStatus.RESOLVED, "stream key replaced")]
    assert [type(each) for each in keys.inbox.inputs] == [KeyObserved, RotationObserved]
    assert keys.ivs.made == 1
    assert keys.log.unfinished(CHANNEL) is None


def test_a_key_can_be_replaced_again_before_it_is_resolved_that_an_operator_finished() -> None:
    keys = held()
    Operator(keys).finish()
    keys.time.later(minutes=1)

    rotated = keys.rotator().rotate(CHANNEL, force=False)

    assert rotated.outcome.status is OutcomeStatus.DONE
    assert keys.ivs.made == 2
    assert [status for status, _ in notifications_of(keys)] == [
        NotificationStatus.OPENED,
        NotificationStatus.RESOLVED,
        NotificationStatus.CHANGED,
    ]


@dataclass
class BusyInbox(MemoryInbox):
    """An inbox that takes nothing the first time."""

    is_busy: bool = True

    def put(self, inputs: Sequence[OwnInput]) -> None:
        if self.is_busy:
            self.is_busy = False
            raise TemporaryError("SQS is busy")
        super().put(inputs)


def test_a_key_is_not_said_to_be_replaced_because_an_earlier_rotation_was_closed() -> None:
    keys = held()
    Operator(keys).finish()
    keys.inbox = BusyInbox()

    rotated = keys.rotator().rotate(CHANNEL, force=True)

    assert keys.ivs.made == 1
    assert rotated.outcome.status is OutcomeStatus.FAILED


@dataclass
class OvertakenSecrets(MemorySecretStore):
    """While an operator publishes, the stack finishes the rotation and begins the next one."""

    keys: Keys = field(kw_only=True)

    def publish(self, channel_arn: str, key_arn: str, value: SecretValue) -> str:
        secret = self.keys.secrets.publish(channel_arn, key_arn, value)
        list(self.keys.runs().finish_begun())
        self.keys.time.later(minutes=1)
        calls = Calls(1 + on_demand_calls().index("delete"), is_after=True)
        with pytest.raises(Crash):
            self.keys.rotator(calls).rotate(CHANNEL, force=True)
        return secret


def test_an_operator_does_not_mark_the_next_rotation_as_published() -> None:
    keys = held()
    operator = replace(keys.rotator(), secrets=OvertakenSecrets(keys=keys))

    operator.finish(CHANNEL, force=False)

    assert keys.ivs.key is None
    begun = keys.log.unfinished(CHANNEL)
    assert begun is not None
    assert begun.published is None


@pytest.mark.parametrize("is_by_operator", [False, True])
def test_a_channel_that_lost_the_key_that_an_operator_made_is_not_left_without_one(
    is_by_operator: bool,
) -> None:
    keys = held()
    Operator(keys).finish()
    keys.ivs.key = None
    list(keys.runs(max_mode=Mode.NOTIFY).finish_begun())
    assert keys.log.unfinished(CHANNEL) is not None

    if is_by_operator:
        Operator(keys).finish()
    else:
        list(keys.runs().finish_begun())

    assert keys.ivs.made == 2
    assert keys.ivs.key is not None
    assert keys.secrets.key_arns == {"streamwarden/KgopvkVuUi7g": keys.ivs.key.arn}


@pytest.mark.parametrize("is_tried_by_operator", [False, True])
def test_a_held_rotation_is_resolved_when_its_channel_is_deleted(
    is_tried_by_operator: bool,
) -> None:
    keys = held()
    keys.ivs.is_deleted = True
    if is_tried_by_operator:
        assert Operator(keys).finish().status is OutcomeStatus.NOTHING_TO_DO

    list(keys.runs(max_mode=Mode.NOTIFY).finish_begun())

    assert notifications_of(keys) == [
        HELD,
        (NotificationStatus.RESOLVED, "the channel was deleted"),
    ]
    assert keys.log.unfinished(CHANNEL) is None


def keys_calls() -> list[str]:
    calls = Calls()
    Keys().run(calls)
    return calls.made


def on_demand_calls() -> list[str]:
    calls = Calls()
    Keys().rotator(calls).rotate(CHANNEL, force=True)
    return calls.made


OTHER = CHANNEL.replace("KgopvkVuUi7g", "ZgopvkVuUi7g")


@dataclass
class WatchedStore(MemoryRecordStore):
    loaded: list[str] = field(default_factory=list)

    def load(self, resource_arn: str) -> Record:
        self.loaded.append(resource_arn)
        return MemoryRecordStore.load(self, resource_arn)


@pytest.mark.parametrize(
    ("has_time", "looked_at", "goes_on_after"),
    [
        ([True, True], {CHANNEL, OTHER}, []),
        ([True, False], {CHANNEL}, [CHANNEL]),
        ([False], set(), []),
    ],
)
def test_a_run_without_time_for_all_keys_goes_on_behind_the_last_one(
    has_time: list[bool], looked_at: set[str], goes_on_after: list[str]
) -> None:
    store, goes_on, left = WatchedStore(), list[str](), iter(has_time)
    runs = Keys(store=store).runs()
    store.loaded.clear()

    list(runs.rotate_due([CHANNEL, OTHER], lambda: next(left), goes_on.append))

    assert set(store.loaded) - {builders.WHOLE_ACCOUNT} == looked_at
    assert goes_on == goes_on_after


def test_keys_are_due_in_an_order_that_a_run_can_go_on_in() -> None:
    runs = Keys().runs()

    assert runs.due() == [CHANNEL]
    assert runs.due(after=CHANNEL) == []


@pytest.mark.parametrize(
    ("is_gone", "is_deleted", "max_mode", "retired"),
    [
        (True, True, Mode.ENFORCE, [CHANNEL]),
        (True, False, Mode.ENFORCE, []),  # IVS still has it
        (False, False, Mode.ENFORCE, []),
        (True, True, Mode.NOTIFY, []),
    ],
)
def test_the_secret_of_a_channel_that_is_gone_goes(
    is_gone: bool, is_deleted: bool, max_mode: Mode, retired: list[str]
) -> None:
    keys = Keys()
    keys.run()
    keys.ivs.is_deleted = is_deleted
    if is_gone:
        record = keys.store.load(CHANNEL)
        state = apply_inputs(record.state, [builders.channel_not_listed(at(4))])
        keys.store.save(replace(record, state=state), record)

    assert list(keys.runs(max_mode=max_mode).retire_secrets(lambda: True)) == retired
    assert bool(keys.secrets.key_arns) is not bool(retired)
