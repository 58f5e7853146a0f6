"""What is kept of controls: of each kind the newest, and what has ended for as long as its command
may come again from a queue."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.state.controls import (
    AccountControls,
    ChannelControls,
    Exemption,
)
from streamwarden.domain.state.merge import Stamped

# SQS keeps a message for 14 days at most, also among dead letters.
_ENDED_KEPT: Final = timedelta(days=14)
_EXEMPTIONS: Final = 20
_OF_RULES: Final = 200


def kept_controls(controls: ChannelControls | None, now: datetime) -> ChannelControls | None:
    if controls is None:
        return None
    current = {
        rule_id: each for rule_id, each in controls.exemptions.items() if not _is_over(each, now)
    }
    return replace(controls, exemptions=_newest(current, _EXEMPTIONS))


def kept_account_controls(controls: AccountControls | None) -> AccountControls | None:
    if controls is None:
        return None
    tripped = sorted(controls.tripped.items(), key=lambda each: each[1])[-_OF_RULES:]
    return replace(
        controls,
        modes=_newest(controls.modes, _OF_RULES),
        mode_limits=_newest(controls.mode_limits, _OF_RULES),
        tripped=dict(tripped),
        releases=_newest(controls.releases, _OF_RULES),
    )


def _is_over(given: Stamped[Exemption | None], now: datetime) -> bool:
    end = given.at if given.value is None else max(given.at, given.value.until)
    return now > end + _ENDED_KEPT


def _newest[T](given: Mapping[str, Stamped[T]], most: int) -> Mapping[str, Stamped[T]]:
    if len(given) <= most:
        return given
    return dict(sorted(given.items(), key=lambda each: each[1].at)[-most:])
