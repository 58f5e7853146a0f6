"""Print how long a stream lives under the stack and under a bare function; 1 if too long.

A stream starts, and its event goes on the bus of the local AWS. It ends by StopStream. The
simulator says when both happened, by one clock. Streams of both kinds take turns. All functions are
warm, and nothing else is under way: `Session Created` came seconds before, as on AWS.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any, Final

from benchmarks.latency.bare import deploy_bare
from ivs_simulator.control.client import Control
from streamwarden_cli.local import deployment, server
from streamwarden_cli.local.access import session

POLICY: Final = Path(__file__).with_name("policy.yaml")
ROUNDS: Final = 40
WARM_UP: Final = 5
MOST_TIMES: Final = 5.0
_PATIENCE_SECONDS: Final = 30.0
# From `Session Created` to `Stream Start`: the observer is done with the first by then.
_STREAM_START_SECONDS: Final = 1.5
# Events say in whole seconds when a stream begins, and of two in one second the last is not known.
_QUIET_SECONDS: Final = 1.1


def main() -> int:
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        try:
            return _measure(Path(folder))
        finally:
            server.stop(Path(folder))


def _measure(folder: Path) -> int:
    local = server.start(folder)
    built = deployment.build(folder, POLICY)
    deployment.deploy(local.endpoint, built, mode="enforce")
    benchmark = Benchmark(local)
    ours, bare = benchmark.channel("governed"), benchmark.channel("bare")
    deploy_bare(benchmark.client, bare)
    for _ in range(WARM_UP):
        benchmark.seconds_on_air(ours)
        benchmark.seconds_on_air(bare)
    rounds = [
        (benchmark.seconds_on_air(ours), benchmark.seconds_on_air(bare)) for _ in range(ROUNDS)
    ]
    return _report([mine for mine, _ in rounds], [theirs for _, theirs in rounds])


def _report(ours: list[float], bare: list[float]) -> int:
    print(f"\n{'':14} {'least':>8} {'middle':>8} {'most':>8}")
    for name, spans in (("the stack", ours), ("bare function", bare)):
        figures = (min(spans), middle(spans), max(spans))
        print(f"{name:14} " + " ".join(f"{each * 1000:5.1f} ms" for each in figures))
    ratio = middle(ours) / middle(bare)
    print(f"middles: {ratio:.1f} times (budget {MOST_TIMES:.0f})")
    return 0 if ratio <= MOST_TIMES else 1


def middle(spans: Sequence[float]) -> float:
    """The mean of the middle half.

    The simulator says times in whole milliseconds, of which the bare function takes six. So a
    median of it is wrong by up to a tenth, and a mean is not.
    """
    quarter = len(spans) // 4
    return mean(sorted(spans)[quarter : len(spans) - quarter])


class Benchmark:
    """A local AWS on which streams begin and are stopped."""

    def __init__(self, local: server.LocalAws) -> None:
        self._local = local
        self._control = Control(local.control_url)
        self._control.set_options(latencies={"streamStart": _STREAM_START_SECONDS})
        self._clients: dict[str, Any] = {}
        self._seen = 0

    def client(self, service: str) -> Any:
        if service not in self._clients:
            clients: Any = session()
            self._clients[service] = clients.client(service, endpoint_url=self._local.endpoint)
        return self._clients[service]

    def channel(self, name: str) -> str:
        """It was made hours ago, so that nothing about it is new."""
        return self._control.create_channel_at(
            _now() - timedelta(hours=6), name=name, tags={"benchmark": name}
        )

    def seconds_on_air(self, channel_arn: str) -> float:
        """From the start of a stream to its end by StopStream."""
        self._settle()
        connected = self._control.go_live(channel_arn).started_at
        starts_at = connected + timedelta(seconds=_STREAM_START_SECONDS)
        time.sleep(max((starts_at - _now()).total_seconds(), 0))
        self._control.reconnect()  # what is due happens at once, not within half a second
        return (_eventually(lambda: self._stopped_at(channel_arn)) - starts_at).total_seconds()

    def _stopped_at(self, channel_arn: str) -> datetime | None:
        calls, self._seen = self._control.calls(self._seen)
        for call in calls:
            is_of_channel = call["params"].get("channelArn") == channel_arn
            if call["operation"] == "StopStream" and is_of_channel and call["outcome"] == "ok":
                return datetime.fromisoformat(call["at"])
        return None

    def _settle(self) -> None:
        """Until no message is under way, and some time more for what the functions still do."""
        urls = self.client("sqs").list_queues(QueueNamePrefix="streamwarden-")["QueueUrls"]
        _eventually(lambda: not any(self._depth(url) for url in urls if "Dead" not in url))
        time.sleep(_QUIET_SECONDS)
        _eventually(lambda: not any(self._depth(url) for url in urls if "Dead" not in url))

    def _depth(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)


def _eventually[T](look: Callable[[], T | None]) -> T:
    """What `look` finds, looked for so seldom that it takes no time from what is measured."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {_PATIENCE_SECONDS:.0f} s")
        time.sleep(0.1)
    return found


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the local AWS lives in real time


if __name__ == "__main__":
    sys.exit(main())
