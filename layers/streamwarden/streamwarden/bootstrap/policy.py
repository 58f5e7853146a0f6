"""The operator's policy, from the policy layer."""

from pathlib import Path

from streamwarden.domain.policy import (
    Policy,
    PolicyOutline,
    RoutingOutline,
    load_outline,
    load_policy,
    load_routing,
)


def policy_at(path: str) -> Policy:
    """Raises InvalidPolicy, OSError."""
    return load_policy(Path(path).read_bytes())


def outline_at(path: str) -> PolicyOutline:
    """Raises InvalidPolicy, OSError."""
    return load_outline(Path(path).read_bytes())


def routing_at(path: str) -> RoutingOutline:
    """Raises InvalidPolicy, OSError."""
    return load_routing(Path(path).read_bytes())
