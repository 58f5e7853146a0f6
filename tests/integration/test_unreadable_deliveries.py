"""What waits for a destination, and this version cannot read, holds up nothing and is not lost."""

from types import SimpleNamespace
from typing import Any

import pytest

from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.domain.notifications.delivery import (
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Unreadable,
)
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.errors import PermanentError
from streamwarden.services.notify import Notifier
from streamwarden_cli.operate.destinations import destinations_section, known_in
from streamwarden_cli.operate.doctor import reach
from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Health
from testbed.notified_world import news, routing_to
from tests.integration.driver import Stack

RESOLVED = NotificationStatus.RESOLVED
TEN = [news(number) for number in range(10)]
NEWER = TEN[3]


@pytest.fixture
def deliveries(stack: Stack) -> DynamoDeliveries:
    return DynamoDeliveries(stack.client("dynamodb"), "Table", lambda: stack.now)


@pytest.fixture
def subscribed(stack: Stack) -> Stack:
    """A stack whose topic a queue subscribes to."""
    sqs, sns = stack.client("sqs"), stack.client("sns")
    stack.refs["operators"] = sqs.create_queue(QueueName="operators")["QueueUrl"]
    endpoint = "arn:aws:sqs:eu-west-1:123456789012:operators"
    sns.subscribe(TopicArn=stack.refs["AlertTopic"], Protocol="sqs", Endpoint=endpoint)
    return stack


def _wait(deliveries: DynamoDeliveries, *given: Notification, name: str = "topic") -> None:
    for each in given:
        deliveries.add(name, each, OpenIncident(last=each))


def _rewrite(stack: Stack, what: str, given: Notification, before: str, after: str) -> Any:
    """Has an item say what this version does not know; answers the item as it was."""
    mark = f'"id":"{given.id}"'
    (item,) = [
        each
        for each in stack.items()
        if each["sk"]["S"].startswith(what) and mark in each["document"]["S"]
    ]
    text = item["document"]["S"].replace(before, after)
    assert text != item["document"]["S"]
    changed = {**item, "document": {"S": text}}
    stack.client("dynamodb").put_item(TableName="Table", Item=changed)
    return item


def _of_newer_version(stack: Stack, what: str, given: Notification) -> Any:
    return _rewrite(stack, what, given, '"status":"opened"', '"status":"foreseen"')


def published(stack: Stack) -> str:
    return "".join(each.body["Message"] for each in stack.take("operators"))


def _errors(stack: Stack, message: str) -> list[dict[str, Any]]:
    return [each for each in stack.logs() if each.get("message") == message]


@pytest.mark.parametrize(
    "damage",
    [('"status":"opened"', '"status":"foreseen"'), ('"severity":"', '"severity":"x'), ("{", "")],
    ids=["status", "severity", "damaged"],
)
def test_of_ten_that_wait_one_is_unreadable_and_nine_are_told(
    subscribed: Stack, deliveries: DynamoDeliveries, damage: tuple[str, str]
) -> None:
    _wait(deliveries, *TEN)
    _rewrite(subscribed, "pending/", NEWER, *damage)

    subscribed.notify()
    subscribed.notify()

    text = published(subscribed)
    assert [each.id for each in TEN if each.resource_name not in text] == [NEWER.id]
    (line,) = _errors(subscribed, "not readable")
    assert (line["level"], line["destination"]) == ("ERROR", "topic")
    (kept,) = deliveries.waiting("topic")
    assert isinstance(kept, Unreadable)


def test_what_stays_unreadable_is_dead_lettered_and_told_once_a_newer_version_reads_it(
    subscribed: Stack, deliveries: DynamoDeliveries
) -> None:
    _wait(deliveries, NEWER)
    _of_newer_version(subscribed, "pending/", NEWER)
    subscribed.notify()
    assert subscribed.take("NotificationQueueDeadLetters") == [], "a deployment may be under way"
    subscribed.later(minutes=10)
    subscribed.notify()

    (dead,) = subscribed.take("NotificationQueueDeadLetters")
    assert "foreseen" in dead.attributes["reason"]
    assert dead.body["notification"]["status"] == "foreseen"
    assert [*deliveries.waiting("topic")] == []
    subscribed.deliver("Notify", dead.body)
    assert published(subscribed) == "", "this version still cannot read it"
    (mark,) = [each for each in subscribed.items() if each["sk"]["S"] == "delivered"]
    readable = mark["document"]["S"].replace("foreseen", "opened")
    subscribed.client("dynamodb").put_item(
        TableName="Table", Item={**mark, "document": {"S": readable}}
    )
    assert subscribed.deliver("Notify", dead.body) == []
    subscribed.notify()
    assert NEWER.resource_name in published(subscribed)


