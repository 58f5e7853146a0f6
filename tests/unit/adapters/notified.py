"""What tests of destinations in AWS start from: messages, and clients that answer as told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import botocore.session
from botocore.validate import ParamValidator

from streamwarden.adapters.destinations import Resources, destination_of
from streamwarden.adapters.secret_values import Secret
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes
from streamwarden.services.ports import Destination
from testbed.builders import CHANNEL, NOON

KEY: Final = "sk_eu-west-1_aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789ab"


def notification(**changes: Any) -> Notification:
    given: dict[str, Any] = {
        "id": "n-1",
        "incident": f"{CHANNEL}/no-marathons/20260314T110000.000000Z",
        "rule_id": "no-marathons",
        "severity": Severity.HIGH,
        "status": NotificationStatus.OPENED,
        "resource_arn": CHANNEL,
        "resource_name": "Studio Zwölf",
        "stream_id": "st-1",
        "title": "Studio Zwölf: no-marathons breach",
        "text": "on the air for 5h; 4h is allowed. Streamwarden stops the stream.",
        "at": NOON,
        "since": NOON - timedelta(hours=1),
        "undo": (f"streamwarden exempt {CHANNEL} --rule no-marathons --until … --reason …",),
        "owner": "sports",
        "tags": {"owner": "sports"},
        "notes": RuleNotes(
            description="Four hours are enough.", runbook="https://wiki.example.com/marathons"
        ),
    }
    return Notification(**{**given, **changes})


def message(*notifications: Notification, is_reminder: bool = False) -> Message:
    return Message(
        id="5f1c", notifications=notifications or (notification(),), is_reminder=is_reminder
    )


def incident(number: int, **changes: Any) -> Notification:
    """One of many incidents, each with a key of its own."""
    return notification(**{"id": f"n-{number}", "incident": f"{CHANNEL}/{number}", **changes})


@dataclass
class Client:
    """A client of AWS that answers as it is told, and at last with nothing."""

    answers: list[Any] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self.calls.append((operation, parameters))
            found = self.answers.pop(0) if self.answers else {}
            if isinstance(found, Exception):
                raise found
            return found

        return call

    def sent(self, operation: str) -> list[dict[str, Any]]:
        return [given for name, given in self.calls if name == operation]


def destination_on(client: object, kind: str, target: str = "", **options: Any) -> Destination:
    """The destination as the policy asks for it."""
    spec = DestinationSpec(name="one", kind=kind, target=target, options=options)
    resources = Resources(
        clients=lambda service: client,
        secrets=lambda name: Secret(name, ""),
        secret_prefix="",
        clock=lambda: NOON + timedelta(minutes=1),
        stack_name="streamwarden",
        topic_arn="arn:aws:sns:eu-west-1:210987654321:stack-topic",
    )
    return destination_of(spec, resources)


def assert_fits(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """The service's own model takes the parameters."""
    model = botocore.session.get_session().get_service_model(service)
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()
