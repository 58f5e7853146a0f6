"""Pages of a listing, continued by an opaque token that survives changes between the pages."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulator.api.errors import invalid


def page[Item](
    items: Sequence[Item],
    params: Mapping[str, Any],
    *,
    default: int,
    mark: Callable[[Item], str],
) -> tuple[list[Item], dict[str, str]]:
    """One page, and the response's `nextToken` member when more follow."""
    marks = [mark(item) for item in items]
    start = _start(params.get("nextToken"), marks)
    end = start + int(params.get("maxResults") or default)
    if end >= len(items):
        return list(items[start:end]), {}
    return list(items[start:end]), {"nextToken": _token(end, marks[end - 1])}


def _token(position: int, last: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([position, last]).encode()).decode()


def _start(token: str | None, marks: list[str]) -> int:
    if not token:
        return 0
    try:
        position, last = json.loads(base64.urlsafe_b64decode(token))
        # What was last on the page before may have gone since: then all after it moved up by one.
        return marks.index(last) + 1 if last in marks else max(int(position) - 1, 0)
    except (ValueError, TypeError) as error:
        raise invalid("The value of nextToken is not valid") from error
