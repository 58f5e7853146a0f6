"""What an action carries, in a few words: the tags or settings that it sets, or what it says."""

from collections.abc import Mapping
from typing import Any, Protocol

from streamwarden.domain.verdicts import SettingsChange


class Carrier(Protocol):
    """An action that was planned, or one that was carried out."""

    @property
    def kind(self) -> str: ...
    @property
    def tags(self) -> Mapping[str, str]: ...
    @property
    def settings(self) -> SettingsChange | None: ...


def describe_carried(carrier: Carrier, text: str = "") -> str:
    """Empty where it carries nothing. Other tags, or other settings, are another action."""
    members: Mapping[str, Any] = carrier.settings.set if carrier.settings else carrier.tags
    return ", ".join(f"{name}: {_value(value)}" for name, value in sorted(members.items())) or text


def with_carried(carrier: Carrier, text: str = "") -> str:
    """`tag {team: news}`"""
    carried = describe_carried(carrier, text)
    return f"{carrier.kind} {{{carried}}}" if carried else carrier.kind


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
