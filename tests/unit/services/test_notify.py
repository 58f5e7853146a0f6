"""A notice goes to the destination of its route."""

import pytest

from streamwarden.adapters.memory import MemoryDestination
from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError
from streamwarden.services.notify import Notifier
from tests.unit.domain import builders
from tests.unit.domain.builders import at


def notification() -> Notification:
    policy = builders.policy_of(builders.max_duration())
    (told,) = builders.decide_on(policy, at(5), builders.stream_start(at())).notifications
    return told


def test_only_the_route_is_told() -> None:
    topic, webhook = MemoryDestination(), MemoryDestination()

    Notifier({"sns": topic, "webhook": webhook}).deliver("webhook", notification())

    assert webhook.notifications == [notification()]
    assert topic.notifications == []


def test_a_route_that_is_not_set_up_is_named() -> None:
    with pytest.raises(PermanentError, match="no destination is set up for route 'pager'"):
        Notifier({}).deliver("pager", notification())
