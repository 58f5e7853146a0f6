"""The cost benchmark replaces parts of the product by name: it runs in no other test."""

from datetime import timedelta

from benchmarks.cost.__main__ import POLICY
from benchmarks.cost.stack import deployed
from benchmarks.cost.streaming import reconnecting, settle


def test_a_metered_stack_sweeps_and_observes_a_session() -> None:
    with deployed(POLICY) as stack:
        settle(stack)
        reconnecting(stack, timedelta(hours=1), stack.now + timedelta(hours=1))

    assert stack.kinds["IVS Stream State Change: Stream Start"] == 1
    assert stack.meter.units["DynamoDB write request units"] > 0
