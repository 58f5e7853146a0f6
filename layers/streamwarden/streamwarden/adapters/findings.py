"""Incidents in the AWS Security Finding Format (ASFF), as far as Security Hub asks for it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from streamwarden.adapters.notification_text import console_link
from streamwarden.domain.arn import Arn, parse_arn
from streamwarden.domain.brief import brief
from streamwarden.domain.ivs import filled_tags
from streamwarden.domain.levels import Severity
from streamwarden.domain.verdicts import Notification, NotificationStatus

type Finding = dict[str, Any]

_TYPE: Final = "Software and Configuration Checks/Policy Violations/Streamwarden"
_LABELS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "CRITICAL",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MEDIUM",
    Severity.LOW: "LOW",
}
# The longest texts (Security Hub API Reference, AwsSecurityFinding and its parts).
_GENERATOR: Final = 512
_TITLE: Final = 256
_DESCRIPTION: Final = 1_024
_RECOMMENDATION: Final = 512
_FIELD: Final = 2_048


def finding_of(notification: Notification, now: datetime) -> Finding:
    """`now` is when it is written: of two updates Security Hub takes the later one."""
    arn = parse_arn(notification.resource_arn)
    created = min(notification.since or notification.at, notification.at)
    is_resolved = notification.status is NotificationStatus.RESOLVED
    link = console_link(notification.resource_arn)
    return {
        "SchemaVersion": "2018-10-08",
        **identifier_of(notification),
        "GeneratorId": brief(f"streamwarden/{notification.rule_id}", _GENERATOR),
        "AwsAccountId": arn.account,
        "CreatedAt": _moment(created),
        "UpdatedAt": _moment(max(now, notification.at)),
        "Title": brief(notification.title, _TITLE),
        "Description": brief(notification.text, _DESCRIPTION),
        # A provider of findings says these here, so that it does not undo what people have set.
        "FindingProviderFields": {
            "Severity": {
                "Label": _LABELS[notification.severity],
                "Original": notification.severity.value,
            },
            "Types": [_TYPE],
        },
        "RecordState": "ARCHIVED" if is_resolved else "ACTIVE",
        # Only taken of a finding that is new.
        **({"Workflow": {"Status": "RESOLVED"}} if is_resolved else {}),
        "ProductFields": _product_fields(notification),
        "Resources": [_resource(notification, arn)],
        **({"SourceUrl": link} if link else {}),
        **_remediation(notification),
    }


def identifier_of(notification: Notification) -> dict[str, str]:
    """What names the finding of an incident, from its opening to its end."""
    return {
        "Id": notification.incident,
        "ProductArn": _product_arn(parse_arn(notification.resource_arn)),
    }


def _product_arn(arn: Arn) -> str:
    """That of findings which an account makes for itself."""
    place = f"{arn.partition}:securityhub:{arn.region}:{arn.account}"
    return f"arn:{place}:product/{arn.account}/default"


def _resource(notification: Notification, arn: Arn) -> dict[str, Any]:
    tags = filled_tags(notification.tags)  # a resource with a blank tag is not taken
    return {
        "Type": "Other",
        "Id": notification.resource_arn,
        "Partition": arn.partition,
        "Region": arn.region,
        **({"Tags": tags} if tags else {}),
    }


def _product_fields(notification: Notification) -> dict[str, str]:
    fields = {
        "streamwarden/rule": notification.rule_id,
        "streamwarden/status": notification.status.value,
        "streamwarden/name": notification.resource_name,
        "streamwarden/owner": notification.owner,
        "streamwarden/stream": notification.stream_id or "",
        "streamwarden/undo": "\n".join(notification.undo),
    }
    return {name: brief(value, _FIELD) for name, value in fields.items() if value.strip()}


def _remediation(notification: Notification) -> dict[str, Any]:
    runbook = notification.notes.runbook if notification.notes else ""
    description = notification.notes.description if notification.notes else ""
    recommendation = {
        "Text": brief(description, _RECOMMENDATION),
        "Url": runbook if runbook.startswith("https://") else "",
    }
    given = {name: value for name, value in recommendation.items() if value.strip()}
    return {"Remediation": {"Recommendation": given}} if given else {}


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
