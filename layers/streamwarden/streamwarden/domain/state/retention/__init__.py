"""What is kept of all that is known: everything in a record has a bound, and a reason for it.

An observer reads and writes the whole record with every input, and DynamoDB takes no item above
400 KB. So nobody who can tag a channel or make an encoder reconnect decides how large a record is.
What does not fit is summarised. What a summary gets wrong, the next sweep puts right, because it
differs from what is listed.
"""

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from streamwarden.domain.state.airtime import Airtime, settled, within_days_kept
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.state.retention.controls import kept_account_controls, kept_controls
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.state.retention.sessions import (
    admitted,
    since,
    with_few_sessions,
    without_empty_sets,
    without_viewers,
)
from streamwarden.domain.state.retention.tags import with_few_tags
from streamwarden.domain.state.retention.verdicts import with_few_verdicts

__all__ = ["RECORD_KEPT", "Interests", "admitted", "kept_settings", "retained"]

# A record goes so long after its resource is gone: events about it may come late.
RECORD_KEPT: Final = timedelta(days=3)

# The API's own settings are smaller (ListChannels, the attached restriction policy included), and
# there are fewer, with shorter names.
_SETTINGS: Final = 20
_LONGEST_SETTING: Final = 40
_SETTING_BYTES: Final = 8_000


def retained(
    observed: Resource,
    before: Resource,
    awaited: Set[str],
    interests: Interests,
    now: datetime,
) -> Resource:
    """What is kept of a resource from `now` on; `before` is what was kept until then.

    `awaited` are the ids of the actions whose outcomes still matter. Applied twice it changes
    nothing.
    """
    facts = Facts(with_few_verdicts(observed, interests, now))
    kept = with_few_tags(with_few_sessions(facts, now), interests, now)
    if not interests.reads_viewers_at(now):
        kept = without_viewers(kept)
    return without_empty_sets(
        replace(
            kept,
            settings=_settings(kept.settings),
            airtime=_airtime(facts, before, interests, now),
            outcomes={key: each for key, each in kept.outcomes.items() if key in awaited},
            unused_at=since(kept.unused_at, kept.used_at),
            controls=kept_controls(kept.controls, now),
            account_controls=kept_account_controls(kept.account_controls, now),
        )
    )


def _settings(settings: Mapping[str, Stamped[Any]]) -> Mapping[str, Stamped[Any]]:
    are_short = (
        len(settings) <= _SETTINGS and max(map(len, settings), default=0) <= _LONGEST_SETTING
    )
    if are_short and _size([each.value for each in settings.values()]) <= _SETTING_BYTES:
        return settings  # as nearly always: small all together, so none is too large
    kept = kept_settings({name: each.value for name, each in settings.items()})
    return {name: settings[name] for name in kept}


def kept_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of settings. Whatever the API adds one day, and is too large, is not known."""
    named = sorted(name for name in settings if len(name) <= _LONGEST_SETTING)[:_SETTINGS]
    kept = {name: settings[name] for name in named}
    if _size(kept) <= _SETTING_BYTES:  # all together, as nearly always: none is larger
        return kept
    return {name: value for name, value in kept.items() if _size(value) <= _SETTING_BYTES}


def _size(value: object) -> int:
    return len(msgspec.json.encode(value))


def _airtime(facts: Facts, before: Resource, interests: Interests, now: datetime) -> Airtime:
    """Where no rule adds it up it is not added to, and what there is grows old."""
    if not interests.counts_airtime:
        return within_days_kept(before.airtime, now)
    live = facts.live
    on_air_at = live.on_air_at if live else None
    return settled(facts.state.airtime, now, on_air_at, keeps_edges=interests.by_local_clock)
