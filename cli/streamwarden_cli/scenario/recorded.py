"""What the records of a stack say of channels before the first step, and no listing does.

Streams that ended stand for airtime, by the names of ListStreamSessions. The words of Streamwarden
stand for what only Streamwarden knows. Nothing here is a conclusion: the services draw them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Protocol, Self

from pydantic import Field, model_validator

from streamwarden.domain.duration import Duration
from streamwarden.domain.levels import Mode, Severity
from streamwarden_cli.documents.source import Location
from streamwarden_cli.scenario.described import Described, Moment, Name

type RuleNamed = tuple[Location, str]


class OfRule(Protocol):
    @property
    def rule(self) -> str: ...


def _rules_of(name: str, parts: Sequence[OfRule]) -> Iterator[RuleNamed]:
    for number, each in enumerate(parts):
        yield (name, number, "rule"), each.rule


class RecordedKey(Described):
    """A stream key, and when it was made if that was seen. Never its value."""

    created_at: Moment | None = None


class EndedSession(Described):
    """A stream that ended. Names and times are those of ListStreamSessions."""

    start_time: Moment
    end_time: Moment
    stream_id: Name | None = None
    has_error_event: bool | None = None

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end_time < self.start_time:
            raise ValueError(f"it ended before it started, at {self.start_time:%Y-%m-%d %H:%M:%S}")
        return self


class RecordedRecording(Described):
    """A recording of the stream that is on the air. Names are those of its events."""

    recording_session_id: Name
    stream_ids: Annotated[tuple[Name, ...], Field(min_length=1)]
    start_time: Moment
    end_time: Moment | None = None


class RecordedExemption(Described):
    """A rule does not apply to the channel before `until`."""

    rule: Name
    until: Moment
    reason: Name


class RecordedProtection(Described):
    """Nothing destructive is done to the channel; before `until`, if that is given."""

    reason: Name
    until: Moment | None = None


class RecordedQuarantine(Described):
    """The channel is kept off the air, by a rule or else by an operator.

    `acted_at` is when the key was revoked. `spans` are how long the first, second… quarantine of
    the rule lasts, and `number` says which of them this is.
    """

    since: Moment
    reason: Name
    until: Moment | None = None
    rule: Name | None = None
    acted_at: Moment | None = None
    number: Annotated[int, Field(ge=1, description="a number from 1 up")] = 1
    spans: tuple[Duration, ...] = ()

    @model_validator(mode="after")
    def _ends_after_its_begin(self) -> Self:
        if self.until is not None and self.until <= self.since:
            begun = f"{self.since:%Y-%m-%d %H:%M:%S}"
            raise ValueError(f"`until` is not after `since`, {begun}; give a later moment")
        return self


class RecordedRepetition(Described):
    """A stream in breach of a rule with `on_repeat`, or a breach that began, at `at`.

    `stream` is the end of the id of the stream.
    """

    rule: Name
    stream: str = ""
    at: Moment


class RecordedBreach(Described):
    """A rule is broken since a moment; without `opened_at`, not yet for as long as `for` asks.

    `subject` is a stream, a recording or a period; without it, the channel.
    """

    rule: Name
    since: Moment
    subject: str = ""
    opened_at: Moment | None = None
    severity: Severity = Severity.MEDIUM
    mode: Mode = Mode.OBSERVE
    stream_id: Name | None = None


class RecordedMode(Described):
    """The mode of a rule, as an operator has set it or limited it."""

    rule: Name
    mode: Mode


class AccountRecord(Described):
    """What is set for the account: the modes that rules have, and how far others may go at most.

    Neither a pause nor a breaker stands here: what they hold comes when they are released.
    """

    modes: tuple[RecordedMode, ...] = ()
    mode_limits: tuple[RecordedMode, ...] = ()

    @property
    def rules(self) -> Iterator[RuleNamed]:
        """The ids of rules that it names, each with its place in the record."""
        yield from _rules_of("modes", self.modes)
        yield from _rules_of("modeLimits", self.mode_limits)


class ChannelRecord(Described):
    """The record of one channel. Of `stream_keys`, none means that it is known to have none.

    `keyless_since` says since when.
    """

    first_seen_at: Moment | None = None
    last_on_air_at: Moment | None = None
    stream_keys: Annotated[tuple[RecordedKey, ...], Field(max_length=1)] | None = None
    keyless_since: Moment | None = None
    stream_sessions: tuple[EndedSession, ...] = ()
    recordings: tuple[RecordedRecording, ...] = ()
    exemptions: tuple[RecordedExemption, ...] = ()
    protection: RecordedProtection | None = None
    quarantine: RecordedQuarantine | None = None
    repetitions: tuple[RecordedRepetition, ...] = ()
    breaches: tuple[RecordedBreach, ...] = ()

    @property
    def rules(self) -> Iterator[RuleNamed]:
        """As of an account."""
        yield from _rules_of("exemptions", self.exemptions)
        yield from _rules_of("repetitions", self.repetitions)
        yield from _rules_of("breaches", self.breaches)
        if self.quarantine is not None and self.quarantine.rule is not None:
            yield ("quarantine", "rule"), self.quarantine.rule

    @property
    def has_no_key(self) -> bool:
        return self.stream_keys == ()

    def as_of(self, at: datetime) -> Self:
        """What of it had been by then: older events may be played over the fleet of today."""
        aired, order = self.last_on_air_at, self.quarantine
        return self.model_copy(
            update={
                "last_on_air_at": aired if aired and aired <= at else None,
                "stream_sessions": tuple(e for e in self.stream_sessions if e.end_time <= at),
                "repetitions": tuple(each for each in self.repetitions if each.at <= at),
                "breaches": tuple(e for e in self.breaches if (e.opened_at or e.since) <= at),
                "quarantine": order if order and order.since <= at else None,
            }
        )

    @property
    def latest(self) -> datetime | None:
        """The last moment of all that has been."""
        return max((at for at in self._past() if at is not None), default=None)

    def _past(self) -> Iterator[datetime | None]:
        yield from (self.first_seen_at, self.last_on_air_at, self.keyless_since)
        yield from (each.created_at for each in self.stream_keys or ())
        yield from (each.end_time for each in self.stream_sessions)
        yield from (each.end_time or each.start_time for each in self.recordings)
        yield from (each.at for each in self.repetitions)
        yield from (each.opened_at or each.since for each in self.breaches)
        if self.quarantine is not None:
            yield from (self.quarantine.since, self.quarantine.acted_at)
