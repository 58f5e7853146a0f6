"""The JSON of a message, for programs: webhooks, events, and whatever reads them.

Its JSON Schema is made from these classes (`docs/message.schema.json`). Every member is always
there. What has no value is null. A member may be added to `version` 1, and none is taken away.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, to_builtins

from streamwarden.domain.arn import ResourceType, place_of, resource_type_of
from streamwarden.domain.levels import Mode, Severity
from streamwarden.domain.notifications.links import console_link
from streamwarden.domain.notifications.message import Baseline, Message
from streamwarden.domain.state.deployment import Deployment, DeploymentChange, RuleChanges
from streamwarden.domain.verdicts import (
    Notification,
    NotificationStatus,
    ReadyRecording,
    RuleNotes,
)

VERSION: Final = 1

type Moment = Annotated[datetime, Meta(tz=True)]


class RuleDocument(Struct, frozen=True, kw_only=True):
    """The rule, and what its author says of it. An order that no rule gave has its word as id."""

    id: str
    description: str | None
    owner: str | None
    runbook: str | None


class ResourceDocument(Struct, frozen=True, kw_only=True):
    """What the incident is about. `tags` are those that routes of the policy read."""

    type: ResourceType
    arn: str
    name: str | None
    owner: str | None
    tags: Mapping[str, str]


class LinksDocument(Struct, frozen=True, kw_only=True):
    """Where people look."""

    runbook: str | None
    console: str | None


class RecordingDocument(Struct, frozen=True, kw_only=True):
    """A recording that is ready. `prefix` and `playlist` are keys in the bucket."""

    bucket: str | None
    prefix: str | None
    playlist: str | None
    duration_ms: int | None


class RunsDocument(Struct, frozen=True, kw_only=True):
    """What a stack runs. `policy` is a digest of the policy and of the code that decides by it.

    `mode` is the one of the stack.
    """

    version: str
    policy: str
    mode: str


class RulesDocument(Struct, frozen=True, kw_only=True):
    """The ids of the rules that differ between two deployments."""

    added: Sequence[str]
    removed: Sequence[str]
    changed: Sequence[str]


class DeploymentDocument(Struct, frozen=True, kw_only=True):
    """A deployment. `previous` is what the stack ran before, null if no earlier one is known.

    `rules` are those that differ, null where that is not known. `rule_modes` are the rules of each
    mode.
    """

    stack: str
    current: RunsDocument
    previous: RunsDocument | None
    rules: RulesDocument | None
    rule_modes: Mapping[Mode, int]


class IncidentDocument(Struct, frozen=True, kw_only=True):
    """What is told of one incident.

    `key` is the same for all that is told of it, from its opening to its end. `since` is when it
    began, `at` when this was decided. `undo` are commands that take back or prevent what is done.
    `recording` is one that is ready, and `deployment` one that was found, where this is what is
    told. `baseline` says that a first look has found the incident, which may be older.
    """

    key: str
    status: NotificationStatus
    severity: Severity
    rule: RuleDocument
    resource: ResourceDocument
    account: str
    region: str
    stream_id: str | None
    since: Moment | None
    at: Moment
    title: str
    text: str
    undo: Sequence[str]
    links: LinksDocument
    recording: RecordingDocument | None
    deployment: DeploymentDocument | None
    baseline: bool


class BaselineDocument(Struct, frozen=True, kw_only=True):
    """How many resources break one rule at the first look under a policy.

    `found` have an open incident. `judged` is how many of their type the policy has judged, null if
    it is not known. `unjudged` are still to be judged.
    """

    found: int
    judged: int | None
    unjudged: int


class MessageDocument(Struct, frozen=True, kw_only=True):
    """One message. `id` is the same when it is sent again.

    `reminder` says that nothing is new: the incidents are still open. `severity` is the highest one
    of its incidents. `counts` are the incidents of each status. `baseline` says of a digest that it
    tells what a first look found of one rule.
    """

    version: Literal[1]
    id: str
    reminder: bool
    severity: Severity
    counts: Mapping[NotificationStatus, int]
    incidents: Sequence[IncidentDocument]
    baseline: BaselineDocument | None


class EventDocument(Struct, frozen=True, kw_only=True):
    """One incident of a message, as the detail of an event. `id` is that of the message."""

    version: Literal[1]
    id: str
    reminder: bool
    incident: IncidentDocument


def message_document(message: Message) -> dict[str, Any]:
    """The message as members of JSON. Stream keys are taken out of it before."""
    counts = Counter(each.status for each in message.notifications)
    document = MessageDocument(
        version=VERSION,
        id=message.id,
        reminder=message.is_reminder,
        severity=message.severity,
        counts={each: counts[each] for each in NotificationStatus if counts[each]},
        incidents=list(map(_incident, message.notifications)),
        baseline=_baseline(message.baseline),
    )
    members: dict[str, Any] = to_builtins(document)
    return members


def event_document(message: Message, notification: Notification) -> dict[str, Any]:
    """One notification of the message as members of JSON."""
    document = EventDocument(
        version=VERSION,
        id=message.id,
        reminder=message.is_reminder,
        incident=_incident(notification),
    )
    members: dict[str, Any] = to_builtins(document)
    return members


def _incident(notification: Notification) -> IncidentDocument:
    arn, notes = notification.resource_arn, notification.notes or RuleNotes()
    place = place_of(arn)
    return IncidentDocument(
        key=notification.incident,
        status=notification.status,
        severity=notification.severity,
        rule=RuleDocument(
            id=notification.rule_id,
            description=notes.description or None,
            owner=notes.owner or None,
            runbook=notes.runbook or None,
        ),
        resource=ResourceDocument(
            type=resource_type_of(arn) or ResourceType.OTHER,
            arn=arn,
            name=notification.resource_name or None,
            owner=notification.owner or None,
            tags=notification.tags,
        ),
        account=place.account,
        region=place.region,
        stream_id=notification.stream_id,
        since=notification.since,
        at=notification.at,
        title=notification.title,
        text=notification.text,
        undo=list(notification.undo),
        links=LinksDocument(
            runbook=notes.runbook or None,
            console=console_link(arn) or None,
        ),
        recording=_recording(notification.recording),
        deployment=_deployment(notification.deployment),
        baseline=notification.is_baseline,
    )


def _baseline(found: Baseline | None) -> BaselineDocument | None:
    if found is None:
        return None
    return BaselineDocument(found=found.found, judged=found.judged, unjudged=found.unjudged)


def _recording(ready: ReadyRecording | None) -> RecordingDocument | None:
    if ready is None:
        return None
    return RecordingDocument(
        bucket=ready.bucket or None,
        prefix=ready.prefix or None,
        playlist=ready.playlist or None,
        duration_ms=ready.duration_ms,
    )


def _deployment(change: DeploymentChange | None) -> DeploymentDocument | None:
    if change is None:
        return None
    return DeploymentDocument(
        stack=change.after.stack,
        current=_runs(change.after),
        previous=_runs(change.before) if change.before else None,
        rules=_rules(change.rules) if change.rules else None,
        rule_modes=change.modes,
    )


def _rules(changes: RuleChanges) -> RulesDocument:
    return RulesDocument(added=changes.added, removed=changes.removed, changed=changes.changed)


def _runs(deployment: Deployment) -> RunsDocument:
    return RunsDocument(version=deployment.version, policy=deployment.policy, mode=deployment.mode)
