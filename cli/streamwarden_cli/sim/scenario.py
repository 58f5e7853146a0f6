"""Scenarios: YAML files that say what happens when, read whole before anything is played."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.reading import read_text
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.sim.actions import ACTIONS, Action, Create, OnChannel
from streamwarden_cli.sim.channels import NotPlayable, find

_DO: Final = "do"
_TIME: Final = "at"


@dataclass(frozen=True)
class Step:
    """One line of a scenario: what is done, and what it is called there."""

    name: str
    action: Action
    location: Location

    @property
    def at(self) -> timedelta:
        return self.action.at


@dataclass(frozen=True)
class Scenario:
    """Steps in the order of their times, which count from the scenario's beginning."""

    source: Source
    steps: tuple[Step, ...]

    @property
    def lasts(self) -> timedelta:
        return self.steps[-1].at

    def problem(self, step: Step, message: str) -> Problem:
        return self.source.problem(step.location, message)

    def check_channels(self, channels: Iterable[Mapping[str, Any]]) -> None:
        """Raises DocumentErrors for names of channels that neither exist nor are made before."""
        if problems := list(self._missing(list(channels))):
            raise DocumentErrors(problems)

    def _missing(self, channels: list[Mapping[str, Any]]) -> Iterator[Problem]:
        for step in self.steps:
            if isinstance(step.action, Create):
                name = step.action.channel
                if name not in {each["name"] for each in channels}:
                    channels.append({"name": name, "arn": name})
            elif isinstance(step.action, OnChannel):
                yield from self._unless_found(step, channels, step.action.channel)

    def _unless_found(
        self, step: Step, channels: list[Mapping[str, Any]], name: str
    ) -> Iterator[Problem]:
        try:
            find(channels, name)
        except NotPlayable as error:
            yield self.source.problem((*step.location, "channel"), str(error))


def read_scenario(file: Path) -> Scenario:
    """Raises DocumentErrors with all that is wrong, also when the file cannot be read."""
    return understand(read_text(file), str(file))


def understand(text: str, filename: str) -> Scenario:
    """Raises DocumentErrors with all that is wrong."""
    source = read_source(text, filename)
    if not isinstance(source.data, list) or not source.data:
        found = source.found(())
        raise DocumentErrors([source.problem((), f"expected a list of steps, found {found}")])
    problems: list[Problem] = []
    steps: list[Step] = []
    for index, given in enumerate(source.data):
        problems += _read_step(source, index, given, steps)
    problems += _disorder(source, steps)
    if problems := source.with_numbers(problems):
        raise DocumentErrors(problems)
    return Scenario(source, tuple(steps))


def _read_step(source: Source, index: int, given: object, steps: list[Step]) -> list[Problem]:
    """Appends the step, or says what is wrong with it."""
    here: Location = (index,)
    if not isinstance(given, Mapping):
        return [source.problem(here, f"expected a step, found {source.found(here)}")]
    missing = [
        source.problem(here, f"missing: {name!r}") for name in (_TIME, _DO) if name not in given
    ]
    if _DO not in given:
        return missing
    kind = ACTIONS.get(given[_DO]) if isinstance(given[_DO], str) else None
    if kind is None:
        wrong = f"nothing is called {source.found((index, _DO))}"
        hint = did_you_mean(str(given[_DO]), ACTIONS)
        wrong += f"{hint} (expected {format_list(ACTIONS)})"
        return [*missing, source.problem((index, _DO), wrong)]
    try:
        fields = {name: value for name, value in given.items() if name != _DO}
        steps.append(Step(str(given[_DO]), kind.model_validate(fields), here))
    except ValidationError as error:
        return missing + [_explain(source, here, kind, each) for each in error.errors()]
    return missing


def _explain(source: Source, here: Location, kind: type[Action], error: ErrorDetails) -> Problem:
    location = (*here, *error["loc"])
    match error["type"]:
        case "extra_forbidden":
            choices = [field.alias or name for name, field in kind.model_fields.items()]
            key = str(location[-1])
            message = (
                f"unknown key {key!r}{did_you_mean(key, choices)} (expected {format_list(choices)})"
            )
            return source.problem(location, message, at_key=True)
        case "missing":
            return source.problem(here, f"missing: {error['loc'][-1]!r}")
        case "value_error":
            return source.problem(location, str(error["ctx"]["error"]))
        case _:
            detail = error["msg"].removeprefix("Input should be ")
            return source.problem(location, f"expected {detail}, found {source.found(location)}")


def _disorder(source: Source, steps: list[Step]) -> Iterator[Problem]:
    for before, step in pairwise(steps):
        if step.at < before.at:
            yield source.problem((*step.location, _TIME), "this is before the step above it")
