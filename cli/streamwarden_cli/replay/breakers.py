"""Breakers that hold nothing back, where the question is what a policy wants."""

from dataclasses import dataclass

from streamwarden.adapters.memory import MemoryBreakers
from streamwarden.domain.arn import Place
from streamwarden.domain.breaker import Breaker
from streamwarden.services.records import StoredBreaker


@dataclass(slots=True)
class BreakersThatNeverTrip(MemoryBreakers):
    """BreakerStore that forgets what has passed."""

    def save(self, place: Place, rule_id: str, breaker: Breaker, before: StoredBreaker) -> None:
        pass
