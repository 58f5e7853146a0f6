"""What a service must not do when the world lags behind, or only part of it can be reached."""

from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.ivs import IvsStreamLookup
from streamwarden.domain.actions.base.calls import ListedKey
from streamwarden.domain.inputs import Health
from streamwarden.domain.state.resource import OutcomeStatus, Resource
from streamwarden.services.errors import PermanentError, TemporaryError, VersionConflict
from streamwarden.services.records import PendingMessages, Record
from testbed import builders
from testbed.builders import CHANNEL, at
from tests.unit.services.decided_actions import action
from tests.unit.services.fakes import FakeIvs, Harness, Time
from tests.unit.services.rotated_channel import Keys

LIMIT = builders.policy_of(builders.compiled_rule("max_duration", {"limit": "PT4H"}, builders.STOP))


@dataclass
class _LaggingIvs(FakeIvs):
    """Lists a key that is deleted already, until it catches up."""

    lags: bool = True
    deleted: ListedKey | None = None

    def delete(self, key_arn: str) -> None:
        self.deleted = self.key
        super().delete(key_arn)

    def find(self, channel_arn: str) -> ListedKey | None:
        return self.deleted if self.lags and self.deleted else super().find(channel_arn)

    def create(self, channel_arn: str, tags: Any) -> ListedKey | None:
        return None if self.lags else super().create(channel_arn, tags)


def test_a_deleted_key_that_is_still_listed_is_not_published_as_the_new_one() -> None:
    old = ListedKey(builders.KEY, {})
    ivs = _LaggingIvs(key=old)
    keys = Keys(ivs=ivs)

    assert keys.run() == [OutcomeStatus.FAILED]
    assert keys.secrets.key_arns == {}
    ivs.lags = False
    assert keys.run() == [OutcomeStatus.DONE]
    assert ivs.key is not None
    assert ivs.key.arn != old.arn


@pytest.mark.parametrize(
    "history",
    [
        (builders.stream_start(at(1)),),
        (builders.stream_start(at(1)), builders.stream_end(at(2, minutes=50))),
    ],
)
def test_a_key_that_an_encoder_may_come_back_with_is_left(history: Any) -> None:
    keys = Keys()
    before = keys.store.load(CHANNEL)
    state = builders.state_from(builders.channel_listed(at()), *history)
    keys.store.save(Record(state=state, standing=before.standing), before)

    assert keys.run() == [OutcomeStatus.NOTHING_TO_DO]
    assert keys.ivs.made == 0


@dataclass
class _NoTimers:
    obstacle: Exception
    asked: list[datetime] = field(default_factory=list)

    def set(self, channel_arn: str, at: datetime) -> None:
        self.asked.append(at)
        raise self.obstacle


@pytest.mark.parametrize("obstacle", [TemporaryError("busy"), PermanentError("no")])
def test_a_timer_that_cannot_be_set_holds_up_no_stop(obstacle: Exception) -> None:
    harness = Harness(LIMIT, time=Time(at(5)))
    timers = _NoTimers(obstacle)
    object.__setattr__(observer := harness.observer(), "timers", timers)
    timeline = (builders.channel_listed(at()), builders.stream_start(at()))

    with pytest.raises(type(obstacle)):
        observer.observe(CHANNEL, timeline)

    assert [each.kind for each in harness.outbox.actions] == ["stop"]
    assert harness.store.load(CHANNEL).timer_at is None
    with pytest.raises(type(obstacle)):
        observer.observe(CHANNEL, timeline)
    assert len(timers.asked) == 2


def _client_error(code: str, status: int = 400, **more: Any) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(response, "Any")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_client_error("InternalFailure", 500), TemporaryError),
        (_client_error("KMSThrottlingException"), TemporaryError),
        (_client_error("TooMany", 429), TemporaryError),
        (_client_error("AccessDeniedException", 403), PermanentError),
    ],
)
def test_what_may_pass_is_tried_again(error: ClientError, expected: type[Exception]) -> None:
    with pytest.raises(expected), translated("any:Call"):
        raise error


class _Overtaken:
    """A DynamoDB that cancels every transaction and refuses every single write, for a reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def transact_write_items(self, **_: Any) -> None:
        reasons = [{"Code": "None"}, {"Code": self.reason}]
        raise _client_error("TransactionCanceledException", CancellationReasons=reasons)

    def put_item(self, **_: Any) -> None:
        raise _client_error(f"{self.reason}Exception")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("ConditionalCheckFailed", VersionConflict),
        ("TransactionConflict", VersionConflict),
        ("Throttling", TemporaryError),
    ],
)
@pytest.mark.parametrize(
    "pending",
    [PendingMessages(), PendingMessages(actions=(action(),))],
    ids=["alone", "with its outbox"],
)
def test_who_else_writes_the_channel_is_told_from_a_busy_table(
    reason: str, expected: type[Exception], pending: PendingMessages
) -> None:
    client: Any = _Overtaken(reason)
    record = Record(state=Resource(arn=CHANNEL), pending=pending)

    with pytest.raises(expected):
        DynamoRecordStore(client, "table").save(record, record)


@pytest.mark.parametrize(
    ("output", "health"),
    [("STARVING", Health.STARVING), ("FINE", Health.UNKNOWN), (None, Health.UNKNOWN)],
)
def test_a_health_that_ivs_adds_one_day_says_nothing_yet(
    output: str | None, health: Health
) -> None:
    stream = {"channelArn": CHANNEL, "streamId": "st-1", "startTime": at()}
    answer = {"stream": stream | ({"health": output} if output else {})}
    client: Any = SimpleNamespace(get_stream=lambda channelArn: answer)  # noqa: N803  # the API's

    live = IvsStreamLookup(client).live_stream(CHANNEL)

    assert live is not None
    assert live.health is health
