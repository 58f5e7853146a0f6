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
    Silence,
    SilenceEnd,
    kept_longest,
)
from streamwarden.domain.state.deployment import Deployment
from streamwarden.domain.state.merge import Stamped

# SQS keeps a message for 14 days at most, also among dead letters.
_ENDED_KEPT: Final = timedelta(days=14)
_EXEMPTIONS: Final = 20
# Pauses, and protections of one channel, with different ends.
_GIVEN: Final = 3
_ACKNOWLEDGEMENTS: Final = 20
_OF_RULES: Final = 200
_SILENCES: Final = 100


def kept_controls(controls: ChannelControls | None, now: datetime) -> ChannelControls | None:
    if controls is None:
        return None
    current = {
        rule_id: each for rule_id, each in controls.exemptions.items() if not _is_over(each, now)
    }
    acknowledgements = {
        rule_id: each
        for rule_id, each in controls.acknowledgements.items()
        if now <= each.at + _ENDED_KEPT
    }
    return replace(
        controls,
        exemptions=_newest(current, _EXEMPTIONS),
        protections=kept_longest(controls.protections, _GIVEN),
        acknowledgements=_newest(acknowledgements, _ACKNOWLEDGEMENTS),
    )


def kept_account_controls(
    controls: AccountControls | None, now: datetime
) -> AccountControls | None:
    if controls is None:
        return None
    silences = _kept_silences(controls, now)
    tripped = sorted(controls.tripped.items(), key=lambda each: each[1])[-_OF_RULES:]
    return replace(
        controls,
        pauses=kept_longest(controls.pauses, _GIVEN),
        modes=_newest(controls.modes, _OF_RULES),
        mode_limits=_newest(controls.mode_limits, _OF_RULES),
        tripped=dict(tripped),
        releases=_newest(controls.releases, _OF_RULES),
        silences=silences,
        silence_ends=_kept_ends(controls, silences),
        deployment=_without_rules(controls.deployment),
    )


def _without_rules(given: Stamped[Deployment] | None) -> Stamped[Deployment] | None:
    """Every function reads controls, and none reads the rules: the last decision has them."""
    return given and replace(given, value=given.value.without_rules)


def _kept_silences(controls: AccountControls, now: datetime) -> Mapping[str, Stamped[Silence]]:
    """Of too many, those that ended first are forgotten first."""
    ends = {key: controls.end_of(each.value) for key, each in controls.silences.items()}
    current = {
        key: each for key, each in controls.silences.items() if now <= ends[key] + _ENDED_KEPT
    }
    if len(current) <= _SILENCES:
        return current
    ordered = sorted(current, key=lambda key: (ends[key] > now, ends[key], key))[-_SILENCES:]
    return {key: current[key] for key in sorted(ordered)}


def _kept_ends(
    controls: AccountControls, silences: Mapping[str, Stamped[Silence]]
) -> Mapping[str, Stamped[SilenceEnd]]:
    """All of the silences that are kept, which would begin again; and the newest others."""
    kept = {key: each for key, each in controls.silence_ends.items() if key in silences}
    others = {key: each for key, each in controls.silence_ends.items() if key not in silences}
    return dict(sorted({**kept, **_newest(others, _SILENCES)}.items()))


def _is_over(given: Stamped[Exemption | None], now: datetime) -> bool:
    end = given.at if given.value is None else max(given.at, given.value.until)
    return now > end + _ENDED_KEPT


def _newest[T](given: Mapping[str, Stamped[T]], most: int) -> Mapping[str, Stamped[T]]:
    if len(given) <= most:
        return given
    return dict(sorted(given.items(), key=lambda each: each[1].at)[-most:])
