"""Pages of a listing, continued by an opaque token that survives changes between the pages.

A token holds the place of the last thing shown; a page costs the same wherever it begins.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from ivs_simulator.wire.errors import invalid

_BEFORE_ALL = -1


class Listing[T](Protocol):
    """Things in an order, each at a numbered place that it keeps."""

    def after(self, number: int) -> Iterator[tuple[int, T]]: ...


def page[T](
    listing: Listing[T], params: Mapping[str, Any], *, default: int
) -> tuple[list[T], dict[str, str]]:
    """One page, and the response's `nextToken` member when more follow."""
    size = int(params.get("maxResults") or default)
    shown: list[T] = []
    last = _BEFORE_ALL
    for number, item in listing.after(_place(params.get("nextToken"))):
        if len(shown) == size:
            return shown, {"nextToken": _token(last)}
        shown.append(item)
        last = number
    return shown, {}


def _token(number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"after": number}).encode()).decode()


def _place(token: str | None) -> int:
    if not token:
        return _BEFORE_ALL
    try:
        return int(json.loads(base64.urlsafe_b64decode(token))["after"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise invalid("The value of nextToken is not valid") from error