def test_what_can_be_read_again_is_told(subscribed: Stack, deliveries: DynamoDeliveries) -> None:
    _wait(deliveries, NEWER)
    item = _of_newer_version(subscribed, "pending/", NEWER)
    subscribed.notify()
    assert list(deliveries.state("topic").state.unreadable_since) == [item["sk"]["S"][8:]]
    subscribed.client("dynamodb").put_item(TableName="Table", Item=item)
    subscribed.notify()

    assert NEWER.resource_name in published(subscribed)
    assert deliveries.state("topic").state.unreadable_since == {}


def test_the_end_of_an_incident_is_told_although_its_beginning_cannot_be_read(
    subscribed: Stack, deliveries: DynamoDeliveries
) -> None:
    _wait(deliveries, NEWER)
    subscribed.notify()
    published(subscribed)
    _of_newer_version(subscribed, "open/", NEWER)
    notifier = Notifier(deliveries, routing_to("topic"), Silent(), lambda: subscribed.now)

    assert notifier.take(news(3, RESOLVED)).destinations == ("topic",)
    subscribed.notify()

    assert "resolved" in published(subscribed).lower()
    subscribed.notify()
    (line,) = _errors(subscribed, "not readable")
    assert (line["key"], line["reason"][:16]) == ("open incidents", "1, such as this:")
    assert [*deliveries.opens("topic")] == []


class Silent:
    """Wakes that nobody waits for."""

    def wake(self, destination: str, after: object) -> None:
        assert destination == "topic"


def test_incidents_that_are_open_are_read_although_one_of_them_cannot_be(
    stack: Stack, deliveries: DynamoDeliveries
) -> None:
    _wait(deliveries, *TEN)
    _of_newer_version(stack, "open/", NEWER)

    found = deliveries.opens("topic")

    (unread,) = [each for each in found if isinstance(each, Unreadable)]
    assert (len(found), unread.key) == (10, NEWER.incident)


def test_a_destination_whose_state_cannot_be_read_begins_anew(
    subscribed: Stack, deliveries: DynamoDeliveries
) -> None:
    _wait(deliveries, NEWER)
    saved = deliveries.save("topic", DestinationState(failures=3), deliveries.state("topic"))
    (item,) = [each for each in subscribed.items() if each["sk"]["S"] == "state"]
    for change in ({"format": {"N": "2"}}, {"document": {"S": '{"failures":"many"}'}}):
        subscribed.client("dynamodb").put_item(TableName="Table", Item={**item, **change})
        found = deliveries.state("topic")
        assert (found.state.failures, found.version) == (0, saved.version)
        assert found.unreadable

    subscribed.notify()
    subscribed.notify()

    assert NEWER.resource_name in published(subscribed)
    assert len(_errors(subscribed, "not readable")) == 1


def test_status_counts_what_cannot_be_read_and_says_why(
    stack: Stack, deliveries: DynamoDeliveries
) -> None:
    _wait(deliveries, *TEN)
    _of_newer_version(stack, "pending/", NEWER)
    _of_newer_version(stack, "open/", NEWER)

    (values,) = destinations_section(known_in(deliveries), stack.now).values

    assert values["waiting"] == 10
    assert str(values["reason"]).startswith("1 not readable: what is stored of pending/")


def test_status_says_of_a_destination_whose_state_cannot_be_read_that_it_may_fail(
    stack: Stack, deliveries: DynamoDeliveries
) -> None:
    """The command may be older than the stack."""
    _wait(deliveries, NEWER)
    deliveries.finish("topic", [NEWER])
    deliveries.save("topic", DestinationState(failures=3), deliveries.state("topic"))
    (item,) = [each for each in stack.items() if each["sk"]["S"] == "state"]
    newer = {**item, "document": {"S": '{"failures":"many"}'}}
    stack.client("dynamodb").put_item(TableName="Table", Item=newer)

    (values,) = destinations_section(known_in(deliveries), stack.now).values

    assert (values["waiting"], values["is_failing"]) == (0, None)
    reason = str(values["reason"])
    assert reason.startswith("what is stored of destination topic cannot be read")
    read: Any = SimpleNamespace(client=stack.client, table_name="Table", name="streamwarden")
    (finding,) = reach.destinations(Examined(read, stack.now))
    assert (finding.health, reason in finding.text) == (Health.NOT_KNOWN, True)


def test_what_was_dead_lettered_by_a_newer_version_is_refused_in_words(
    stack: Stack, deliveries: DynamoDeliveries
) -> None:
    _wait(deliveries, NEWER)
    deliveries.finish("topic", [NEWER], is_dead=True)
    _of_newer_version(stack, "delivered", NEWER)

    with pytest.raises(PermanentError, match="foreseen"):
        deliveries.dead_lettered("topic", NEWER.id)


def test_what_can_be_read_waits_as_before(deliveries: DynamoDeliveries) -> None:
    deliveries.add("chat", NEWER, None)

    assert [*deliveries.waiting("chat")] == [PendingDelivery(NEWER)]
    assert deliveries.state("chat").unreadable == ""
