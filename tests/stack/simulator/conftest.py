"""A local AWS with nothing on it but the simulator, for the programs people use with IVS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivs_simulator.control.client import Control
from streamwarden_cli.local import server
from tests.stack.simulated_aws import SimulatedAws


@pytest.fixture(scope="session")
def simulated(state: Path) -> Iterator[SimulatedAws]:
    directory = state / "simulated"
    try:
        local = server.start(directory)
        yield SimulatedAws(directory, local, Control(local.control_url))
    finally:
        server.stop(directory)
