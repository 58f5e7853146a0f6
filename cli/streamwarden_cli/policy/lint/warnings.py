"""One warning, and what gives it."""

from collections.abc import Callable, Iterable
from copy import replace
from typing import NamedTuple

from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.policy.parsed import ParsedRule

# A place in the document, what is wrong there, and what to do about it.
type Found = tuple[Location, str, str]
# The same of a rule, or of what it says under a key.
type Fault = tuple[str, str, str] | Found
# What says all there is to say of one kind, about each rule by itself.
type Check = Callable[[ParsedRule], Iterable[Fault]]


class LintWarning(NamedTuple):
    """What is wrong with a policy that could be used all the same, and what to do about it."""

    location: Location
    message: str
    remedy: str

    def problem(self, source: Source, level: str = "") -> Problem:
        problem = source.problem(self.location, f"{self.message}; {self.remedy}")
        return replace(problem, level=level)


def about(rule: ParsedRule, fault: Fault) -> LintWarning:
    """Where the rule says nothing under a key, all of it is meant."""
    place, message, remedy = fault
    location = rule.place(place) if isinstance(place, str) else place
    return LintWarning(location, f"{rule.id}: {message}", remedy)
