"""What stands in a ledger: entries, each with what was decided at one moment, and what caused it.

Everything in an entry has a bound in bytes, so that an entry has one as well.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from streamwarden.domain.ledger.end import Link
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode

# A batch has up to 50 inputs about one resource. The last ones say why it was decided now.
MOST_CAUSES: Final = 3
MOST_BYTES: Final = 4_096


class What(StrEnum):
    """What happened."""

    COMMANDED = "commanded"
    TRIPPED = "tripped"
    OPENED = "opened"
    RESOLVED = "resolved"
    MODE_CHANGED = "mode changed"
    HELD = "held"
    RELEASED = "released"
    REQUESTED = "requested"
    FINISHED = "finished"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    NOT_SENT = "not sent"
    DEAD_LETTERED = "dead-lettered"


class Cause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An input that a decision followed from.

    `author` is who is behind it: the caller of an API call, as CloudTrail says it, or the sender of
    a command, as SQS says it. `claimed_arn` is what a command says of its sender, and proves
    nothing.
    """

    name: str
    at: datetime
    id: str = ""
    author: str = ""
    claimed_arn: str = ""


class Delivery(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notification at a destination; at none, where no route leads it to one.

    `incident` is the key of its incident, `status` what it says of it, `notification` stands for
    its id. `message_id` names the message that it was sent in, at the moment `at`.
    """

    incident: str
    status: str
    notification: str
    at: datetime
    destination: str = ""
    message_id: str = ""


class Noted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was decided or done, with the reason.

    `mode` is how far the rule may go. `subject` and `stream_id` are what the breach is about.
    `action` is the word of an action kind, or of a command, and `action_id` names the request of
    it. `answer` is what became of it; the reason then is what IVS answered. `delivery` is the
    notification that was sent, or was not.
    """

    what: What
    reason: str
    rule_id: str = ""
    mode: Mode | None = None
    subject: str = ""
    stream_id: str = ""
    action: str = ""
    action_id: str = ""
    attempt: int = 0
    answer: OutcomeStatus | None = None
    delivery: Delivery | None = None


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was decided at one moment about one resource, or a part of it.

    `decided_under` is the mode of the stack and the digest of the policy, as in the record.
    `causes` are the last of the inputs, of which there were `inputs`. `left_out` counts what did
    not fit. `sequence`, `follows` and `expires_at` are its place in the chain, which it gets when
    it is written.
    """

    resource_arn: str
    at: datetime
    decided_under: str
    causes: tuple[Cause, ...]
    inputs: int
    noted: tuple[Noted, ...] = ()
    left_out: int = 0
    sequence: int = 0
    follows: Link | None = None
    expires_at: int = 0
