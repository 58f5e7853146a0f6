"""What is counted while functions run, by the names of the prices."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

MEMORY_GIGABYTES: Final = 0.5  # 512 MB, as in template.yaml
# Lambda gives a whole vCPU at 1,769 MB (Developer Guide, Configure function memory).
CPU_SHARE: Final = 512 / 1769
# What a warm function waits for an answer; ours to assume, and little of the price.
WAITS_SECONDS: Final = {
    "BatchGetItem": 0.008,
    "BatchWriteItem": 0.010,
    "GetItem": 0.005,
    "PutItem": 0.008,
    "DeleteItem": 0.008,
    "TransactWriteItems": 0.020,
    "Query": 0.006,
    "SendMessage": 0.008,
    "SendMessageBatch": 0.010,
    "Publish": 0.030,
    "CreateSchedule": 0.050,
    "UpdateSchedule": 0.050,
}
# A sweep makes three calls of IVS a second, and waits for its turn.
_SWEEP_CALL_SECONDS: Final = 1 / 3
# Lambda writes START, END and REPORT of an invocation; CloudWatch adds 26 bytes to each line.
_PLATFORM_LINES: Final = (74, 51, 137)
_BYTES_A_LINE: Final = 26


@dataclass
class Meter:
    """Units by price, calls by operation, the largest item that was written, and CPU."""

    units: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[str] = field(default_factory=Counter)
    item_bytes: int = 0
    cpu_seconds: float = 0.0
    paused_seconds: float = 0.0

    def call(self, operation: str) -> None:
        self.calls[operation] += 1

    def count(self, name: str, units: float = 1) -> None:
        self.units[name] += units

    def invocation(self, cpu_seconds: float, output: str) -> None:
        """One invocation, and what it logged."""
        self.cpu_seconds += cpu_seconds
        self.count("Lambda requests")
        lines = [len(line.encode()) for line in output.splitlines()]
        logged = [*lines, *_PLATFORM_LINES]
        self.count("CloudWatch Logs bytes", sum(logged) + _BYTES_A_LINE * len(logged))

    @property
    def gigabyte_seconds(self) -> float:
        """From CPU and waiting; it depends on the machine, as nothing else here does."""
        waited = sum(WAITS_SECONDS.get(name, 0.0) * count for name, count in self.calls.items())
        waited += _SWEEP_CALL_SECONDS * sum(
            count for name, count in self.calls.items() if name.startswith("List")
        )
        busy = self.cpu_seconds / CPU_SHARE
        return (busy + waited + self.paused_seconds) * MEMORY_GIGABYTES
