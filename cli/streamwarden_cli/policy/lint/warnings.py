"""One warning, and what gives it."""

from collections.abc import Callable, Iterable, Iterator
from copy import replace
from dataclasses import dataclass

from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.policy.parsed import ParsedRule

# Where within an item, what is wrong, and what to do about it.
type Fault = tuple[tuple[str, ...], str, str]


@dataclass(frozen=True, slots=True)
class LintWarning:
    """What is wrong with a rule that could be used all the same, and what to do about it.

    `rule` is empty for what is about no rule.
    """

    location: Location
    message: str
    remedy: str
    rule: str = ""

    def problem(self, source: Source, level: str = "") -> Problem:
        about = f"{self.rule}: " if self.rule else ""
        problem = source.problem(self.location, f"{about}{self.message}; {self.remedy}")
        return replace(problem, level=level)


def about(rule: ParsedRule, key: str, message: str, remedy: str) -> LintWarning:
    """Warn of what a rule says under a key; of all of it if it says nothing there."""
    return LintWarning(rule.place(key), message, remedy, rule.id)


def about_each[Item](
    key: str, items: Iterable[Item], faults: Callable[[Item], Iterable[Fault]]
) -> Iterator[LintWarning]:
    """Warn of what is wrong with the items of a list of the policy."""
    for index, item in enumerate(items):
        for within, message, remedy in faults(item):
            yield LintWarning((key, index, *within), message, remedy)


# What says all there is to say of one kind, about each rule by itself.
type Check = Callable[[ParsedRule], Iterator[LintWarning]]
