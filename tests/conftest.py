"""What every test starts from: no AWS of the developer's own, and functions that start cold."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from testbed.environment import ENVIRONMENT

# The one profile of every property test: the same examples each time, however slow the machine is.
# `--hypothesis-profile=ci` tries more of them.
settings.register_profile(
    "streamwarden",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("streamwarden"), max_examples=300)
settings.load_profile("streamwarden")

# Powertools reads its variables when it is imported, so they are set before anything else is.
for _name in [name for name in os.environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
    del os.environ[_name]

os.environ.update(ENVIRONMENT)

from testbed.cold_start import start_cold  # noqa: E402  # after the environment is set


def pytest_itemcollected(item: pytest.Item) -> None:
    """Coverage is measured without property tests: they run the same lines, many times more."""
    if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
        item.add_marker("no_cover")


@pytest.fixture(autouse=True)
def _cold_functions() -> Iterator[None]:
    start_cold()
    yield
    start_cold()
