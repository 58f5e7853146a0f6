"""The channels of a case: written as in a fleet file of `streamwarden replay`, but shorter.

An ARN, the id of what is on the air and full times may be left out.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from streamwarden.domain.arn import is_channel_arn
from streamwarden_cli.documents.source import Location
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.cases.faults import Fault
from streamwarden_cli.policy.cases.moments import Calendar
from streamwarden_cli.replay.fleet import FleetChannel

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"
FIRST_STREAM: Final = "st-1"

_PLACE: Final = re.compile(r"(?P<what>.+) - at (?:`key` in )?`\$\.?(?P<path>.*)`", re.DOTALL)
_MISMATCH: Final = re.compile(r"Expected `(.+)`, got `(.+)`")
_WORDS: Final = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}
_UNQUOTED: Final = ("a number", "true or false")
_TIMES: Final = ("startTime", "endedAt")
_MEMBERS: Final = tuple(each.encode_name for each in msgspec.structs.fields(FleetChannel))


def read_channels(
    given: Sequence[Mapping[str, Any]], calendar: Calendar, places: Sequence[Location]
) -> tuple[FleetChannel, ...]:
    """Raises Fault. `places` say where each is written."""
    channels: list[FleetChannel] = []
    for index, (members, here) in enumerate(zip(given, places, strict=True)):
        channel = _read(members, calendar, here, index)
        if any(channel.arn == other.arn for other in channels):
            raise Fault(here, "the channel is given twice; give each a name or an arn of its own")
        channels.append(channel)
    return tuple(channels)


def _read(
    members: Mapping[str, Any], calendar: Calendar, place: Location, index: int
) -> FleetChannel:
    for key in members:
        if key not in _MEMBERS:
            hint = did_you_mean(key, _MEMBERS)
            message = f"unknown key {key!r}{hint} (expected {format_list(_MEMBERS)})"
            raise Fault((*place, key), message, at_key=True)
    filled_in = {"name": f"channel-{index + 1}" if index else "channel", **members}
    filled_in.setdefault("arn", _arn(str(filled_in["name"])))
    if isinstance(members.get("live"), Mapping):
        filled_in["live"] = _live(members["live"], calendar, (*place, "live"))
    try:
        channel = msgspec.convert(filled_in, FleetChannel)
    except msgspec.ValidationError as error:
        raise _explained(str(error), place) from error
    if not is_channel_arn(channel.arn):
        raise Fault((*place, "arn"), f"expected the ARN of an IVS channel, found {channel.arn!r}")
    return channel


def _arn(name: str) -> str:
    identifier = re.sub(r"[^A-Za-z0-9-]", "-", name) or "channel"
    return f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/{identifier}"


def _live(live: Mapping[str, Any], calendar: Calendar, place: Location) -> dict[str, Any]:
    filled_in = {"streamId": FIRST_STREAM, **live}
    for key in _TIMES:
        if isinstance(filled_in.get(key), str):
            try:
                filled_in[key] = calendar.time(filled_in[key])
            except ValueError as error:
                raise Fault((*place, key), str(error)) from error
    return filled_in


def _explained(message: str, place: Location) -> Fault:
    """msgspec's sentence with the place that it names, as far as that is one of the file."""
    found = _PLACE.fullmatch(message)
    what, path = (found["what"], found["path"]) if found else (message, "")
    inside = tuple(re.findall(r"\w+", path.partition("[")[0]))
    if mismatch := _MISMATCH.fullmatch(what):
        # Null stands for what is left out, which is nothing that anybody would write.
        types = (each.removesuffix(" | null") for each in mismatch.groups())
        wanted, given = (_WORDS.get(each, each) for each in types)
        hint = "; put it in quotes" if wanted == "text" and given in _UNQUOTED else ""
        return Fault((*place, *inside), f"expected {wanted}, found {given}{hint}")
    return Fault((*place, *inside), what.replace("`", "'"))
