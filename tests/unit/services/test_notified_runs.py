"""The figures of seeded runs find a message that is told twice."""

import pytest

from streamwarden.domain.notifications.message import Message
from testbed.builders import NOON
from testbed.notified_world import news
from testbed.played_service import Service


@pytest.mark.parametrize(
    ("doubted", "unexplained"),
    [((), 2), ((1,), 1), ((2,), 1), ((1, 2), 0), ((0, 3), 2)],
)
def test_a_message_may_come_again_only_after_a_doubt(
    doubted: tuple[int, ...], unexplained: int
) -> None:
    """`doubted` is how often it was taken when nobody was told so."""
    service, message = Service(lambda: NOON), Message(id="m", notifications=(news(1),))
    for times in range(4):
        if times in doubted:
            service.doubt(message.id)
        if times < 3:
            service.deliver(message)

    assert (service.repeated, service.unexplained) == (2, unexplained)
