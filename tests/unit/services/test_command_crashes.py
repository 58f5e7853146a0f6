"""Every command, interrupted at any call and delivered again: the end of one that was not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, get_args

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.commands import (
    AcknowledgeIncident,
    AnyCommand,
    EndExemption,
    EndSilence,
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    QuarantineChannel,
    ReleaseBreaker,
    ReleaseChannel,
    ResumeActions,
    SetMode,
    SilenceIncidents,
    StopStream,
    UnprotectChannel,
)
from streamwarden.domain.levels import Mode
from testbed.builders import CHANNEL, NOON, WHOLE_ACCOUNT
from tests.unit.services.channel_stack import AUTHOR, NO_RULES, RULE, Stack
from tests.unit.services.fakes import Calls, Crash

_UNTIL: Final = {"until": NOON + timedelta(hours=4)}
_RULE: Final = {"rule_id": RULE}
_LOWER: Final = {**_RULE, "mode": Mode.OBSERVE}
_SAID: Final[Mapping[type[AnyCommand], Mapping[str, Any]]] = {
    ExemptChannel: {**_RULE, **_UNTIL},
    EndExemption: _RULE,
    ProtectChannel: {},
    UnprotectChannel: {},
    QuarantineChannel: {},
    ReleaseChannel: {},
    StopStream: {},
    AcknowledgeIncident: _RULE,
    PauseActions: {},
    ResumeActions: {},
    LimitMode: _LOWER,
    SetMode: _LOWER,
    ReleaseBreaker: {},
    SilenceIncidents: {"rule": RULE, **_UNTIL},
    EndSilence: {},
}
# What ends something is given where there is something to end.
_BEFORE: Final[Mapping[type[AnyCommand], type[AnyCommand]]] = {
    EndExemption: ExemptChannel,
    UnprotectChannel: ProtectChannel,
    ReleaseChannel: QuarantineChannel,
    ResumeActions: PauseActions,
    EndSilence: SilenceIncidents,
}


def _command(kind: type[AnyCommand], stack: Stack, **more: Any) -> Any:
    arn = CHANNEL if kind.about is ResourceType.CHANNEL else WHOLE_ACCOUNT
    said = {"resource_arn": arn, "author": AUTHOR, "reason": "a test", **_SAID[kind], **more}
    return kind(time=stack.time.now, **said)


def _played(kind: type[AnyCommand], calls: Calls) -> dict[str, Any]:
    """All that is known and was told at the end. It is delivered twice, as after a crash."""
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.time.later(minutes=1)
    more = {}
    if kind in _BEFORE:
        before = _command(_BEFORE[kind], stack)
        stack.observe(before)
        stack.settle()
        stack.time.later(minutes=1)
        more = {"silence_id": before.silence_id} if kind is EndSilence else {}
    command = _command(kind, stack, **more)
    try:
        stack.observe(command, calls)
    except Crash:
        stack.time.later(seconds=30)

    stack.observe(command)
    stack.settle()
    stack.later(minutes=5)

    records = sorted(stack.harness.store.records(), key=lambda each: each.state.arn)
    return {
        "controls": [(each.state.arn, each.state.controls) for each in records],
        "breaches": [sorted(each.rule_id for each in r.breaches.values()) for r in records],
        "quarantined": stack.is_quarantined,
        "stream": (stack.ivs.live, stack.ivs.calls["StopStream"]),
        "key": stack.ivs.key and stack.ivs.key.arn,
        "told": sorted(stack.titles),
    }


def test_every_command_is_interrupted_here() -> None:
    assert {*_SAID} == {*get_args(AnyCommand.__value__)}


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", _SAID, ids=lambda kind: kind.__name__)
def test_a_command_that_dies_at_any_call_ends_as_one_that_does_not(
    kind: type[AnyCommand], is_after: bool
) -> None:
    calls = Calls()
    end = _played(kind, calls)

    assert 2 <= len(calls.made) <= 5
    for crash_at in range(1, len(calls.made) + 1):
        assert _played(kind, Calls(crash_at, is_after)) == end, calls.made[crash_at - 1]
