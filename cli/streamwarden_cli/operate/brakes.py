"""What holds actions back: the pause, tripped breakers, modes, and what is set on channels."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from streamwarden.domain.brakes import pause_on
from streamwarden.domain.breaker import tripped_since
from streamwarden.domain.state.controls import AccountControls, ModeSetting
from streamwarden.domain.state.merge import Stamped
from streamwarden_cli.operate.channel_controls import (
    ChannelControl,
    listed_rows,
    values_of,
)
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import format_moment_ago


def brakes_section(
    controls: AccountControls, now: datetime, on_channels: Sequence[ChannelControl] = ()
) -> Section:
    """`on_channels` is what is set on single channels."""
    paused, tripped = pause_on(controls, now), dict(_tripped(controls))
    modes = dict(_modes(controls))
    rows: list[Row] = []
    if paused is not None:
        end = f", until {format_moment_ago(paused.until, now)}" if paused.until else ""
        rows.append(("pause", (f"{paused.reason}{end}", "bold red")))
    rows += [
        (f"breaker of {rule_id}", (f"tripped at {format_moment_ago(at, now)}", "bold red"))
        for rule_id, at in tripped.items()
    ]
    rows += [(f"mode of {rule_id}", _mode_in_words(each)) for rule_id, each in modes.items()]
    rows += listed_rows(on_channels, now)
    return Section(
        key="brakes",
        title="Brakes",
        rows=rows,
        values={
            "pause": paused,
            "tripped": tripped,
            "modes": {rule_id: each.value.mode for rule_id, each in modes.items()},
            "on_channels": values_of(on_channels),
        },
        empty="none: actions are not paused, no breaker has tripped, and no channel is protected, "
        "exempt or in quarantine",
    )


def _tripped(controls: AccountControls) -> Iterator[tuple[str, datetime]]:
    for rule_id in sorted(controls.tripped):
        at = tripped_since(controls, rule_id)
        if at is not None:
            yield rule_id, at


def _modes(controls: AccountControls) -> Iterator[tuple[str, Stamped[ModeSetting]]]:
    """The last word of operators on each rule, where that is not the policy's mode again."""
    given = [*controls.modes.items()]
    given += [(name.rpartition("/")[0], each) for name, each in controls.mode_limits.items()]
    last = dict(sorted(given, key=lambda each: each[1].at))
    for rule_id in sorted(last):
        if last[rule_id].value.mode is not None:
            yield rule_id, last[rule_id]


def _mode_in_words(given: Stamped[ModeSetting]) -> str:
    return f"{given.value.mode}: {given.value.reason} ({given.value.author})"
