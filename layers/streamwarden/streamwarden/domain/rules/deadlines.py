"""Kinds whose breach comes at a moment that is known ahead, so that people can be warned before.

Other kinds have no such moment: nobody knows when a count crosses its limit (`counts`). A kind that
has no warnings says why (`Check.no_warnings`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.rules.check import Check, breach
from streamwarden.domain.verdicts import EarlyWarning, Finding, Status, Subject


class DeadlineCheck(Check, frozen=True, kw_only=True):
    """`warnings` are how long before a deadline people get an early warning."""

    warnings: tuple[Duration, ...] = ()

    @property
    def coming(self) -> str:
        """What is the case at the deadline, before "in 10m". Viewers of the stream may read it."""
        raise NotImplementedError

    def refuse_warnings_from(self, longest: timedelta, what: str = "the limit") -> None:
        """Raises ValueError if a warning would come before the time that leads to a deadline."""
        for each in self.warnings:
            if each >= longest:
                raise ValueError(
                    f"`warnings`: expected durations shorter than {what} of "
                    f"{format_duration(longest)}, found {format_duration(each)}"
                )

    def ahead(
        self,
        reason: str,
        *,
        about: Subject,
        deadline: datetime,
        now: datetime,
        fixed_deadline: datetime | None = None,
    ) -> Finding:
        """What is found before the deadline, with the last warning that is due.

        Where the deadline of one subject moves, `fixed_deadline` is a moment that does not: it
        tells the warnings of the subject apart, so that none is sent again after a move.
        """
        recheck_at, warning = deadline, None
        if self.warnings:
            last, recheck_at = moments_before(deadline, self.warnings, now)
            if last is not None:
                at = last if fixed_deadline is None else fixed_deadline - (deadline - last)
                text = f"{self.coming} in {format_duration(deadline - now)}"
                warning = EarlyWarning(at=at, text=text)
        return Finding(
            status=Status.PENDING,
            reason=reason,
            subject=about,
            recheck_at=recheck_at,
            warning=warning,
        )


class LastingCheck(DeadlineCheck, frozen=True):
    """A kind about what may last for at most `limit`."""

    upper_limit: ClassVar = "limit"

    limit: Duration

    def __post_init__(self) -> None:
        """Raises ValueError."""
        self.refuse_warnings_from(self.limit)

    @property
    def repeats_after(self) -> timedelta:
        return self.limit

    def lasting(
        self,
        text: str,
        *,
        about: Subject,
        fact: str,
        since: datetime,
        now: datetime,
        more: Mapping[str, Any] | None = None,
        recheck_at: datetime | None = None,
    ) -> Finding:
        """What is found of what `text` says, which lasts. `fact` is what `since` is."""
        deadline, lasted = since + self.limit, now - since
        reason = f"{text} for {format_duration(lasted)}"
        if now < deadline:
            reason = f"{reason} of {format_duration(self.limit)} allowed"
            return self.ahead(reason, about=about, deadline=deadline, now=now)
        return breach(
            f"{reason}{describe_limit(lasted, self.limit)}",
            about=about,
            since=deadline,
            compared={fact: since, "lasted": lasted, **(more or {})},
            recheck_at=recheck_at,
        )


def moments_before(
    deadline: datetime, spans: tuple[timedelta, ...], now: datetime
) -> tuple[datetime | None, datetime]:
    """When to warn of a deadline that is ahead: the last moment that has come, and the next one.

    The last is None when it is too early for any; after all of them, the next is the deadline.
    """
    moments = [deadline - span for span in spans]
    last = max((at for at in moments if at <= now), default=None)
    return last, min((at for at in moments if at > now), default=deadline)
