"""`streamwarden notify test` prints what the function answers, and who may not ask is told why."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from streamwarden.domain.arn import Place
from streamwarden_cli.main import main
from streamwarden_cli.operate.stack import DeployedStack

TAKEN = {"sample": "opened", "answer": "taken"}
REFUSED = {"sample": "resolved", "answer": "not taken", "reason": "Slack answered 500"}


class Functions:
    """AWS Lambda with the function notify, which answers as it is told."""

    def __init__(self, answer: dict[str, Any], **more: Any) -> None:
        self.asked: list[tuple[str, Any]] = []
        self._answer = {"Payload": BytesIO(json.dumps(answer).encode()), **more}

    def client(self, _: str, _config: object) -> "Functions":
        return self

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        self.asked.append((FunctionName, json.loads(Payload)))
        return self._answer


class Denied(Functions):
    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Invoke")


type Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    def with_functions(functions: Functions, *options: str) -> int:
        account: Any = functions
        outputs = {"NotifyFunctionName": "streamwarden-Notify-1", "OperatorPolicyArn": "arn:op"}
        here = Place("111122223333", "eu-west-1")
        stack = DeployedStack("streamwarden", account, here, outputs, {}, is_local=False)
        monkeypatch.setattr("streamwarden_cli.operate.command.stack_of", lambda _: stack)
        return main(["notify", "test", "chat", *options])

    return with_functions


def answer(*tried: dict[str, str], reason: str = "") -> dict[str, Any]:
    return {"destination": "chat", "tried": list(tried), "reason": reason}


def test_each_sample_has_a_line(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    functions = Functions(answer(TAKEN, REFUSED))

    code = run(functions)

    assert code == 1
    assert functions.asked == [("streamwarden-Notify-1", {"test": "chat"})]
    assert capsys.readouterr().out.splitlines() == [
        "Stack streamwarden in account 111122223333, eu-west-1: destination chat",
        "  opened    taken",
        "  resolved  not taken  Slack answered 500",
    ]


def test_programs_read_the_same(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(Functions(answer(TAKEN)), "--json")

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert document["destination"] == "chat"
    assert document["samples"] == [{**TAKEN, "reason": None}]


@pytest.mark.parametrize(
    ("functions", "said"),
    [
        (Functions(answer(reason="the policy has no destination 'chat'")), "has no destination"),
        (Functions({"errorMessage": "out of time"}, FunctionError="Unhandled"), "out of time"),
        (Denied({}), "It takes the managed policy OperatorPolicy of the stack (arn:op)"),
    ],
    ids=["no destination", "failed", "denied"],
)
def test_what_keeps_it_from_trying_is_said(
    run: Run, capsys: pytest.CaptureFixture[str], functions: Functions, said: str
) -> None:
    assert run(functions) == 1
    assert said in capsys.readouterr().err
