"""The commands that steer, with functions that take in what is sent while the command waits."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

import pytest

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main
from streamwarden_cli.operate.steering import order
from tests.integration.deployed_stack import deployed
from tests.integration.driver import Stack

WHY: Final = ("--reason", "the finals")

type Steer = Callable[..., Any]


def steering(
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    meanwhile: Callable[[Stack], None],
) -> Steer:
    """Gives an order with `--json`; answers what it prints."""
    deployed(stack, monkeypatch)
    seconds = iter(range(1_000))
    clock = SimpleNamespace(
        sleep=lambda _: meanwhile(stack), monotonic=lambda: float(next(seconds))
    )
    monkeypatch.setattr(order, "time", clock)

    def steered(*words: str, code: int = ExitCode.DONE) -> Any:
        assert main([*words, *WHY, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return steered


def take_in(stack: Stack) -> None:
    """What operators have sent."""
    for function in ("OperatorCommands", "AdministratorCommands"):
        stack.pump(function)


def take_in_and_act(stack: Stack) -> None:
    """That, and all that follows from it."""
    take_in(stack)
    stack.pump("Enforce")
    stack.observe_events()
    stack.pump("StreamEvents")
    for request in stack.invocations:
        stack.run("RotateKeys", request)
    stack.invocations.clear()
    stack.pump("ResourceChanges")
