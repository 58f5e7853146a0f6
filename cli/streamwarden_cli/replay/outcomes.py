"""What came of a replay for each rule on each resource, for tests of policies and to compare them.

Records, which are for printing, hold only parts of these values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from streamwarden.adapters.memory import MemoryBreakers
from streamwarden.domain.decision import Decision
from streamwarden.domain.inputs import Recheck
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, Notification, SettingsChange, Status, Verdict
from streamwarden.services.rotate import Rotated
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.replay.clock import VirtualClock
from streamwarden_cli.replay.player import Player
from streamwarden_cli.replay.recorder import Recorder
from streamwarden_cli.replay.records import Record
from streamwarden_cli.replay.stack import MemoryStack
from streamwarden_cli.replay.timeline import Rejection, Timeline
from streamwarden_cli.scenario.fleet import Fleet

_WITHOUT_EFFECT: Final = (OutcomeStatus.NOTHING_TO_DO, OutcomeStatus.SKIPPED)


@dataclass(frozen=True, slots=True)
class Done:
    """An action that was carried out, or tried: what it set or said, and what became of it."""

    at: datetime
    kind: str
    tags: Mapping[str, str]
    text: str
    outcome: Outcome
    settings: SettingsChange | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All that a replay led to, by resource and rule.

    `verdicts` are the last ones, `breaches` the reasons of breaches on the way, `faults` the events
    that made no sense, and `refused` the steps that could not be done. `channels` are the ARNs of
    channels by their names, and `names` the names by their ARNs, also of channels that are gone.
    """

    verdicts: dict[tuple[str, str], Verdict] = field(default_factory=dict)
    breaches: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    actions: dict[tuple[str, str], list[Done]] = field(default_factory=dict)
    notifications: dict[tuple[str, str], list[Notification]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    channels: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def resources_judged_by(self, rule: str) -> list[str]:
        return [arn for arn, judged in self.verdicts if judged == rule]


class OutcomeRecorder(Recorder):
    """Keeps whole values; records, which are for printing, hold only parts of them."""

    def __init__(self, clock: VirtualClock, outcomes: Outcomes, *, is_lenient: bool) -> None:
        super().__init__(clock, _ignore)
        self.outcomes = outcomes
        self.is_lenient = is_lenient
        self.name_of: Callable[[str], str] = lambda _: ""

    def decision(self, arn: str, decision: Decision) -> None:
        if arn not in self.outcomes.names and (name := self.name_of(arn)):
            self.outcomes.names[arn] = name
        for verdict in decision.verdicts:
            place = (verdict.resource_arn, verdict.rule_id)
            self.outcomes.verdicts[place] = verdict
            if verdict.status is Status.BREACH:
                self.outcomes.breaches.setdefault(place, []).append(verdict.finding.reason)

    def action(self, action: Action, outcome: Outcome) -> None:
        done = Done(self.clock(), action.kind, action.tags, action.text, outcome, action.settings)
        self._keep_action(action.resource_arn, action.rule_id, done)

    def rotation(self, rotated: Rotated) -> None:
        done = Done(self.clock(), rotated.kind, {}, "", rotated.outcome)
        self._keep_action(rotated.channel_arn, rotated.rule_id, done)

    def notification(self, notification: Notification) -> None:
        place = (notification.resource_arn, notification.rule_id)
        self.outcomes.notifications.setdefault(place, []).append(notification)

    def rejection(self, rejection: Rejection) -> None:
        self.outcomes.faults.append(f"{rejection.position}: {rejection.reason}")

    def refusal(self, error: DocumentErrors) -> None:
        if not self.is_lenient:
            raise error
        self.outcomes.refused.extend(map(str, error.problems))

    def _keep_action(self, arn: str, rule: str, done: Done) -> None:
        if done.outcome.status not in _WITHOUT_EFFECT:
            self.outcomes.actions.setdefault((arn, rule), []).append(done)


def outcomes_of(
    policy: Policy,
    timeline: Timeline,
    fleet: Fleet,
    end: datetime,
    *,
    is_lenient: bool = False,
    breakers: MemoryBreakers | None = None,
) -> Outcomes:
    """Plays the timeline, and looks at all once more at its end. `breakers` hold actions back.

    Raises InvalidInput for channels that cannot be, and for a step that is refused, which
    `is_lenient` passes over.
    """
    outcomes = Outcomes()
    clock = VirtualClock(timeline.starts_at)
    recorder = OutcomeRecorder(clock, outcomes, is_lenient=is_lenient)
    stack = MemoryStack(policy, clock, recorder, breakers=breakers)
    recorder.name_of = stack.name_of
    Player(timeline, fleet, stack, clock, recorder).play(end)
    _recheck(stack, {arn for arn, _ in outcomes.verdicts}, end)
    outcomes.channels.update((name, arn) for arn, name in outcomes.names.items())
    outcomes.channels.update((each["name"], each["arn"]) for each in stack.control.state())
    outcomes.channels.update((str(each.name), each.arn) for each in fleet.channels)
    return outcomes


def _recheck(stack: MemoryStack, arns: set[str], now: datetime) -> None:
    """Verdicts are those of the last look, which may have been hours before the end."""
    for arn in sorted(arns):
        stack.observe(arn, Recheck(resource_arn=arn, time=now))


def _ignore(_: Record) -> None:
    """Nothing is printed while it is played."""
