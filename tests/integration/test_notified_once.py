"""Real destinations tell a server that has every trouble: all of it arrives, and arrives once."""

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from typing import Final

import pytest

from streamwarden.domain.notifications.message import Message
from streamwarden.services.errors import TemporaryError, Throttled, Unanswered
from streamwarden.services.ports import Destination
from testbed.builders import NOON
from testbed.notified_world import news
from testbed.served_destination import CALM_SECONDS, PATIENCE_SECONDS
from testbed.served_runs import (
    KINDS,
    RUN_KINDS,
    Served,
    served,
    spec_of,
)
from testbed.troubled_server import Answer

# `python -m benchmarks.destinations` plays thousands.
RUNS: Final = 64
_AT_ONCE: Final = 8
PLAYED: Final = [
    (name, first)
    for name, run_kind in RUN_KINDS.items()
    for first in range(0, RUNS // run_kind.one_in, _AT_ONCE)
]
IN_AWS: Final = ("sns", "eventbridge", "security_hub")


@pytest.fixture(scope="module")
def places() -> Iterator[Served]:
    with served() as made:
        yield made


def destination(places: Served, kind: str, seconds: float = CALM_SECONDS) -> Destination:
    """One that has read its secret, and waits so long for an answer."""
    spec = spec_of(kind, places.server.address)
    made = places.destination(spec, lambda: NOON, seconds)
    is_notified = False
    while not is_notified:  # a slow machine may need several tries
        with suppress(TemporaryError):
            made.deliver(Message(id="first", notifications=(news(1),)))
            is_notified = True
    places.server.settle()
    places.server.collect()
    return made


@pytest.mark.parametrize(("run_kind", "first"), PLAYED)
def test_nothing_is_lost_and_nothing_told_twice_at_real_destinations(
    places: Served, run_kind: str, first: int
) -> None:
    """The server answers 429 and 500, hangs, hangs up and refuses; functions die in between."""
    seeds = range(first, first + _AT_ONCE)
    found = {seed: places.run(RUN_KINDS[run_kind], seed).run for seed in seeds}

    assert all(each.notified for each in found.values())
    assert {seed: each for seed, each in found.items() if each.faults} == {}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "error", "taken"),
    [
        (Answer.FAILED, TemporaryError, 0),
        (Answer.REFUSED, TemporaryError, 0),
        (Answer.HUNG, Unanswered, 0),
        (Answer.HUNG_UP, Unanswered, 0),
        (Answer.TAKEN_HUNG, Unanswered, 1),
        (Answer.TAKEN_HUNG_UP, Unanswered, 1),
    ],
)
def test_only_what_may_have_been_taken_is_in_doubt(
    places: Served, kind: str, answer: Answer, error: type[TemporaryError], taken: int
) -> None:
    is_held = answer in (Answer.HUNG, Answer.TAKEN_HUNG)
    made = destination(places, kind, PATIENCE_SECONDS if is_held else CALM_SECONDS)
    is_refused = answer is Answer.REFUSED
    places.server.coming = [] if is_refused else [answer]

    with (
        places.server.refusing() if is_refused else nullcontext(),
        pytest.raises(TemporaryError) as caught,
    ):
        made.deliver(Message(id="second", notifications=(news(2),)))

    places.server.settle()
    assert type(caught.value) is error
    assert len(places.server.collect()) == taken


@pytest.mark.parametrize("kind", sorted({*KINDS} - {*IN_AWS}))
def test_a_service_that_is_busy_says_for_how_long(places: Served, kind: str) -> None:
    made = destination(places, kind)
    places.server.coming = [Answer.BUSY]

    with pytest.raises(Throttled) as caught:
        made.deliver(Message(id="second", notifications=(news(2),)))

    assert caught.value.retry_after.total_seconds() == 7


@pytest.mark.parametrize("kind", IN_AWS)
def test_no_connection_of_an_earlier_message_is_used_again(places: Served, kind: str) -> None:
    """It may have died while Lambda slept, and nobody would know whether the message was taken."""
    destination(places, kind).deliver(Message(id="second", notifications=(news(2),)))

    (request,) = places.server.collect()
    assert request.headers["connection"] == "close"


@pytest.mark.parametrize("kind", IN_AWS)
def test_what_a_service_of_aws_may_have_taken_is_not_sent_again_unknown_to_us(
    places: Served, kind: str
) -> None:
    """A client that tries again by itself says what the last answer was, and not the first."""
    made = destination(places, kind)
    places.server.coming = [Answer.TAKEN_HUNG_UP, Answer.BUSY, Answer.BUSY]

    with pytest.raises(Unanswered):
        made.deliver(Message(id="second", notifications=(news(2),)))

    places.server.coming.clear()
    assert len(places.server.collect()) == 1
