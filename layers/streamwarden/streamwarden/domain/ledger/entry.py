"""What stands in a ledger: entries, each with what was decided at one moment, and what caused it.

Everything in an entry has a bound in bytes, so that an entry has one as well.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from streamwarden.domain.brief import brief
from streamwarden.domain.ledger.end import Link
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode

# A batch has up to 50 inputs about one resource. The last ones say why it was decided now.
MOST_CAUSES: Final = 3
MOST_BYTES: Final = 5_120


class What(StrEnum):
    """What happened."""

    COMMANDED = "commanded"
    TRIPPED = "tripped"
    DEPLOYED = "deployed"
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


class Grounds(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The facts that a rule compared, its parameters, and what its conditions read.

    `conditions` are by the path that an expression writes, such as `channel.tags.env`. Moments and
    durations are texts of ISO 8601. `left_out` counts the values that did not fit.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    left_out: int = 0


class Noted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was decided or done, with the reason.

    `mode` is how far the rule may go. `subject` and `stream_id` are what the breach is about.
    `action` is the word of an action kind, or of a command, and `action_id` names the request of
    it. `answer` is what became of it; the reason then is what IVS answered. `delivery` is the
    notification that was sent, or was not. `grounds` are those of a breach that opened, and of an
    action that was requested; None in entries from before they were written.
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
    grounds: Grounds | None = None


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


def short(text: str, most_bytes: int) -> str:
    """As much of it as its JSON may have bytes: a character may take up to six."""
    longest = most_bytes
    while len(msgspec.json.encode(text)) > most_bytes:
        longest = longest * 3 // 4
        text = brief(text, longest)
    return text
