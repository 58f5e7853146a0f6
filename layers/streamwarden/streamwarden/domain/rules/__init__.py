"""The rule kinds, by the word that a policy uses. One new kind is one module and one line here.

A kind is loaded when a policy first uses it: a cold start pays for the kinds of its own policy.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Final, cast

from streamwarden.domain.rules.check import Check, Judge

__all__ = ["FAMILIES", "RULE_KINDS", "Check", "Judge"]

# Each kind is the class of its name in `rules.<family>.<kind>`.
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "tags": (
        "required_tags",
        "inherited_tags",
        "forbidden_tags",
        "tag_limit",
        "protected_tags",
        "owner_from_creator",
    ),
    "live_sessions": (
        "max_duration",
        "starvation",
        "allowed_hours",
        "never_live",
        "limit_breach",
        "takeover",
        "flapping",
        "stream_failure",
        "viewer_ceiling",
        "no_viewers",
        "concurrent_streams",
        "broadcast_budget",
        "ingest_ceiling",
        "zombie_session",
        "external_verdict",
    ),
    "channel_settings": (
        "insecure_ingest",
        "private_required",
        "playback_restriction",
        "channel_type",
        "recording_required",
        "recording_forbidden",
        "unmanaged_channel",
        "orphans",
    ),
    "keys": (
        "stream_key_age",
        "key_missing",
        "key_drift",
        "playback_key_age",
        "playback_key_allowlist",
    ),
    "recordings": ("recording_failed", "not_recording", "recording_integrity"),
    "account": ("account_limit", "quota_headroom"),
    "events": ("event_alert",),
}
_FAMILY_OF: Final = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}


class _RuleKinds(Mapping[str, type[Check]]):
    """Reads like a dict of all kinds; a class is imported when it is asked for."""

    def __getitem__(self, kind: str) -> type[Check]:
        return _load(_FAMILY_OF[kind], kind)

    def __contains__(self, kind: object) -> bool:
        return kind in _FAMILY_OF

    def __iter__(self) -> Iterator[str]:
        return iter(_FAMILY_OF)

    def __len__(self) -> int:
        return len(_FAMILY_OF)


@cache
def _load(family: str, kind: str) -> type[Check]:
    module = import_module(f"{__name__}.{family}.{kind}")
    name = "".join(part.capitalize() for part in kind.split("_"))
    return cast(type[Check], getattr(module, name))


RULE_KINDS: Final[Mapping[str, type[Check]]] = _RuleKinds()
