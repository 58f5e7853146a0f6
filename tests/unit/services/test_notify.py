"""A notice goes to the destination of its route."""

import pytest

from streamwarden.adapters.memory import MemoryDestination
from streamwarden.domain.verdicts import Notice
from streamwarden.services.notify import Notifier
from streamwarden.services.ports import Refused
from tests.unit.domain import builders
from tests.unit.domain.builders import at


def notice() -> Notice:
    policy = builders.policy_of(builders.max_duration())
    (told,) = builders.decide_on(policy, at(5), builders.stream_start(at())).notices
    return told


def test_only_the_route_is_told() -> None:
    topic, webhook = MemoryDestination(), MemoryDestination()

    Notifier({"sns": topic, "webhook": webhook}).deliver("webhook", notice())

    assert webhook.notices == [notice()]
    assert topic.notices == []


def test_a_route_that_is_not_set_up_is_named() -> None:
    with pytest.raises(Refused, match="no destination is set up for route 'pager'"):
        Notifier({}).deliver("pager", notice())
