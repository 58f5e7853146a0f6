"""Starts the local AWS with the simulator and its control interface."""

import logging
import os
import sys
import time
from importlib import import_module
from threading import RLock, Thread

from ivs_simulator.control.context import ControlContext
from ivs_simulator.control.server import serve
from ivs_simulator.local_aws.buckets import Buckets
from ivs_simulator.local_aws.bus import Bus
from ivs_simulator.local_aws.deployments import let_invocations_end
from ivs_simulator.local_aws.iam import authorise_as_aws_does, log_what_roles_use
from ivs_simulator.local_aws.mfa import know_mfa
from ivs_simulator.local_aws.monitoring import know_monitoring
from ivs_simulator.local_aws.senders import set_sender_ids
from ivs_simulator.local_aws.service import IvsService
from ivs_simulator.runtime.call_log import CallLog
from ivs_simulator.runtime.clock import Clock
from ivs_simulator.runtime.rate_limits import RateLimits
from ivs_simulator.world import World

TICK_SECONDS = 0.5
# Each invocation has threads of its own here, which wait while a call is answered: for up to 5 ms,
# by Python's default. On AWS they have machines of their own.
THREAD_SWITCH_SECONDS = 0.0005
_log = logging.getLogger(__name__)


def main() -> None:
    ministack = import_module("ministack.app")
    authorise_as_aws_does()
    log_what_roles_use()
    set_sender_ids()
    let_invocations_end()
    know_mfa()
    know_monitoring()
    _fire_schedules_on_time()
    _take_messages_at_once()
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    calls, lock = CallLog(), RLock()
    clock = Clock()
    world = World(
        clock,
        Bus().put,
        seed=int(os.environ.get("SIMULATOR_SEED", "0")),
        recorder=calls.append,
        storage=Buckets(lock),
        rate_limits=_rate_limits(),
        lock=lock,
    )
    context = ControlContext(
        world,
        account=os.environ.get("MINISTACK_ACCOUNT_ID", "000000000000"),
        region=os.environ.get("MINISTACK_REGION", "us-east-1"),
        calls=calls,
        clock=clock,
    )
    ministack.SERVICE_HANDLERS["ivs"] = IvsService(context).handle
    control_port = os.environ.get("SIMULATOR_CONTROL_PORT")
    if control_port:
        serve(context, int(control_port))
    Thread(target=_tick, args=[context], name="simulator-clock", daemon=True).start()
    ministack.main()


def _tick(context: ControlContext) -> None:
    while True:
        time.sleep(TICK_SECONDS)
        try:
            context.world.tick()
        except Exception:  # noqa: BLE001 - one failed callback must not stop the clock
            _log.exception("something that was due failed")


def _fire_schedules_on_time() -> None:
    """MiniStack 1.5 looks every ten seconds which schedules are due, which is long for a demo."""
    vars(import_module("ministack.services.scheduler"))["_SCHEDULE_TICK_INTERVAL"] = TICK_SECONDS


def _take_messages_at_once() -> None:
    """MiniStack 1.5 pauses for 50 ms once it was woken and found no message for a function.

    Lambda on AWS always waits at the queue (long polling), so a message meets no such pause.
    """
    vars(import_module("ministack.services.lambda_svc"))["_ESM_IDLE_WAKE_GAP_SECONDS"] = 0.001


def _rate_limits() -> RateLimits | None:
    """On, as on AWS, unless switched off."""
    wish = os.environ.get("SIMULATOR_RATE_LIMITS", "on")
    if wish not in ("on", "off"):
        raise SystemExit(f"SIMULATOR_RATE_LIMITS is on or off, not {wish!r}")
    return RateLimits() if wish == "on" else None


if __name__ == "__main__":
    main()
