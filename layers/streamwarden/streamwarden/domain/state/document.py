"""What the expressions of `when` and `unless` see of a resource.

Its shape is declared in `shape`, which policies are checked by and a test holds this to.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import to_builtins

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.ivs import CHANNEL_SETTINGS
from streamwarden.domain.state.resource import LimitHit, Resource, Session


class _Facts(Protocol):
    """What expressions see is concluded in `facts`, which is further up."""

    @property
    def state(self) -> Resource: ...

    @property
    def arn(self) -> str: ...

    @property
    def resource_type(self) -> ResourceType: ...

    @property
    def settings(self) -> Mapping[str, Any]: ...

    @property
    def name(self) -> str: ...

    @property
    def filled_tags(self) -> Mapping[str, str]: ...

    @property
    def session(self) -> Session | None: ...

    @property
    def stalled_since(self) -> datetime | None: ...

    def limit_hits_of(self, session: Session) -> frozenset[LimitHit]: ...


# The members of IVS's `Channel` that are settings, in the API's own words. Whatever else is known
# of a channel is left out, so that expressions see what is declared and nothing else.
_SETTINGS: Final = frozenset({*CHANNEL_SETTINGS, "multitrackInputConfiguration"})


def document_of(facts: _Facts) -> Mapping[str, Any]:
    """JSON: what is not known is left out, or null."""
    arn, kind, session = facts.arn, facts.resource_type, facts.session
    _, _, _, region, account, resource = arn.split(":", 5)
    shared = {
        "arn": arn,
        "id": resource.partition("/")[2],
        "name": facts.name,
        "region": region,
        "tags": facts.filled_tags,
    }
    return {
        "channel": _channel(shared, facts) if kind is ResourceType.CHANNEL else None,
        "session": _session(session, facts) if session else None,
        "resource": {**shared, "type": kind.value},
        "account": {"id": account, "region": region},
    }


def _channel(shared: Mapping[str, Any], facts: _Facts) -> Mapping[str, Any]:
    channel = {name: value for name, value in facts.settings.items() if name in _SETTINGS}
    channel.update(shared)
    channel["first_seen_at"] = _describe(facts.state.first_seen_at)
    return channel


def _session(session: Session, facts: _Facts) -> Mapping[str, Any]:
    return {
        "stream_id": session.stream_id,
        "created_at": _describe(session.created_at),
        "on_air": session.on_air_at is not None,
        "on_air_at": _describe(session.on_air_at),
        "stalled": facts.stalled_since is not None,
        "viewers": session.viewers.value if session.viewers else None,
        "takeovers": len(session.takeovers),
        "limit_hits": sorted({hit.limit_name for hit in facts.limit_hits_of(session)}),
    }


def _describe(moment: datetime | None) -> str | None:
    # A tenth of the time of `isoformat`, with a Z for UTC.
    return to_builtins(moment) if moment else None
