"""What was told is ended once, in the same place, also where it begins again or was given up."""

from datetime import timedelta
from functools import partial
from typing import Any

from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import TemporaryError
from tests.unit.services.notified_world import CHAT, NotifiedWorld, news, takes_all

OPENED, RESOLVED = NotificationStatus.OPENED, NotificationStatus.RESOLVED
REPEATED = NotificationStatus.REPEATED
SECOND = timedelta(seconds=1)
# A quarantine has the same key each time.
quarantine = partial(news, 1, incident="quarantine")


def refuse_all(now: Any, message: Message) -> None:
    raise TemporaryError("away")


def test_an_incident_that_begins_again_and_repeats_while_its_end_waits_is_one_open_incident() -> (
    None
):
    world = NotifiedWorld(limits={CHAT: Limits(largest=1)})
    world.tell(quarantine())
    world.pass_time(minutes=1)
    world.chat.answer = refuse_all
    at = world.now
    world.tell(quarantine(RESOLVED, at=at, id="released"))
    world.tell(quarantine(at=at + SECOND, id="again"))
    world.tell(quarantine(REPEATED, at=at + 2 * SECOND, id="strike"))
    world.chat.answer = takes_all

    world.pass_time(hours=1)

    assert world.chat.delivered_ids == ["n-1-opened", "released", "again", "strike"]
    assert [each.last.id for each in world.deliveries.opens(CHAT)] == ["strike"]
