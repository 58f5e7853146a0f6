"""The JSON Schema of a message describes what programs are sent."""

from copy import replace

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from msgspec import json

from streamwarden.domain.notifications.document import message_document
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden_cli.notifications.samples import OPENED
from streamwarden_cli.notifications.schema import message_schema

(NOTIFICATION,) = OPENED.notifications
THE_LEAST = replace(
    NOTIFICATION, notes=None, since=None, stream_id=None, resource_name="", owner="", tags={}
)


@pytest.mark.parametrize("status", NotificationStatus)
@pytest.mark.parametrize("notification", [NOTIFICATION, THE_LEAST], ids=["all", "the least"])
def test_a_message_is_as_its_schema_says(
    notification: Notification, status: NotificationStatus
) -> None:
    message = Message(id="m-1", notifications=(replace(notification, status=status),))

    jsonschema.validate(
        json.decode(json.encode(message_document(message))),
        message_schema(),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
