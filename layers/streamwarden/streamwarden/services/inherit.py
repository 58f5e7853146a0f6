"""Carry tags over from a channel to its stream key."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from streamwarden.domain.inputs import KeyObserved
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action
from streamwarden.services.ports import KeyLookup, StreamControl
from streamwarden.services.stream_keys import key_observed

_NO_TAGS: Final[Mapping[str, str]] = {}


class Result(Struct, frozen=True):
    """What became of an action: the tags that are now set, and the stream key as it was found.

    The tags are those of the key where there is one, else those of the resource.
    """

    outcome: Outcome
    tags: Mapping[str, str] = _NO_TAGS
    key: KeyObserved | None = None


def inherit_tags(action: Action, keys: KeyLookup, control: StreamControl, now: datetime) -> Result:
    """Set what the channel's key does not carry of the action's tags. Raises TryAgain, Refused."""
    channel_arn = action.resource_arn
    key = keys.find(channel_arn)
    found = key_observed(channel_arn, key, now)
    if key is None:
        return Result(_nothing("the channel has no stream key"), key=found)
    missing = {tag: value for tag, value in action.tags.items() if key.tags.get(tag) != value}
    if not missing:
        return Result(_nothing("the stream key carries the channel's tags already"), key=found)
    control.tag(key.arn, missing)
    done = Outcome(OutcomeStatus.DONE, f"set {format_keys(missing)} on the stream key")
    return Result(done, missing, found)


def format_keys(tags: Iterable[str]) -> str:
    return ", ".join(sorted(tags))


def _nothing(reason: str) -> Outcome:
    return Outcome(OutcomeStatus.NOTHING_TO_DO, reason)
