"""The events of a case as EventBridge would deliver them, from the little that the case says."""

from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ivs_simulator.events.envelopes import event_time
from streamwarden.domain.arn import parse_arn
from streamwarden.domain.duration import format_duration
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.source import Location
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.cases.calls import API_CALLS, call_event
from streamwarden_cli.policy.cases.details import OF_ACCOUNT, SERVICE_EVENTS, CaseEvent, detail_of
from streamwarden_cli.policy.cases.document import EventDocument
from streamwarden_cli.policy.cases.faults import Fault
from streamwarden_cli.policy.cases.moments import Calendar
from streamwarden_cli.policy.cases.numbering import Numbering
from streamwarden_cli.replay.fleet import FleetChannel
from streamwarden_cli.replay.sources import RawEvent, read_events

NAMES: Final = (*SERVICE_EVENTS, *API_CALLS)


class Sender:
    """Sends the events of one case, in the order in which it lists them.

    `folder` is where the file of the case is; files of events are found from there.
    """

    def __init__(self, channels: Sequence[FleetChannel], calendar: Calendar, folder: Path) -> None:
        self._channels, self._calendar, self._folder = channels, calendar, folder
        self._numbering = {
            each.arn: Numbering(is_on_air=each.live is not None) for each in channels
        }
        self._last: datetime | None = None
        self._count = 0

    def send(self, given: EventDocument, place: Location, position: str) -> Iterator[RawEvent]:
        """Raises Fault. `position` is what an event is called that cannot be played."""
        if given.file is not None:
            yield from self._file(given, place)
            return
        name, channel = self._name(given, place), self._channel(given.channel, place)
        for at in self._moments(given, place):
            self._last = at
            self._count += 1
            yield RawEvent(position=position, value=self._event(name, at, channel, given))

    def _file(self, given: EventDocument, place: Location) -> list[RawEvent]:
        others = given.model_fields_set - {"file", "detail"}
        if others:
            raise Fault((*place, min(others)), "events of a file say this themselves", at_key=True)
        try:
            found = read_events([self._folder / str(given.file)])
            return [_with_detail(each, given.detail) for each in found]
        except InvalidInput as problem:
            raise Fault((*place, "file"), str(problem)) from problem

    def _name(self, given: EventDocument, place: Location) -> str:
        name = given.event
        if name is None:
            raise Fault((*place, "event"), "missing (expected the name of an event, or file)")
        if name not in NAMES:
            hint = did_you_mean(name, NAMES) or f" (expected {format_list(NAMES)}; others by file)"
            raise Fault((*place, "event"), f"unknown event {name!r}{hint}")
        if name in SERVICE_EVENTS:
            for key in ("by", "request", "response"):
                if key in given.model_fields_set:
                    raise Fault((*place, key), f"{name} is no call that anybody makes", at_key=True)
        return name

    def _channel(self, name: str | None, place: Location) -> FleetChannel:
        return channel_called(name, self._channels, (*place, "channel"))

    def _moments(self, given: EventDocument, place: Location) -> Iterator[datetime]:
        if given.at is None:
            raise Fault((*place, "at"), "missing (expected a time such as 12:00)")
        try:
            first = self._calendar.moment(given.at, self._last)
        except ValueError as error:
            raise Fault((*place, "at"), str(error)) from error
        if given.every < timedelta(seconds=1):
            text = f"expected at least 1s, found {format_duration(given.every)}"
            raise Fault((*place, "every"), text)
        return (first + number * given.every for number in range(given.times))

    def _event(
        self, name: str, at: datetime, channel: FleetChannel, given: EventDocument
    ) -> Mapping[str, Any]:
        if name in API_CALLS:
            event = call_event(
                name,
                at,
                channel,
                by=given.by,
                request=given.request,
                response=given.response,
                number=self._count,
            )
        else:
            event = self._service_event(name, at, channel, given.stream)
        return {**event, "detail": {**event["detail"], **given.detail}}

    def _service_event(
        self, name: str, at: datetime, channel: FleetChannel, stream: str | None
    ) -> dict[str, Any]:
        arn, numbering = parse_arn(channel.arn), self._numbering[channel.arn]
        stream_id = stream or self._stream_of(channel, name)
        event = CaseEvent(name, at, stream_id, numbering.recording(name))
        return {
            "version": "0",
            "id": f"event-{self._count}",
            "detail-type": SERVICE_EVENTS[name],
            "source": "aws.ivs",
            "account": arn.account,
            "time": event_time(at),
            "region": arn.region,
            "resources": [] if name in OF_ACCOUNT else [channel.arn],
            "detail": detail_of(event, channel),
        }

    def _stream_of(self, channel: FleetChannel, name: str) -> str:
        numbered = self._numbering[channel.arn].stream(name)
        first = channel.live.stream_id if channel.live else numbered
        return first if numbered == "st-1" else numbered


def _with_detail(event: RawEvent, detail: Mapping[str, Any]) -> RawEvent:
    """An event as it was sent, but for these members of its detail."""
    sent = event.value.get("detail") if isinstance(event.value, Mapping) else None
    if not isinstance(sent, Mapping):
        return event
    return replace(event, value={**event.value, "detail": {**sent, **detail}})


def channel_called(
    name: str | None, channels: Sequence[FleetChannel], place: Location
) -> FleetChannel:
    """The channel of this name or ARN; the first, if none is named. Raises Fault."""
    if name is None:
        return channels[0]
    for each in channels:
        if name in (each.name, each.arn):
            return each
    names = [str(each.name) for each in channels]
    hint = did_you_mean(name, names)
    raise Fault(place, f"no channel is called {name!r}{hint} (expected {format_list(names)})")
