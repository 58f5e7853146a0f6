"""Starts the local AWS with the simulator and its control interface."""

import os
import time
from datetime import UTC, datetime
from importlib import import_module
from threading import Thread

from simulator.api.call_log import CallLog
from simulator.control.server import Desk, serve
from simulator.local_aws.bus import Bus
from simulator.local_aws.iam import authorise_as_aws_does, tell_what_roles_use
from simulator.local_aws.service import IvsService
from simulator.world import World

TICK_SECONDS = 0.5


def main() -> None:
    ministack = import_module("ministack.app")
    authorise_as_aws_does()
    tell_what_roles_use()
    calls = CallLog()
    world = World(
        _clock,
        Bus().put,
        seed=int(os.environ.get("SIMULATOR_SEED", "0")),
        recorder=calls.append,
    )
    desk = Desk(
        world,
        account=os.environ.get("MINISTACK_ACCOUNT_ID", "000000000000"),
        region=os.environ.get("MINISTACK_REGION", "us-east-1"),
        calls=calls,
    )
    ministack.SERVICE_HANDLERS["ivs"] = IvsService(desk).handle
    control_port = os.environ.get("SIMULATOR_CONTROL_PORT")
    if control_port:
        serve(desk, int(control_port))
    Thread(target=_tick, args=[desk], name="simulator-clock", daemon=True).start()
    ministack.main()


def _tick(desk: Desk) -> None:
    while True:
        time.sleep(TICK_SECONDS)
        with desk.lock:
            desk.world.tick()


def _clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the simulator's clock


if __name__ == "__main__":
    main()
