"""How rules say by how much a limit was exceeded."""

from collections.abc import Sequence

from streamwarden.domain.state.merge import format_count
from streamwarden.domain.state.resource import LimitHit


def format_hits(hits: Sequence[LimitHit]) -> str:
    """With the figures of the last one, and how often if more than once. Oldest first.

    An event may come without figures.
    """
    last = hits[-1]
    times = f" ({format_count(len(hits))} times)" if len(hits) > 1 else ""
    if not last.limit_value:
        return f"{last.limit_name} was more than is allowed{times}"
    found = f"{last.limit_value + last.exceeded_by:,.0f} {last.limit_unit}".rstrip()
    return f"{last.limit_name} was {found}; {last.limit_value:,.0f} is allowed{times}"
