"""Which actions a record holds as requested. Enforce carries out no others.

A message in the action queue proves nothing: everybody who may send to the queue can write one.
Only observers write records, so an action that a record holds was decided. A digest stands for all
that the action says. So a message with other tags or another stream is another action.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from streamwarden.domain.decision import Decision
from streamwarden.domain.redaction import redacted_struct
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import ACTION_GOOD_FOR, Action
from streamwarden.services.records import Record, RequestedAction

_DIGEST_LENGTH: Final = 32


def request_of(action: Action) -> RequestedAction:
    """What a record holds of the action. Queues redact, so the digest is of the redacted action."""
    content = msgspec.json.encode(redacted_struct(action), order="sorted")
    return RequestedAction(action.decided_at, sha256(content).hexdigest()[:_DIGEST_LENGTH])


def requested_after(
    before: Record, observed: Resource, decision: Decision, now: datetime
) -> Mapping[str, RequestedAction]:
    """What is requested after a decision: what it asks for, and what is still open of earlier ones.

    A request ends with its outcome, with the breach that it was for, or when it is too old.
    """
    if not before.requested and not decision.actions:
        return before.requested
    given_up = before.standing.requested(observed.arn) - decision.standing.requested(observed.arn)
    still_open = {
        key: each
        for key, each in before.requested.items()
        if key not in given_up
        and now - each.at <= ACTION_GOOD_FOR
        and observed.outcome_of(key, each.at) is None
    }
    return still_open | {action.id: request_of(action) for action in decision.actions}
