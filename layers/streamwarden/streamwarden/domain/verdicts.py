"""The values a decision is made of. Logs, notifications, replay and reports render these."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct, field

from streamwarden.domain.events.viewers import Viewer
from streamwarden.domain.levels import Authority as Authority
from streamwarden.domain.levels import Mode as Mode
from streamwarden.domain.levels import Severity as Severity
from streamwarden.domain.state.deployment import DeploymentChange

# What held when an action was decided may hold no longer: a tag was set, a rule turned down. A
# breach that still stands asks again by itself.
ACTION_GOOD_FOR: Final = timedelta(minutes=10)


class Status(StrEnum):
    """What a rule says of a channel."""

    COMPLIANT = "compliant"
    BREACH = "breach"
    PENDING = "pending"
    EXEMPT = "exempt"
    NOT_APPLICABLE = "not applicable"


class NotificationStatus(StrEnum):
    """What a notification is about: a breach that may come, a change of an incident, or of what
    operators have set."""

    WARNING = "warning"
    OPENED = "opened"
    REPEATED = "repeated"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    CHANGED = "changed"


# These values are never part of a cycle, so the garbage collector can skip thousands of them.
class EarlyWarning(Struct, frozen=True, kw_only=True, gc=False):
    """A coming breach. Of one subject, no warning follows one of the same `at` or a later one.

    `text` is a sentence without its stop.
    """

    at: datetime
    text: str


class NearLimit(Struct, frozen=True, kw_only=True, gc=False):
    """How near a count is to its limit, by the shares of which a rule warns.

    `percent` is the highest share that is reached, 0 if none is. `held` is the highest one that the
    count has not gone well below. `text` is a sentence without its stop. `is_news` says that people
    are to be notified of it, and not of another one beside it.
    """

    percent: int
    held: int
    text: str
    is_news: bool = True


class Subject(Struct, frozen=True, gc=False):
    """What a finding is about within its resource: a stream, a recording, a period, or all of it.

    `id` tells breaches of one rule apart. `stream_ids` are the only streams that may be stopped or
    warned for it. None means any stream that is on the air.
    """

    id: str = ""
    stream_ids: tuple[str, ...] | None = None

    @property
    def is_stream(self) -> bool:
        """Whether a stream tells its breaches apart, and not a recording, a period and the like."""
        return self.stream_ids == (self.id,)


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """What one rule found of a `subject`.

    `since` is when the breach began by the facts. `recheck_at` is the next recheck. `settled_tags`
    are the keys of the tags that the rule found in order and no action should touch.
    `own_tags` are those of the resource as they should be, None for one that should not be there.
    `key_tags` are those that the channel's stream key lacks, `forbidden_key_tags` the keys of those
    that it must not have. `viewers` are those that it names.
    `warning` is the last one that is due before a breach, `near` how near a count is to its limit.
    `compared` are the facts that a breach rests on, by name.
    """

    status: Status
    reason: str
    subject: Subject = Subject()
    since: datetime | None = None
    recheck_at: datetime | None = None
    settled_tags: frozenset[str] = frozenset()
    own_tags: Mapping[str, str | None] | None = None
    key_tags: Mapping[str, str] | None = None
    forbidden_key_tags: tuple[str, ...] = ()
    viewers: tuple[Viewer, ...] = ()
    warning: EarlyWarning | None = None
    near: NearLimit | None = None
    compared: Mapping[str, Any] | None = None


class RuleNotes(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the author of a rule says to people: why it is there, who answers for it, what to do."""

    description: str = ""
    owner: str = ""
    runbook: str = ""


class RuleHeading(Struct, frozen=True, kw_only=True):
    """What a verdict says of its rule. The mode is how far the rule may go in its stack."""

    id: str
    kind: str
    mode: Mode
    severity: Severity
    notes: RuleNotes | None = None


class Verdict(Struct, frozen=True, gc=False):
    """A finding together with the rule that made it.

    `stream_id` is the stream that it concerns: what is done to a stream is done to this one.
    """

    rule: RuleHeading
    resource_arn: str
    stream_id: str | None
    finding: Finding

    @property
    def rule_id(self) -> str:
        return self.rule.id

    @property
    def kind(self) -> str:
        return self.rule.kind

    @property
    def mode(self) -> Mode:
        return self.rule.mode

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    @property
    def status(self) -> Status:
        return self.finding.status

    @property
    def breach_id(self) -> str:
        return breach_id(self.rule_id, self.finding.subject.id)


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request of an action: when it was last made, and how many times in all.

    `is_done` says that it was carried out and is not to be repeated.
    """

    at: datetime
    attempts: int
    is_done: bool = False


class Breach(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An open violation of one rule by one subject, and what was requested about it so far.

    `held` says what holds back an action that is due, and `waits` what an action does that is not
    done now, as `Delay.doing`; empty if there is none.
    """

    rule_id: str
    subject: str
    severity: Severity
    mode: Mode
    since: datetime
    opened_at: datetime
    rotates_key: bool = False
    stream_id: str | None = None
    requests: Mapping[str, Request] = field(default_factory=dict)
    held: str = ""
    waits: str = ""

    @property
    def id(self) -> str:
        return breach_id(self.rule_id, self.subject)


