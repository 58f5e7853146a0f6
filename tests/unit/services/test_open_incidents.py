"""What operators see of every resource without reading its record."""

from datetime import timedelta

import pytest

from streamwarden.domain.inputs import ResourceListed
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.records import OpenIncident
from testbed import builders as build
from testbed.builders import CHANNEL, at
from tests.unit.services.fakes import Harness

INSECURE = build.channel_listed(at(), name="studio", insecureIngest=True)
SECURE = build.channel_listed(at(1), name="studio", insecureIngest=False)


def entry_after(mode: Mode, *listings: ResourceListed) -> tuple[str, tuple[OpenIncident, ...]]:
    rule = build.compiled_rule("insecure_ingest", {}, id="tls-only", mode=mode, keep=timedelta(1))
    harness = Harness(build.policy_of(rule))
    for listed in listings:
        harness.time.now = listed.time
        harness.observer().observe(CHANNEL, [listed])
    entry = fleet_entry(harness.store.load(CHANNEL))
    return entry.name, entry.incidents


@pytest.mark.parametrize("mode", Mode)
def test_an_entry_names_the_channel_and_what_is_open_in_any_mode(mode: Mode) -> None:
    opened = OpenIncident("tls-only", Severity.MEDIUM, mode)

    assert entry_after(mode, INSECURE) == ("studio", (opened,))


def test_an_incident_without_a_breach_is_calm() -> None:
    calm = OpenIncident("tls-only", Severity.MEDIUM, Mode.NOTIFY, is_calm=True)

    assert entry_after(Mode.NOTIFY, INSECURE, SECURE) == ("studio", (calm,))
    assert entry_after(Mode.OBSERVE, INSECURE, SECURE) == ("studio", ())
