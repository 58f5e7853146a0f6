"""The simulated IVS as a fixture of pytest.

pytest finds it by itself where the package is installed. Where only its folder is on the path, a
test module or the root `conftest.py` loads it with
`pytest_plugins = ["ivs_simulator.testing.pytest_plugin"]`.
"""

from collections.abc import Iterator

import pytest

from ivs_simulator.dispatch.mocking import SimulatedIvs, simulate_ivs


@pytest.fixture
def ivs_simulator() -> Iterator[SimulatedIvs]:
    """All `ivs` clients are answered by a new simulated IVS until the test ends."""
    with simulate_ivs() as ivs:
        yield ivs
