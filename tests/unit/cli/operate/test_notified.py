"""Views say who was notified, and why others were not: from what `notify` keeps of destinations."""

from collections.abc import Callable
from copy import replace
from dataclasses import dataclass
from datetime import time
from typing import Any, Final

import pytest

from streamwarden.domain.notifications.quiet import QuietHours
from streamwarden.domain.verdicts import Mode
from streamwarden.services.errors import TemporaryError
from streamwarden.services.records import PendingMessages
from streamwarden_cli.operate.destinations import (
    KnownDestination,
    destinations_section,
    known_in,
    waiting_section,
)
from streamwarden_cli.operate.incidents import open_section, opened_in
from streamwarden_cli.operate.notified import Notifications
from testbed import builders as build
from testbed.builders import CHANNEL, OTHER_CHANNEL, at
from testbed.notified_world import CHAT, NotifiedWorld, routing_to, silenced
from testbed.played_service import refusing
from tests.unit.cli.operate.records import RULES
from tests.unit.services.fakes import Harness

PAGER: Final = "pager"
REFUSAL: Final = TemporaryError("the secret destinations/pager has no routing_key")


@dataclass
class Opened:
    """A channel in breach of a rule in mode notify, and the destinations that are told of it."""

    world: NotifiedWorld

    def __post_init__(self) -> None:
        self.harness = Harness(build.policy_of(*RULES))
        for given in (
            build.channel_listed(at(), name="studio", tags={"team": "news"}),
            build.stream_start(at()),
            build.stream_listed(at(5)),
        ):
            self.harness.time.now = at(5)
            self.harness.observer(max_mode=Mode.NOTIFY).observe(CHANNEL, [given])
        self.world.now = at(5)
        self.world.tell(*self.harness.outbox.notifications)

    @property
    def known(self) -> list[KnownDestination]:
        return known_in(self.world.deliveries)

    def value(self) -> dict[str, Any]:
        """The incident, as `open --json` has it."""
        now = self.world.now
        record = self.harness.store.load(CHANNEL)
        section = open_section(opened_in([record], Notifications(self.known, now), now), now)
        (found,) = [each for each in section.values if each["rule"] == "no-marathons"]
        return dict(found)


def test_what_was_sent_is_said_with_the_minute() -> None:
    opened = Opened(NotifiedWorld(routing_to(CHAT, PAGER)))
    opened.world.pass_time(minutes=3)

    found = opened.value()

    assert found["done"] == "sent to chat 17:00, to pager 17:00"
    assert [each["destination"] for each in found["notified"]] == [CHAT, PAGER]


def test_what_was_sent_on_another_day_is_said_with_the_day() -> None:
    opened = Opened(NotifiedWorld())
    opened.world.pass_time(hours=20)

    assert opened.value()["done"] == "sent to chat 2026-03-14 17:00"


def _quiet() -> NotifiedWorld:
    return NotifiedWorld(routing_to(CHAT, quiet=QuietHours(start=time(16), end=time(20))))


def _silenced() -> NotifiedWorld:
    return NotifiedWorld(controls=silenced(9))


@pytest.mark.parametrize(
    ("world", "why"),
    [(_quiet, "it is within quiet hours"), (_silenced, "silence ")],
)
def test_what_is_held_is_said_to_wait(world: Callable[[], NotifiedWorld], why: str) -> None:
    opened = Opened(world())
    opened.world.pass_time(minutes=3)

    found = opened.value()

    assert found["done"].startswith(f"waits for chat: {why}")
    assert found["notified"][0]["sent_at"] is None


def test_what_waits_for_its_group_is_said_to_wait() -> None:
    opened = Opened(NotifiedWorld())

    assert opened.value()["done"] == "waits for chat: it waits for the others of its group"


def test_what_a_destination_refuses_is_said_with_its_last_reason() -> None:
    opened = Opened(NotifiedWorld(routing_to(CHAT, PAGER)))
    opened.world.services[PAGER].answer = refusing(REFUSAL)
    opened.world.pass_time(minutes=3)

    found = opened.value()["done"]

    assert found.startswith("sent to chat 17:00; waits for pager: not taken in ")
    assert found.endswith(f": {REFUSAL}")


def test_where_no_destination_knows_of_it_nobody_is_said_to_be_notified() -> None:
    opened = Opened(NotifiedWorld(routing_to()))

    assert opened.value()["done"].startswith("nobody is known to be notified")


def test_what_is_not_handed_over_yet_is_on_its_way() -> None:
    opened = Opened(NotifiedWorld(routing_to()))
    record = opened.harness.store.load(CHANNEL)
    waiting = PendingMessages(notifications=tuple(opened.harness.outbox.notifications))
    pending = replace(record, pending=waiting)

    (found,) = opened_in([pending], Notifications((), at(5)), at(5))

    assert found.text == "the notification is on its way"


def test_a_destination_that_fails_is_named_with_tries_and_reason() -> None:
    opened = Opened(NotifiedWorld(routing_to(CHAT, PAGER)))
    opened.world.services[PAGER].answer = refusing(REFUSAL)
    opened.world.pass_time(minutes=10)
    now = opened.world.now

    section = destinations_section(opened.known, now)

    (failing,) = section.values
    assert (failing["destination"], failing["waiting"], failing["is_failing"]) == (PAGER, 1, True)
    assert failing["reason"] == str(REFUSAL)
    assert failing["since"] < failing["next_try_at"]
    assert failing["tries"] > 3
    assert section.rows[0][-1] == (str(REFUSAL), "bold red")


def test_a_destination_for_which_something_is_held_is_named_and_does_not_fail() -> None:
    opened = Opened(_quiet())
    opened.world.pass_time(minutes=3)

    (held,) = destinations_section(opened.known, opened.world.now).values

    assert (held["is_failing"], held["tries"], held["since"]) == (False, 0, at(5))
    assert held["reason"] == "it is within quiet hours"


def test_destinations_that_have_taken_all_are_left_out() -> None:
    opened = Opened(NotifiedWorld())
    opened.world.pass_time(minutes=3)

    assert destinations_section(opened.known, opened.world.now).values == []


@pytest.mark.parametrize(("arn", "rules"), [(CHANNEL, ["no-marathons"]), (OTHER_CHANNEL, [])])
def test_of_a_resource_what_waits_of_it_is_said(arn: str, rules: list[str]) -> None:
    opened = Opened(_quiet())
    opened.world.pass_time(minutes=3)

    section = waiting_section(opened.known, arn, opened.world.now)

    assert [each["rule"] for each in section.values] == rules
