"""Which writes are the latest: calls are seen late, twice and out of order.

Every setting and every tag has a moment of its own: a call that is seen late changes only what no
later call has written.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from ivs_simulator.state.account_region import AccountRegion

type Members = Mapping[str, Any]


def latest_members(
    account_region: AccountRegion, arn: str, members: Members, at: datetime, kind: str = "setting"
) -> dict[str, Any]:
    """The members that no later call has written. They count as written at this moment."""
    moments = account_region.changed_at
    latest = {}
    for name, value in members.items():
        place = (arn, f"{kind} {name}")
        if place not in moments or moments[place] <= at:
            moments[place] = at
            latest[name] = value
    return latest


def note_write(
    account_region: AccountRegion, operation: str, params: Members, at: datetime
) -> None:
    """A call was answered here: what it wrote is as of this moment."""
    match operation:
        case "TagResource":
            tags = params["tags"]
            latest_members(account_region, unquote(params["resourceArn"]), tags, at, "tag")
        case "UntagResource":
            tags = dict.fromkeys(params["tagKeys"])
            latest_members(account_region, unquote(params["resourceArn"]), tags, at, "tag")
        case "UpdateChannel":
            settings = {name: params[name] for name in params if name != "arn"}
            latest_members(account_region, params["arn"], settings, at)
        case _:
            pass
