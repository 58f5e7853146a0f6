"""How much of its quotas the account uses, before IVS rejects anything."""

from collections.abc import Iterable, Mapping
from copy import replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple

from msgspec import field

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.check import Judge, breach, compliant, not_applicable
from streamwarden.domain.rules.counts import EXCEEDED, CountCheck
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.share import percent_of
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.traits import Traits
from streamwarden.domain.verdicts import Finding, NearLimit


class Quota(StrEnum):
    """The quotas whose use a sweep can count."""

    CHANNELS = "channels"
    CONCURRENT_STREAMS = "concurrent_streams"
    CONCURRENT_VIEWS = "concurrent_views"
    RECORDING_CONFIGURATIONS = "recording_configurations"
    PLAYBACK_KEY_PAIRS = "playback_key_pairs"
    PLAYBACK_RESTRICTION_POLICIES = "playback_restriction_policies"


class Counted(NamedTuple):
    """The count's name in the account's record, AWS's default, and the types to list for it."""

    member: str
    default: int
    listed: frozenset[ResourceType] = frozenset()


# The defaults per account and region (User Guide, Service Quotas, 2026). AWS lets most be raised.
COUNTED: Final[Mapping[Quota, Counted]] = {
    Quota.CHANNELS: Counted("channels", 5_000),
    Quota.CONCURRENT_STREAMS: Counted("concurrentStreams", 100),
    Quota.CONCURRENT_VIEWS: Counted("concurrentViews", 15_000),
    Quota.RECORDING_CONFIGURATIONS: Counted(
        "recordingConfigurations", 20, frozenset({ResourceType.RECORDING_CONFIGURATION})
    ),
    Quota.PLAYBACK_KEY_PAIRS: Counted(
        "playbackKeyPairs", 3, frozenset({ResourceType.PLAYBACK_KEY_PAIR})
    ),
    Quota.PLAYBACK_RESTRICTION_POLICIES: Counted(
        "playbackRestrictionPolicies", 3, frozenset({ResourceType.PLAYBACK_RESTRICTION_POLICY})
    ),
}
_ALL: Final = tuple(Quota)
_ACCOUNT: Final = frozenset({ResourceType.ACCOUNT})


class _Watched(NamedTuple):
    """One quota of a rule, ready to be compared."""

    member: str
    allowed: int
    noun: str


type _Count = tuple[_Watched, Stamped[int]]


class QuotaHeadroom(CountCheck, frozen=True):
    """The account must use less than the share `at` of each of its quotas in a region.

    The default quotas of AWS are 5,000 channels, 100 concurrent streams, 15,000 concurrent views,
    20 recording configurations, 3 playback key pairs and 3 playback restriction policies. `quotas`
    gives the value of each quota that AWS has raised. `only` names the quotas that the rule
    compares. A breach names all quotas that reach the share. People get no further notification
    while it lasts. To get separate notifications, write separate rules. A sweep reports a count
    when it reaches or leaves the share. Viewers of streams that IVS could not count are left out.
    `warnings` are shares of a quota, such as 60%, at which people get an early warning, each once
    for all quotas of the rule, until each count has gone a tenth of its quota below it.
    Data: `ListChannels`, `ListStreams` and the listings of what `only` names. Costs one call a
    sweep for recording configurations and one for playback restriction policies, and up to four for
    playback key pairs.
    """

    traits: ClassVar[Traits] = frozenset()

    at: float = 0.8
    quotas: Mapping[Quota, int] = field(default_factory=dict)
    only: tuple[Quota, ...] = _ALL

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if not 0 < self.at <= 1:
            raise ValueError(f"`at`: expected a share above 0 and up to 1, found {self.at}")
        for each in self.warnings:
            if percent_of(each) >= self.at * 100:
                raise ValueError(
                    f"`warnings`: expected shares below `at` of {self.at * 100:g}%, found {each}"
                )
        if not self.only:
            raise ValueError(f"`only`: name at least one of {', '.join(_ALL)}")
        for quota, allowed in self.quotas.items():
            if allowed < 1:
                raise ValueError(f"`quotas`: expected {quota} of 1 or more, found {allowed}")
            if quota not in self.only:
                raise ValueError(f"`quotas`: {quota} is not among those that `only` names")

    @property
    def judges(self) -> frozenset[ResourceType]:
        return _ACCOUNT

    @property
    def needs(self) -> Needs:
        return Needs(
            resources=_ACCOUNT.union(*(COUNTED[each].listed for each in self.only)),
            counts=frozenset(
                (watched.member, count)
                for watched in map(self._watched, self.only)
                for count in (self._first_breach(watched), *self.boundaries(watched.allowed))
            ),
        )

    def _first_breach(self, watched: _Watched) -> int:
        """The smallest count that breaches the rule."""
        near = int(self.at * watched.allowed)
        return next(
            each for each in range(max(near - 1, 0), near + 2) if self._is_short(watched, each)
        )

    def _is_short(self, watched: _Watched, count: int) -> bool:
        # Divided, not multiplied: 55 / 100 is 0.55, while 0.55 * 100 is a little more than 55.
        return count / watched.allowed >= self.at

    def prepare(self) -> Judge:
        watched = [self._watched(each) for each in _ALL if each in self.only]
        within = compliant(f"less than {self.at * 100:g}% of each quota is in use")

        def judge(facts: Facts, now: datetime) -> Finding:
            found = [(each, facts.state.settings.get(each.member)) for each in watched]
            # A count is None if no rule needed it when the account was last counted.
            state = [(each, count) for each, count in found if count and count.value is not None]
            if not state:
                return _UNCOUNTED
            short = [(each, count) for each, count in state if self._is_short(each, count.value)]
            near = self._closest(state, is_breached=bool(short))
            if not short:
                return within if near is None else replace(within, near=near)
            return breach(
                _describe(short),
                about=RESOURCE,
                since=min(now, *(count.at for _, count in short)),
                near=near,
                compared={
                    each.noun: {"used": count.value, "at": count.at, "quota": each.allowed}
                    for each, count in short
                },
            )

        return judge

    def _closest(self, counted: Iterable[_Count], *, is_breached: bool) -> NearLimit | None:
        """Of the quota that is the nearest; a breach is of all of them."""
        if not self.warnings:
            return None
        if is_breached:
            return EXCEEDED
        found = [
            near
            for each, count in counted
            if (near := self.near(count.value, each.allowed, _describe([(each, count)])))
        ]
        return max(found, key=lambda near: (near.percent, near.held), default=None)

    def _watched(self, quota: Quota) -> _Watched:
        counted = COUNTED[quota]
        allowed = self.quotas.get(quota, counted.default)
        return _Watched(counted.member, allowed, quota.replace("_", " "))


_UNCOUNTED: Final = not_applicable(
    "how much of the quotas is in use is not known yet; the next sweep counts it"
)


def _describe(short: Iterable[_Count]) -> str:
    """`82 of 100 concurrent streams are in use (82%), 3 of 3 playback key pairs (100%)`"""
    reason = [
        f"{count.value:,} of {each.allowed:,} {each.noun} ({count.value * 100 // each.allowed}%)"
        for each, count in short
    ]
    return f"{', '.join(reason)} in use"
