"""Records for people: one line each, in columns; the last column is a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final, assert_never

import msgspec

from streamwarden.domain.arn import (
    ResourceType,
    is_channel_arn,
    label_of,
    noun_of,
    resource_type_of,
)
from streamwarden_cli.replay.records import (
    ActionRecord,
    CallRecord,
    EventRecord,
    NotificationRecord,
    Origin,
    Record,
    RejectedRecord,
    SummaryRecord,
    VerdictRecord,
)

_WORD_WIDTH: Final = 12
_NAME_WIDTH: Final = 18
_RED: Final = "31"
_GREEN: Final = "32"
_YELLOW: Final = "33"
_BLUE: Final = "34"
_MAGENTA: Final = "35"
_FAINT: Final = "2"
_BOLD: Final = "1"
_VERDICT_COLOURS: Final[Mapping[str, str]] = {
    "breach": _RED,
    "pending": _YELLOW,
    "compliant": _GREEN,
}


@dataclass(frozen=True, slots=True)
class Text:
    """`name_of` gives the name of a channel, which records do not hold."""

    name_of: Callable[[str], str]
    is_coloured: bool

    def __call__(self, record: Record) -> str:
        time = f"{record.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        word = f"{record.record:<{_WORD_WIDTH}}"
        if self.is_coloured:
            word = f"\x1b[{_colour(record)}m{word}\x1b[0m"
        name = _cut(_printable(self._name(record)))
        return f"{time}  {word}  {name:<{_NAME_WIDTH}}  {_printable(_format(record))}"

    def _name(self, record: Record) -> str:
        arn = _subject(record)
        return "-" if arn is None else self.name_of(arn) or _label(arn)


def _label(arn: str) -> str:
    """What has no name goes by its id; what is no channel also by what it is, if that fits."""
    match resource_type_of(arn):
        case ResourceType.ACCOUNT:
            return "the account"
        case ResourceType.CHANNEL | None:
            return arn.rpartition("/")[2]
        case _:
            label = label_of(arn)
            said = f"{noun_of(arn)} {label}"
            return said if len(said) <= _NAME_WIDTH else label


def _subject(record: Record) -> str | None:
    match record:
        case RejectedRecord() | SummaryRecord():
            return None
        case CallRecord(parameters=parameters):
            return next(
                (each for each in map(str, parameters.values()) if is_channel_arn(each)), None
            )
        case _:
            return record.channel_arn


def _format(record: Record) -> str:
    match record:
        case EventRecord():
            return _format_event(record)
        case RejectedRecord():
            return f"{record.position}: {record.reason}"
        case VerdictRecord():
            return _format_verdict(record)
        case ActionRecord():
            return f"{record.rule}: {record.action} {record.outcome}: {record.reason}"
        case CallRecord():
            return _format_call(record)
        case NotificationRecord():
            return f"{record.status} [{record.severity}] {record.title}"
        case SummaryRecord():
            return _format_summary(record)
        case _:
            assert_never(record)


def _format_event(record: EventRecord) -> str:
    stream = f" {record.stream_id}" if record.stream_id else ""
    origin = " (by the simulation)" if record.origin is Origin.SIMULATION else ""
    return f"{record.name}{stream}{origin}"


def _format_verdict(record: VerdictRecord) -> str:
    again = f"; looks again {record.recheck_at:%Y-%m-%d %H:%M:%S}" if record.recheck_at else ""
    return f"{record.rule} ({record.mode}): {record.verdict}: {record.reason}{again}"


def _format_call(record: CallRecord) -> str:
    given = "".join(
        f" {name}={value if isinstance(value, str) else msgspec.json.encode(value).decode()}"
        for name, value in record.parameters.items()
        if not is_channel_arn(str(value))
    )
    return f"{record.service}:{record.operation}{given}: {record.outcome}"


def _format_summary(record: SummaryRecord) -> str:
    return (
        f"events {record.events}, rejected {record.rejected}, "
        f"breaches opened {record.breaches_opened}, resolved {record.breaches_resolved}, "
        f"actions {record.actions}, calls {record.calls}"
    )


def _colour(record: Record) -> str:
    match record:
        case VerdictRecord(verdict=verdict):
            return _VERDICT_COLOURS.get(verdict, _FAINT)
        case EventRecord():
            return _BLUE
        case RejectedRecord():
            return _RED
        case ActionRecord() | NotificationRecord():
            return _MAGENTA
        case CallRecord():
            return _FAINT
        case SummaryRecord():
            return _BOLD
        case _:
            assert_never(record)


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_WIDTH else f"{name[: _NAME_WIDTH - 1]}…"


def _printable(text: str) -> str:
    """One line, and no control sequence that a file slipped in."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: Any) -> str:
    return str(character.encode("unicode_escape").decode())
