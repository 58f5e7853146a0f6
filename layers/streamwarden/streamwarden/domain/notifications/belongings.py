"""Notifications carry the owner of their resource, and those of its tags that a route reads."""

from collections.abc import Mapping
from copy import replace

from streamwarden.domain.decision import Decision
from streamwarden.domain.ivs import filled_tags
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.verdicts import Notification


def with_belongings(decision: Decision, routing: Routing, tags: Mapping[str, str]) -> Decision:
    """The decision whose notifications carry the owner and the tags of the resource."""
    notifications = (concerning(each, routing, tags) for each in decision.notifications)
    return replace(decision, notifications=tuple(notifications))


def concerning(
    notification: Notification, routing: Routing, tags: Mapping[str, str]
) -> Notification:
    """The notification with its owner and tags. `tags` are those of its resource."""
    tags = filled_tags(tags)
    carried = {key: tags[key] for key in sorted(routing.tag_keys & tags.keys())}
    return replace(notification, owner=tags.get(routing.owner_tag, ""), tags=carried)
