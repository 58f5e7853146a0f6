"""Play thousands of seeded runs in which real destinations tell a real server; print the figures.

The server is on this machine, and stands for every kind of destination. `python -m
benchmarks.destinations 3000` plays three thousand.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Final

from benchmarks.notifications import print_figures
from tests.integration.served_runs import KINDS, ServedRun, served
from tests.integration.troubled_server import Answer

RUNS: Final = 2_000
_AT_ONCE: Final = 50


def main(runs: int) -> int:
    """1 if a message is lost or doubled."""
    chunks = [range(first, min(first + _AT_ONCE, runs)) for first in range(0, runs, _AT_ONCE)]
    with ProcessPoolExecutor() as processes:
        found = [each for chunk in processes.map(_play, chunks) for each in chunk]
    print(f"{runs:,} seeded runs, three destinations each: a server has troubles, functions die.\n")
    _print_counts("messages taken", KINDS, [each.messages for each in found])
    _print_counts("the server", Answer, [each.answers for each in found])
    return 1 if print_figures([each.run for each in found]) else 0


def _play(seeds: range) -> list[ServedRun]:
    with served() as places:
        return [places.run(seed) for seed in seeds]


def _print_counts(heading: str, names: Iterable[str], counts: Iterable[Mapping[Any, int]]) -> None:
    total = Counter[str]()
    for each in counts:
        total.update(each)
    print(f"{heading}:")
    for name in names:
        print(f"  {name:30} {total[name]:8,}")
    print()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
