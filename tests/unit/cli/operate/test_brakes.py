"""`streamwarden status` says what holds actions back in the whole account."""

from typing import Final

from streamwarden.domain.levels import Mode
from streamwarden.domain.state.controls import (
    NO_CONTROLS,
    AccountControls,
    BreakerRelease,
    ModeSetting,
    Pause,
    Sender,
)
from streamwarden.domain.state.merge import Stamped
from streamwarden_cli.operate.brakes import brakes_section
from testbed.builders import at

NOW: Final = at(2)
OLGA: Final = Sender(id="AIDAEXAMPLE", claimed_arn="arn:aws:iam::210987654321:user/olga")


def setting(mode: Mode | None) -> ModeSetting:
    return ModeSetting(mode=mode, reason="it is wrong", author=OLGA)


def test_where_nothing_holds_it_is_said() -> None:
    section = brakes_section(NO_CONTROLS, NOW)

    assert section.rows == []
    assert section.values == {"pause": None, "tripped": {}, "modes": {}, "on_channels": []}
    assert section.empty.startswith("none: ")


def test_a_pause_is_told_with_its_author_and_until_it_ends() -> None:
    pause = Pause(reason="the finals", author=OLGA, until=at(3))
    controls = AccountControls(pause=Stamped(pause, at(1)))

    (row,) = brakes_section(controls, NOW).rows
    over = brakes_section(controls, at(4))

    assert row == (
        "pause",
        (
            "actions are paused: the finals (user/olga (AIDAEXAMPLE)), "
            "until 2026-03-14 15:00:00 (in 1h)",
            "bold red",
        ),
    )
    assert over.rows == []


def test_a_breaker_is_told_of_until_it_is_released() -> None:
    release = Stamped(BreakerRelease(number=None, reason="it is right", author=OLGA), at(1, 30))
    controls = AccountControls(
        tripped={"released": at(1), "tripped": at(1)}, releases={"released": release}
    )

    assert brakes_section(controls, NOW).values["tripped"] == {"tripped": at(1)}


def test_the_last_word_on_the_mode_of_a_rule_is_told() -> None:
    controls = AccountControls(
        modes={
            "raised": Stamped(setting(Mode.ENFORCE), at(1)),
            "lowered": Stamped(setting(Mode.ENFORCE), at(0)),
            "restored": Stamped(setting(None), at(1)),
        },
        mode_limits={
            "lowered/observe": Stamped(setting(Mode.OBSERVE), at(1)),
            "restored/observe": Stamped(setting(Mode.OBSERVE), at(0)),
        },
    )

    section = brakes_section(controls, NOW)

    assert section.values["modes"] == {"lowered": Mode.OBSERVE, "raised": Mode.ENFORCE}
    assert section.rows[0] == (
        "mode of lowered",
        "observe: it is wrong (user/olga (AIDAEXAMPLE))",
    )
