"""What a letter holds, in words: an input, a requested action, a notification, an invocation."""

from collections.abc import Mapping
from typing import Any, Final

from streamwarden.domain.brief import brief
from streamwarden_cli.operate.dead_letters.letter import DeadLetter, PutBy, parsed

_LONGEST: Final = 80


def describe_content(letter: DeadLetter) -> str:
    """One line. A text that nobody can read is quoted, as far as it fits."""
    value: Any = parsed(letter.body)
    if letter.put_by is PutBy.LAMBDA:
        return f"invocation with {brief(letter.body, _LONGEST)}"
    match value:
        case {"detail-type": str(kind)}:
            return f"{kind}{_event_name(value)}{_about(value)}"
        case {"kind": str(kind), "rule_id": str(rule)}:
            return f"action {kind} of rule {rule}{_about(value)}"
        case {"destination": str(name), "notification": {"status": status, "title": title}}:
            about = _about(value["notification"])
            return f"notification ({status}) {title} for {name}{about}"
        case {"incident": str(), "status": status, "title": title}:
            return f"notification ({status}) {title}{_about(value)}"
        case {"destination": str(name)} if "notification" not in value:
            return f"look at the destination {brief(name, _LONGEST)}"
        case dict() if letter.put_by is PutBy.SCHEDULER:
            return f"timer with {brief(letter.body, _LONGEST)}"
        case _:
            return f"not readable: {brief(letter.body, _LONGEST)}"


def _event_name(event: Mapping[str, Any]) -> str:
    detail = event.get("detail")
    if not isinstance(detail, dict):
        return ""
    name = detail.get("event_name") or detail.get("eventName")
    return f" ({name})" if isinstance(name, str) else ""


def _about(value: Mapping[str, Any]) -> str:
    """The resource, wherever the kind of message has it."""
    detail, resources = value.get("detail"), value.get("resources")
    places: list[Any] = [value.get("resource_arn")]
    if isinstance(detail, dict):
        places.append(detail.get("resource_arn"))
    if isinstance(resources, list):
        places.extend(resources)
    arn: str = next((each for each in places if isinstance(each, str)), "")
    return f" of {arn}" if arn else ""
