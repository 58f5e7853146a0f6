"""What the operator's policy says beside its rules, from the policy layer."""

from pathlib import Path

from streamwarden.domain.policy_outline import (
    PolicyOutline,
    RoutingOutline,
    load_outline,
    load_routing,
)


def outline_at(path: str) -> PolicyOutline:
    """Raises InvalidPolicy, OSError."""
    return load_outline(Path(path).read_bytes())


def routing_at(path: str) -> RoutingOutline:
    """Raises InvalidPolicy, OSError."""
    return load_routing(Path(path).read_bytes())
