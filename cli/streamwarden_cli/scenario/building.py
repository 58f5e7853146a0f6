"""Builds one scenario from its document: channels, then steps, then when it begins and ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.scenario.channels import Channel
from streamwarden_cli.scenario.document import Members, ScenarioDocument
from streamwarden_cli.scenario.faults import Fault
from streamwarden_cli.scenario.fleet import DEFAULT_NAME, Fleet, check_records, read_channels
from streamwarden_cli.scenario.steps import StepReader
from streamwarden_cli.scenario.timeline import Scenario, Step
from streamwarden_cli.scenario.times import Calendar


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the scenario that stands at `place`; `folder` is where its file is."""

    source: Source
    place: Location
    document: ScenarioDocument
    folder: Path

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.document.day)

    def scenario(self) -> Scenario:
        """Raises Fault, and DocumentErrors."""
        given, places = self._given_channels()
        channels = read_channels(given, self.calendar, self.source, places)
        steps = self._steps(channels)
        last = max((each.at for each in steps), default=None)
        starts_at = self._start(steps)
        fleet = Fleet(channels, self.source, places, self.document.account)
        check_records(fleet, starts_at)
        return Scenario(
            name=self.document.name or Path(self.source.filename).stem,
            source=self.source,
            place=self.place,
            fleet=fleet,
            is_given=self.document.channels is not None,
            steps=steps,
            starts_at=starts_at,
            ends_at=self._end(last or starts_at),
            expect=self.document.expect,
        )

    def _given_channels(self) -> tuple[tuple[Members, ...], tuple[Location, ...]]:
        """With their places: one channel may be written without a list around it."""
        place = (*self.place, "channels")
        given = self.document.channels
        if given is None:
            given = self._default_channel()
        if not isinstance(self._written().get("channels"), list):
            return given, tuple(place for _ in given)
        return given, tuple((*place, number) for number in range(len(given)))

    def _default_channel(self) -> tuple[Members, ...]:
        """One, unless the steps name channels that are elsewhere or that they create."""
        names = any("channel" in each for each in self.document.steps)
        return () if names else ({},)

    def _written(self) -> Mapping[str, Any]:
        found: Any = self.source.data
        for part in self.place:
            found = found[part]
        return found if isinstance(found, Mapping) else {}

    def _steps(self, channels: tuple[Channel, ...]) -> tuple[Step, ...]:
        default = next((each.arn for each in channels), self._first_named())
        reader = StepReader(self.source, (*self.place, "steps"), self.calendar, self.folder)
        return tuple(sorted(reader.read(self.document.steps, default), key=lambda each: each.at))

    def _first_named(self) -> str:
        """What the first step that names a channel calls it."""
        named = (each["channel"] for each in self.document.steps if "channel" in each)
        return str(next(named, DEFAULT_NAME))

    def _start(self, steps: tuple[Step, ...]) -> datetime:
        begins, place = self.document.begins, (*self.place, "from")
        if begins is None:
            if steps:
                return steps[0].at
            return self.calendar.beginning_without_steps(self.document.until)
        try:
            start = self.calendar.time(begins)
        except ValueError as error:
            raise Fault(place, str(error)) from error
        if steps and start > steps[0].at:
            raise Fault(place, "a step comes before it")
        return start

    def _end(self, last: datetime) -> datetime:
        try:
            return self.calendar.end(self.document.until, last)
        except ValueError as error:
            raise Fault((*self.place, "until"), str(error)) from error
