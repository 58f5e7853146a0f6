"""The demands on single tags, and what is wrong with the tags of a resource."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from streamwarden.domain.filters import Accepts, Texts
from streamwarden.domain.parameters import Parameters

# What is wrong with a set of tags, by tag key.
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
        if not all(each.strip() for each in self.values):
            raise ValueError("`values`: a blank value counts as none; name only others")
        odd = next((each for each in self.values if self.case and not self.case.accepts(each)), "")
        if odd:
            raise ValueError(f"`values`: expected {self.case} case only, found {odd!r}")

    def prepare(self) -> Accepts:
        """Whether a value is as required. No blank value is: nobody learns anything from it."""
        accepts = self._prepare_filled()
        if accepts is None:
            return str.strip
        return lambda value: value.strip() and accepts(value)

    def _prepare_filled(self) -> Accepts | None:
        accepts, case = self._prepare_value(), self.case
        if case is None:
            return accepts
        if accepts is None:
            return case.accepts
        return lambda value: case.accepts(value) and accepts(value)

    def _prepare_value(self) -> Accepts | None:
        if self.pattern is not None:
            return re.compile(self.pattern).fullmatch
        return frozenset(self.values).__contains__ if self.values else None

    def describe_fault(self, value: str) -> str:
        """What is wrong with a value that is not as required."""
        if not value.strip():
            return "is blank"
        if self.case is not None and not self.case.accepts(value):
            return f"is {value!r}, not in {self.case} case"
        if self.pattern is not None:
            return f"is {value!r}, which does not match {self.pattern!r}"
        return f"is {value!r}, not one of {', '.join(self.values)}"


def faults_finder(requirements: Mapping[str, TagRequirement]) -> FaultsOf:
    """A function that says what is wrong with each tag that is not as required."""
    demands = tuple((key, each, each.prepare()) for key, each in requirements.items())

    def faults_of(tags: Mapping[str, str]) -> dict[str, str]:
        faults = {}
        for key, requirement, accepts in demands:
            value = tags.get(key)
            if value is None:
                faults[key] = _describe_missing(key, tags)
            elif not accepts(value):
                faults[key] = f"tag {key!r} {requirement.describe_fault(value)}"
        return faults

    return faults_of


def _describe_missing(key: str, tags: Mapping[str, str]) -> str:
    """Keys are case-sensitive in AWS. The text names a key that differs only in case."""
    folded = key.casefold()
    alike = [each for each in tags if each.casefold() == folded]
    return f"tag {alike[0]!r} is there, {key!r} is required" if alike else f"tag {key!r} is missing"
