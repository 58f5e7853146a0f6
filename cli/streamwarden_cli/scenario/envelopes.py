"""Finds the EventBridge events in what people have: log files, messages and exports of AWS.

A container is recognised by the members that AWS gives it. Each part of it is looked into again, so
an event in a notification in a message of a queue is found too. What holds no event is described in
words, for the person who gave it.
"""

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from streamwarden.domain.redaction import may_hold_key, redacted

type Members = Mapping[str, Any]

# Whose calls the event rules of `template.yaml` select.
_SERVICE: Final = "ivs.amazonaws.com"
# A message of a notification of a message: AWS itself nests no deeper.
_DEEPEST: Final = 6
_MOST_NAMES: Final = 6
# As CloudWatch Logs writes each line of an export to S3.
_EXPORTED: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z (?=[{\[])")


class Found(NamedTuple):
    """An event, or why there is none. `path` says where in the document it is: `.Records[0]`."""

    path: str
    value: Any = None
    fault: str | None = None


def find_events(document: Any) -> Iterator[Found]:
    """Every event of a document, and a fault for every part that holds none."""
    return _find(document, "", 0)


def decode(content: bytes | str) -> Any:
    """JSON without stream keys, which neither services nor simulator are to see.

    Raises ValueError for what is no JSON.
    """
    try:
        value = msgspec.json.decode(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    # What is escaped has a sign in the text, so most lines show that no value in them has a key.
    return value if isinstance(content, str) and not may_hold_key(content) else redacted(value)


def decode_line(line: str) -> Any:
    """A line of JSON Lines, or of an export of CloudWatch Logs. Raises ValueError."""
    text = line.strip()
    exported = _EXPORTED.match(text)
    return decode(text[exported.end() :] if exported else text)


def _find(value: Any, path: str, depth: int) -> Iterator[Found]:
    if depth > _DEEPEST:
        yield Found(path, fault="an event is nested in too many envelopes")
    elif _is_event(value):
        yield Found(path, value)
    elif (parts := _parts_of(value)) is not None:
        yield from _each(parts.value, f"{path}{parts.path}", depth)
    elif (message := _message_of(value)) is not None:
        yield from _text(message.value, f"{path}{message.path}", depth)
    elif (service := _called_service(value)) is not None:
        yield _api_call(value, service, path)
    else:
        yield Found(path, fault=f"expected an EventBridge event, found {_describe(value)}")


def _is_event(value: Any) -> bool:
    match value:
        case {"detail-type": _} | {"detail": _, "source": _}:
            return True
        case _:
            return False


def _parts_of(value: Any) -> Found | None:
    """The list of a container that has several: a page, a log file, a batch."""
    match value:
        case [*parts] if _row_message(value) is None:
            return Found("", parts)
        case {"Records": [*parts]}:  # CloudTrail, and what SQS and SNS give to functions
            return Found(".Records", parts)
        case {"Messages": [*parts]}:  # SQS
            return Found(".Messages", parts)
        case {"logEvents": [*parts]}:  # CloudWatch Logs, to a subscription
            return Found(".logEvents", parts)
        case {"results": [*parts]}:  # CloudWatch Logs Insights
            return Found(".results", parts)
        case {"events": [*parts]}:  # CloudWatch Logs, a page
            return Found(".events", parts)
        case _:
            return None


def _message_of(value: Any) -> Found | None:
    """The text of a container that has one, which is JSON once more."""
    match value:
        case {"Body": str(text)}:  # SQS
            return Found(".Body", text)
        case {"body": str(text), "messageId": _}:  # SQS, to a function
            return Found(".body", text)
        case {"Sns": {"Message": str(text)}}:  # SNS, to a function
            return Found(".Sns.Message", text)
        case {"Type": "Notification", "Message": str(text)}:  # SNS, to a queue
            return Found(".Message", text)
        case {"timestamp": _, "message": str(text)}:  # CloudWatch Logs
            return Found(".message", text)
        case {"@message": str(text)}:  # CloudWatch Logs Insights, as a row of JSON
            return Found(".@message", text)
        case [*_] if (row := _row_message(value)) is not None:  # the same, by get-query-results
            return Found("", row)
        case {"awslogs": {"data": str(data)}}:  # CloudWatch Logs, to a function
            return Found(".awslogs.data", _decompressed(data))
        case _:
            return None


def _row_message(value: Any) -> str | None:
    """The message of a row of results, whose cells are objects with `field` and `value`."""
    cells = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    found = (each.get("value") for each in cells if each.get("field") == "@message")
    return next((text for text in found if isinstance(text, str)), None)


def _called_service(value: Any) -> str | None:
    """The service of a call as CloudTrail records it: `ivs.amazonaws.com`."""
    match value:
        case {"eventSource": str(source), "eventName": str(), "eventVersion": _}:
            return source
        case _:
            return None


def _each(parts: Sequence[Any], path: str, depth: int) -> Iterator[Found]:
    """A log file of CloudTrail has calls of every service: those of others are left out."""
    places = [index for index, each in enumerate(parts) if not _is_of_another_service(each)]
    for index in places:
        yield from _find(parts[index], f"{path}[{index}]", depth + 1)
    if parts and not places:
        yield Found(path, fault="expected calls of IVS, found calls of other services only")


def _is_of_another_service(value: Any) -> bool:
    service = _called_service(value)
    return service is not None and service != _SERVICE


def _api_call(record: Members, service: str, path: str) -> Found:
    """The event that EventBridge makes of a record of CloudTrail."""
    if service != _SERVICE:
        return Found(path, fault=f"expected a call of IVS, found a call of {service}")
    return Found(
        path,
        {
            "version": "0",
            "id": record.get("eventID"),
            "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.ivs",
            "account": record.get("recipientAccountId"),
            "time": record.get("eventTime"),
            "region": record.get("awsRegion"),
            "resources": [],
            "detail": record,
        },
    )


def _decompressed(data: str) -> str:
    """What a subscription sends to a function is Base64 of gzip. Of what is not, nothing."""
    try:
        return gzip.decompress(base64.b64decode(data, validate=True)).decode()
    except (binascii.Error, OSError, EOFError, zlib.error, UnicodeDecodeError):
        return ""


def _text(text: str, path: str, depth: int) -> Iterator[Found]:
    """A message that holds JSON; or another one, such as a line that a function has logged."""
    try:
        document = decode_line(text)
    except ValueError:
        yield Found(path, fault="expected an EventBridge event, found a text that is no JSON")
        return
    yield from _find(document, path, depth + 1)


def _describe(value: Any) -> str:
    match value:
        case {"channels": _}:
            return "channels, as `aws ivs list-channels` prints them (give them with --fleet)"
        case {"streams": _} | {"streamSession": _} | {"streamSessions": _} | {"stream": _}:
            return f"what an API call answers, with {_names(value)}"
        case {"rules": _, "version": _}:
            return "a policy (give it with --policy)"
        case {"Source": _, "DetailType": _}:
            return "an entry of PutEvents, which EventBridge has not made an event yet"
        case Mapping():
            return f"an object with {_names(value)}" if value else "an object without members"
        case None:
            return "null"
        case _:
            kinds = {str: "a text", bool: "true or false", int: "a number", float: "a number"}
            return kinds.get(type(value), "something else")


def _names(value: Members) -> str:
    names = [str(each) for each in value]
    more = ", …" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
