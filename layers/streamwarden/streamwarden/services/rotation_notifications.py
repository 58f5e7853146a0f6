"""What people are told of a rotation: that it is done, or that it stands still half-way."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime

from streamwarden.domain.actions.base.calls import ListedKey
from streamwarden.domain.notifications.belongings import concerning
from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.notifications.undoing import exempting
from streamwarden.domain.policy import Policy
from streamwarden.domain.verdicts import Notification, NotificationStatus, Severity
from streamwarden.services.records import Published, Rotation


def rotated_notification(rotation: Rotation, published: Published, now: datetime) -> Notification:
    new = (
        f"The new key ({published.key_arn}) is in secret {published.secret}, "
        "for the broadcaster to take."
    )
    if rotation.old_key_arn is None:
        text = f"The channel had no stream key. {new}"
        return _notification(rotation, "rotated", "stream key made", text, now)
    text = f"The old key ({rotation.old_key_arn}) is refused from now on. {new}"
    return _notification(rotation, "rotated", "stream key replaced", text, now)


def deleted_notification(rotation: Rotation, now: datetime) -> Notification:
    """There is nothing left to finish."""
    text = "Nothing of the replacement is left to finish."
    return _notification(rotation, "deleted", "the channel was deleted", text, now)


def held_notification(
    rotation: Rotation, key: ListedKey | None, command: str, now: datetime
) -> Notification:
    """The stack was turned to observe in the middle. `command` is how a person finishes it."""
    title = "the replacement of the stream key stands still half-way"
    text = (
        f"The stack only observes now and may not finish it. {_describe_key(rotation, key)} "
        f"Finish it with your own permissions: {command}. "
        "Or deploy the stack with Mode=enforce: the next rotation window finishes it."
    )
    held = _notification(rotation, "held", title, text, now)
    return replace(
        held,
        severity=Severity.CRITICAL,
        status=NotificationStatus.OPENED,
        since=rotation.minted_at,
        undo=(command,),
    )


def with_rule_and_owner(
    notification: Notification, policy: Policy, tags: Mapping[str, str]
) -> Notification:
    """The notification as the rule tells its own: why, how to undo it, and who owns it.

    `tags` are those of the channel. A rotation that a person ordered has no rule.
    """
    notified = concerning(notification, policy.routing, tags)
    rule = next((each for each in policy.rules if each.id == notified.rule_id), None)
    if rule is None:
        return notified
    is_replaced = notified.status is NotificationStatus.CHANGED
    undo = (exempting(notified.resource_arn, rule.id),) if is_replaced else notified.undo
    return replace(notified, notes=rule.headings[rule.mode].notes, undo=undo)


def _notification(
    rotation: Rotation, what: str, title: str, text: str, now: datetime
) -> Notification:
    was_held = rotation.is_held_notified
    return Notification(
        id=f"{rotation.id}/{what}",
        incident=incident_key(rotation.channel_arn, "rotation", rotation.id),
        rule_id=rotation.rule_id,
        severity=Severity.MEDIUM,
        # What nobody was told to be stuck is a change, and the end of nothing.
        status=NotificationStatus.RESOLVED if was_held else NotificationStatus.CHANGED,
        since=rotation.minted_at if was_held else None,
        resource_arn=rotation.channel_arn,
        resource_name=rotation.channel_name,
        stream_id=None,
        title=f"{rotation.channel_name or rotation.channel_arn}: {title}",
        text=text,
        at=now,
    )


def _describe_key(rotation: Rotation, key: ListedKey | None) -> str:
    if key is None:
        return "The channel has no stream key: no encoder can connect."
    if key.arn == rotation.old_key_arn:
        return "The channel still has its old key."
    return "The channel has a new key, which may not be in the secret store yet."
