"""A scenario that can be played: its channels, and its steps in the order of their times."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.scenario.channels import Channel
from streamwarden_cli.scenario.fleet import Fleet
from streamwarden_cli.scenario.kinds.base import OnChannel, StepKind
from streamwarden_cli.scenario.kinds.calls import Create
from streamwarden_cli.scenario.naming import UnknownChannel, find
from streamwarden_cli.scenario.raw_events import RawEvent


@dataclass(frozen=True, slots=True)
class Step:
    """One thing at one time: what a kind of step does, or an event as it was sent."""

    at: datetime
    name: str
    does: StepKind | RawEvent
    source: Source
    place: Location
    is_refused: bool = False

    def problem(self, message: str) -> Problem:
        return self.source.problem(self.place, message)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. `line` is where it begins in its file, `expect` is for tests of policies.

    `is_given` says that it names its channels: else there is one, for steps that need a channel.
    """

    name: str
    source: Source
    place: Location
    fleet: Fleet
    is_given: bool
    steps: tuple[Step, ...]
    starts_at: datetime
    ends_at: datetime
    expect: Mapping[str, Any]

    @property
    def line(self) -> int:
        return self.source.lines(self.place).start + 1

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self.fleet.channels

    @property
    def names(self) -> list[str]:
        """The names of its channels: those there are at first, then those that steps create."""
        created = (each.does.channel for each in self.steps if isinstance(each.does, Create))
        return [*(str(each.name) for each in self.channels), *dict.fromkeys(created)]

    @property
    def has_own_channels(self) -> bool:
        """Whether its author thinks of channels, and not of an account or a stage."""
        return self.is_given or len(self.names) > len(self.channels)

    def check_channels(self, there: Iterable[Mapping[str, Any]] = ()) -> None:
        """Raises DocumentErrors for names of channels that neither exist nor are made before.

        `there` are channels beside those of the scenario.
        """
        own = [{"name": each.name, "arn": each.arn} for each in self.channels]
        taken = {each["name"] for each in own}
        others = [each for each in there if each["name"] not in taken]
        if problems := list(self._missing([*own, *others])):
            raise DocumentErrors(problems)

    def _missing(self, known: list[Mapping[str, Any]]) -> Iterator[Problem]:
        for step in self.steps:
            if isinstance(step.does, Create):
                name = step.does.channel
                if name not in {each["name"] for each in known}:
                    known.append({"name": name, "arn": name})
            elif isinstance(step.does, OnChannel):
                try:
                    find(known, step.does.channel)
                except UnknownChannel as error:
                    yield step.source.problem((*step.place, "channel"), str(error))
