"""Rules about how a channel is set up."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.check import compliant, not_applicable
from streamwarden.domain.verdicts import ActionKind, Finding, Status


@dataclass(frozen=True)
class InsecureIngest:
    """A channel must not accept RTMP without TLS or SRT without a passphrase.

    Data: `insecureIngest` of `ListChannels` and of CloudTrail channel calls. Costs no IVS call.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    allowed_actions: ClassVar = frozenset({ActionKind.STOP, ActionKind.TAG})
    needs_settings: ClassVar = True
    stops_only_if_stalled: ClassVar = False

    def assess(self, facts: Facts, now: datetime) -> Finding:
        allowed = facts.known.settings.get("insecureIngest")
        if allowed is None:
            return not_applicable("whether insecure ingest is allowed is not known yet")
        if not allowed.value:
            return compliant("insecure ingest is off")
        return Finding(
            status=Status.BREACH,
            reason="the channel allows insecure ingest (RTMP without TLS)",
            since=min(allowed.at, now),
        )
