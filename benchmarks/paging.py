"""Measure the simulator's listing of a full account: its last page against its first.

The figure is CPU time, and the least of many rounds, in which the pages take turns: other work on
the machine then falls on both alike.
"""

import sys
from datetime import UTC, datetime
from time import perf_counter, process_time
from typing import Any, Final

from ivs_simulator.world import World

CHANNELS: Final = 5_000
PAGE: Final = 100
ROUNDS: Final = 200
# A listing that walked to its page would come to about 50; what is left is the machine's noise.
MAXIMUM_RATIO: Final = 2.0
NOW: Final = datetime(2026, 9, 12, 12, tzinfo=UTC)


def main() -> int:
    """Print milliseconds for the first and the last page; 1 if they differ by the factor 2."""
    world = World(lambda: NOW)
    began = perf_counter()
    for number in range(CHANNELS):
        _call(world, "CreateChannel", name=f"channel-{number}")
    print(f"creating {CHANNELS} channels: {perf_counter() - began:.2f} s")
    tokens = _tokens(world)
    rounds = [
        (_milliseconds(world, tokens[0]), _milliseconds(world, tokens[-1])) for _ in range(ROUNDS)
    ]
    first, last = (min(each) for each in zip(*rounds, strict=True))
    print(f"first page of {PAGE}: {first:.2f} ms; page {len(tokens)}: {last:.2f} ms")
    print(f"ratio: {last / first:.2f}")
    return 1 if last / first > MAXIMUM_RATIO else 0


def _tokens(world: World) -> list[dict[str, str]]:
    """What to add to the request for each page."""
    tokens: list[dict[str, str]] = [{}]
    while token := _page(world, tokens[-1]).get("nextToken"):
        tokens.append({"nextToken": token})
    return tokens


def _milliseconds(world: World, token: dict[str, str]) -> float:
    began = process_time()
    _page(world, token)
    return (process_time() - began) * 1000


def _page(world: World, token: dict[str, str]) -> dict[str, Any]:
    return _call(world, "ListChannels", maxResults=PAGE, **token)


def _call(world: World, operation: str, **params: Any) -> dict[str, Any]:
    return world.call(operation, params, account="210987654321", region="eu-west-1")


if __name__ == "__main__":
    sys.exit(main())
