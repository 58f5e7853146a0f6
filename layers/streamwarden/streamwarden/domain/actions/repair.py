"""Put settings of a channel right, among them what is attached to it.

IVS changes no live channel (API Reference, UpdateChannel). So a repair waits for the end of the
stream, or stops the stream first where the policy says so. A channel of a CloudFormation stack
belongs to its template: a repair would make them differ (drift), or the next deployment undoes it.
"""

from collections.abc import Mapping
from copy import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from streamwarden.domain.actions.base.calls import Call, Plan, Pointless, Seen, Sight
from streamwarden.domain.actions.base.kind import ActionKind, Form, Target
from streamwarden.domain.actions.stop import Stop
from streamwarden.domain.ivs import ErrorCode
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import (
    Action,
    Delay,
    PlannedAction,
    SettingsChange,
    Verdict,
    WhenLive,
)

if TYPE_CHECKING:
    from streamwarden.domain.state.facts import Facts  # which enforce never loads

_STACK_TAG: Final = "aws:cloudformation:stack-name"
_MANAGED_PREFIX: Final = "aws:cloudformation:"
_WAITS: Final[Mapping[str, str]] = {
    ErrorCode.CONFLICT: "the channel is live: the repair waits for the stream's end"
}


class Repair(ActionKind):
    word: ClassVar = "repair"
    meaning: ClassVar = (
        "Sets settings of a channel, as `{repair: {set: {insecureIngest: false}}}`: those that "
        "differ. An attachment is detached by an empty ARN. IVS changes no live channel, so the "
        "action waits for the end of the stream; with `live: stop` it stops the stream first, as "
        "`stop` does. `GetChannel` is read first, and what is as wanted already is left alone. A "
        "channel of a CloudFormation stack is not changed but told of, unless `even_if_managed: "
        "true` says otherwise. A repair is given up `within: 7d` after it was first wanted."
    )
    forms: ClassVar = (Form.SETTINGS,)
    needs: ClassVar = (Trait.SETTINGS,)
    refusal: ClassVar = "no setting of a channel would end its breaches"
    target: ClassVar = Target.CHANNEL
    may_be_taken_back: ClassVar = True
    looks_at: ClassVar = Sight.CHANNEL
    permissions: ClassVar = frozenset({"ivs:GetChannel", "ivs:UpdateChannel"})

    def still_wanted(
        self, planned: PlannedAction, verdict: Verdict, facts: "Facts", settled: frozenset[str]
    ) -> PlannedAction | None:
        change = _change_of(planned)
        differing = _differing(change.set, facts.settings)
        if not differing:
            return None
        wanted = replace(planned, settings=replace(change, set=differing))
        return replace(wanted, delay=_delay(wanted, verdict, facts))

    def never_unless(self, planned: PlannedAction) -> str:
        return "!session" if _change_of(planned).live is WhenLive.WAIT else ""

    def given_up_after(self, planned: PlannedAction) -> timedelta | None:
        return _change_of(planned).within

    def may_succeed_now(self, since: datetime, facts: "Facts") -> bool:
        """A stream was live then, of which nothing was known, and is over."""
        ended_at = facts.last_ended_at
        return ended_at is not None and ended_at > since

    def describe(self, planned: PlannedAction) -> str:
        return planned.delay.doing if planned.delay else f"sets {_describe(planned)}"

    def plan(self, action: Action, seen: Seen) -> Plan:
        change, channel = _change_of(action), seen.channel
        if channel is None:
            return Pointless("the channel no longer exists")
        if is_left_to_its_stack(change, channel.tags):
            return Pointless(f"{_describe_owner(channel.tags)}, and is left to it")
        differing = _differing(change.set, channel.settings)
        if not differing:
            return Pointless("the settings are as they should be already", change.set)
        return Call(
            operation="UpdateChannel",
            parameters={"arn": action.resource_arn, **differing},
            done=f"set {_describe_settings(differing)}",
            settings=change.set,
            pointless_after=_WAITS,
        )


def is_left_to_its_stack(change: SettingsChange, tags: Mapping[str, str]) -> bool:
    """Whether CloudFormation manages the channel, and the policy does not say to change it."""
    is_managed = any(key.startswith(_MANAGED_PREFIX) for key in tags)
    return is_managed and not change.even_if_managed


def _change_of(carrier: PlannedAction | Action) -> SettingsChange:
    return carrier.settings or SettingsChange(set={})


def _delay(wanted: PlannedAction, verdict: Verdict, facts: "Facts") -> Delay | None:
    change = _change_of(wanted)
    if is_left_to_its_stack(change, facts.tags):
        return Delay(
            f"does not set {_describe(wanted)}, because {_describe_owner(facts.tags)} "
            "(drift: the channel or its template has to be put right there)"
        )
    if facts.session is None:
        return None
    if change.live is WhenLive.STOP and facts.live is not None:
        is_judged = facts.live.stream_id == verdict.stream_id
        return Delay(
            f"stops the stream and then sets {_describe(wanted)}", Stop.word if is_judged else ""
        )
    return Delay(f"waits for the end of the stream and then sets {_describe(wanted)}")


def _differing(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Listings leave out what is not attached, and older records what was never listed."""
    return {
        name: value
        for name, value in wanted.items()
        if (found.get(name) or "" if isinstance(value, str) else found.get(name)) != value
    }


def _describe_owner(tags: Mapping[str, str]) -> str:
    stack = tags.get(_STACK_TAG)
    return f"CloudFormation manages the channel{f' in stack {stack}' if stack else ''}"


def _describe(planned: PlannedAction) -> str:
    return _describe_settings(_change_of(planned).set)


def _describe_settings(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} to {_describe_value(value)}" for name, value in settings.items())


def _describe_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "nothing"
