"""The demands on single tags, and what is wrong with the tags of a resource."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from streamwarden.domain.filters import Texts
from streamwarden.domain.parameters import Parameters

# What is wrong with a value (None if nothing is), and with a set of tags, by tag key.
type FaultOf = Callable[[str], str | None]
type FaultsOf = Callable[[Mapping[str, str]], dict[str, str]]


class ValueCase(StrEnum):
    """How the letters of a value must be written."""

    UPPER = "upper"
    LOWER = "lower"

    def accepts(self, value: str) -> bool:
        return value == (value.upper() if self is ValueCase.UPPER else value.lower())


class TagRequirement(Parameters, frozen=True):
    """What the value of a tag must be: a regular expression for all of it, or one of a list."""

    pattern: str | None = None
    values: Texts = ()
    case: ValueCase | None = None

    def __post_init__(self) -> None:
        if self.pattern is not None and self.values:
            raise ValueError("give either `pattern` or `values`, not both")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"`pattern` is not a regular expression: {error}") from error
        odd = next((each for each in self.values if self.case and not self.case.accepts(each)), "")
        if odd:
            raise ValueError(f"`values`: expected {self.case} case only, found {odd!r}")

    def prepare(self) -> FaultOf:
        """A function that says what is wrong with a value."""
        fault_of = self._prepare_value()
        case = self.case
        if case is None:
            return fault_of
        return lambda value: (
            fault_of(value) if case.accepts(value) else f"is {value!r}, not in {case} case"
        )

    def _prepare_value(self) -> FaultOf:
        if self.pattern is not None:
            matches, pattern = re.compile(self.pattern).fullmatch, self.pattern
            return lambda value: (
                None if matches(value) else f"is {value!r}, which does not match {pattern!r}"
            )
        if self.values:
            values, said = frozenset(self.values), ", ".join(self.values)
            return lambda value: None if value in values else f"is {value!r}, not one of {said}"
        return lambda _: None


def faults_finder(requirements: Mapping[str, TagRequirement]) -> FaultsOf:
    """A function that says what is wrong with each tag that is not as required."""
    demands = tuple((key, each.prepare()) for key, each in requirements.items())

    def faults_of(tags: Mapping[str, str]) -> dict[str, str]:
        faults = {}
        for key, fault_of in demands:
            value = tags.get(key)
            if value is None:
                faults[key] = _describe_missing(key, tags)
            elif (fault := fault_of(value)) is not None:
                faults[key] = f"tag {key!r} {fault}"
        return faults

    return faults_of


def _describe_missing(key: str, tags: Mapping[str, str]) -> str:
    """Keys are case-sensitive in AWS. The text names a key that differs only in case."""
    alike = next((each for each in tags if each.casefold() == key.casefold()), None)
    return f"tag {alike!r} is there, {key!r} is required" if alike else f"tag {key!r} is missing"
