"""Both stores of deliveries keep the same promises: the table, and its twin in memory."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.adapters.memory_deliveries import MemoryDeliveries
from streamwarden.domain.notifications.delivery import (
    DeadLettered,
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Sending,
)
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import PermanentError, VersionConflict
from streamwarden.services.ports import Deliveries
from testbed.notified_world import news
from tests.integration.driver import NOON, Stack

OPENED, RESOLVED = news(1), news(1, NotificationStatus.RESOLVED)


@pytest.fixture(params=["table", "memory"])
def deliveries(request: pytest.FixtureRequest) -> Deliveries:
    if request.param == "memory":
        return MemoryDeliveries()
    stack: Stack = request.getfixturevalue("stack")
    return DynamoDeliveries(stack.client("dynamodb"), "Table", lambda: NOON)


def test_what_is_added_waits_for_its_destination_alone(deliveries: Deliveries) -> None:
    assert deliveries.add("chat", OPENED, OpenIncident(last=OPENED))
    assert deliveries.add("chat", OPENED, None)

    assert list(deliveries.waiting("chat")) == [PendingDelivery(OPENED)]
    assert [*deliveries.waiting("pager"), *deliveries.opens("pager")] == []
    assert dict(deliveries.opened_at(OPENED.incident)) == {"chat": OpenIncident(last=OPENED)}


def test_destinations_are_known_by_their_names_also_where_no_policy_has_them(
    deliveries: Deliveries,
) -> None:
    for name in ("chat", "pager", "chat"):
        deliveries.add(name, OPENED, OpenIncident(last=OPENED))
    deliveries.finish("chat", [OPENED], ended=[OPENED.incident])

    assert sorted(deliveries.destinations()) == ["chat", "pager"]
    assert [*deliveries.opened_at(OPENED.incident)] == ["pager"]


@pytest.mark.parametrize(
    "write",
    [
        lambda deliveries: deliveries.add("chat", OPENED, OpenIncident(last=OPENED)),
        lambda deliveries: deliveries.finish("chat", [], opens=[OpenIncident(last=OPENED)]),
    ],
    ids=["handed over", "told"],
)
def test_the_name_of_a_destination_outlasts_what_is_open_there(
    stack: Stack, write: Callable[[Deliveries], object]
) -> None:
    now = [NOON]
    deliveries = DynamoDeliveries(stack.client("dynamodb"), "Table", lambda: now[0])
    for hours in (0, 23, 30):
        now[0] = NOON + timedelta(hours=hours)
        write(deliveries)

        kept = [each for each in stack.items() if not each["sk"]["S"].startswith("pending/")]
        until = {each["pk"]["S"]: int(each["expires_at"]["N"]) for each in kept}
        assert until["destinations"] >= until["destination/chat"]


def test_what_is_finished_is_never_added_again(deliveries: Deliveries) -> None:
    deliveries.add("chat", OPENED, OpenIncident(last=OPENED))
    notified = OpenIncident(last=OPENED, notified_at=NOON)

    deliveries.finish("chat", [OPENED], opens=[notified])

    assert not deliveries.add("chat", OPENED, OpenIncident(last=OPENED))
    assert list(deliveries.waiting("chat")) == []
    assert list(deliveries.opens("chat")) == [notified]


def test_what_is_made_again_at_another_moment_waits_once(deliveries: Deliveries) -> None:
    later = replace(OPENED, at=OPENED.at + timedelta(minutes=1))
    for each in (OPENED, later):
        deliveries.add("chat", each, None)

    assert len(deliveries.waiting("chat")) == 1
    deliveries.finish("chat", [later])
    assert list(deliveries.waiting("chat")) == []


def test_an_incident_that_has_ended_is_no_longer_open(deliveries: Deliveries) -> None:
    deliveries.add("chat", OPENED, OpenIncident(last=OPENED))

    deliveries.finish("chat", [OPENED, RESOLVED], ended=[OPENED.incident])

    assert list(deliveries.opens("chat")) == []


def test_what_was_dead_lettered_is_revived_once_and_what_was_told_never(
    deliveries: Deliveries,
) -> None:
    for each in (OPENED, RESOLVED):
        deliveries.add("chat", each, None)
    deliveries.finish("chat", [OPENED], is_dead=True, kind="slack")
    deliveries.finish("chat", [RESOLVED])
    found = [deliveries.dead_lettered("chat", each.id) for each in (OPENED, RESOLVED, news(2))]

    deliveries.revive("chat", OPENED, OpenIncident(last=OPENED))
    deliveries.revive("chat", RESOLVED, OpenIncident(last=news(2)))
    waiting = list(deliveries.waiting("chat"))
    deliveries.finish("chat", [OPENED])
    deliveries.revive("chat", OPENED)

    assert found == [DeadLettered(OPENED, "slack"), None, None]
    assert waiting == [PendingDelivery(OPENED)]
    assert [each.key for each in deliveries.opens("chat")] == [OPENED.incident]
    assert list(deliveries.waiting("chat")) == []
    assert deliveries.dead_lettered("chat", OPENED.id) is None


def test_hundreds_are_finished_at_once(deliveries: Deliveries) -> None:
    many = [news(number) for number in range(120)]
    for each in many:
        deliveries.add("chat", each, OpenIncident(last=each))

    deliveries.finish("chat", many, opens=[OpenIncident(last=e, notified_at=NOON) for e in many])

    assert list(deliveries.waiting("chat")) == []
    assert len(deliveries.opens("chat")) == 120


def test_it_is_remembered_what_holds_a_notification(deliveries: Deliveries) -> None:
    deliveries.add("chat", OPENED, None)

    deliveries.hold("chat", PendingDelivery(OPENED, "quiet hours"))

    (held,) = deliveries.waiting("chat")
    assert held == PendingDelivery(OPENED, "quiet hours")


def test_one_item_is_not_written_twice_at_once(deliveries: Deliveries) -> None:
    twice = [OpenIncident(last=OPENED), OpenIncident(last=OPENED, notified_at=NOON)]

    with pytest.raises(PermanentError, match="ValidationException"):
        deliveries.finish("chat", [OPENED], opens=twice)


@pytest.mark.parametrize(
    "change",
    [
        lambda state: replace(state, failures=1, failing_since=NOON, obstacle="away"),
        lambda state: replace(state, groups={"rule=a": NOON}, leased_until=NOON),
        lambda state: replace(state, sending=Sending(message_id="m", names=("a", "b"))),
    ],
)
def test_who_saves_second_loses(
    deliveries: Deliveries, change: Callable[[DestinationState], DestinationState]
) -> None:
    before = deliveries.state("chat")
    first = deliveries.save("chat", change(before.state), before)

    with pytest.raises(VersionConflict):
        deliveries.save("chat", DestinationState(), before)

    assert deliveries.state("chat") == first
    assert deliveries.save("chat", DestinationState(), first).version == 2
