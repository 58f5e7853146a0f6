"""A notice goes to the destination of its route."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from streamwarden.adapters.memory import MemoryDeliveryLog, MemoryDestination
from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.notify import Notifier
from streamwarden.services.ports import DeliveryLog, Destination
from tests.unit.domain import builders
from tests.unit.domain.builders import at


def notification() -> Notification:
    policy = builders.policy_of(builders.max_duration())
    (notified,) = builders.decide_on(policy, at(5), builders.stream_start(at())).notifications
    return notified


def notifier(
    destinations: Mapping[str, Destination], delivered: DeliveryLog | None = None
) -> Notifier:
    return Notifier(destinations, delivered or MemoryDeliveryLog(), lambda: at(5))


def test_only_the_route_is_notified() -> None:
    topic, webhook = MemoryDestination(), MemoryDestination()

    notifier({"sns": topic, "webhook": webhook}).deliver("webhook", notification())

    assert webhook.notifications == [notification()]
    assert topic.notifications == []


def test_a_route_that_is_not_set_up_is_named() -> None:
    with pytest.raises(PermanentError, match="no destination is set up for route 'pager'"):
        notifier({}).deliver("pager", notification())


def test_what_was_delivered_is_not_notified_again() -> None:
    topic, webhook = MemoryDestination(), MemoryDestination()
    both = notifier({"sns": topic, "webhook": webhook})

    delivered = [both.deliver(route, notification()) for route in ("sns", "sns", "webhook")]

    assert [each.is_new for each in delivered] == [True, False, True]
    assert len(topic.notifications) == len(webhook.notifications) == 1


def test_what_could_not_be_delivered_is_notified_again() -> None:
    class Away:
        def deliver(self, _: Notification) -> None:
            raise TemporaryError("away")

    delivered, topic = MemoryDeliveryLog(), MemoryDestination()
    with pytest.raises(TemporaryError):
        notifier({"sns": Away()}, delivered).deliver("sns", notification())

    assert notifier({"sns": topic}, delivered).deliver("sns", notification()).is_new


class BrokenLog(MemoryDeliveryLog):
    """One of its two operations fails."""

    def __init__(self, broken: str, error: Exception) -> None:
        super().__init__()
        self.broken, self.error = broken, error

    def has(self, route: str, notification: Notification) -> bool:
        if self.broken == "has":
            raise self.error
        return super().has(route, notification)

    def add(self, route: str, notification: Notification, at: datetime) -> None:
        if self.broken == "add":
            raise self.error
        super().add(route, notification, at)


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ("add", TemporaryError("the table is away")),
        ("add", PermanentError("dynamodb:PutItem: AccessDeniedException")),
        ("has", PermanentError("dynamodb:GetItem: AccessDeniedException")),
    ],
)
def test_people_are_told_although_the_log_of_deliveries_fails(
    broken: str, error: Exception
) -> None:
    topic = MemoryDestination()

    delivery = notifier({"sns": topic}, BrokenLog(broken, error)).deliver("sns", notification())

    assert topic.notifications == [notification()]
    assert (delivery.is_new, delivery.obstacle) == (True, str(error))


def test_a_notification_waits_while_the_log_of_deliveries_is_away() -> None:
    topic, away = MemoryDestination(), BrokenLog("has", TemporaryError("the table is away"))

    with pytest.raises(TemporaryError):
        notifier({"sns": topic}, away).deliver("sns", notification())

    assert not topic.notifications
