"""When an action of an order is asked for again: its effect is verified by what IVS tells.

The end of a stream is seen as an event or in the next page of ListStreams. Where neither comes, the
action is asked for again, and it looks at the stream itself.
"""

from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.arn import parse_arn
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import Asked
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, Authority

_SEEN_WITHIN: Final = timedelta(seconds=90)
_AT_MOST: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 10
# Enforce may know of a brake before an observer does, which reads controls every few seconds.
_HELD_FOR: Final = timedelta(seconds=15)


def due_again_at(asked: Asked, facts: Facts) -> datetime:
    outcome = facts.state.outcome_of(asked.action_id, asked.at)
    if outcome is not None and outcome.status is OutcomeStatus.HELD:
        return asked.at + _HELD_FOR
    wait: timedelta = _SEEN_WITHIN * 2 ** min(asked.attempts - 1, _MOST_DOUBLINGS)
    return asked.at + min(wait, _AT_MOST)


def action_of(
    asked: Asked, facts: Facts, kind: str, rule_id: str, reason: str, authority: Authority
) -> Action:
    return Action(
        id=asked.action_id,
        attempt=asked.attempts,
        kind=kind,
        rule_id=rule_id or kind,
        resource_arn=facts.arn,
        stream_id=asked.stream or None,
        reason=reason,
        decided_at=asked.at,
        authority=authority,
    )


def order_id(facts: Facts, word: str, at: datetime, part: str) -> str:
    """The same for the same action of the same order on the same channel."""
    return f"{parse_arn(facts.arn).resource_id}/{word}@{at:%Y%m%dT%H%M%S.%fZ}/{part}"
