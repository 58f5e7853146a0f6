"""What every rule kind offers: its parameters are its fields, its check is one pure method."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.needs import Needs
from streamwarden.domain.verdicts import ActionKind, Finding, Status

type Judge = Callable[[Facts, datetime], Finding]


class Check:
    """A rule kind with its parameters filled in: what most kinds have in common.

    `allowed_actions` are the actions that make sense for the kind. `needs_settings` says that it
    looks at settings or tags, `stops_only_if_stalled` that a stop must find the ingest stalled.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    allowed_actions: ClassVar[frozenset[ActionKind]] = frozenset({ActionKind.STOP, ActionKind.TAG})
    needs_settings: ClassVar[bool] = False
    stops_only_if_stalled: ClassVar[bool] = False

    @property
    def judges(self) -> frozenset[ResourceType]:
        """What the rule is about."""
        return _CHANNELS

    @property
    def needs(self) -> Needs:
        """What a sweep must read for it beyond channels and live streams."""
        return _NOTHING

    def prepare(self) -> Judge:
        """A plain function that says what the rule finds of a resource at a moment.

        It is made once and asked for every resource: whatever the parameters alone decide is
        decided here.
        """
        raise NotImplementedError


_CHANNELS: Final = frozenset({ResourceType.CHANNEL})
_NOTHING: Final = Needs()


def compliant(reason: str, *, subject: str = "", next_check: datetime | None = None) -> Finding:
    return Finding(status=Status.COMPLIANT, reason=reason, subject=subject, next_check=next_check)


def not_applicable(reason: str) -> Finding:
    return Finding(status=Status.NOT_APPLICABLE, reason=reason)


def breach(
    reason: str,
    *,
    since: datetime,
    subject: str = "",
    next_check: datetime | None = None,
    settled_tags: frozenset[str] = frozenset(),
) -> Finding:
    return Finding(
        status=Status.BREACH,
        reason=reason,
        since=since,
        subject=subject,
        next_check=next_check,
        settled_tags=settled_tags,
    )


def pending(reason: str, *, next_check: datetime, subject: str = "") -> Finding:
    return Finding(status=Status.PENDING, reason=reason, subject=subject, next_check=next_check)
