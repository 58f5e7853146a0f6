"""The local AWS with the stack on it, and the clients that the demo works with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivs_simulator.control.client import Control
from streamwarden_cli.console import timed
from streamwarden_cli.local import deployment, server
from streamwarden_cli.local.access import ROOT, session

POLICY = ROOT / "policies" / "demo.yaml"


@dataclass(frozen=True)
class DeployedStack:
    """A deployed stack, and everything needed to play on it and to watch it."""

    endpoint: str
    outputs: deployment.StackOutputs
    control: Control

    def client(self, service: str, **options: Any) -> Any:
        clients: Any = session()
        return clients.client(service, endpoint_url=self.endpoint, **options)

    def invoke(self, function_name: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Run a function as its schedule would, and wait for it."""
        answer = self.client("lambda").invoke(
            FunctionName=function_name, Payload=json.dumps(payload)
        )
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result


@contextmanager
def built_stack(state_dir: Path, policy: Path) -> Iterator[DeployedStack]:
    """Build, start and deploy, saying so; whatever happens, everything started is stopped."""
    try:
        with timed("  sam build, the local AWS with the IVS simulator, sam deploy (Mode=enforce)"):
            stack = _build(state_dir, policy)
        yield stack
    finally:
        server.stop(state_dir)


def _build(state_dir: Path, policy: Path) -> DeployedStack:
    built = deployment.build(state_dir, policy)
    server.stop(state_dir)
    local = server.start(state_dir)
    outputs = deployment.deploy(
        local.endpoint, built, mode="enforce", parameters={"LogLevel": "DEBUG"}
    )
    return DeployedStack(local.endpoint, outputs, Control(local.control_url))


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the demo plays in real time
