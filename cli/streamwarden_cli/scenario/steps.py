"""Reads the steps of a scenario: what each does, when, and how often."""

from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError, create_model

from streamwarden.domain.duration import format_duration
from streamwarden.domain.events import MalformedEvent, parse_event
from streamwarden_cli.documents.expectations import Schema, within
from streamwarden_cli.documents.explanations import explain_all
from streamwarden_cli.documents.problems import DocumentErrors, InvalidInput, Problem
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.scenario.document import EventsStep, StepTimes
from streamwarden_cli.scenario.faults import Fault
from streamwarden_cli.scenario.kinds.base import OnChannel, StepKind
from streamwarden_cli.scenario.kinds.table import STEP_KINDS
from streamwarden_cli.scenario.raw_events import RawEvent, read_events
from streamwarden_cli.scenario.timeline import Step
from streamwarden_cli.scenario.times import Calendar, later

_DO: Final = "do"
_FILE: Final = "file"
_SHORTEST: Final = timedelta(seconds=1)
# Of each kind: what it does and when, so that an error says all that may be written.
_DOCUMENTS: Final[Mapping[str, type[StepTimes]]] = {
    # pydantic's annotation asks for bases of one type.
    name: create_model(kind.__name__, __base__=(StepTimes, kind))  # type: ignore[arg-type]
    for name, kind in STEP_KINDS.items()
}


@dataclass(slots=True)
class StepReader:
    """Reads the steps of one scenario, which stand at `place`, in their order."""

    source: Source
    place: Location
    calendar: Calendar
    folder: Path
    _last: datetime | None = field(default=None, init=False)

    def read(self, given: Sequence[Mapping[str, Any]], default_channel: str) -> list[Step]:
        """A step without a channel is about the default one. Raises DocumentErrors."""
        steps: list[Step] = []
        problems: list[Problem] = []
        for index, members in enumerate(given):
            here = (*self.place, index)
            try:
                steps += self._step(members, here, default_channel)
            except Fault as fault:
                problems.append(fault.problem(self.source))
                self._pass(members)
            except DocumentErrors as errors:
                problems += errors.problems
                self._pass(members)
        if problems:
            raise DocumentErrors(problems)
        return steps

    def _pass(self, members: Mapping[str, Any]) -> None:
        """What follows counts from the time of a wrong step, or where none can be read, of any."""
        try:
            self._last = self.calendar.moment(str(members.get("at")), self._last)
        except ValueError:
            self._last = self._last or self.calendar.time("00:00")

    def _step(
        self, members: Mapping[str, Any], here: Location, default_channel: str
    ) -> Iterator[Step]:
        if _FILE in members:
            yield from self._events(self._model(EventsStep, members, here), here)
            return
        given = self._model(self._document_of(members, here), members, here)
        does = _about(given, default_channel)
        for at in self._moments(given, here):
            yield Step(at, given.do, does, self.source, here, given.refused)

    def _document_of(self, members: Mapping[str, Any], here: Location) -> type[StepTimes]:
        if _DO not in members:
            raise Fault((*here, _DO), f"missing (expected {format_list(STEP_KINDS)}, or file)")
        found = _DOCUMENTS.get(members[_DO]) if isinstance(members[_DO], str) else None
        if found is None:
            given = self.source.found((*here, _DO))
            hint = did_you_mean(str(members[_DO]), STEP_KINDS)
            wanted = f"expected {format_list(STEP_KINDS)}"
            raise Fault((*here, _DO), f"no step is called {given}{hint} ({wanted})")
        return found

    def _model[M: BaseModel](self, model: type[M], given: object, here: Location) -> M:
        try:
            return model.model_validate(given)
        except ValidationError as error:
            schema: Schema = model.model_json_schema()
            problems = explain_all(error, self.source, partial(within, schema), here)
            raise DocumentErrors(problems) from error

    def _moments(self, when: StepTimes, here: Location) -> list[datetime]:
        first = self._moment(when.at, here)
        if self._last is not None and first < self._last:
            raise Fault((*here, "at"), "this is before the step above it")
        if when.every < _SHORTEST:
            text = f"expected at least 1s, found {format_duration(when.every)}"
            raise Fault((*here, "every"), text)
        self._last = first
        try:
            return [later(first, number * when.every) for number in range(when.times)]
        except (ValueError, OverflowError) as error:
            raise Fault((*here, "every"), str(error)) from error

    def _moment(self, at: str, here: Location) -> datetime:
        try:
            return self.calendar.moment(at, self._last)
        except ValueError as error:
            raise Fault((*here, "at"), str(error)) from error

    def _events(self, given: EventsStep, here: Location) -> Iterator[Step]:
        """Each at its own time; or all of them, late or early, at the time that is given."""
        at = None if given.at is None else self._moment(given.at, here)
        try:
            found = list(read_events([self.folder / given.file]))
        except InvalidInput as problem:
            raise Fault((*here, _FILE), str(problem)) from problem
        for raw in found:
            event = replace(raw, value=_with_detail(raw.value, given.detail))
            own_time = _time_of(event, here)
            yield Step(at or own_time, _FILE, event, self.source, here)


def _about(given: StepTimes, default_channel: str) -> StepKind:
    if not isinstance(given, StepKind):
        raise TypeError(f"{given.do} is no kind of step")
    if isinstance(given, OnChannel) and not given.channel:
        return given.model_copy(update={"channel": default_channel})
    return given


def _with_detail(event: Any, detail: Mapping[str, Any]) -> Any:
    """An event as it was sent, but for these members of its detail."""
    sent = event.get("detail") if isinstance(event, Mapping) else None
    return {**event, "detail": {**sent, **detail}} if isinstance(sent, Mapping) else event


def _time_of(event: RawEvent, here: Location) -> datetime:
    if event.fault is not None:
        raise Fault((*here, _FILE), f"{event.position}: {event.fault}")
    try:
        return parse_event(event.value).envelope.time
    except MalformedEvent as error:
        raise Fault((*here, _FILE), f"{event.position}: {error}") from error
