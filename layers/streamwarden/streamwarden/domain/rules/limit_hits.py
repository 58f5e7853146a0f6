"""How rules say by how much a limit was exceeded."""

from collections.abc import Sequence

from streamwarden.domain.state.merge import format_count
from streamwarden.domain.state.resource import LimitHit


def format_hits(hits: Sequence[LimitHit]) -> str:
    """With the figures of the last one, and how often if more than once. Oldest first."""
    last = hits[-1]
    found = last.limit_value + last.exceeded_by
    times = f" ({format_count(len(hits))} times)" if len(hits) > 1 else ""
    return (
        f"{last.limit_name} was {found:,.0f} {last.limit_unit}; "
        f"{last.limit_value:,.0f} is allowed{times}"
    )
