"""Plays the sample events of `events/` as if their day were today."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from streamwarden.domain.events import parse_event
from streamwarden_cli.demo.stack import DeployedStack, now
from streamwarden_cli.local.access import ROOT
from streamwarden_cli.local.deliver import deliver, routes
from streamwarden_cli.scenario.raw_events import moved

EVENTS = ROOT / "events"
# The day's last event is played as if it had just happened.
_JUST_NOW = timedelta(seconds=30)


@dataclass(frozen=True)
class Played:
    """The names of the events that the stack took, by what they are about, and of the others."""

    taken: Mapping[str, Sequence[str]]
    ignored: Sequence[str]


def play(stack: DeployedStack) -> Played:
    """Let the simulated world become what the events say, and bring them to the stack."""
    events, sqs = stack.client("events"), stack.client("sqs")
    to = routes(stack.outputs.inbox_urls, stack.outputs.buses, events=events, sqs=sqs)
    taken: dict[str, list[str]] = defaultdict(list)
    ignored = []
    for raw in _moved_to_today():
        stack.control.mirror(raw)
        event = parse_event(raw)
        if deliver(raw, to, events=events, sqs=sqs):
            taken[event.resource_arn or "nothing known"].append(event.name)
        else:
            ignored.append(event.name)
    return Played(taken, ignored)


def _moved_to_today() -> Iterator[dict[str, Any]]:
    """All samples in order of time, every moment in them moved by the same span."""
    texts = [path.read_text() for path in EVENTS.rglob("*.json")]
    events = sorted((json.loads(text) for text in texts), key=lambda event: str(event["time"]))
    span = now() - _JUST_NOW - datetime.fromisoformat(events[-1]["time"])
    return (moved(event, timedelta(seconds=round(span.total_seconds()))) for event in events)
