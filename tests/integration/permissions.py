"""What the template lets each function do, and what a call asks for: moto itself checks no role.

Actions alone are compared. On which items and queues a role may use them is checked by the local
AWS, in the tests of the deployed stack.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from testbed import template

# The permissions that have another name than the call.
_NAMES: Final = {("lambda", "Invoke"): "InvokeFunction"}
# The actions of both APIs of IVS have one prefix.
_PREFIXES: Final = {"ivs-realtime": "ivs"}
# A transaction is authorised as the writes that are in it, a batch of SQS as its single call.
# Source: Service Authorization Reference.
_WRITES: Final = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


@cache
def granted(function_name: str) -> frozenset[str]:
    """The actions that the function's role allows, under any condition of the template."""
    role = template.function(function_name)["Role"]["Fn::GetAtt"][0]
    properties = template.properties(role)
    policies = [*properties["Policies"], *map(template.properties, _shared(properties))]
    return frozenset(
        action
        for statement in _statements(policies)
        if statement["Effect"] == "Allow"
        for action in _as_list(statement["Action"])
    )


def asked_for(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[str]:
    """The actions that a call needs."""
    if operation == "TransactWriteItems":
        for each in params["TransactItems"]:
            yield from (_WRITES[name] for name in each)
    else:
        name = operation.removesuffix("Batch") if service == "sqs" else operation
        yield f"{_PREFIXES.get(service, service)}:{_NAMES.get((service, operation), name)}"


def _shared(properties: Any) -> Iterator[str]:
    """The managed policies of the template that a role has."""
    for each in properties["ManagedPolicyArns"]:
        chosen = each["Fn::If"][1] if "Fn::If" in each else each
        yield chosen["Ref"]


def _statements(node: Any) -> Iterator[Mapping[str, Any]]:
    match node:
        case {"Effect": _}:
            yield node
        case dict():
            for each in node.values():
                yield from _statements(each)
        case list():
            for each in node:
                yield from _statements(each)
        case _:
            pass


def _as_list(actions: str | list[str]) -> list[str]:
    return [actions] if isinstance(actions, str) else actions
