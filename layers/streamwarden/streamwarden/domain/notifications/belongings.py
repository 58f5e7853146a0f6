"""Notifications carry the owner of their resource, and those of its tags that a route reads."""

from collections.abc import Mapping
from copy import replace

from streamwarden.domain.decision import Decision
from streamwarden.domain.notifications.routing import Routing


def with_belongings(decision: Decision, routing: Routing, tags: Mapping[str, str]) -> Decision:
    """The decision whose notifications say whom they concern."""
    carried = {key: tags[key] for key in sorted(routing.tag_keys & tags.keys())}
    owner = tags.get(routing.owner_tag, "")
    if not carried:
        return decision
    notifications = (replace(each, owner=owner, tags=carried) for each in decision.notifications)
    return replace(decision, notifications=tuple(notifications))
