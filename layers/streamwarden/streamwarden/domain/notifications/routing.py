"""Which destinations an incident goes to, as the policy says, and how its messages are grouped.

The anchor is Alertmanager: routes are tried in their order, the first that matches is taken, and
the search goes on behind a route that says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from streamwarden.domain.arn import place_of
from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import is_first_or_only
from streamwarden.domain.notifications.keys import word_of
from streamwarden.domain.notifications.quiet import QuietHours
from streamwarden.domain.verdicts import Notification, NotificationStatus

# The destination of a policy that names none: the stack's own topic.
DEFAULT_DESTINATION: Final = "topic"
# Why nobody is told: for the log and the ledger.
NO_ROUTE: Final = "no route of the policy leads it to a destination"
# A thousand notifications at once ask the same routes and silences.
_matcher: Final = lru_cache(maxsize=1_024)(matcher)


class DestinationSpec(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One destination of the policy. `kind` is the name of a module of `adapters.destinations`.

    `secret` names a secret under the stack's prefix, `target` a resource such as the ARN of a
    topic. `options` are those of the kind. Without `digest`, each notification is a message of its
    own, which waits for no others; so it is where the kind takes one incident a message.
    """

    name: str
    kind: str
    secret: str = ""
    target: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    digest: bool = True


_STACK_TOPIC: Final = DestinationSpec(name=DEFAULT_DESTINATION, kind="sns")


class GroupBy(StrEnum):
    """What the notifications of one message have in common."""

    RULE = "rule"
    CHANNEL = "channel"
    OWNER = "owner"


