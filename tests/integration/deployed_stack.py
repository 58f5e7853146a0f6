"""A stack on moto, as the commands that look at a deployed stack find it."""

from types import SimpleNamespace
from typing import Any

import pytest

from streamwarden.domain.arn import Place
from streamwarden_cli.operate import command
from streamwarden_cli.operate.stack import DeployedStack
from testbed import template
from tests.integration.driver import ACCOUNT, REGION, Stack


def deployed(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> DeployedStack:
    """Commands work on the stack, by its clock."""
    account: Any = SimpleNamespace(client=lambda service, _: stack.client(service))
    found = DeployedStack(
        name="streamwarden",
        account=account,
        place=Place(ACCOUNT, REGION),
        outputs=outputs_of(stack),
        parameters={},
        is_local=False,
    )
    monkeypatch.setattr(command, "stack_of", lambda _: found)
    monkeypatch.setattr(command, "now", lambda: stack.now)
    return found


def outputs_of(stack: Stack) -> dict[str, str]:
    """The outputs of the template that name what the test has made."""
    found = {"Mode": stack.refs["Mode"], "StreamEventsFunctionName": "StreamEvents"}
    for name, output in template.template()["Outputs"].items():
        match output["Value"]:
            case {"Ref": resource} if resource in stack.refs and name not in found:
                found[name] = stack.refs[resource]
    return found
