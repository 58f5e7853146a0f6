"""What a decision leaves in the ledger. It is saved together with the record."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from streamwarden.domain.commands import Command
from streamwarden.domain.decision import Decision
from streamwarden.domain.events import Received
from streamwarden.domain.inputs import (
    ActionFinished,
    BreakerTripped,
    Input,
    NotificationHandled,
    RotationObserved,
)
from streamwarden.domain.policy import Rule
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Notification
from streamwarden.services.records import Record

if TYPE_CHECKING:
    from streamwarden.domain.ledger.entry import Entry
    from streamwarden.domain.ledger.noting import Report

type NewestEntries = Callable[[], "Iterable[Entry]"]

# An input that arrives again arrives soon, and a record has little room.
_DIGESTS_KEPT: Final = 3
_DIGEST_LENGTH: Final = 8


def with_entries(
    after: Record,
    before: Record,
    inputs: Sequence[Input],
    decision: Decision,
    now: datetime,
    newest: NewestEntries,
    unrouted: Sequence[Notification] = (),
    rules: Sequence[Rule] = (),
    observed: Resource | None = None,
) -> Record:
    """The record with what is to be written into its ledger; the same one if nothing happened.

    `newest` reads the last entries that there are, which know what was noted of notifications.
    `rules` are those that were judged by, and `observed` is what they were judged of.
    """
    reports = dict(_new_reports(before, inputs))
    handled = _new_handled(inputs, newest)
    if not reports and not handled and not unrouted and not _has_changed(before, decision):
        return after
    # Most inputs change nothing, and each import makes a cold start slower.
    from streamwarden.domain.ledger.grounds import grounds_of_decision
    from streamwarden.domain.ledger.noting import entries_of

    entries = entries_of(
        after.state.arn,
        before.standing,
        decision,
        inputs,
        [*reports.values(), *handled],
        after.decided_under,
        now,
        unrouted,
        grounds_of_decision(decision, rules, Facts(observed or after.state)),
    )
    noted = (*before.ledger.noted, *reports)[-_DIGESTS_KEPT:]
    return replace(after, ledger=replace(before.ledger, noted=noted), entries=entries)


def _new_handled(inputs: Sequence[Input], newest: NewestEntries) -> list[NotificationHandled]:
    """What became of notifications, unless it is noted already."""
    handled = [each for each in inputs if isinstance(each, NotificationHandled)]
    if not handled:
        return []
    from streamwarden.domain.ledger.noting import not_noted

    return not_noted(handled, newest())


def _has_changed(before: Record, decision: Decision) -> bool:
    if decision.opened or decision.resolved or decision.actions:
        return True
    if decision.standing.orders != before.standing.orders:
        return True
    if any(each.deployment is not None for each in decision.notifications):
        return True
    if not before.breaches:
        return False
    return any(
        (earlier.mode, bool(earlier.held)) != (each.mode, bool(each.held))
        for key, each in decision.breaches.items()
        if (earlier := before.breaches.get(key))
    )


def _new_reports(before: Record, inputs: Sequence[Input]) -> "Iterator[tuple[str, Report]]":
    """What is noted for its own sake, by its digest, unless it has arrived already."""
    for each in inputs:
        match each:
            case Received():  # as nearly all inputs are
                continue
            case ActionFinished():
                last = before.state.outcomes.get(each.action_id)
                is_known = last is not None and last.at == each.time
                digest = _digest(each.action_id, each.time.isoformat(), each.outcome.status)
            case RotationObserved():
                is_known = False
                digest = _digest("rotation", each.time.isoformat(), str(each.is_finished))
            case BreakerTripped():
                is_known = False
                digest = _digest("tripped", each.time.isoformat(), each.rule_id)
            case Command():
                is_known = False
                digest = _digest(repr(each))
            case _:
                continue
        if not is_known and digest not in before.ledger.noted:
            yield digest, each


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:_DIGEST_LENGTH]
