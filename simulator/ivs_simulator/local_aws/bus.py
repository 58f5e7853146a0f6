"""Puts events on the default event bus of the local AWS."""

import json
import logging
from collections.abc import Mapping
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import Any

from ivs_simulator.wire.timestamps import parse_time

_log = logging.getLogger(__name__)


class Bus:
    """Delivers events to the default bus in their order, without making the emitter wait."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[dict[str, Any]] = SimpleQueue()
        Thread(target=self._deliver, name="simulator-events", daemon=True).start()

    def put(self, envelope: dict[str, Any]) -> None:
        self._waiting.put(envelope)

    def _deliver(self) -> None:
        while True:
            envelope = self._waiting.get()
            try:
                _dispatch(envelope)
            except Exception:  # noqa: BLE001 - one bad event must not silence the bus
                _log.exception("event %s was not delivered", envelope.get("id"))


def _dispatch(envelope: Mapping[str, Any]) -> None:
    # PutEvents refuses aws.* sources and stamps its own id and time, so the bus is fed inside.
    events = import_module("ministack.services.eventbridge")
    scope = import_module("ministack.core.responses").request_scope
    record = {
        "EventId": envelope["id"],
        "Source": envelope["source"],
        "DetailType": envelope["detail-type"],
        "Detail": json.dumps(envelope["detail"]),
        "EventBusName": "default",
        "Time": int(parse_time(envelope["time"]).timestamp()),
        "Resources": envelope["resources"],
        "Account": envelope["account"],
        "Region": envelope["region"],
    }
    with scope(envelope["account"], envelope["region"]):
        events._ensure_default_bus()
        events._events_log_list().append(record)
        events._dispatch_event(record)
        events._archive_event(record)
