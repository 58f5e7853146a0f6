"""What waits for the destinations of a stack, since when and why: as `notify` keeps it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.delivery import (
    CUT_SHORT,
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Unreadable,
)
from streamwarden.services.ports import Deliveries
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.wording import format_moment_ago

_LEFT_OUT: Final = "the deployed policy leaves the destination out"
GROUPED: Final = "it waits for the others of its group"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDestination:
    """A destination that anything was handed to. `opens` are the incidents that it knows of.

    `unreadable` waits too: this version cannot read it, and `notify` can if it is a newer one.
    `unknown_state` says why the state cannot be read, which then seems to be that of a new one.
    """

    name: str
    state: DestinationState
    waiting: Sequence[PendingDelivery] = ()
    opens: Sequence[OpenIncident] = ()
    unreadable: Sequence[Unreadable] = ()
    unknown_state: str = ""

    @property
    def waits(self) -> int:
        """How much waits."""
        return len(self.waiting) + len(self.unreadable)

    def failing_since(self, now: datetime) -> datetime | None:
        """None while it takes what it is sent. A first try that is under way is no failure."""
        leased_until = self.state.leased_until
        is_tried = leased_until is not None and leased_until > now
        if is_tried and self.state.failures <= 1 and self.state.obstacle == CUT_SHORT:
            return None
        return self.state.failing_since

    def last_refusal(self, now: datetime) -> str:
        """Why it does not take what it is sent, with how often that was tried; empty if it does."""
        since, tries = self.failing_since(now), self.state.failures
        if since is None:
            return ""
        tried = f"{tries} tries in {format_duration(now - since)}" if tries > 1 else "the first try"
        return f"not taken in {tried}: {self.state.obstacle}"

    def why_it_waits(self, pending: PendingDelivery, now: datetime) -> str:
        if self.state.left_out_since is not None:
            return _LEFT_OUT
        return pending.held or self.last_refusal(now) or GROUPED


def read_destinations(stack: DeployedStack, now: datetime) -> list[KnownDestination]:
    """Every one of the stack, by name. Raises PermanentError, TemporaryError."""
    return known_in(DynamoDeliveries(stack.client("dynamodb"), stack.table_name, lambda: now))


def known_in(deliveries: Deliveries) -> list[KnownDestination]:
    """Raises PermanentError, TemporaryError."""
    return [_known(deliveries, name) for name in sorted(deliveries.destinations())]


def _known(deliveries: Deliveries, name: str) -> KnownDestination:
    waiting, opens = deliveries.waiting(name), deliveries.opens(name)
    stored = deliveries.state(name)
    return KnownDestination(
        name=name,
        state=stored.state,
        unknown_state=stored.unreadable,
        waiting=[each for each in waiting if isinstance(each, PendingDelivery)],
        opens=[each for each in opens if isinstance(each, OpenIncident)],
        unreadable=[each for each in waiting if isinstance(each, Unreadable)],
    )


def destinations_section(destinations: Iterable[KnownDestination], now: datetime) -> Section:
    """Those that something waits for, those that take nothing, and those of which none knows."""
    found = [
        each for each in destinations if each.waits or each.failing_since(now) or each.unknown_state
    ]
    return Section(
        key="destinations",
        title="Destinations for which notifications wait",
        headings=("destination", "wait", "since", "tries", "why"),
        rows=[_row(each, now) for each in found],
        values=[_values(each, now) for each in found],
        empty="none: everything was sent",
    )


def waiting_section(
    destinations: Iterable[KnownDestination],
    resource_arn: str,
    now: datetime,
    rules: Collection[str] = (),
) -> Section:
    """What waits of one resource; no rules are all of them."""
    found = [
        (destination, each)
        for destination in destinations
        for each in sorted(destination.waiting, key=lambda each: each.notification.at)
        if each.notification.resource_arn == resource_arn
        and (not rules or each.notification.rule_id in rules)
    ]
    return Section(
        key="waiting",
        title="Notifications that wait",
        headings=("destination", "rule", "status", "since", "why"),
        rows=[
            (
                destination.name,
                each.notification.rule_id,
                each.notification.status.value,
                format_moment_ago(each.notification.at, now),
                (destination.why_it_waits(each, now), "yellow"),
            )
            for destination, each in found
        ],
        values=[
            {
                "destination": destination.name,
                "rule": each.notification.rule_id,
                "status": each.notification.status,
                "since": each.notification.at,
                "reason": destination.why_it_waits(each, now),
            }
            for destination, each in found
        ],
    )


def _row(destination: KnownDestination, now: datetime) -> Row:
    style = "bold red" if destination.failing_since(now) else "yellow"
    return (
        (destination.name, style),
        f"{destination.waits:,}",
        format_moment_ago(_since(destination, now), now),
        f"{_tries(destination, now):,}",
        (_why(destination, now), style),
    )


def _values(destination: KnownDestination, now: datetime) -> dict[str, object]:
    return {
        "destination": destination.name,
        "waiting": destination.waits,
        "since": _since(destination, now),
        "is_failing": None
        if destination.unknown_state
        else destination.failing_since(now) is not None,
        "tries": _tries(destination, now),
        "next_try_at": destination.state.not_before if _tries(destination, now) else None,
        "reason": _why(destination, now),
    }


def _since(destination: KnownDestination, now: datetime) -> datetime | None:
    since = destination.state.unreadable_since
    found = [since[each.key] for each in destination.unreadable if each.key in since]
    oldest = min((*found, *(each.notification.at for each in destination.waiting)), default=None)
    return destination.failing_since(now) or oldest


def _tries(destination: KnownDestination, now: datetime) -> int:
    return destination.state.failures if destination.failing_since(now) else 0


def _why(destination: KnownDestination, now: datetime) -> str:
    """Of one that fails, the last refusal; else what most of what waits, waits for.

    What cannot be read comes before that: it is dead-lettered soon.
    """
    if destination.failing_since(now):
        return destination.state.obstacle
    if destination.unknown_state:
        return destination.unknown_state
    if destination.unreadable:
        return f"{len(destination.unreadable):,} not readable: {destination.unreadable[0].reason}"
    reasons = Counter(destination.why_it_waits(each, now) for each in destination.waiting)
    return reasons.most_common(1)[0][0] if reasons else ""