class WhenLive(StrEnum):
    """What an action does about a live channel, which IVS does not change: wait, or stop it."""

    WAIT = "wait"
    STOP = "stop"


class SettingsChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Settings that a channel is to have, by the names of UpdateChannel.

    It is given up `within` so long after it was first wanted. `even_if_managed` says that a channel
    of a CloudFormation stack is changed, too.
    """

    set: Mapping[str, Any]
    live: WhenLive = WhenLive.WAIT
    within: timedelta = timedelta(days=7)
    even_if_managed: bool = False


class Delay(Struct, frozen=True):
    """An action is not done now. `doing` says what is done instead, as `ActionKind.describe`.

    `first` is the kind of the action on the stream that has to come before; empty if none has.
    """

    doing: str
    first: str = ""


class PlannedAction(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a rule asks for: an action kind by its word, and what it carries.

    `tags` are what it sets, `text` what it says; the reason of the breach, if empty. `settings` are
    those of a channel, `viewers` those that it concerns. `spans` are how long it lasts the first,
    the second… time; until it is ended, if there is none. A decision adds `tag_keys`, the tags to
    remove, and `delay`. No policy has these.
    """

    kind: str
    tags: Mapping[str, str] = field(default_factory=dict)
    tag_keys: tuple[str, ...] = ()
    text: str = ""
    spans: tuple[timedelta, ...] = ()
    settings: SettingsChange | None = None
    delay: Delay | None = None
    viewers: tuple[Viewer, ...] = ()


class Condition(StrEnum):
    """What a stream can be seen to be: its ingest stalls, or is not healthy; so many watch it."""

    STALLED = "stalled"
    NOT_HEALTHY = "not healthy"
    VIEWERS_AT_MOST = "viewers at most"
    VIEWERS_AT_LEAST = "viewers at least"


class Confirm(Struct, frozen=True, omit_defaults=True):
    """What a fresh look at a stream must confirm before something is done to it.

    `viewers` is the number that a condition about viewers compares with.
    """

    that: Condition
    viewers: int = 0


class Action(Struct, frozen=True, kw_only=True):
    """Something to do to a resource, decided on the facts of one moment.

    `id` is the same for the same action on the same breach; `attempt` counts from 1. `kind` is the
    word of an action kind. What is done to a stream names the one it was decided on (`stream_id`).
    `confirm` is what a look at the stream must still confirm when the action is carried out.
    `tags`, `tag_keys`, `text`, `settings` and `viewers` as in `PlannedAction`. An order that no
    rule gave has its word as `rule_id`.
    """

    id: str
    attempt: int
    kind: str
    rule_id: str
    resource_arn: str
    stream_id: str | None
    reason: str
    decided_at: datetime
    tags: Mapping[str, str] = field(default_factory=dict)
    tag_keys: tuple[str, ...] = ()
    text: str = ""
    settings: SettingsChange | None = None
    confirm: Confirm | None = None
    viewers: tuple[Viewer, ...] = ()
    authority: Authority = Authority.RULE


class ReadyRecording(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a recording is in S3, as far as IVS has said it. `prefix` and `playlist` are keys."""

    bucket: str
    prefix: str
    playlist: str
    duration_ms: int | None = None


class Notification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message to people. The same notification has the same `id`, so it is sent once.

    `incident` is the key of the incident (`notifications.keys`), the same for all that is told of
    it. `since` is when the incident began. `undo` are commands that take back or prevent what is
    done. `owner` and `tags` are those of the resource, as far as routes read them. `is_baseline`
    says that a first look has found the incident, which may be older.
    `recording` is one that is ready, `deployment` one that a sweep has found.
    """

    id: str
    incident: str
    rule_id: str
    severity: Severity
    status: NotificationStatus
    resource_arn: str
    resource_name: str
    stream_id: str | None
    title: str
    text: str
    at: datetime
    notes: RuleNotes | None = None
    since: datetime | None = None
    undo: tuple[str, ...] = ()
    owner: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    is_baseline: bool = False
    recording: ReadyRecording | None = None
    deployment: DeploymentChange | None = None


def breach_id(rule_id: str, subject: str) -> str:
    """Names a breach within its channel: the rule, and the stream or recording if any."""
    return f"{rule_id}/{subject}" if subject else rule_id


def action_id(resource_arn: str, breach: Breach, key: str) -> str:
    """The same for the same action on the same opening of a breach of the same channel."""
    return _action_id(resource_arn, breach.id, breach.opened_at, key)


def warning_id(verdict: Verdict, warning: EarlyWarning, key: str) -> str:
    """The same for the same action on the same warning before a breach."""
    return _action_id(verdict.resource_arn, verdict.breach_id, warning.at, key)


def _action_id(resource_arn: str, breach: str, at: datetime, key: str) -> str:
    return f"{resource_arn.rpartition('/')[2]}/{breach}@{at:%Y%m%dT%H%M%S.%fZ}/{key}"
