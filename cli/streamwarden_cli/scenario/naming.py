"""Which channel is meant: by its ARN, or by a name that only one channel has."""

from collections.abc import Iterable, Mapping
from typing import Any

from streamwarden_cli.documents.suggestion import did_you_mean

type Channels = Iterable[Mapping[str, Any]]


class UnknownChannel(Exception):
    """No channel, or more than one, is meant; the message says why."""


def is_key(name: str) -> bool:
    """Whether this looks like the value of a stream key, which no message repeats."""
    return name.startswith("sk_")


def find(channels: Channels, wanted: str) -> str:
    """The ARN. Raises UnknownChannel."""
    if is_key(wanted):
        raise UnknownChannel(
            "this is a stream key; name the channel, or give the key on standard input "
            "with `go-live --key-from-stdin`"
        )
    if wanted.startswith("arn:"):
        return wanted
    named = [str(each["arn"]) for each in channels if each["name"] == wanted]
    match named:
        case [arn]:
            return arn
        case []:
            names = {str(each["name"]) for each in channels if each["name"]}
            raise UnknownChannel(f"there is no channel {wanted!r}{did_you_mean(wanted, names)}")
        case _:
            raise UnknownChannel(f"several channels are called {wanted!r}: {', '.join(named)}")
