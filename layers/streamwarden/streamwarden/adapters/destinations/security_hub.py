"""Findings of Security Hub: one for each incident, which is resolved when the incident is.

A finding is written by BatchImportFindings, which cannot change the workflow of one that there is
(Security Hub API Reference). So BatchUpdateFindings says that it is resolved, or that somebody
takes care of it. When an incident begins again under its key, Security Hub itself makes its finding
new again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct, convert

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.destinations import Resources
from streamwarden.adapters.findings import Finding, finding_of, identifier_of
from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.kinds import DestinationKind, NoOptions
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.redaction import redacted_struct, without_stream_keys
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.errors import MessageRefused, TemporaryError, Unanswered
from streamwarden.services.ports import Clock, Destination

KIND: Final = DestinationKind(
    meaning=(
        "Findings of Security Hub in the account and region of the stack, one for each incident. "
        "Warnings and changes have no end, so they are no findings."
    ),
    # BatchImportFindings takes 100 findings a call, and 10 calls a second for the whole account.
    limits=Limits(largest=100, interval=timedelta(milliseconds=500), tells_each=True),
    options=NoOptions,
    permissions=frozenset({"securityhub:BatchImportFindings", "securityhub:BatchUpdateFindings"}),
)

_WORKFLOWS: Final[Mapping[NotificationStatus, str]] = {
    NotificationStatus.ACKNOWLEDGED: "NOTIFIED",
    NotificationStatus.RESOLVED: "RESOLVED",
}
_NO_FINDINGS: Final = frozenset({NotificationStatus.WARNING, NotificationStatus.CHANGED})
_REMEDIES: Final = {
    "AccessDeniedException": "set the parameter SecurityHubFindings=true of the stack",
    "InvalidAccessException": "enable Security Hub in the account and region of the stack",
}
# What may be retried of one finding.
_TRANSIENT: Final = ("internal", "throttl", "limitexceeded", "unavailable", "concurrent")


class FindingsDestination(Struct, frozen=True):
    """Destination over Security Hub. Importing a finding twice has no second effect."""

    client: Any
    clock: Clock

    def deliver(self, message: Message) -> None:
        notified = _newest(redacted_struct(message).notifications)
        if not notified:
            return
        self._import([finding_of(each, self.clock()) for each in notified])
        try:
            self._set_workflows(notified)
        except TemporaryError as obstacle:
            # Half of it is taken, so that the whole of it is to come again as it is.
            raise Unanswered(str(obstacle)) from obstacle

    def _import(self, findings: Sequence[Finding]) -> None:
        with translated("securityhub:BatchImportFindings", _REMEDIES):
            answer = self.client.batch_import_findings(Findings=findings)
        _check("securityhub:BatchImportFindings", answer["FailedFindings"])

    def _set_workflows(self, notified: Sequence[Notification]) -> None:
        for status, workflow in _WORKFLOWS.items():
            concerned = [each for each in notified if each.status is status]
            if concerned:
                self._set_workflow(concerned, workflow)

    def _set_workflow(self, notified: Iterable[Notification], status: str) -> None:
        with translated("securityhub:BatchUpdateFindings", _REMEDIES):
            answer = self.client.batch_update_findings(
                FindingIdentifiers=[identifier_of(each) for each in notified],
                Workflow={"Status": status},
            )
        # A finding that was imported just now may not be found yet. Its import has said the same.
        failures = [
            each for each in answer["UnprocessedFindings"] if each["ErrorCode"] != "FindingNotFound"
        ]
        _check("securityhub:BatchUpdateFindings", failures)


def destination(spec: DestinationSpec, resources: Resources) -> Destination:
    convert(spec.options, NoOptions)
    return FindingsDestination(resources.clients("securityhub"), resources.clock)


def _newest(notified: Iterable[Notification]) -> list[Notification]:
    """The last that is told of each incident: a call takes a finding once."""
    newest = {each.incident: each for each in notified if each.status not in _NO_FINDINGS}
    return list(newest.values())


def _check(call: str, failures: Sequence[Mapping[str, Any]]) -> None:
    """Findings that were not taken. Those that were may come again."""
    if not failures:
        return
    reasons = [f"{each.get('ErrorCode')}: {each.get('ErrorMessage')}" for each in failures]
    reason = f"{call}: {brief(without_stream_keys(reasons[0]))}"
    is_temporary = [
        any(sign in str(each.get("ErrorCode", "")).lower() for sign in _TRANSIENT)
        for each in failures
    ]
    raise TemporaryError(reason) if all(is_temporary) else MessageRefused(reason)
