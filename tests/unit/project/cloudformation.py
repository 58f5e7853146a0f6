"""The resources of template.yaml, as the checks of the repository read them."""

from collections.abc import Iterator
from typing import Any

from testbed.template import Node, template


def of_type(kind: str) -> dict[str, Node]:
    resources: dict[str, Node] = template()["Resources"]
    return {
        name: resource.get("Properties", {})
        for name, resource in resources.items()
        if resource["Type"] == kind
    }


def function(name: str) -> Node:
    return of_type("AWS::Serverless::Function")[f"{name}Function"]


def dead_letter_queues() -> set[str]:
    return {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in of_type("AWS::SQS::Queue").values()
        if "RedrivePolicy" in queue
    } | {
        each["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for each in of_type("AWS::Serverless::Function").values()
        if "EventInvokeConfig" in each
    }


READING_VERBS = ("Get", "List", "BatchGet", "Describe")
# Secrets are read by calls whose names sound harmless.
SECRET_READS = {"ivs:GetStreamKey", "ivs:BatchGetStreamKey"}


def policies_of(role: Node) -> list[Node]:
    references = [each.get("Fn::If", [None, each])[1] for each in role.get("ManagedPolicyArns", [])]
    shared = [of_type("AWS::IAM::ManagedPolicy")[each["Ref"]] for each in references]
    return [*role["Policies"], *shared]


def statements_of(role: Node) -> list[Node]:
    statements = [each for policy in policies_of(role) for each in every_statement(policy)]
    assert statements
    return statements


def actions(statement: Node) -> list[str]:
    action: str | list[str] = statement["Action"]
    return [action] if isinstance(action, str) else action


def changes_ivs(action: str) -> bool:
    service, verb = action.split(":")
    return service == "ivs" and (action in SECRET_READS or not verb.startswith(READING_VERBS))


def every_statement(within: Node | None = None) -> Iterator[Node]:
    """Every policy statement of the template, or of a part of it, wherever it stands."""

    def walk(node: Node | list[Any]) -> Iterator[Node]:
        if isinstance(node, dict) and "Effect" in node:
            yield node
            return
        for value in node.values() if isinstance(node, dict) else node:
            if isinstance(value, dict | list):
                yield from walk(value)

    return walk(within or template()["Resources"])
