"""Whether the stack does its work: sweeps end, and nothing was given up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Finding, fine, not_known, problem
from streamwarden_cli.operate.queues import read_queues
from streamwarden_cli.operate.wording import format_moment_ago

_MISSED: Final = 3
_DEFAULT_INTERVAL: Final = "5"


def sweeps(examined: Examined) -> Iterator[Finding]:
    last = examined.last_sweep
    minutes = examined.stack.parameters.get("SweepIntervalMinutes", _DEFAULT_INTERVAL)
    function = examined.stack.outputs.get("SweepFunctionName", "SWEEP")
    remedy = f"aws logs tail /aws/lambda/{examined.stack.name}/sweep --since 1h"
    if last is None:
        yield not_known(
            "no sweep has ended yet",
            f"aws lambda invoke --function-name {function} /dev/stdout",
        )
        return
    said = f"the last sweep ended {format_moment_ago(last.finished_at, examined.now)}"
    if examined.now - last.finished_at > _MISSED * timedelta(minutes=float(minutes)):
        yield problem(f"{said}, and one is due every {minutes} minutes", remedy)
    else:
        yield fine(said)


def dead_letters(examined: Examined) -> Iterator[Finding]:
    queues = [each for each in read_queues(examined.stack, examined.now) if each.has_dead_letters]
    full = [each for each in queues if each.waiting]
    for each in full:
        yield problem(
            f"{each.name} holds {each.waiting:,}",
            f"streamwarden dead-letters list --queue {each.name} --stack {examined.stack.name}",
        )
    if not full:
        yield fine(f"none in {len(queues)} queues")
