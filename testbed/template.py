"""The parts of template.yaml that tests build with moto, so that the two cannot differ."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[1]
STACK: Final = "streamwarden"

type Node = dict[str, Any]


class _Loader(yaml.CSafeLoader):
    """Reads CloudFormation's short tags into their long forms."""


def _long_form(loader: _Loader, suffix: str, node: yaml.Node) -> Node:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.ScalarNode)
    value = loader.construct_scalar(node)
    return {name: value.split(".", 1) if suffix == "GetAtt" else value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template() -> Node:
    text = (ROOT / "template.yaml").read_text()
    document: Node = yaml.load(text, _Loader)  # noqa: S506  # a safe loader, and our own file
    return document


def properties(name: str) -> Node:
    """The properties of one resource."""
    found: Node = template()["Resources"][name]["Properties"]
    return found


def of_type(kind: str) -> list[str]:
    """The logical ids of all resources of a type."""
    return [name for name, each in template()["Resources"].items() if each["Type"] == kind]


def function(name: str) -> Node:
    """The properties of the function of that name: `StreamEvents` is `StreamEventsFunction`."""
    return properties(f"{name}Function")


def module_of(function_name: str) -> str:
    """The module of the function's handler, as the repository imports it."""
    folder: str = function(function_name)["CodeUri"]
    return f"{folder.strip('/').replace('/', '.')}.app"


def queue_of(function_name: str) -> str:
    """The logical id of the queue whose messages a function is invoked with."""
    events = function(function_name)["Events"].values()
    name: str = next(each for each in events if each["Type"] == "SQS")["Properties"]["Queue"][
        "Fn::GetAtt"
    ][0]
    return name


def listeners(detail_type: str) -> list[str]:
    """The functions that an event reaches, by the rules and the queues."""
    inboxes = [
        rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]
        for rule in map(properties, of_type("AWS::Events::Rule"))
        if detail_type in rule["EventPattern"]["detail-type"]
    ]
    observers = ("StreamEvents", "RecordingEvents", "ResourceChanges")
    return [each for each in observers if queue_of(each) in inboxes]


def environment(
    function_name: str, refs: Mapping[str, str], arns: Mapping[str, str]
) -> dict[str, str]:
    """A function's variables. `refs` and `arns` are what `!Ref` and `!GetAtt X.Arn` give."""

    def resolved(value: Any) -> str:
        match value:
            case {"Ref": name}:
                return refs[name]
            case {"Fn::GetAtt": [name, "Arn"]}:
                return arns[name]
            case {"Fn::Sub": str(text)}:
                names = {"AWS::StackName": STACK, **refs}
                return re.sub(r"\$\{([\w:]+)\}", lambda found: names[found[1]], text)
            case {"Fn::If": ["Traces", then, otherwise]}:
                return resolved(then if refs["Tracing"] == "Active" else otherwise)
            case str() | int():
                return str(value)
            case _:
                raise AssertionError(f"the tests cannot resolve {value!r} yet")

    own = function(function_name).get("Environment", {}).get("Variables", {})
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    return {name: resolved(value) for name, value in {**shared, **own}.items()}


def parameters(given: Mapping[str, str]) -> dict[str, str]:
    """Every parameter, with its default where it is not given."""
    defaults = {name: str(each["Default"]) for name, each in template()["Parameters"].items()}
    return {**defaults, **given}
