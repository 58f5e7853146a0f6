"""Play a storm of incidents and thousands of seeded runs of telling; print what became of them.

The time is virtual, so that the figures are the same on every machine. `python -m
benchmarks.notifications 100` plays a hundred runs of each kind.
"""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from typing import Final

from streamwarden.adapters.destinations import kind_of
from testbed.left_out_runs import run_of_left_out_destinations
from testbed.notified_runs import (
    Run,
    run_of_a_baseline,
    run_of_all_at_once,
    run_of_incidents,
    storm,
)

RUNS: Final = 2_000
LAST_WITHIN: Final = timedelta(minutes=2)
CRITICAL_WITHIN: Final = timedelta(seconds=3)
MOST_MESSAGES: Final = 12
_KINDS: Final[dict[str, Callable[[int], Run]]] = {
    "30 incidents at three destinations": run_of_incidents,
    "a baseline of 12 in PagerDuty": run_of_a_baseline,
    "baselines, silences, deployments": run_of_all_at_once,
    "a destination left out for a time": run_of_left_out_destinations,
}
_AT_ONCE: Final = 20


def main(runs: int) -> int:
    """1 if a message is late, lost or doubled."""
    is_late = _print_storm()
    faults = [_print_runs(name, play, runs) for name, play in _KINDS.items()]
    return 1 if is_late or any(faults) else 0


def _print_storm() -> bool:
    found = storm(kind_of("slack").limits)
    last, critical = found.last.total_seconds(), found.critical.total_seconds()
    print(f"A storm at Slack's rate: {found.incidents:,} incidents of six rules within 10 s.\n")
    print(f"{'incidents told':32} {found.notified:8,}  (all)")
    print(f"{'messages':32} {found.messages:8,}  (at most {MOST_MESSAGES})")
    print(
        f"{'seconds to the critical one':32} {critical:8.1f}"
        f"  (at most {CRITICAL_WITHIN.total_seconds():.0f})"
    )
    print(
        f"{'seconds to the last message':32} {last:8.1f}"
        f"  (at most {LAST_WITHIN.total_seconds():.0f})\n"
    )
    is_late = found.critical > CRITICAL_WITHIN or found.last > LAST_WITHIN
    return is_late or found.notified != found.incidents or found.messages > MOST_MESSAGES


def _print_runs(name: str, play: Callable[[int], Run], runs: int) -> int:
    """How many faults there were."""
    with ProcessPoolExecutor() as processes:
        found = list(processes.map(play, range(runs), chunksize=_AT_ONCE))
    print(f"{runs:,} seeded runs, {name}: services answer 429, 500 or nothing, functions die.\n")
    faults = print_figures(found)
    print()
    return faults


def print_figures(runs: Sequence[Run]) -> int:
    """What became of runs with the seeds from 0 on. Answers how many of them had a fault."""
    for label, count in (
        ("notifications told", sum(each.notified for each in runs)),
        ("messages", sum(each.messages for each in runs)),
        ("functions killed", sum(each.kills for each in runs)),
        ("taken, and nobody was told so", sum(each.doubts for each in runs)),
        ("repeated under the same id", sum(each.repeated for each in runs)),
    ):
        print(f"{label:32} {count:8,}")
    for label, count in (
        ("lost", sum(each.lost + each.dead for each in runs)),
        ("doubled", sum(each.doubled for each in runs)),
        ("in the wrong order", sum(each.disordered for each in runs)),
        ("left waiting or open", sum(each.left for each in runs)),
        ("unknown to the ledger", sum(each.unreported for each in runs)),
    ):
        print(f"{label:32} {count:8,}  (none)")
    faulty = [seed for seed, each in enumerate(runs) if each.faults]
    print(f"{'runs with a fault':32} {len(faulty):8,}  (none){_seeds(faulty)}")
    return len(faulty)


def _seeds(faulty: list[int]) -> str:
    return f"; seeds {', '.join(map(str, faulty[:_AT_ONCE]))}" if faulty else ""


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
