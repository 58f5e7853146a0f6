"""The cost benchmark replaces parts of the product by name: it runs in no other test."""

from datetime import timedelta

from benchmarks.cost.__main__ import POLICY
from benchmarks.cost.notifications import told
from benchmarks.cost.stack import deployed
from benchmarks.cost.streaming import idle_sweep, reconnecting, settle


def test_a_metered_stack_sweeps_and_observes_a_session() -> None:
    with deployed(POLICY) as stack:
        settle(stack)
        reconnecting(stack, timedelta(hours=1), stack.now + timedelta(hours=1))

    assert stack.kinds["IVS Stream State Change: Stream Start"] == 1
    assert stack.meter.units["DynamoDB write request units"] > 0


def test_incidents_that_open_together_are_told_in_one_message_and_resolved_in_another() -> None:
    alone, ten = told(POLICY, 1), told(POLICY, 10)

    assert (alone.messages, ten.messages) == (2, 2)
    writes = "DynamoDB write request units"
    assert ten.an_incident(writes) < alone.an_incident(writes)


def test_a_sweep_of_idle_channels_is_counted_apart() -> None:
    with deployed(POLICY) as stack:
        swept = idle_sweep(stack, 1)

    assert swept.calls["ListChannels"] == 1
    assert swept.units["DynamoDB read request units"] > 0
    assert not any(stack.meter.units.values())