class Grouping(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How notifications become one message.

    The first of a group waits `wait` for others. Between two messages of a group passes `interval`
    at least. What is critical waits for neither.
    """

    by: tuple[GroupBy, ...] = (GroupBy.RULE,)
    wait: timedelta = timedelta(seconds=10)
    interval: timedelta = timedelta(minutes=1)


class IncidentMatch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which notifications: all that is given must hold; of several globs one is enough.

    `severity` is the least one, `at_most` the highest. `rule` is the id of the rule, or what an
    incident of no rule is about, such as `quarantine`. A tag or an owner that is not there matches
    nothing.
    """

    severity: Severity = Severity.LOW
    at_most: Severity = Severity.CRITICAL
    rule: Texts = ()
    tags: Mapping[str, Texts] = field(default_factory=dict)
    owner: Texts = ()
    channel: Texts = ()
    account: Texts = ()
    region: Texts = ()
    status: tuple[NotificationStatus, ...] = ()

    def holds(self, notification: Notification) -> bool:
        severity = notification.severity
        if self.severity.is_above(severity) or severity.is_above(self.at_most):
            return False
        if self.status and notification.status not in self.status:
            return False
        arn = notification.resource_arn
        place = place_of(arn)
        plain = (
            (self.rule, (notification.rule_id, word_of(notification.incident, arn))),
            (self.owner, filter(None, (notification.owner,))),
            (self.channel, (notification.resource_name, arn)),
            (self.account, (place.account,)),
            (self.region, (place.region,)),
        )
        return all(_accepts(globs, found) for globs, found in plain) and all(
            key in notification.tags and _accepts(globs, (notification.tags[key],))
            for key, globs in self.tags.items()
        )

    @property
    def tag_keys(self) -> frozenset[str]:
        """The tags that a notification must carry for it."""
        return frozenset(self.tags)


class Route(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where notifications go that `match` holds for.

    `repeat` is how long after the last message an incident that is still open is told again; never,
    if None. After a route with `goes_on`, later routes are tried as well.
    """

    to: tuple[str, ...]
    name: str = ""
    match: IncidentMatch = IncidentMatch()
    group: Grouping = Grouping()
    repeat: timedelta | None = None
    quiet: QuietHours | None = None
    goes_on: bool = False


class Inhibition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """While an incident that `by` holds for is open, nothing is told of those that `of` holds for.

    Both are about the same resource. An incident never inhibits itself. What is critical is held
    back by what is critical, too, and by nothing less, whatever the matchers take.
    """

    by: IncidentMatch
    of: IncidentMatch

    def by_for(self, notification: Notification) -> IncidentMatch | None:
        """Which open incidents hold this notification back; None if none can."""
        if not self.of.holds(notification):
            return None
        if notification.severity is not Severity.CRITICAL:
            return self.by
        takes_critical = self.by.at_most is Severity.CRITICAL
        return replace(self.by, severity=Severity.CRITICAL) if takes_critical else None

    def of_for(self, notification: Notification) -> IncidentMatch | None:
        """Which notifications are held back while this one's incident is open; None if none are."""
        if not self.by.holds(notification):
            return None
        if notification.severity is Severity.CRITICAL or self.of.at_most is not Severity.CRITICAL:
            return self.of
        takes_less = self.of.severity is not Severity.CRITICAL
        return replace(self.of, at_most=Severity.HIGH) if takes_less else None


class Routing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a policy says of telling. Without destinations, everything goes to the stack's topic.

    `owner_tag` is the key of the tag that says who a resource belongs to. `tells_recordings` asks
    for a notification of each recording that is ready, under the rule id `recording`.
    """

    destinations: tuple[DestinationSpec, ...] = (_STACK_TOPIC,)
    routes: tuple[Route, ...] = (Route(to=(DEFAULT_DESTINATION,)),)
    inhibitions: tuple[Inhibition, ...] = ()
    owner_tag: str = "owner"
    tells_recordings: bool = False

    def destination(self, name: str) -> DestinationSpec | None:
        """The topic of the stack has its name under every policy that gives it to nothing else.

        A policy without destinations has told it of incidents, which are ended there.
        """
        without = _STACK_TOPIC if name == DEFAULT_DESTINATION else None
        return next((each for each in self.destinations if each.name == name), without)

    def routes_of(self, notification: Notification) -> Iterator[Route]:
        """The routes that the notification takes, in their order."""
        for route in self.routes:
            if route.match.holds(notification):
                yield route
                if not route.goes_on:
                    return

    def destinations_of(self, notification: Notification) -> tuple[str, ...]:
        """The names of the destinations that its routes name, each once."""
        names = (name for route in self.routes_of(notification) for name in route.to)
        return tuple(dict.fromkeys(names))

    def unrouted(self, notifications: Iterable[Notification]) -> tuple[Notification, ...]:
        """Those that nobody is told of, because no route leads them to a destination."""
        found = (each for each in notifications if is_first_or_only(each))
        return tuple(each for each in found if not self.destinations_of(each))

    def route_to(self, destination: str, notification: Notification) -> Route:
        """The route by which it reaches a destination.

        What was told before its route changed is resolved in the same places, by a plain route.
        """
        routes = self.routes_of(notification)
        found = next((each for each in routes if destination in each.to), None)
        return found or Route(to=(destination,))

    @property
    def tag_keys(self) -> frozenset[str]:
        """The tags of resources that a notification must carry, so that it can be routed."""
        conditions = (
            *(each.match for each in self.routes),
            *(side for each in self.inhibitions for side in (each.by, each.of)),
        )
        return frozenset[str]({self.owner_tag}).union(*(each.tag_keys for each in conditions))


def group_key(grouping: Grouping, notification: Notification) -> str:
    """Names the group of a notification at its destination."""
    values = {
        GroupBy.RULE: notification.rule_id,
        GroupBy.CHANNEL: notification.resource_arn,
        GroupBy.OWNER: notification.owner,
    }
    chosen = ((each.value, values[each]) for each in grouping.by)
    return ",".join(f"{name}={value}" for name, value in chosen)


def _accepts(globs: Texts, found: Iterable[str]) -> bool:
    if not globs:
        return True
    accepts = _matcher(globs)
    return any(accepts(each) for each in found)
