"""One piece of advice, and what gives it."""

from collections.abc import Callable, Iterator
from copy import replace
from dataclasses import dataclass

from streamwarden_cli.policy.problems import Problem
from streamwarden_cli.policy.source import Location, Source
from streamwarden_cli.policy.written import WrittenRule


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong with a rule that could be used all the same, and what to do about it."""

    location: Location
    rule: str
    message: str
    remedy: str

    def problem(self, source: Source, level: str = "") -> Problem:
        problem = source.problem(self.location, f"{self.rule}: {self.message}; {self.remedy}")
        return replace(problem, level=level)


def about(rule: WrittenRule, key: str, message: str, remedy: str) -> Advice:
    """Advice about what a rule says under a key; about all of it if it says nothing there."""
    return Advice(rule.place(key), rule.id, message, remedy)


# What says all there is to say of one kind, about each rule by itself.
type Check = Callable[[WrittenRule], Iterator[Advice]]
