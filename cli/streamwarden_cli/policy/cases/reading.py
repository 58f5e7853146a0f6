"""From a file of cases to cases that can be played, or to everything that is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from streamwarden_cli.documents.expectations import within
from streamwarden_cli.documents.explanations import explain_all
from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.reading import read_text
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.cases.channels import read_channels
from streamwarden_cli.policy.cases.document import CaseDocument, CasesDocument, ExpectationDocument
from streamwarden_cli.policy.cases.events import Sender, channel_called
from streamwarden_cli.policy.cases.faults import Fault
from streamwarden_cli.policy.cases.moments import Calendar
from streamwarden_cli.replay.fleet import Fleet, FleetChannel
from streamwarden_cli.replay.timeline import Timeline, read_timeline


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a rule, about the channel that is named, or whatever it is about."""

    rule: str
    channel_arn: str | None
    document: ExpectationDocument


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `line` is where it begins in its file.

    `is_given` says that the case itself names its channels: else there is one, for whatever needs
    a channel.
    """

    name: str
    line: int
    fleet: Fleet
    is_given: bool
    timeline: Timeline
    ends_at: datetime
    expectations: tuple[Expectation, ...]


def read_cases(path: Path, rules: Sequence[str]) -> list[Case]:
    """`rules` are the ids of the policy. Raises DocumentErrors with all that is wrong."""
    source = read_source(read_text(path), str(path), clock_times=True)
    problems: list[Problem] = []
    try:
        document = CasesDocument.model_validate(source.data)
    except ValidationError as error:
        problems += explain_all(error, source, _schema_at)
        raise DocumentErrors(source.with_numbers(problems)) from error
    cases: list[Case] = []
    for index, entry in enumerate(document.cases):
        try:
            cases.append(_Reader(source, index, entry, path.parent).case())
        except Fault as fault:
            problems.append(_problem(fault, source))
        except DocumentErrors as errors:
            problems += errors.problems
        problems += _unknown_rules(source, index, entry, rules)
    if problems := source.with_numbers(problems):
        raise DocumentErrors(problems)
    return cases


def _problem(fault: Fault, source: Source) -> Problem:
    return source.problem(fault.location, fault.message, at_key=fault.at_key)


def _unknown_rules(
    source: Source, index: int, entry: CaseDocument, rules: Sequence[str]
) -> Iterator[Problem]:
    for rule in entry.expect:
        if rule not in rules:
            expected = f" (expected {format_list(rules)})" if rules else ""
            hint = did_you_mean(rule, rules) or expected
            place = ("cases", index, "expect", rule)
            yield source.problem(
                place, f"the policy has no enabled rule {rule!r}{hint}", at_key=True
            )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one case, which stands at `index`; `folder` is where its file is."""

    source: Source
    index: int
    entry: CaseDocument
    folder: Path

    @property
    def place(self) -> Location:
        return "cases", self.index

    def case(self) -> Case:
        """Raises Fault, and DocumentErrors."""
        calendar, places = Calendar(self.entry.day), self._channel_places()
        channels = read_channels(self.entry.given, calendar, self.source, places)
        timeline = self._timeline(channels, calendar)
        return Case(
            name=self.entry.name,
            line=self.source.lines(self.place).start + 1,
            fleet=Fleet(channels, self.source, places),
            is_given="given" in self.entry.model_fields_set,
            timeline=timeline,
            ends_at=self._end(calendar, timeline),
            expectations=tuple(self._expectations(channels)),
        )

    def _channel_places(self) -> tuple[Location, ...]:
        """One channel may be written without a list around it."""
        place = (*self.place, "given")
        data: Any = self.source.data
        if isinstance(data["cases"][self.index].get("given"), Mapping):
            return (place,)
        return tuple((*place, number) for number in range(len(self.entry.given)))

    def _timeline(self, channels: Sequence[FleetChannel], calendar: Calendar) -> Timeline:
        sender = Sender(channels, calendar, self.folder)
        raw = []
        for number, event in enumerate(self.entry.events):
            place = (*self.place, "events", number)
            # What is wrong with the event itself is found when it is parsed.
            position = str(self.source.problem(place, "")).removesuffix(": ")
            raw += list(sender.send(event, place, position))
        timeline = read_timeline(raw, as_listed=False)
        return replace(timeline, begins_at=self._beginning(calendar, timeline))

    def _beginning(self, calendar: Calendar, timeline: Timeline) -> datetime | None:
        now = self.entry.now
        if now is None:
            is_quiet = not timeline.entries
            return calendar.beginning_without_events(self.entry.until) if is_quiet else None
        try:
            begins_at = calendar.time(now)
        except ValueError as error:
            raise Fault((*self.place, "now"), str(error)) from error
        if timeline.entries and begins_at > timeline.starts_at:
            raise Fault((*self.place, "now"), "an event comes before it")
        return begins_at

    def _end(self, calendar: Calendar, timeline: Timeline) -> datetime:
        try:
            return calendar.end(self.entry.until, timeline.ends_at)
        except ValueError as error:
            raise Fault((*self.place, "until"), str(error)) from error

    def _expectations(self, channels: Sequence[FleetChannel]) -> Iterator[Expectation]:
        for rule, document in self.entry.expect.items():
            place = (*self.place, "expect", rule, "channel")
            name = document.channel
            arn = None if name is None else channel_called(name, channels, place).arn
            yield Expectation(rule, arn, document)


_schema_at = partial(within, CasesDocument.model_json_schema())
