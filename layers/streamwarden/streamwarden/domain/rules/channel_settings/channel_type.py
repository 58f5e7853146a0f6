"""The types, presets, latency modes and container formats that a channel may have."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from streamwarden.domain import ivs
from streamwarden.domain.globs import Texts, format_texts
from streamwarden.domain.rules.check import Check, Judge, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.traits import CHANNEL_SETTINGS
from streamwarden.domain.verdicts import Finding

type _FaultOf = Callable[[Stamped[Any]], str | None]

# What CreateChannel accepts (API model of 2020-07-14).
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "types": tuple(ivs.ChannelType),
    "presets": tuple(ivs.TranscodePreset),
    "latency_modes": tuple(ivs.LatencyMode),
    "containers": tuple(ivs.ContainerFormat),
}


class Multitrack(StrEnum):
    """How multitrack input must be set: enabled, off, or enabled and required of encoders."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    REQUIRED = "required"


class ChannelType(Check, frozen=True):
    """A channel must have one of the `types`, one of the `presets` and so on, where they are given.

    `types` are BASIC, STANDARD, ADVANCED_SD and ADVANCED_HD. `presets` are
    HIGHER_BANDWIDTH_DELIVERY and CONSTRAINED_BANDWIDTH_DELIVERY. Only ADVANCED channels have a
    preset, so `presets` demands nothing of other channels. `latency_modes` are NORMAL and LOW.
    `containers` are TS and FRAGMENTED_MP4. `multitrack` says whether multitrack input must be
    allowed, forbidden, or required of encoders.
    Data: `ListChannels` and CloudTrail channel calls; for `containers` and `multitrack` only
    CloudTrail channel calls, because listings do not contain them (API Reference, ChannelSummary).
    Costs no IVS call.
    """

    needs_settings: ClassVar = True
    traits: ClassVar = CHANNEL_SETTINGS

    types: Texts = ()
    presets: Texts = ()
    latency_modes: Texts = ()
    containers: Texts = ()
    multitrack: Multitrack | None = None

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            for value in getattr(self, name):
                if value not in choices:
                    expected = " or ".join(choices)
                    raise ValueError(f"`{name}`: expected {expected}, found {value!r}")
        if self.multitrack is None and not any(getattr(self, name) for name in _CHOICES):
            raise ValueError(f"give at least one of {', '.join(_CHOICES)} or multitrack")

    def prepare(self) -> Judge:
        demands = tuple(self._demands())

        def judge(facts: Facts, now: datetime) -> Finding:
            settings = facts.state.settings
            faults, since, unknown = [], None, None
            for member, fault_of in demands:
                setting = settings.get(member)
                if setting is None:
                    unknown = unknown or _UNKNOWN[member]
                elif (fault := fault_of(setting)) is not None:
                    faults.append(fault)
                    since = setting.at if since is None else min(since, setting.at)
            if since is not None:
                return breach(
                    "; ".join(faults),
                    about=RESOURCE,
                    since=min(since, now),
                    compared={member: settings.get(member) for member, _ in demands},
                )
            return unknown or _IN_ORDER

        return judge

    def _demands(self) -> Iterator[tuple[str, _FaultOf]]:
        if self.types:
            yield "type", _one_of("type", self.types)
        if self.presets:
            # The preset of a BASIC or STANDARD channel is the empty string (CreateChannel).
            yield "preset", _one_of("preset", ("", *self.presets), shown=self.presets)
        if self.latency_modes:
            yield "latencyMode", _one_of("latency mode", self.latency_modes)
        if self.containers:
            yield "containerFormat", _one_of("container format", self.containers)
        if self.multitrack is not None:
            yield "multitrackInputConfiguration", _multitrack_faults(self.multitrack)


_IN_ORDER: Final = compliant("the channel is of an allowed type")
_UNKNOWN: Final = {
    "type": not_applicable("the channel's type is not known yet"),
    "preset": not_applicable("the channel's preset is not known yet"),
    "latencyMode": not_applicable("the channel's latency mode is not known yet"),
    "containerFormat": not_applicable(
        "the channel's container format is not known: listings do not contain it, "
        "only the events of its creation or an update do"
    ),
    "multitrackInputConfiguration": not_applicable(
        "whether multitrack input is enabled is not known: listings do not contain it, "
        "only the events of the channel's creation or an update do"
    ),
}


def _one_of(what: str, allowed: Texts, shown: Texts = ()) -> _FaultOf:
    values, wanted = frozenset(allowed), format_texts(shown or allowed)

    def fault_of(setting: Stamped[Any]) -> str | None:
        value = setting.value or ""
        return None if value in values else f"the {what} is {value!r}, not {wanted}"

    return fault_of


def _multitrack_faults(wanted: Multitrack) -> _FaultOf:
    accepted = _ACCEPTED[wanted]

    def fault_of(setting: Stamped[Any]) -> str | None:
        found = _multitrack_of(setting.value)
        return None if found in accepted else f"multitrack input is {found}, not {wanted}"

    return fault_of


# Where multitrack input is required of encoders, it is allowed as well.
_ACCEPTED: Final = {
    Multitrack.ALLOWED: frozenset({Multitrack.ALLOWED, Multitrack.REQUIRED}),
    Multitrack.FORBIDDEN: frozenset({Multitrack.FORBIDDEN}),
    Multitrack.REQUIRED: frozenset({Multitrack.REQUIRED}),
}


def _multitrack_of(configuration: object) -> Multitrack:
    given = configuration if isinstance(configuration, Mapping) else {}
    if not given.get("enabled"):
        return Multitrack.FORBIDDEN
    required = given.get("policy") == ivs.MultitrackPolicy.REQUIRE
    return Multitrack.REQUIRED if required else Multitrack.ALLOWED
