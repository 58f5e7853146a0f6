"""Plays a case through the services that are deployed, and keeps what came of each rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from streamwarden.domain.decision import Decision
from streamwarden.domain.inputs import Recheck
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, Notification, Status, Verdict
from streamwarden.services.rotate import Rotated
from streamwarden_cli.policy.cases.reading import Case
from streamwarden_cli.replay.clock import VirtualClock
from streamwarden_cli.replay.player import Player
from streamwarden_cli.replay.recorder import Recorder
from streamwarden_cli.replay.records import Record
from streamwarden_cli.replay.stack import MemoryStack
from streamwarden_cli.replay.timeline import read_timeline

_WITHOUT_EFFECT: Final = (OutcomeStatus.NOTHING_TO_DO, OutcomeStatus.SKIPPED)


@dataclass(frozen=True, slots=True)
class Done:
    """An action that was carried out, or tried: what it set or said, and what became of it."""

    kind: str
    tags: Mapping[str, str]
    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Played:
    """All that a case led to, by resource and rule.

    `verdicts` are the last ones, `breaches` the reasons of breaches on the way. `channels` are the
    ARNs of channels by their names.
    """

    verdicts: dict[tuple[str, str], Verdict] = field(default_factory=dict)
    breaches: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    actions: dict[tuple[str, str], list[Done]] = field(default_factory=dict)
    notifications: dict[tuple[str, str], list[Notification]] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)

    def resources_judged_by(self, rule: str) -> list[str]:
        return [arn for arn, judged in self.verdicts if judged == rule]


class _CaseRecorder(Recorder):
    """Keeps whole values; records, which are for printing, hold only parts of them."""

    def __init__(self, clock: VirtualClock, played: Played) -> None:
        super().__init__(clock, _ignore)
        self._played = played

    def decision(self, arn: str, decision: Decision) -> None:
        for verdict in decision.verdicts:
            place = (verdict.resource_arn, verdict.rule_id)
            self._played.verdicts[place] = verdict
            if verdict.status is Status.BREACH:
                self._played.breaches.setdefault(place, []).append(verdict.finding.reason)

    def action(self, action: Action, outcome: Outcome) -> None:
        done = Done(action.kind, action.tags, action.text, outcome)
        self._keep_action(action.resource_arn, action.rule_id, done)

    def rotation(self, rotated: Rotated) -> None:
        done = Done(rotated.kind, {}, "", rotated.outcome)
        self._keep_action(rotated.channel_arn, rotated.rule_id, done)

    def notification(self, notification: Notification) -> None:
        place = (notification.resource_arn, notification.rule_id)
        self._played.notifications.setdefault(place, []).append(notification)

    def _keep_action(self, arn: str, rule: str, done: Done) -> None:
        if done.outcome.status not in _WITHOUT_EFFECT:
            self._played.actions.setdefault((arn, rule), []).append(done)


def play(case: Case, policy: Policy) -> Played:
    """Raises InvalidInput for channels that cannot be, and for a step that is refused."""
    played, scenario = Played(), case.scenario
    clock = VirtualClock(scenario.starts_at)
    recorder = _CaseRecorder(clock, played)
    stack = MemoryStack(policy, clock, recorder)
    timeline = read_timeline((), as_listed=False, scenario=scenario)
    Player(timeline, scenario.fleet, stack, clock, recorder).play(scenario.ends_at)
    _recheck(stack, {arn for arn, _ in played.verdicts}, scenario.ends_at)
    played.channels.update((each["name"], each["arn"]) for each in stack.control.state())
    played.channels.update((str(each.name), each.arn) for each in scenario.channels)
    return played


def _recheck(stack: MemoryStack, arns: set[str], now: datetime) -> None:
    """Verdicts are those of the last look, which may have been hours before the end."""
    for arn in sorted(arns):
        stack.observe(arn, Recheck(resource_arn=arn, time=now))


def _ignore(_: Record) -> None:
    """Nothing is printed of a case while it is played."""
