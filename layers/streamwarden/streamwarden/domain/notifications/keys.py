"""Incident keys: the name under which everything that is told of one incident belongs together.

PagerDuty takes a `dedup_key` of at most 255 characters (Events API v2), which is the shortest limit
of the destinations.
"""

from hashlib import sha256
from typing import Final

LONGEST_KEY: Final = 255
_DIGEST: Final = 32


def incident_key(*parts: str) -> str:
    """The same for the same parts. A key that would be too long ends in a digest of all of it."""
    key = "/".join(parts)
    if len(key) <= LONGEST_KEY:
        return key
    digest = sha256(key.encode()).hexdigest()[:_DIGEST]
    return f"{key[: LONGEST_KEY - _DIGEST - 1]}/{digest}"


def word_of(incident: str, resource_arn: str) -> str:
    """What an incident that no rule has opened is about: `quarantine`, `breaker`, `rotation`.

    Empty for one of a rule. A quarantine that a rule has ordered is told under the rule's id, and
    people ask for quarantines as such.
    """
    kind, _, rest = incident.removeprefix(f"{resource_arn}/").partition("/")
    match kind:
        case "order" | "control":
            return rest.partition("/")[0]
        case "rotation":
            return kind
        case _:
            return ""
