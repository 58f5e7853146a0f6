"""What a digest says of how much of the fleet is judged is what the fleet index says."""

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.levels import Mode
from streamwarden.domain.notifications.baseline_incident import baseline_of
from streamwarden.domain.notifications.message import Baseline
from streamwarden.domain.policy_outline import with_modes
from streamwarden.domain.state.controls import (
    NO_CONTROLS,
    AccountControls,
    ModeSetting,
    Sender,
)
from streamwarden.domain.state.merge import Stamped
from streamwarden.services.errors import PermanentError
from streamwarden.services.first_look import BaselineFigures, FirstLook, Judged
from streamwarden.services.records import FleetEntry
from testbed.builders import KEY_PAIR, NOON
from testbed.notified_world import news

UNDER = "enforce:abc"


@dataclass
class Index:
    """FleetIndex."""

    found: list[FleetEntry]
    asked: int = 0

    def entries(self) -> Iterable[FleetEntry]:
        self.asked += 1
        return self.found


def entry(number: int, under: str = UNDER, *, is_gone: bool = False) -> FleetEntry:
    arn = news(number).resource_arn
    return FleetEntry(resource_arn=arn, digest="d", decided_under=under, is_gone=is_gone)


def test_what_is_there_is_counted_by_its_type_as_judged_or_not() -> None:
    pair = replace(entry(0), resource_arn=KEY_PAIR)
    entries = [entry(1), entry(2), entry(3, "enforce:old"), entry(4, is_gone=True), pair]

    counted = FirstLook(Index(entries), UNDER).judged(NO_CONTROLS)

    assert counted == {
        ResourceType.CHANNEL: Judged(2, 1),
        ResourceType.PLAYBACK_KEY_PAIR: Judged(1, 0),
    }


def test_a_mode_that_an_operator_sets_has_everything_judged_again() -> None:
    lowered = Stamped(ModeSetting(mode=Mode.NOTIFY, reason="a test", author=Sender("me")), NOON)
    controls = AccountControls(modes={"tls": lowered})
    entries = [entry(1), entry(2, with_modes(UNDER, controls))]

    counted = FirstLook(Index(entries), UNDER).judged(controls)

    assert counted[ResourceType.CHANNEL] == Judged(1, 1)


def test_the_fleet_is_counted_once_a_run_and_only_if_asked() -> None:
    index = Index([entry(1), entry(2)])
    figures = BaselineFigures(FirstLook(index, UNDER).judged, lambda place: NO_CONTROLS)
    before = index.asked

    assert figures.are_all_judged(news(1))
    assert figures.of([news(1)], {}) == Baseline(found=1, judged=2)
    assert (before, index.asked) == (0, 1)


def test_a_fleet_that_cannot_be_counted_holds_up_nothing() -> None:
    def count(controls: AccountControls) -> dict[ResourceType, Judged]:
        raise PermanentError("a newer version has written it")

    figures = BaselineFigures(count, lambda place: NO_CONTROLS)

    assert figures.are_all_judged(news(1))
    assert figures.of([news(1)], {}) == Baseline(found=1)


def test_a_resource_with_several_incidents_of_a_rule_is_counted_once() -> None:
    twice = [news(1), replace(news(1), incident="another"), news(2, rule_id="other")]

    assert baseline_of(twice, []).found == 1
