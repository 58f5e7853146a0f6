"""An action as the observer decided it."""

from collections.abc import Mapping

from streamwarden.domain.verdicts import Action, Confirm
from testbed.builders import CHANNEL, STREAM, at


def action(
    kind: str = "stop",
    *,
    tags: Mapping[str, str] | None = None,
    confirm: Confirm | None = None,
) -> Action:
    return Action(
        id="an/action",
        attempt=1,
        kind=kind,
        rule_id="a-rule",
        resource_arn=CHANNEL,
        stream_id=STREAM,
        reason="because",
        decided_at=at(),
        tags=tags or {},
        text="four hours are over" if kind == "warn" else "",
        confirm=confirm,
    )
