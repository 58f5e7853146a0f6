"""Measure replay: events a CPU second, how that grows with channels, and the memory it takes."""

import io
import json
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any, Final, NamedTuple

from streamwarden_cli.main import main as streamwarden

POLICY: Final = Path(__file__).resolve().parent.parent / "policies" / "demo.yaml"
CHANNELS: Final = (5_000, 10_000, 20_000)
# On two idle cores, 29 November 2026: 5,587, 6,170 and 6,259. Beside busy processes, rows had from
# 3,900 on: measure where nothing else runs.
MINIMUM_RATE: Final = 5_000
# Twice as many channels may take this much longer for each event.
MAXIMUM_GROWTH: Final = 1.2
MAXIMUM_MEMORY: Final = 1_000
# What a channel sends that is made and goes live for fifty minutes, after so many seconds.
STREAM: Final = (
    ("Session Created", 10),
    ("Stream Start", 13),
    ("Session Ended", 3_000),
    ("Stream End", 3_004),
)
EVENTS_PER_CHANNEL: Final = len(STREAM) + 1
TAGS: Final = {"team": "sports", "cost-center": "CC-1234"}
BEGINS_AT: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Measured(NamedTuple):
    """Of one replay: compliant events, and CPU seconds."""

    events: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.events / self.seconds


def main() -> int:
    """Print a row for each number of channels; 1 if a budget is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        # Else the first row would have what the command imports and what it reads of the API.
        print(f"start                   {_measure(1, Path(folder)).seconds:7.2f} CPU seconds")
        rates = [_rate(channels, Path(folder)) for channels in CHANNELS]
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    growth = max(before / after for before, after in pairwise(rates))
    print(f"slower with twice as many  {growth:7.2f}     budget {MAXIMUM_GROWTH}")
    print(f"memory at most             {megabytes:7.0f} MB  budget {MAXIMUM_MEMORY} MB")
    is_kept = (
        min(rates) >= MINIMUM_RATE and growth <= MAXIMUM_GROWTH and megabytes <= MAXIMUM_MEMORY
    )
    return 0 if is_kept else 1


def _rate(channels: int, folder: Path) -> float:
    rate = _measure(channels, folder).rate
    figure = f"{rate:8,.0f} events a CPU second"
    print(f"{channels:6,} channels           {figure}  budget {MINIMUM_RATE:,}")
    return rate


def _measure(channels: int, folder: Path) -> Measured:
    file = folder / f"{channels}.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{json.dumps(event)}\n" for event in _events(channels))
    began = process_time()
    with redirect_stdout(io.StringIO()) as out:
        code = streamwarden(["replay", str(file), "--policy", str(POLICY)])
    measured = Measured(channels * EVENTS_PER_CHANNEL, process_time() - began)
    assert code == 0, out.getvalue()
    assert "Would have done: nothing. 0 notifications. 0 incidents" in out.getvalue()
    return measured


def _events(channels: int) -> Iterator[dict[str, Any]]:
    """Channels are made and go live one after the other within an hour, and end as they began."""
    for number in range(channels):
        begin = BEGINS_AT + timedelta(seconds=number * 3600 // channels)
        arn = f"arn:aws:ivs:eu-west-1:210987654321:channel/{number:012}"
        name = f"channel-{number}"
        created = {
            "eventName": "CreateChannel",
            "eventTime": begin.isoformat(),
            "eventSource": "ivs.amazonaws.com",
            "requestParameters": {"name": name},
            "responseElements": {"channel": {"arn": arn, "name": name, "tags": TAGS}},
        }
        yield _event("AWS API Call via CloudTrail", begin, created)
        for event, after in STREAM:
            detail = {"event_name": event, "channel_name": name, "stream_id": f"st-{number}"}
            at = begin + timedelta(seconds=after)
            yield _event("IVS Stream State Change", at, detail, arn)


def _event(
    detail_type: str, at: datetime, detail: dict[str, Any], *resources: str
) -> dict[str, Any]:
    return {
        "version": "0",
        "id": f"{at.timestamp()} {next(iter(detail.values()))} {resources}",
        "detail-type": detail_type,
        "source": "aws.ivs",
        "account": "210987654321",
        "time": at.isoformat(),
        "region": "eu-west-1",
        "resources": list(resources),
        "detail": detail,
    }


if __name__ == "__main__":
    sys.exit(main())
