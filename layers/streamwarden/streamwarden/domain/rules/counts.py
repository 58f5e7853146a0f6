"""Kinds whose limit is a number: people are warned when a count is near it.

Nobody knows when a count crosses its limit, so these have no lead times. They have shares of the
limit. `breaches/near_limits` tells of each share once, until the count has gone well below it.
"""

from typing import Final

from streamwarden.domain.rules.check import Check
from streamwarden.domain.share import Share, lowest_held, percent_of, threshold
from streamwarden.domain.verdicts import NearLimit

# Above the limit there is nothing to warn of, and below it there was news already.
EXCEEDED: Final = NearLimit(percent=100, held=100, text="", is_news=False)


class CountCheck(Check, frozen=True, kw_only=True):
    """`warnings` are shares of a limit at which people get an early warning."""

    warnings: tuple[Share, ...] = ()

    def refuse_warnings_of(self, limit: int | None, name: str) -> None:
        """Raises ValueError if nothing is counted, or nothing could be counted before a breach."""
        if self.warnings and limit is None:
            raise ValueError(f"`warnings`: give `{name}`, too; they are shares of it")
        if self.warnings and limit == 1:
            raise ValueError(f"`warnings`: `{name}` of 1 has no room for a warning before it")

    def near(self, count: int, limit: int, text: str) -> NearLimit | None:
        """How near the count is to the limit; None if no warning has to know.

        `text` is what people read, a sentence without its stop. Viewers of the stream may read it.
        """
        if not self.warnings:
            return None
        if count > limit:
            return EXCEEDED
        reached = [each for each in self.warnings if threshold(each, limit) <= count]
        held = [each for each in self.warnings if lowest_held(each, limit) <= count]
        if not held:
            return None
        return NearLimit(percent=_highest(reached), held=_highest(held), text=text)

    def boundaries(self, limit: int) -> frozenset[int]:
        """The counts at which something is found that was not found at one less."""
        first = (threshold, lowest_held)
        return frozenset(find(each, limit) for each in self.warnings for find in first)


def _highest(shares: list[Share]) -> int:
    return max(map(percent_of, shares), default=0)
