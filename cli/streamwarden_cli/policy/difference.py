"""What changes when one policy takes the place of another: verdicts, and what would be done.

Both are played over the same channels and events. What is done under the new policy alone is the
blast radius of its deployment.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Status
from streamwarden_cli.policy.carried import with_carried
from streamwarden_cli.replay.outcomes import Outcomes

type _Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """Of one rule on one resource. None where a policy does not judge it.

    A breach on the way counts as a breach, also if an action has ended it. `reason` is the new one.
    """

    rule: str
    resource_arn: str
    before: Status | None
    after: Status | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionChange:
    """When each policy does something to a resource by one rule; None where it never does."""

    rule: str
    resource_arn: str
    action: str
    before: datetime | None
    after: datetime | None

    @property
    def is_new(self) -> bool:
        """Whether only the new policy does it, or does it sooner."""
        return self.after is not None and (self.before is None or self.after < self.before)


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changes, by rule and resource."""

    verdicts: Sequence[VerdictChange]
    actions: Sequence[ActionChange]

    @property
    def newly_acted_on(self) -> frozenset[str]:
        """The resources to which the new policy does what the old one does not, or later."""
        return frozenset(each.resource_arn for each in self.actions if each.is_new)


def difference(before: Outcomes, after: Outcomes) -> Difference:
    return Difference(tuple(_verdicts(before, after)), tuple(_actions(before, after)))


def _verdicts(before: Outcomes, after: Outcomes) -> Iterator[VerdictChange]:
    for arn, rule in sorted(before.verdicts.keys() | after.verdicts.keys()):
        old, new = _status((arn, rule), before), _status((arn, rule), after)
        if _is_silent(old) and _is_silent(new):
            continue
        if old is not new:
            yield VerdictChange(
                rule=rule,
                resource_arn=arn,
                before=old,
                after=new,
                reason=_reason((arn, rule), after),
            )


def _is_silent(status: Status | None) -> bool:
    """A rule that is not there says as little as one that does not apply."""
    return status in (None, Status.NOT_APPLICABLE)


def _status(place: _Place, outcomes: Outcomes) -> Status | None:
    if place in outcomes.breaches:
        return Status.BREACH
    verdict = outcomes.verdicts.get(place)
    return verdict.status if verdict is not None else None


def _reason(place: _Place, outcomes: Outcomes) -> str:
    if place in outcomes.breaches:
        return outcomes.breaches[place][0]
    verdict = outcomes.verdicts.get(place)
    return verdict.finding.reason if verdict is not None else "the rule is not there"


def _actions(before: Outcomes, after: Outcomes) -> Iterator[ActionChange]:
    old, new = _first_done(before), _first_done(after)
    for arn, rule, action in sorted(old.keys() | new.keys()):
        place = (arn, rule, action)
        if old.get(place) != new.get(place):
            yield ActionChange(
                rule=rule,
                resource_arn=arn,
                action=action,
                before=old.get(place),
                after=new.get(place),
            )


def _first_done(outcomes: Outcomes) -> Mapping[tuple[str, str, str], datetime]:
    """When each action was first done, by resource, rule, and what it is."""
    first: dict[tuple[str, str, str], datetime] = {}
    for (arn, rule), done in outcomes.actions.items():
        for each in done:
            if each.outcome.status is OutcomeStatus.DONE:
                first.setdefault((arn, rule, with_carried(each)), each.at)
    return first
