"""The operator's policy, from the policy layer."""

from pathlib import Path

from streamwarden.domain.policy import Policy, load_needs, load_policy
from streamwarden.domain.rules.needs import Needs


def policy_at(path: str) -> Policy:
    """Raises InvalidPolicy, OSError."""
    return load_policy(Path(path).read_bytes())


def needs_at(path: str) -> Needs:
    """Raises InvalidPolicy, OSError."""
    return load_needs(Path(path).read_bytes())
