"""Which channel is meant: by its ARN, or by a name that only one channel has."""

from collections.abc import Iterable, Mapping
from typing import Any

from streamwarden_cli.documents.suggestion import did_you_mean

type Channels = Iterable[Mapping[str, Any]]


class NotPlayable(Exception):
    """The simulator cannot do what was asked; the message says why."""


def find(channels: Channels, wanted: str) -> str:
    """The ARN. Raises NotPlayable, and never repeats what may be a stream key."""
    if wanted.startswith("sk_"):
        raise NotPlayable(
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
            raise NotPlayable(f"there is no channel {wanted!r}{did_you_mean(wanted, names)}")
        case _:
            raise NotPlayable(f"several channels are called {wanted!r}: {', '.join(named)}")
