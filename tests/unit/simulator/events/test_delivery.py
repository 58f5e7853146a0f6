"""What may happen to events on their way, and what must not."""

from collections import Counter
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from ivs_simulator.events.delivery import PATIENCE, Chaos, Delivery
from ivs_simulator.runtime.event_queue import EventQueue
from ivs_simulator.world import World
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION

HOUR = timedelta(hours=1)
MANY = 4_000
ALL_BUT_LOSS = Chaos(duplication=0.3, delay=0.3, longest_delay=3 * HOUR, reordering=0.3)


class Line:
    """A delivery on a clock of the test's own, and what came out of it and when."""

    def __init__(self, chaos: Chaos | None = None, seed: int = 7) -> None:
        self.now, self.event_queue = NOW, EventQueue()
        self.arrived: list[dict[str, Any]] = []
        self.at: dict[str, list[datetime]] = {}
        self.delivery = Delivery(self._receive, self.event_queue, lambda: self.now, seed)
        self.delivery.chaos = chaos or Chaos()

    def send(self, *ids: str) -> None:
        for each in ids:
            self.delivery.send({"id": each, "time": f"time of {each}", "detail": {"of": each}})

    def send_many(self) -> list[str]:
        sent = [f"event-{number}" for number in range(MANY)]
        self.send(*sent)
        return sent

    def later(self, span: timedelta) -> None:
        """Time goes on from one scheduled callback to the next."""
        goal = self.now + span
        while (due := self.event_queue.next_due) is not None and due <= goal:
            self.now = due
            self.event_queue.run_until(due)
        self.now = goal

    def _receive(self, envelope: dict[str, Any]) -> None:
        self.arrived.append(envelope)
        self.at.setdefault(envelope["id"], []).append(self.now)

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.arrived]


def test_with_all_off_everything_arrives_as_it_was_sent_at_once() -> None:
    line = Line()

    assert line.send_many() == line.ids
    assert line.event_queue.next_due is None


def test_as_many_are_lost_as_asked_and_no_order_is_changed() -> None:
    line = Line(Chaos(loss=0.1))

    sent = line.send_many()

    line.later(10 * HOUR)
    assert len(line.ids) == pytest.approx(0.9 * MANY, rel=0.02)
    assert line.ids == sorted(line.ids, key=sent.index)
    assert max(Counter(line.ids).values()) == 1


def test_as_many_come_twice_as_asked_with_their_id_and_time() -> None:
    line = Line(Chaos(duplication=0.2))

    sent = line.send_many()

    counted = Counter(line.ids)
    assert sum(count == 2 for count in counted.values()) == pytest.approx(0.2 * MANY, rel=0.1)
    assert list(counted) == sent
    first, second = next(
        (a, b) for a, b in zip(line.arrived, line.arrived[1:], strict=False) if a["id"] == b["id"]
    )
    assert first == second
    assert first is not second


def test_late_ones_come_within_the_longest_delay_as_they_were() -> None:
    line = Line(Chaos(delay=0.25, longest_delay=3 * HOUR))

    sent = line.send_many()
    immediate = len(line.ids)
    line.later(3 * HOUR)

    assert MANY - immediate == pytest.approx(0.25 * MANY, rel=0.1)
    assert Counter(line.ids) == Counter(sent)
    latest = max(at for (at,) in line.at.values())
    assert NOW + 2.5 * HOUR < latest <= NOW + 3 * HOUR
    assert all(each["time"] == f"time of {each['id']}" for each in line.arrived)


def test_a_reordered_one_lets_the_next_pass_though_no_time_passes() -> None:
    line = Line(Chaos(reordering=1))

    line.send("a", "b", "c", "d")

    assert line.ids == ["b", "a", "d", "c"]


def test_what_lets_none_pass_is_not_held_for_ever() -> None:
    line = Line(Chaos(reordering=1))
    line.send("a")
    line.later(PATIENCE - timedelta(seconds=1))
    assert line.ids == []

    line.later(timedelta(seconds=1))
    line.send("b")
    line.later(HOUR)

    assert line.ids == ["a", "b"]


def test_what_is_held_when_chaos_ends_comes_then() -> None:
    line = Line(Chaos(reordering=1))
    line.send("a")

    line.delivery.chaos = Chaos()
    line.send("b")

    assert line.ids == ["a", "b"]


def test_what_is_late_stays_late_when_chaos_ends() -> None:
    line = Line(Chaos(delay=1))
    line.send("a")

    line.delivery.chaos = Chaos()
    line.send("b")
    line.later(Chaos().longest_delay)

    assert line.ids == ["b", "a"]


def test_nothing_but_loss_loses_anything() -> None:
    line = Line(ALL_BUT_LOSS)

    sent = line.send_many()
    line.later(4 * HOUR)

    assert set(line.ids) == set(sent)
    assert max(Counter(line.ids).values()) == 2


def test_the_same_seed_has_the_same_outcome_and_another_has_not() -> None:
    outcomes = []
    for seed in (7, 7, 8):
        line = Line(ALL_BUT_LOSS, seed)
        line.send_many()
        line.later(4 * HOUR)
        outcomes.append((line.ids, line.at))

    assert outcomes[0] == outcomes[1]
    assert outcomes[0] != outcomes[2]


def test_turning_one_knob_does_not_change_what_others_do() -> None:
    losing, both = Line(Chaos(loss=0.3)), Line(Chaos(loss=0.3, delay=0.5))
    for line in (losing, both):
        line.send_many()
        line.later(4 * HOUR)

    assert set(losing.ids) == set(both.ids)


def test_a_listener_may_cause_the_next_event() -> None:
    line = Line(Chaos(reordering=1))
    receive = line._receive
    caused = iter(["c"])

    def answer(envelope: dict[str, Any]) -> None:
        receive(envelope)
        line.send(*([next(caused)] if envelope["id"] == "b" else []))

    line.delivery = Delivery(answer, line.event_queue, lambda: line.now, 7)
    line.delivery.chaos = Chaos(reordering=1)
    line.send("a", "b")
    line.later(HOUR)

    assert sorted(line.ids) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "wrong",
    [{"loss": 1.5}, {"duplication": -0.1}, {"delay": 2}, {"reordering": float("nan")},
     {"longest_delay": timedelta(0)}],
)  # fmt: skip
def test_knobs_have_ends(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Chaos(**wrong)


def test_all_events_of_a_world_go_this_way_but_not_those_given_to_publish() -> None:
    received: list[dict[str, Any]] = []
    world = World(lambda: NOW, received.append)
    key = world.call("CreateChannel", {}, account=ACCOUNT, region=REGION)["streamKey"]["value"]
    (envelope,) = deepcopy(received)
    world.chaos = Chaos(loss=1)

    world.go_live(key)
    world.call("CreateChannel", {}, account=ACCOUNT, region=REGION)
    world.publish(envelope)

    assert received == [envelope, envelope]


def test_a_cleared_world_sends_nothing_of_before() -> None:
    received: list[dict[str, Any]] = []
    moments = [NOW]
    world = World(lambda: moments[-1], received.append)
    for chaos in (Chaos(delay=1), Chaos(reordering=1)):
        world.chaos = chaos
        world.call("CreateChannel", {}, account=ACCOUNT, region=REGION)

    world.clear()
    moments.append(NOW + 24 * HOUR)
    world.tick()
    world.chaos = Chaos()

    assert received == []
