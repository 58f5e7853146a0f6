"""The operator's policy, from the policy layer."""

from pathlib import Path

from streamwarden.domain.policy import Policy, load_policy


def policy_at(path: str) -> Policy:
    """Raises InvalidPolicy, OSError."""
    return load_policy(Path(path).read_bytes())
