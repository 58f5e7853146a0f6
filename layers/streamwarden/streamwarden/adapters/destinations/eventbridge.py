"""An event bus of one's own: one event for each incident, for programs that react to them."""

from typing import TYPE_CHECKING, Final

from msgspec import Struct, convert, json

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.destinations import Resources
from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.document import event_document
from streamwarden.domain.notifications.kinds import DestinationKind, NoOptions
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.redaction import redacted_struct, without_stream_keys
from streamwarden.services.errors import MessageRefused, PermanentError, TemporaryError
from streamwarden.services.ports import Destination

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import (
        PutEventsRequestEntryTypeDef,
        PutEventsResultEntryTypeDef,
    )

DETAIL_TYPE: Final = "Streamwarden Incident"
# PutEventsResultEntry: what may be retried.
_TRANSIENT: Final = frozenset({"InternalFailure", "ThrottlingException"})
# What is wrong with one event alone.
_OF_ONE: Final = frozenset({"InvalidArgument", "MalformedDetail", "RedactionFailure"})
_ALLOW: Final = (
    "name the bus in the parameter DestinationBusArns of the stack; "
    "a bus of another account must allow the role of notify, too"
)
_REMEDIES: Final = {
    "AccessDeniedException": _ALLOW,
    "NotAuthorizedForSourceException": _ALLOW,
    "ResourceNotFoundException": "make the bus, or name another as `target` in the policy",
}

KIND: Final = DestinationKind(
    meaning="An EventBridge bus of your own, with one event for each incident.",
    # A call of several entries may be taken in part, and the rest of it must not come twice.
    limits=Limits(largest=1, tells_each=True),
    target="the ARN of the event bus, in the region of the stack",
    target_pattern=r"arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]{1,256}",
    target_example="arn:aws:events:eu-west-1:111122223333:event-bus/incidents",
    permissions=frozenset({"events:PutEvents"}),
)


class BusDestination(Struct, frozen=True):
    """Destination over an event bus. `source` is that of its events."""

    client: "EventBridgeClient"
    bus_arn: str
    source: str

    def deliver(self, message: Message) -> None:
        with translated("events:PutEvents", _REMEDIES):
            answer = self.client.put_events(Entries=self._entries(redacted_struct(message)))
        for each in answer["Entries"]:
            _judge(each)

    def _entries(self, message: Message) -> "list[PutEventsRequestEntryTypeDef]":
        return [
            {
                "EventBusName": self.bus_arn,
                "Source": self.source,
                "DetailType": DETAIL_TYPE,
                "Time": each.at,
                "Resources": [each.resource_arn],
                "Detail": json.encode(event_document(message, each)).decode(),
            }
            for each in message.notifications
        ]


def destination(spec: DestinationSpec, resources: Resources) -> Destination:
    convert(spec.options, NoOptions)
    # EventBridge keeps sources that begin with `aws.` for AWS.
    source = f"streamwarden.{resources.stack_name}"
    return BusDestination(resources.clients("events"), spec.target, source)


def _judge(result: "PutEventsResultEntryTypeDef") -> None:
    code = result.get("ErrorCode", "")
    if not code:
        return
    if code in _OF_ONE:
        raise MessageRefused(_reason(result))
    raise (TemporaryError if code in _TRANSIENT else PermanentError)(_reason(result))


def _reason(result: "PutEventsResultEntryTypeDef") -> str:
    text = f"{result.get('ErrorCode', '')}: {result.get('ErrorMessage', '')}"
    remedy = _REMEDIES.get(result.get("ErrorCode", ""))
    said = f"events:PutEvents: {brief(without_stream_keys(text))}"
    return f"{said}; {remedy}" if remedy else said
