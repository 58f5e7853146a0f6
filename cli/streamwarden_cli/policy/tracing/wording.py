"""Matchers in words: what they take, and what of a notification they do not take."""

from collections.abc import Iterator, Mapping
from copy import replace
from typing import Any, Final

from streamwarden.domain.arn import place_of
from streamwarden.domain.globs import Texts, format_texts
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden.domain.verdicts import Notification, Severity
from streamwarden_cli.policy.tracing.incident import UNKNOWN

_EVERYTHING: Final = IncidentMatch()


def mismatches(match: IncidentMatch, notification: Notification) -> list[str]:
    """One sentence for each matcher that does not hold; each is asked by itself."""
    return [
        f"{name} is {_found(name, notification)}, and it takes {wanted}"
        for name, wanted, alone in _parts(match)
        if not alone.holds(notification)
    ]


def describe_match(match: IncidentMatch) -> str:
    """`severity high or above, rule 'ad-*'`; empty for what takes everything."""
    return ", ".join(f"{name} {wanted}" for name, wanted, _ in _parts(match))


def _parts(match: IncidentMatch) -> Iterator[tuple[str, str, IncidentMatch]]:
    """What each matcher is about, what it takes, and the matcher alone."""
    for name in match.__struct_fields__:
        given = getattr(match, name)
        if name == "tags":
            for key, globs in given.items():
                yield f"tag {key}", format_texts(globs), replace(_EVERYTHING, tags={key: globs})
        elif given != getattr(_EVERYTHING, name):
            label = "severity" if name == "at_most" else name
            alone: Mapping[str, Any] = {name: given}
            yield label, _wanted(name, given), replace(_EVERYTHING, **alone)


def _wanted(name: str, given: Severity | Texts) -> str:
    match name:
        case "severity":
            return str(given) if given is Severity.CRITICAL else f"{given} or above"
        case "at_most":
            return str(given) if given is Severity.LOW else f"{given} or below"
        case "status":
            return " or ".join(given)
        case _:
            return format_texts(tuple(given))


def _found(name: str, notification: Notification) -> str:
    place = place_of(notification.resource_arn)
    found = {
        "severity": str(notification.severity),
        "status": str(notification.status),
        "rule": notification.rule_id,
        "owner": notification.owner,
        "channel": _channel(notification),
        "account": place.account,
        "region": place.region,
        **{f"tag {key}": value for key, value in notification.tags.items()},
    }.get(name, "")
    if name in ("severity", "status"):
        return found
    return "not given" if found in ("", UNKNOWN) else repr(found)


def _channel(notification: Notification) -> str:
    has_name = notification.resource_name != UNKNOWN
    is_given = has_name or not notification.resource_arn.endswith(UNKNOWN)
    given = notification.resource_name if has_name else notification.resource_arn
    return given if is_given else UNKNOWN
