"""The cost benchmark replaces parts of the product by name: it runs in no other test."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from benchmarks.cost.__main__ import POLICY
from benchmarks.cost.notifications import notified
from benchmarks.cost.stack import deployed
from benchmarks.cost.streaming import idle_sweep, reconnecting, settle

COST: Final = (Path(__file__).parents[4] / "docs" / "cost.md").read_text()


def test_a_metered_stack_sweeps_and_observes_a_session() -> None:
    with deployed(POLICY) as stack:
        settle(stack)
        reconnecting(stack, timedelta(hours=1), stack.now + timedelta(hours=1))

    assert stack.kinds["IVS Stream State Change: Stream Start"] == 1
    assert stack.meter.units["DynamoDB write request units"] > 0


@pytest.mark.parametrize("incidents", [1, 10])
def test_the_cost_page_has_the_units_of_notifying_people(incidents: int) -> None:
    (row,) = re.findall(rf"^\| {incidents} \|(.*)\|$", COST, re.MULTILINE)
    messages, reads, writes, requests, _ = map(float, row.split("|"))

    measured = notified(POLICY, incidents)

    assert measured.messages == messages
    assert measured.an_incident("DynamoDB read request units") == pytest.approx(reads, 0.05)
    assert measured.an_incident("DynamoDB write request units") == pytest.approx(writes, 0.05)
    assert measured.an_incident("SQS requests (standard queues)") == pytest.approx(requests, 0.05)


def test_a_sweep_of_idle_channels_is_counted_apart() -> None:
    with deployed(POLICY) as stack:
        swept = idle_sweep(stack, 1)

    assert swept.calls["ListChannels"] == swept.calls["SendMessage"] == 1
    assert swept.units["DynamoDB read request units"] > 0
    assert not any(stack.meter.units.values())
