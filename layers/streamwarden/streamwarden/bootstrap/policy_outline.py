"""What the operator's policy says beside its rules, from the policy layer."""

from pathlib import Path

from streamwarden import __version__
from streamwarden.domain.policy_outline import (
    PolicyOutline,
    RoutingOutline,
    load_deployment,
    load_outline,
    load_routing,
)
from streamwarden.domain.state.deployment import Deployment


def outline_at(path: str) -> PolicyOutline:
    """Raises InvalidPolicy, OSError."""
    return load_outline(Path(path).read_bytes())


def routing_at(path: str) -> RoutingOutline:
    """Raises InvalidPolicy, OSError."""
    return load_routing(Path(path).read_bytes())


def deployment_at(path: str, *, stack: str, mode: str) -> Deployment:
    """Raises InvalidPolicy, OSError."""
    document = Path(path).read_bytes()
    return load_deployment(document, stack=stack, version=__version__, mode=mode)
