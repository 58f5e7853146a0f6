"""What every test starts from: no AWS of the developer's own, and functions that start cold."""

import os
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

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

ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "POWERTOOLS_SERVICE_NAME": "streamwarden",
    "POWERTOOLS_METRICS_NAMESPACE": "Streamwarden",
    "POWERTOOLS_TRACE_DISABLED": "true",
}
os.environ.update(ENVIRONMENT)

from streamwarden.bootstrap import runtime  # noqa: E402  # after the environment is set
from streamwarden.bootstrap.enforcer import enforcer  # noqa: E402
from streamwarden.bootstrap.notifier import notifier  # noqa: E402
from streamwarden.bootstrap.observer import observer  # noqa: E402
from streamwarden.bootstrap.rotator import rotator  # noqa: E402
from streamwarden.bootstrap.sweeper import sweeper  # noqa: E402


def pytest_itemcollected(item: pytest.Item) -> None:
    """Coverage is measured without property tests: they run the same lines, many times more."""
    if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
        item.add_marker("no_cover")


# What builds a function, by the name that its module imports it with.
BUILDERS: Final = {each.__name__: each for each in (observer, enforcer, notifier, sweeper, rotator)}


def start_cold() -> None:
    """Forget what was built, and the clients with it, as a new Lambda environment does."""
    for built in BUILDERS.values():
        built.cache_clear()
    runtime.session.cache_clear()


@pytest.fixture(autouse=True)
def _cold_functions() -> Iterator[None]:
    start_cold()
    yield
    start_cold()
