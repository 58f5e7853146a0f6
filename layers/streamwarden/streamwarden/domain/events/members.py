"""The members of IVS resources that rules read, and the types that the API model gives them.

Calls that CloudTrail records, listings and stored records hold them as they came. A rule relies on
their types.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from streamwarden.domain.events.bounds import Count

# What CloudTrail writes in place of a value that it does not show.
HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"


class _RestrictionTerms(Struct, rename="camel"):
    allowed_countries: list[str] | None = None
    allowed_origins: list[str] | None = None
    enable_strict_origin_enforcement: bool | None = None


class _AttachedPolicy(_RestrictionTerms, rename="camel"):
    arn: str | None = None
    name: str | None = None


class _Members(_RestrictionTerms, rename="camel"):
    """Of every resource type together, with the counts in the record of an account."""

    name: str | None = None
    type: str | None = None
    preset: str | None = None
    latency_mode: str | None = None
    container_format: str | None = None
    authorized: bool | None = None
    insecure_ingest: bool | None = None
    recording_configuration_arn: str | None = None
    playback_restriction_policy_arn: str | None = None
    playback_restriction_policy: _AttachedPolicy | None = None
    fingerprint: str | None = None
    tags: dict[str, str] | None = None
    tag_keys: list[str] | None = None
    channels: Count | None = None
    concurrent_streams: Count | None = None
    concurrent_views: Count | None = None
    recording_configurations: Count | None = None
    playback_key_pairs: Count | None = None
    playback_restriction_policies: Count | None = None


def check_members(members: Mapping[str, Any]) -> None:
    """Raises msgspec.ValidationError, naming the member."""
    try:
        msgspec.convert(members, _Members)
    except msgspec.ValidationError:  # which what is hidden may have caused
        shown = {name: each for name, each in members.items() if not is_hidden(each)}
        msgspec.convert(shown, _Members)


def is_hidden(value: object) -> bool:
    """Whether CloudTrail hides it, or a part of it: then it is not known."""
    if isinstance(value, str):  # most are, and asking whether one is a Mapping takes long
        return value == HIDDEN
    if value is None or isinstance(value, bool):
        return False
    return isinstance(value, Mapping) and any(map(is_hidden, value.values()))
