"""The limits that IVS sets for all channels of an account together."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.duration import format_duration
from streamwarden.domain.ivs import AccountQuota
from streamwarden.domain.rules.bursts import last_burst
from streamwarden.domain.rules.check import Check, breach, compliant
from streamwarden.domain.rules.limit_hits import format_hits
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.traits import Traits
from streamwarden.domain.verdicts import Finding

# No event says that an account is within a limit again. The rule assumes it after this time.
_CLOSES_AFTER: Final = timedelta(hours=1)


_ALL: Final = tuple(AccountQuota)
_ACCOUNT: Final = frozenset({ResourceType.ACCOUNT})


class AccountLimit(Check, frozen=True):
    """The account must not exceed its `limits` in a region.

    IVS rejects a stream above a limit, on any channel of the account. The breach lasts for one hour
    after the last such event. People get no further notification while it lasts. To get separate
    notifications, write one rule for each of the `limits`.
    Data: `IVS Limit Breach` events that name no channel. Costs no IVS call.
    """

    # Which streams to end for others to begin is a decision that no rule about an account can take.
    traits: ClassVar[Traits] = frozenset()

    no_warnings: ClassVar = (
        "IVS tells of these limits when they are exceeded, and of no figure before; quota_headroom "
        "has warnings"
    )

    limits: tuple[AccountQuota, ...] = _ALL

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if not self.limits:
            raise ValueError(f"`limits`: name at least one of {', '.join(_ALL)}")

    @property
    def judges(self) -> frozenset[ResourceType]:
        return _ACCOUNT

    @property
    def repeats_after(self) -> timedelta:
        return _CLOSES_AFTER

    def judge(self, facts: Facts, now: datetime) -> Finding:
        open_at = now - _CLOSES_AFTER
        bursts = [
            last_burst(
                (hit for hit in facts.state.limit_hits if hit.limit_name == limit), _CLOSES_AFTER
            )
            for limit in _ALL
            if limit in self.limits
        ]
        exceeded = [burst for burst in bursts if burst and burst[-1].at > open_at]
        if not exceeded:
            return _WITHIN
        return breach(
            ", and ".join(map(format_hits, exceeded)),
            about=RESOURCE,
            since=min(now, *(burst[0].at for burst in exceeded)),
            compared={"limit_hits": [hit for burst in exceeded for hit in burst]},
            recheck_at=max(burst[-1].at for burst in exceeded) + _CLOSES_AFTER,
        )


_WITHIN: Final = compliant(
    f"IVS reported no exceeded limit in the last {format_duration(_CLOSES_AFTER)}"
)
