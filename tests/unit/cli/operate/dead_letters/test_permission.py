"""Who may not look or mend is told what it takes; any other error stays as it is."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from streamwarden.services.errors import PermanentError
from streamwarden_cli.operate.dead_letters.permission import denials_explained

STACK: Any = SimpleNamespace(outputs={"DeadLettersPolicyArn": "arn:of-the-policy"})


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "because"}}, "ReceiveMessage")


@pytest.mark.parametrize("code", ["AccessDenied", "AWS.SimpleQueueService.AccessDenied"])
def test_a_denial_names_the_policy_and_the_parameter(code: str) -> None:
    with pytest.raises(PermanentError) as refused, denials_explained(STACK):
        raise error(code)

    said = str(refused.value)
    assert "DeadLettersPolicy of the stack (arn:of-the-policy)" in said
    assert "SenderArns" in said
    assert "because" in said


def test_another_error_is_none_of_permissions() -> None:
    with pytest.raises(ClientError), denials_explained(STACK):
        raise error("QueueDoesNotExist")
