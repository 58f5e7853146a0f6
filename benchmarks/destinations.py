"""Play thousands of seeded runs in which real destinations tell a real server; print the figures.

The server is on this machine, and stands for every kind of destination. `python -m
benchmarks.destinations 3000` plays three thousand.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, Final

from benchmarks.notifications import print_figures
from testbed.served_runs import KINDS, RUN_KINDS, ServedRun, served
from testbed.troubled_server import Answer

RUNS: Final = 2_000
_AT_ONCE: Final = 25


def main(runs: int) -> int:
    """1 if a message is lost or doubled."""
    faults = [_print_runs(name, runs // run_kind.one_in) for name, run_kind in RUN_KINDS.items()]
    return 1 if any(faults) else 0


def _print_runs(name: str, runs: int) -> int:
    """How many faults there were."""
    chunks = [range(first, min(first + _AT_ONCE, runs)) for first in range(0, runs, _AT_ONCE)]
    with ProcessPoolExecutor() as processes:
        found = [each for chunk in processes.map(partial(_play, name), chunks) for each in chunk]
    print(f"{runs:,} seeded runs, {name}: a server has every trouble, functions die.\n")
    _print_counts("messages taken", KINDS, [each.messages for each in found])
    _print_counts("the server", Answer, [each.answers for each in found])
    faults = print_figures([each.run for each in found])
    print()
    return faults


def _play(name: str, seeds: range) -> list[ServedRun]:
    with served() as places:
        return [places.run(RUN_KINDS[name], seed) for seed in seeds]


def _print_counts(heading: str, names: Iterable[str], counts: Iterable[Mapping[Any, int]]) -> None:
    total = Counter[str]()
    for each in counts:
        total.update(each)
    print(f"{heading}:")
    for name in names:
        if total[name]:
            print(f"  {name:30} {total[name]:8,}")
    print()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
