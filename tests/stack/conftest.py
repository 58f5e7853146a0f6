"""The real template on a local AWS with IAM enforced, twice: one stack that may act, one not.

Both are started once for all tests, and stopped however the tests end. A test uses channels of
its own; what all tests left behind is looked at last, in test_what_is_left.py.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from ivs_simulator.control.client import Control
from streamwarden_cli.local import deployment, server
from tests.stack.account import Account

POLICY: Final = Path(__file__).with_name("policy.yaml")

# Sweeps and rotations run when a test asks for them; every verdict is logged, to be hunted through.
PARAMETERS: Final = {
    "LogLevel": "DEBUG",
    "SweepIntervalMinutes": "1440",
    "RotationSchedule": "rate(365 days)",
}

type Redeploy = Callable[[Path], None]


@pytest.fixture(scope="session")
def state() -> Iterator[Path]:
    """A folder that is gone afterwards; SIGTERM, too, ends the tests by way of the fixtures."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    with TemporaryDirectory(prefix="streamwarden-") as directory:
        yield Path(directory)
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def built(state: Path) -> deployment.Build:
    return deployment.build(state / "built", POLICY)


@pytest.fixture(scope="session")
def account(state: Path, built: deployment.Build) -> Iterator[Account]:
    """An account with the stack in mode enforce."""
    with _deployed(state / "enforcing", built, "enforce") as account:
        yield account


@pytest.fixture(scope="session")
def watched_account(state: Path, built: deployment.Build) -> Iterator[Account]:
    """Another account, with the same stack and the same policy in mode observe."""
    with _deployed(state / "observing", built, "observe") as account:
        yield account


@pytest.fixture
def policy_deployed(state: Path, built: deployment.Build, account: Account) -> Iterator[Redeploy]:
    """Deploys the enforcing stack with another policy, for one test."""

    def redeploy(policy: Path) -> None:
        other = deployment.build(state / "rebuilt", policy)
        _deploy(account.local, other, "enforce")

    yield redeploy
    _deploy(account.local, built, "enforce")


@pytest.fixture
def turn_to(
    built: deployment.Build, account: Account
) -> Iterator[Callable[[deployment.Mode], None]]:
    """Deploys the enforcing stack in another mode, for one test."""

    def turn(mode: deployment.Mode) -> None:
        _deploy(account.local, built, mode)

    yield turn
    turn("enforce")


@contextmanager
def _deployed(state: Path, built: deployment.Build, mode: deployment.Mode) -> Iterator[Account]:
    try:
        local = server.start(state)
        account = Account(state, local, _deploy(local, built, mode), Control(local.control_url))
        account.listen()
        yield account
    finally:
        server.stop(state)


def _deploy(
    local: server.LocalAws, built: deployment.Build, mode: deployment.Mode
) -> deployment.StackOutputs:
    return deployment.deploy(local.endpoint, built, mode=mode, parameters=PARAMETERS)
