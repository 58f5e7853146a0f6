"""The demands on single tags, and what is wrong with the tags of a resource."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from streamwarden.domain.globs import Accepts, Texts, is_glob, matcher
from streamwarden.domain.parameters import Parameters

# What is wrong with a set of tags, by tag key.
type FaultsOf = Callable[[Mapping[str, str]], dict[str, str]]
type TagsInOrder = Callable[[Mapping[str, str], Mapping[str, str]], frozenset[str]]


class ValueCase(StrEnum):
    """How the letters of a value must be written."""

    UPPER = "upper"
    LOWER = "lower"

    def accepts(self, value: str) -> bool:
        return value == (value.upper() if self is ValueCase.UPPER else value.lower())


class TagRequirement(Parameters, frozen=True):
    """What the value of a tag must be: like one of `values`, or matched whole by `pattern`."""

    pattern: str | None = None
    values: Texts = ()
    case: ValueCase | None = None

    def __post_init__(self) -> None:
        if self.pattern is not None and self.values:
            raise ValueError("give either `pattern` or `values`, not both")
        if self.pattern is not None:
            # `policy check` has refused what Python cannot match in a bounded time (record 0049).
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
        if self.case is None and self.values and not any(map(is_glob, self.values)):
            return accepts  # No value of the list is blank.
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
        return matcher(self.values) if self.values else None

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
    if any(map(is_glob, requirements)):
        return _faults_of_each(requirements)
    demands = tuple((key, each, each.prepare()) for key, each in requirements.items())

    def faults_of(tags: Mapping[str, str]) -> dict[str, str]:
        faults = {}
        # No call for each key: this loop is the most that a decision over tags costs.
        for key, requirement, accepts in demands:
            value = tags.get(key)
            if value is None:
                faults[key] = _describe_missing(key, tags)
            elif not accepts(value):
                faults[key] = f"tag {key!r} {requirement.describe_fault(value)}"
        return faults

    return faults_of


def _faults_of_each(requirements: Mapping[str, TagRequirement]) -> FaultsOf:
    finders = [
        _demand_on_all(key, each) if is_glob(key) else faults_finder({key: each})
        for key, each in requirements.items()
    ]

    def faults_of(tags: Mapping[str, str]) -> dict[str, str]:
        return {key: fault for find in finders for key, fault in find(tags).items()}

    return faults_of


def order_finder(requirements: Mapping[str, TagRequirement]) -> TagsInOrder:
    """A function that says which tags are required, and as each demand on them asks.

    It takes the tags and their faults. Without globs, no two demands are on one tag.
    """
    if not any(map(is_glob, requirements)):
        required = frozenset(requirements)
        return lambda _, faults: required.difference(faults)
    demands = tuple((matcher((key,)), each.prepare()) for key, each in requirements.items())

    def tags_in_order(tags: Mapping[str, str], _: Mapping[str, str]) -> frozenset[str]:
        met = {
            (key, bool(accepts(value)))
            for key, value in tags.items()
            for is_meant, accepts in demands
            if is_meant(key)
        }
        return frozenset(key for key, is_met in met if is_met and (key, False) not in met)

    return tags_in_order


def tags_like(keys: Iterable[str], tags: Mapping[str, str]) -> dict[str, str | None]:
    """The tags of these keys, and those like the globs among them; None for a key without a tag."""
    keys = tuple(keys)
    named: dict[str, str | None] = {key: tags.get(key) for key in keys if not is_glob(key)}
    is_like = matcher(tuple(filter(is_glob, keys)))
    return named | {key: value for key, value in tags.items() if is_like(key)}


def _demand_on_all(glob: str, requirement: TagRequirement) -> FaultsOf:
    """At least one tag is like the glob, and each one that is must be right."""
    is_meant, accepts = matcher((glob,)), requirement.prepare()

    def faults_of(tags: Mapping[str, str]) -> dict[str, str]:
        meant = [key for key in sorted(tags) if is_meant(key)]
        if not meant:
            return {glob: f"no tag is like {glob!r}"}
        wrong = "; ".join(
            f"tag {key!r} {requirement.describe_fault(tags[key])}"
            for key in meant
            if not accepts(tags[key])
        )
        return {glob: wrong} if wrong else {}

    return faults_of


def _describe_missing(key: str, tags: Mapping[str, str]) -> str:
    """Keys are case-sensitive in AWS. The text names a key that differs only in case."""
    folded = key.casefold()
    alike = [each for each in tags if each.casefold() == folded]
    return f"tag {alike[0]!r} is there, {key!r} is required" if alike else f"tag {key!r} is missing"
