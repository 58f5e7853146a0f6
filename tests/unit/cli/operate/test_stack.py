"""How a deployed stack describes itself, and which policy it decides by."""

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streamwarden.domain.arn import Place
from streamwarden.domain.policy import encode_policy
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.operate.policy import PolicyNotRead, deployed_policy
from streamwarden_cli.operate.stack import DeployedStack
from tests.unit.cli.operate.records import COMPILED

LOCAL = "http://127.0.0.1:4566"
LOCATION = "https://layers.example/policy"


class Lambda:
    """A function whose second layer has the policy, as Lambda describes both."""

    def __init__(self, path: str) -> None:
        self.path = path

    def get_function_configuration(self, **_: str) -> dict[str, Any]:
        variables = {"POLICY_PATH": self.path}
        layers = [{"Arn": "code"}, {"Arn": "policy"}]
        return {
            "FunctionName": "observer",
            "Environment": {"Variables": variables},
            "Layers": layers,
        }

    def get_layer_version_by_arn(self, *, Arn: str) -> dict[str, Any]:  # noqa: N803
        return {"Content": {"Location": f"https://layers.example/{Arn}"}}


def stack_with(monkeypatch: pytest.MonkeyPatch, path: str, *, is_local: bool) -> DeployedStack:
    monkeypatch.setattr(
        DeployedStack, "client", lambda _, service: {"lambda": Lambda(path)}[service]
    )
    outputs = {"Mode": "observe", "StreamEventsFunctionName": "observer"}
    account: Any = None
    return DeployedStack("s", account, Place("1", "eu-west-1"), outputs, {}, is_local)


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def test_the_deployed_policy_is_read_from_the_layer_that_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = {LOCATION: zipped("policy.json", encode_policy(COMPILED))}
    stack = stack_with(monkeypatch, "/opt/policy.json", is_local=False)

    in_use = deployed_policy(stack, content.__getitem__)

    assert in_use.compiled == COMPILED
    assert in_use.decided_under() == "notify:4f"
    assert in_use.source == "the deployed policy 4f"


def test_a_local_stack_has_it_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_bytes(encode_policy(COMPILED))

    stack = stack_with(monkeypatch, str(file), is_local=True)

    assert deployed_policy(stack).compiled == COMPILED


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/opt/policy.json", zipped("other.json", b"")),
        ("/opt/policy.json", zipped("policy.json", b"{}")),
        ("/opt/policy.json", b"no zip"),
        ("/etc/passwd", b""),
    ],
)
def test_a_policy_that_cannot_be_read_is_asked_for(
    path: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = stack_with(monkeypatch, path, is_local=False)

    with pytest.raises(PolicyNotRead, match="give it with --policy FILE"):
        deployed_policy(stack, lambda location: content)


def test_all_rules_are_enforced_to_review_them(monkeypatch: pytest.MonkeyPatch) -> None:
    content = {LOCATION: zipped("policy.json", encode_policy(COMPILED))}
    stack = stack_with(monkeypatch, "/opt/policy.json", is_local=False)

    rules = deployed_policy(stack, content.__getitem__).enforced().rules

    assert {rule.mode for rule in rules} == {Mode.ENFORCE}


@pytest.mark.parametrize(
    ("endpoint_url", "is_local"),
    [(LOCAL, True), ("https://cloudformation.eu-west-1.amazonaws.com", False)],
)
def test_where_a_stack_is_its_own_id_and_the_endpoint_say(
    endpoint_url: str, is_local: bool
) -> None:
    described = {
        "StackId": "arn:aws:cloudformation:eu-west-1:210987654321:stack/s/1",
        "Outputs": [
            {"OutputKey": "TableName", "OutputValue": "table"},
            {"OutputKey": "Mode", "OutputValue": "enforce"},
        ],
    }
    client = SimpleNamespace(
        describe_stacks=lambda StackName: {"Stacks": [described]},  # noqa: N803
        meta=SimpleNamespace(endpoint_url=endpoint_url),
    )
    account: Any = SimpleNamespace(client=lambda _: client)

    stack = DeployedStack.find(account, "s")

    assert stack.place == Place("210987654321", "eu-west-1")
    assert (stack.table_name, stack.max_mode) == ("table", Mode.ENFORCE)
    assert stack.is_local is is_local


def test_another_stack_is_refused() -> None:
    described = {"StackId": "arn:aws:cloudformation:eu-west-1:210987654321:stack/s/1"}
    client = SimpleNamespace(describe_stacks=lambda StackName: {"Stacks": [described]})  # noqa: N803
    account: Any = SimpleNamespace(client=lambda _: client)

    with pytest.raises(InvalidInput, match="s has no output TableName"):
        DeployedStack.find(account, "s")
