"""A stack whose AWS answers what a test says."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from botocore.exceptions import ClientError

from streamwarden.domain.arn import Place
from streamwarden_cli.operate.doctor.examined import Examined
from testbed.builders import at

NOW: Final = at(12)
TOPIC: Final = "arn:aws:sns:eu-west-1:123456789012:alerts"


class NotThere(Exception):
    """What a client raises for a resource that there is not."""


def service(**answers: Any) -> Any:
    """A client: each operation answers its value, raises it, or calls it."""
    operations = {name: _operation(answer) for name, answer in answers.items()}
    exceptions = SimpleNamespace(ResourceNotFoundException=NotThere)
    paginators = SimpleNamespace(
        get_paginator=lambda name: SimpleNamespace(
            paginate=lambda **given: [operations[name](**given)]
        )
    )
    return SimpleNamespace(**operations, exceptions=exceptions, **vars(paginators))


def _operation(answer: Any) -> Callable[..., Any]:
    def call(**given: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer(**given) if callable(answer) else answer

    return call


def examined(
    services: Mapping[str, Any],
    *,
    outputs: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    resources: Mapping[str, tuple[str, str]] | None = None,
    is_local: bool = False,
    **more: Any,
) -> Examined:
    """`resources` are the type and the name in the account, by the name in the template."""
    listed = [
        {"LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": physical}
        for name, (kind, physical) in (resources or {}).items()
    ]
    cloudformation = service(list_stack_resources={"StackResourceSummaries": listed})
    stack: Any = SimpleNamespace(
        name="streamwarden",
        place=Place("123456789012", "eu-west-1"),
        outputs=outputs or {},
        parameters=parameters or {},
        is_local=is_local,
        table_name="Table",
        client={"cloudformation": cloudformation, **services}.__getitem__,
    )
    return Examined(stack, NOW, **more)


def denied(operation: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, operation)
