"""Follows the logs of a stack's functions: each look brings what is new, in order of time.

Logs are the one place where everything appears that happens, also what changes no record, within
seconds, and for a call a function and look. FilterLogEvents may bring late what was logged early,
so each look goes back a little and leaves out what was seen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from streamwarden_cli.operate import log_lines
from streamwarden_cli.operate.log_lines import LogLine, read_lines

# CloudWatch Logs takes in what is logged within seconds.
_LATE: Final = timedelta(seconds=30)


def log_groups(client: Any, stack_name: str) -> tuple[str, ...]:
    """Those of the functions of a stack. Raises ClientError, BotoCoreError."""
    pages = client.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix=f"/aws/lambda/{stack_name}/"
    )
    return tuple(each["logGroupName"] for page in pages for each in page["logGroups"])


@dataclass
class LogTail:
    """`groups` are the names of log groups. One that is not there yet has logged nothing."""

    client: Any
    groups: tuple[str, ...]
    _looked_at: datetime | None = None
    _seen: dict[tuple[int, str], datetime] = field(default_factory=dict)
    _reasons: dict[tuple[str, str], str] = field(default_factory=dict)

    def look(self, since: datetime, now: datetime) -> list[LogLine]:
        """What was logged from `since` on and not seen yet. Raises ClientError, BotoCoreError."""
        begin = max(since, self._looked_at - _LATE) if self._looked_at else since
        found = [line for group in self.groups for line in self._read(group, begin)]
        self._forget(begin)
        self._looked_at = now
        return [*self._news(sorted(found, key=lambda each: each.at))]

    def _read(self, group: str, begin: datetime) -> Iterator[LogLine]:
        request: dict[str, Any] = {
            "logGroupName": group,
            "startTime": int(begin.timestamp() * 1000),
        }
        try:
            for page in self.client.get_paginator("filter_log_events").paginate(**request):
                yield from self._new_lines(page["events"])
        except self.client.exceptions.ResourceNotFoundException:
            return

    def _new_lines(self, events: list[dict[str, Any]]) -> Iterator[LogLine]:
        for event in events:
            key = (event["timestamp"], event["message"])
            logged_at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            lines = [*read_lines(event["message"], logged_at)]
            if key not in self._seen:
                yield from lines
            if lines:
                self._seen[key] = logged_at

    def _forget(self, before: datetime) -> None:
        """What no later look will bring again."""
        self._seen = {key: at for key, at in self._seen.items() if at >= before}

    def _news(self, lines: Iterable[LogLine]) -> Iterator[LogLine]:
        """Verdicts are logged before the decision that opens a breach by them."""
        for line in lines:
            key = (line.resource_arn, line.rule_id)
            match line.what:
                case log_lines.VERDICT:
                    self._reasons[key] = line.text
                case log_lines.BREACH:
                    yield replace(line, text=self._reasons.get(key, ""))
                case _:
                    yield line
