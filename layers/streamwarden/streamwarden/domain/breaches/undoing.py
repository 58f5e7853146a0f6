"""What people can do about an action: take it back, or let go what a brake holds."""

from collections.abc import Iterable
from copy import replace
from typing import assert_never

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.brakes import Brake, Held, is_protected_by_tag
from streamwarden.domain.notifications.undoing import (
    RESUMING,
    releasing_breaker,
    unprotecting,
    untagging,
)
from streamwarden.domain.state.controls import PROTECTED_TAG
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Mode, Notification, PlannedAction


def with_commands(
    notification: Notification,
    mode: Mode,
    wanted: Iterable[PlannedAction],
    held: Held | None,
    facts: Facts,
) -> Notification:
    """The notification with the commands that let go what is held, or take back what is done."""
    if mode is not Mode.ENFORCE:
        return notification
    if held is not None:
        commands = _letting_go(held.brake, facts, notification.rule_id)
    else:
        undoing = (ACTION_KINDS[each.kind].undo(facts.arn) for each in wanted)
        commands = tuple(filter(None, undoing))
    if not commands:
        return notification
    return replace(notification, undo=tuple(dict.fromkeys((*commands, *notification.undo))))


def _letting_go(brake: Brake, facts: Facts, rule_id: str) -> tuple[str, ...]:
    match brake:
        case Brake.PAUSE:
            return (RESUMING,)
        case Brake.BREAKER:
            return (releasing_breaker(rule_id),)
        case Brake.PROTECTION:
            is_by_tag = is_protected_by_tag(facts.tags)
            return (untagging(facts.arn, PROTECTED_TAG) if is_by_tag else unprotecting(facts.arn),)
        case Brake.MODE:
            return ()
        case _:
            assert_never(brake)
