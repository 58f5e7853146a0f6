"""Moments, severities and names as all views say them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from streamwarden.domain.arn import label_of, noun_of, resource_type_of
from streamwarden.domain.duration import format_duration
from streamwarden.domain.verdicts import Severity, Status
from streamwarden_cli.console import Cell

_SEVERITY_STYLES: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "",
}
_STATUS_STYLES: Final[Mapping[Status, str]] = {
    Status.BREACH: "red",
    Status.PENDING: "yellow",
    Status.COMPLIANT: "green",
    Status.EXEMPT: "dim",
    Status.NOT_APPLICABLE: "dim",
}
# From the most urgent on.
SEVERITIES: Final = tuple(reversed(Severity))


def format_moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def format_time_of_day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%H:%M:%S}"


def format_minute(at: datetime, now: datetime) -> str:
    """`12:03`, with the day where that is another one."""
    at, today = at.astimezone(UTC), now.astimezone(UTC).date()
    return f"{at:%H:%M}" if at.date() == today else f"{at:%Y-%m-%d %H:%M}"


def format_ago(at: datetime, now: datetime) -> str:
    return f"{format_duration(now - at)} ago" if at <= now else f"in {format_duration(at - now)}"


def format_moment_ago(at: datetime | None, now: datetime) -> str:
    return "not known" if at is None else f"{format_moment(at)} ({format_ago(at, now)})"


def severity_cell(severity: Severity) -> Cell:
    return severity.value, _SEVERITY_STYLES[severity]


def status_cell(status: Status) -> Cell:
    return status.value, _STATUS_STYLES[status]


def format_resource(arn: str, name: str) -> str:
    """A channel by its name; another resource with the word for what it is."""
    label = label_of(arn, name)
    kind = resource_type_of(arn)
    return label if kind == "channel" else f"{noun_of(arn)} {label}"
