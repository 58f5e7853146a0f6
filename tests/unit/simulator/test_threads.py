"""A world is used from several threads: code under test, the broadcaster, the clock."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest

from ivs_simulator.state.options import REALISTIC, Options
from ivs_simulator.wire.errors import IvsError
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox

ROUNDS = 150


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads take turns as often as they can, so that what can meet does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurried")
def test_calls_encoders_and_the_clock_do_not_meet(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.options = Options(latencies=REALISTIC)
    keys = [ivs.create_channel()["streamKey"]["value"] for _ in range(8)]
    broadcasts = [sandbox.world.go_live(key, reconnects=True) for key in keys]

    def list_streams() -> None:
        sandbox.world.call("ListStreams", {}, account=ACCOUNT, region=REGION)

    def stop_and_crash() -> None:
        for broadcast in broadcasts:
            expect_refusal(broadcast.crash)

    def wait() -> None:
        sandbox.later(seconds=20)
        sandbox.world.tick()

    faults: list[Exception] = []
    threads = [Thread(target=repeat, args=(act, faults)) for act in (list_streams, wait)]
    threads += [Thread(target=repeat, args=(stop_and_crash, faults)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []


def expect_refusal(act: Callable[[], None]) -> None:
    with suppress(IvsError):  # not on air at the moment
        act()


def repeat(act: Callable[[], None], faults: list[Exception]) -> None:
    try:
        for _ in range(ROUNDS):
            act()
    except Exception as fault:  # noqa: BLE001 - a thread's fault is looked at by the test
        faults.append(fault)
