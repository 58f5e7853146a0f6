"""Silences: operators keep incidents from being told for a time. Nothing else changes.

What operators have set is always told: a silence must not hide a pause, nor itself.
"""

from datetime import datetime
from functools import lru_cache

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden.domain.state.controls import AccountControls, Silence
from streamwarden.domain.verdicts import Notification


def silence_of(
    controls: AccountControls, notification: Notification, now: datetime
) -> Silence | None:
    """The silence that keeps it from being told now; of several, the one that ends last."""
    if _is_about_control(notification):
        return None
    found = [each for each in controls.silences_at(now) if _match_of(each).holds(notification)]
    return max(found, key=lambda each: (each.until, each.id), default=None)


def silenced_in_words(silence: Silence) -> str:
    """What it matches: `incidents of rule limit on channel studio, up to severity high`."""
    named = (("of rule", silence.rule), ("on channel", silence.channel), ("of", silence.owner))
    said = " ".join(("incidents", *(f"{words} {glob}" for words, glob in named if glob)))
    if silence.severity is Severity.CRITICAL:
        return f"{said}, also critical ones"
    return f"{said}, up to severity {silence.severity}"


def _is_about_control(notification: Notification) -> bool:
    return notification.incident.startswith(f"{notification.resource_arn}/control/")


@lru_cache(maxsize=256)
def _match_of(silence: Silence) -> IncidentMatch:
    return IncidentMatch(
        at_most=silence.severity,
        rule=_globs(silence.rule),
        channel=_globs(silence.channel),
        owner=_globs(silence.owner),
    )


def _globs(glob: str) -> tuple[str, ...]:
    return (glob,) if glob else ()
