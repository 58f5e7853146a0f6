"""`for`: how long a rule must be broken without a gap before it counts as a breach."""

from collections.abc import Iterable, Mapping
from copy import replace
from datetime import datetime

from streamwarden.domain.decision import first_of
from streamwarden.domain.duration import format_duration
from streamwarden.domain.policy import Rule
from streamwarden.domain.verdicts import Status, Verdict


def hold_back(
    rules: Iterable[Rule],
    verdicts: Iterable[Verdict],
    pending_since: Mapping[str, datetime],
    now: datetime,
) -> tuple[tuple[Verdict, ...], Mapping[str, datetime]]:
    """The verdicts, of which breaches that are too young are pending, and since when each lasts.

    The facts can say that a breach began earlier than it was first seen. What they say can also
    move on with each reading; then the moment of the first decision counts.
    """
    held, since = [], {}
    for rule, verdict in zip(rules, verdicts, strict=True):
        if verdict.status is not Status.BREACH or not rule.hold:
            held.append(verdict)
            continue
        moments = (pending_since.get(verdict.breach_id), verdict.finding.since)
        began_at = since[verdict.breach_id] = first_of(moments) or now
        counts_at = began_at + rule.hold
        held.append(verdict if now >= counts_at else _pending(rule, verdict, counts_at))
    return tuple(held), since


def _pending(rule: Rule, verdict: Verdict, counts_at: datetime) -> Verdict:
    finding = verdict.finding
    return replace(
        verdict,
        finding=replace(
            finding,
            status=Status.PENDING,
            reason=f"{finding.reason}; it counts after {format_duration(rule.hold)}",
            recheck_at=first_of((finding.recheck_at, counts_at)),
        ),
    )
