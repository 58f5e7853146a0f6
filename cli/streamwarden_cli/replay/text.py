"""Records for people, with `--verbose`: one each, in columns, the last one a sentence."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final, assert_never

from streamwarden.domain.arn import (
    ResourceType,
    is_channel_arn,
    label_of,
    noun_of,
    resource_type_of,
)
from streamwarden_cli.console import Cell, plain
from streamwarden_cli.replay.records import (
    ActionRecord,
    CallRecord,
    EventRecord,
    IncidentRecord,
    NotificationRecord,
    Origin,
    Record,
    RejectedRecord,
    SummaryRecord,
    VerdictRecord,
)
from streamwarden_cli.replay.selection import arn_of

# How wide the lines of a replay are at most, also in a file.
WIDTH: Final = 100
# The time, a word for the record, and what it is about; the sentence goes on below itself.
WIDTHS: Final = (19, 12, 18)
_NAME_WIDTH: Final = WIDTHS[-1]
_VERDICT_COLOURS: Final[Mapping[str, str]] = {
    "breach": "red",
    "pending": "yellow",
    "compliant": "green",
}


def cells_of(record: Record, name_of: Callable[[str], str], zone: tzinfo = UTC) -> tuple[Cell, ...]:
    """`name_of` gives the name of a channel, which records do not hold."""
    arn = arn_of(record)
    name = "-" if arn is None else cut(name_of(arn) or label(arn), _NAME_WIDTH)
    sentence = _format(record, zone)
    return _time(record.at, zone), (record.word, _colour(record)), name, sentence


def cut(name: str, width: int) -> str:
    """Names of a fleet often differ at their ends alone, so what is too long loses its middle."""
    name = plain(name)  # of a key that is cut, nothing would be known
    if len(name) <= width:
        return name
    end = width // 2
    return f"{name[: width - end - 1]}…{name[-end:]}"


def _time(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def label(arn: str) -> str:
    """What has no name goes by its id; what is no channel also by what it is, if that fits."""
    match resource_type_of(arn):
        case ResourceType.ACCOUNT:
            return "the account"
        case ResourceType.CHANNEL | None:
            return arn.rpartition("/")[2]
        case _:
            short = label_of(arn)
            text = f"{noun_of(arn)} {short}"
            return text if len(text) <= _NAME_WIDTH else short


def _format(record: Record, zone: tzinfo) -> str:
    match record:
        case EventRecord():
            return _format_event(record)
        case RejectedRecord():
            return f"{record.position}: {record.reason}"
        case VerdictRecord():
            return _format_verdict(record, zone)
        case ActionRecord():
            return f"{record.rule}: {record.action} {record.outcome}: {record.reason}"
        case CallRecord():
            return _format_call(record)
        case NotificationRecord():
            return f"{record.status} [{record.severity}] {record.title}"
        case IncidentRecord():
            return f"{record.rule}: {record.reason}"
        case SummaryRecord():
            return _format_summary(record)
        case _:
            assert_never(record)


def _format_event(record: EventRecord) -> str:
    stream = f" {record.stream_id}" if record.stream_id else ""
    origin = " (by the simulation)" if record.origin is Origin.SIMULATION else ""
    return f"{record.name}{stream}{origin}"


def _format_verdict(record: VerdictRecord, zone: tzinfo) -> str:
    again = f"; looks again {_time(record.recheck_at, zone)}" if record.recheck_at else ""
    return f"{record.rule} ({record.mode}): {record.verdict}: {record.reason}{again}"


def _format_call(record: CallRecord) -> str:
    given = "".join(
        f" {name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
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
            return _VERDICT_COLOURS.get(verdict, "dim")
        case EventRecord():
            return "blue"
        case RejectedRecord():
            return "red"
        case ActionRecord() | NotificationRecord() | IncidentRecord():
            return "magenta"
        case CallRecord():
            return "dim"
        case SummaryRecord():
            return "bold"
        case _:
            assert_never(record)
