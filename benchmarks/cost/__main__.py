"""Print what an input costs, by parts, and that it costs the same after thousands of sessions.

Units and bytes are the same on every machine. CPU is not: it is part of the price, and is printed
beside the sessions without a budget.
"""

import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from benchmarks.cost.meter import Meter
from benchmarks.cost.notifications import notified
from benchmarks.cost.prices import AS_OF, PRICES
from benchmarks.cost.stack import Stack, deployed
from benchmarks.cost.streaming import idle_sweep, ordinary_day, reconnecting, settle

POLICY: Final = Path(__file__).resolve().parents[2] / "policies/default.yaml"
DOLLARS_A_MILLION: Final = 8.0
# 2,880 sessions a day are a reconnect every 30 seconds.
SESSIONS_A_DAY: Final = (1, 10, 100, 1_000, 2_880)
# From the day with the fewest sessions to the one with the most.
MOST_TIMES_THE_UNITS: Final = 1.5
MOST_TIMES_THE_BYTES: Final = 2.0
# Incidents of one rule that open within the wait of its group.
INCIDENTS_TOGETHER: Final = (1, 10, 100, 1_000)
_IDLE_CHANNELS: Final = 1_000
# A month of 30 days, every five minutes.
_SWEEPS_A_MONTH: Final = 30 * 24 * 12
_MEASURED_SESSIONS: Final = 10
_DAY: Final = timedelta(days=1)
_DURATION: Final = "Lambda GB-seconds (arm64)"


def main() -> int:
    """1 if a budget is missed."""
    missed = max(_print_ordinary_day(), _print_sessions())
    _print_notifications()
    _print_idle()
    return missed


def _print_ordinary_day() -> int:
    with deployed(POLICY) as stack:
        settle(stack)
        # Of the first days, records do not yet hold what they always hold.
        ordinary_day(stack)
        ordinary_day(stack)
        stack.measure()
        ordinary_day(stack)
        dollars = _print_parts(stack)
        print(f"\n{stack.inputs} inputs a day:")
        for name, count in sorted(Counter(stack.kinds).items()):
            print(f"  {count:4} {name}")
        print(f"calls: {', '.join(f'{count} {name}' for name, count in stack.meter.calls.items())}")
    print(f"\na channel-day costs ${dollars * stack.inputs / 1_000_000:.6f}")
    return 0 if dollars <= DOLLARS_A_MILLION else 1


def _print_parts(stack: Stack) -> float:
    """Dollars for a million inputs."""
    units = {**stack.meter.units, _DURATION: stack.meter.gigabyte_seconds}
    print(f"Prices as of {AS_OF}.\n")
    print(f"{'':38} {'an input':>10} {'$ a million inputs':>20}")
    total = 0.0
    for name, price in PRICES.items():
        each = units.get(name, 0.0) / stack.inputs
        dollars = price.of(each * 1_000_000)
        total += dollars
        print(f"{name:38} {each:10.3f} {dollars:20.2f}")
    print(f"{'together':38} {'':10} {total:20.2f}  (budget {DOLLARS_A_MILLION:.2f})")
    return total


class _Figures(Struct, frozen=True):
    """Of one input."""

    read_units: float
    write_units: float
    item_bytes: int
    cpu_milliseconds: float


def _print_sessions() -> int:
    print(f"\n{'sessions':>10} {'read':>8} {'write':>8} {'largest':>9} {'CPU':>8}")
    print(f"{'a day':>10} {'units':>8} {'units':>8} {'bytes':>9} {'ms':>8}")
    found = []
    for sessions in SESSIONS_A_DAY:
        each = _measured(sessions)
        found.append(each)
        print(
            f"{sessions:10,} {each.read_units:8.2f} {each.write_units:8.2f}"
            f" {each.item_bytes:9,} {each.cpu_milliseconds:8.2f}"
        )
    few, many = found[0], found[-1]
    ratios = (
        (many.read_units / few.read_units, MOST_TIMES_THE_UNITS),
        (many.write_units / few.write_units, MOST_TIMES_THE_UNITS),
        (many.item_bytes / few.item_bytes, MOST_TIMES_THE_BYTES),
    )
    for (ratio, most), what in zip(ratios, ("read units", "write units", "bytes"), strict=True):
        print(f"{what}: {ratio:.2f} times (budget {most})")
    return 0 if all(ratio <= most for ratio, most in ratios) else 1


def _print_notifications() -> None:
    """Incidents that open together and resolve together, to one destination. It has no budget."""
    print(
        f"\n{'incidents':>10} {'':>9} {'read':>8} {'write':>8} {'SQS':>8} {'notify':>8} {'$ a':>10}"
    )
    print(
        f"{'together':>10} {'messages':>9} {'units':>8} {'units':>8} {'requests':>8} {'runs':>8}"
        f" {'thousand':>10}"
    )
    for incidents in INCIDENTS_TOGETHER:
        each = notified(POLICY, incidents)
        dollars = _dollars(each.meter) / incidents
        print(
            f"{incidents:10,} {each.messages:9}"
            f" {each.an_incident('DynamoDB read request units'):8.2f}"
            f" {each.an_incident('DynamoDB write request units'):8.2f}"
            f" {each.an_incident('SQS requests (standard queues)'):8.2f}"
            f" {each.an_incident('Lambda requests'):8.2f}"
            f" {dollars * 1000:10.6f}"
        )


def _print_idle() -> None:
    """Sweeps of channels on which nothing happens. They have no budget either."""
    with deployed(POLICY) as stack:
        swept = idle_sweep(stack, _IDLE_CHANNELS)
    swept.count("Scheduler invocations")
    units = swept.units
    print(
        f"\na sweep of {_IDLE_CHANNELS:,} idle channels:"
        f" {units['DynamoDB read request units']} read units,"
        f" {units['DynamoDB write request units']} write units,"
        f" {swept.gigabyte_seconds:.2f} GB-seconds,"
        f" {units['CloudWatch Logs bytes']:,} bytes logged;"
        f" ${_dollars(swept) * _SWEEPS_A_MONTH:.2f} a month"
    )


def _dollars(meter: Meter) -> float:
    units = {**meter.units, _DURATION: meter.gigabyte_seconds}
    return sum(PRICES[name].of(count) for name, count in units.items())


def _measured(sessions: int) -> _Figures:
    """The next sessions after a day of so many."""
    interval = _DAY / sessions
    with deployed(POLICY) as stack:
        settle(stack)
        reconnecting(stack, interval, stack.now + _DAY)
        stack.measure()
        reconnecting(stack, interval, stack.now + interval * min(sessions, _MEASURED_SESSIONS))
    units = stack.meter.units
    return _Figures(
        read_units=units["DynamoDB read request units"] / stack.inputs,
        write_units=units["DynamoDB write request units"] / stack.inputs,
        item_bytes=stack.meter.item_bytes,
        cpu_milliseconds=stack.meter.cpu_seconds * 1000 / stack.inputs,
    )


if __name__ == "__main__":
    sys.exit(main())
