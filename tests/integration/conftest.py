"""One deployment per test, on moto and the IVS simulator; no test may leave this machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import botocore.endpoint
import pytest
from moto import mock_aws

from streamwarden.bootstrap import runtime
from streamwarden.domain.policy import encode_policy
from streamwarden_cli.policy.compilation import compile_policy
from tests.integration.driver import Stack, captured_logs

type Deploy = Callable[..., Stack]

POLICY = """
version: 1
rules:
  - id: no-marathons
    kind: max_duration
    mode: enforce
    severity: high
    keep: 0s
    params: {limit: 4h}
    actions: [stop]
  - id: stalled-ingest
    kind: starvation
    mode: enforce
    keep: 0s
    params: {limit: 10m}
    actions: [stop]
  - id: owned
    kind: required_tags
    mode: enforce
    severity: low
    match: {tags: {governed: "*"}}
    params: {tags: {team: {}}}
    actions: [tag: {set: {team: unassigned}}]
  - id: recordings-arrive
    kind: recording_failed
    mode: notify
    severity: critical
  - id: fresh-keys
    kind: stream_key_age
    mode: enforce
    params: {limit: 30d}
    actions: [rotate_key]
"""


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No socket to another machine; and Powertools may say that a failed run counted nothing."""
    quiet = pytest.mark.filterwarnings("ignore:No application metrics to publish")
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
            item.add_marker(quiet)


def _pass(seconds: float) -> None:
    """Waits for nothing."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore retries at once; how long it waits is not ours to test. Nor is how long we wait."""
    monkeypatch.setattr(runtime, "time", SimpleNamespace(sleep=_pass, monotonic=lambda: 0.0))
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture
def deploy(tmp_path: Path) -> Iterator[Deploy]:
    """Deploys a stack with a policy (YAML) and parameters of the template.

    People know of the deployment, as a rule.
    No function of it may ask for what the template does not let it do.
    """
    stacks = list[Stack]()
    policy_path = tmp_path / "policy.json"

    def deployed(policy: str = POLICY, *, is_known: bool = True, **parameters: str) -> Stack:
        policy_path.write_bytes(encode_policy(compile_policy(policy, "policy.yaml")))
        made = Stack({"Mode": "enforce", "PolicyPath": str(policy_path), **parameters})
        made.is_deployment_known = is_known
        logs.enter_context(captured_logs(made.output))
        stacks.append(made)
        return made

    with mock_aws(), ExitStack() as logs:
        yield deployed
    assert [each.refused for each in stacks if each.refused] == []


@pytest.fixture
def stack(deploy: Deploy) -> Stack:
    """A stack that enforces, told by the topic alone."""
    return deploy()


@pytest.fixture
def observing(deploy: Deploy) -> Stack:
    """A stack that may not act, whatever its rules say."""
    return deploy(Mode="observe")
