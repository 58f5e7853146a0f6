"""The real template on a local AWS with IAM enforced, in mode enforce and in mode observe.

Each is deployed once for all tests of a process, and stopped however they end. A test uses channels
of its own; what all tests left behind is looked at last, in test_what_is_left.py. Most tests wait,
so three processes share them, each with a local AWS of its own: the tests of this folder; those of
`disruptive/`, which update the stack or give it so much to do that others would wait for them; and
those of the simulator, which need no stack.
"""

import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from ivs_simulator.control.client import Control
from streamwarden.domain.policy import encode_policy
from streamwarden_cli.local import deployment, server
from streamwarden_cli.local.access import ACCOUNT_ID
from streamwarden_cli.policy.compilation import compile_policy_file
from tests.stack.account import SENDER, Account
from tests.stack.channels import Channels
from tests.stack.leftovers import folder_of_this_run

HERE: Final = Path(__file__).parent
POLICY: Final = HERE / "policy.yaml"

# Sweeps and rotations run when a test asks for them; every verdict is logged, to be hunted through.
PARAMETERS: Final = {
    "LogLevel": "DEBUG",
    "SweepIntervalMinutes": "480",
    "RotationSchedule": "rate(365 days)",
    "SenderArns": f"arn:aws:iam::{ACCOUNT_ID}:root,arn:aws:iam::*:user/{SENDER}",
}

type Redeploy = Callable[[Path], None]


class ByLocalAws(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """What shares a local AWS shares a process: the tests of one folder."""

    def _split_scope(self, nodeid: str) -> str:
        return Path(nodeid.partition("::")[0]).parent.name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return ByLocalAws(config, log)


@pytest.fixture(scope="session")
def state() -> Iterator[Path]:
    """A folder of these tests; SIGTERM, too, ends them by way of the fixtures."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    with folder_of_this_run() as folder:
        yield folder
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def built(state: Path) -> deployment.Build:
    return deployment.build(state / "built", POLICY)


@pytest.fixture(scope="session")
def account(state: Path, built: deployment.Build) -> Iterator[Account]:
    """An account with the stack in mode enforce."""
    yield from _deployed(state / "account", built, "enforce")


@pytest.fixture(scope="session")
def watched_account(state: Path, built: deployment.Build) -> Iterator[Account]:
    """Another account, with the same stack and the same policy in mode observe."""
    yield from _deployed(state / "watched_account", built, "observe")


@pytest.fixture(autouse=True)
def released(request: pytest.FixtureRequest) -> None:
    """No test is about a breaker of the shared account, and no test trips one for another."""
    if "account" in _fixtures_of(request.node):
        account: Account = request.getfixturevalue("account")
        account.release_breakers()


@pytest.fixture(scope="session")
def channels(account: Account) -> Channels:
    return Channels.go_live(account)


@pytest.fixture
def build_and_deploy(state: Path, built: deployment.Build, account: Account) -> Iterator[Redeploy]:
    """Deploys the enforcing stack with another policy, as an operator does, for one test.

    Only the compiled policy differs from what was built: to build again shows nothing new.
    """

    def redeploy(policy: Path) -> None:
        rebuilt = deployment.Build(state / "rebuilt" / "build", reused=False)
        shutil.copytree(built.directory, rebuilt.directory)
        rebuilt.compiled_policy.write_bytes(encode_policy(compile_policy_file(policy)))
        with account.event_sources_off():
            _deploy(account.local, rebuilt, "enforce")

    yield redeploy
    account.update_stack(PolicyPath=str(built.compiled_policy))


@pytest.fixture
def turn_to(account: Account) -> Iterator[Callable[[deployment.Mode], None]]:
    """Turns the enforcing stack to another mode, for one test; code and policy stay as they are."""

    def turn(mode: deployment.Mode) -> None:
        account.update_stack(Mode=mode)

    yield turn
    turn("enforce")


@pytest.fixture
def set_policy(built: deployment.Build, account: Account) -> Iterator[Redeploy]:
    """Has the enforcing stack read another policy, for one test; the code stays as it is."""

    def redeploy(policy: Path) -> None:
        compiled = policy.with_suffix(f".{next(numbers)}.json")
        compiled.write_bytes(encode_policy(compile_policy_file(policy)))
        account.update_stack(PolicyPath=str(compiled))

    numbers = count()
    yield redeploy
    account.update_stack(PolicyPath=str(built.compiled_policy))


def _fixtures_of(item: pytest.Item) -> Sequence[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else ()


def _deployed(folder: Path, built: deployment.Build, mode: deployment.Mode) -> Iterator[Account]:
    try:
        local = server.start(folder)
        account = Account(folder, local, _deploy(local, built, mode), Control(local.control_url))
        account.listen()
        yield account
    finally:
        server.stop(folder)


def _deploy(
    local: server.LocalAws, built: deployment.Build, mode: deployment.Mode
) -> deployment.StackOutputs:
    return deployment.deploy(local.endpoint, built, mode=mode, parameters=PARAMETERS)
