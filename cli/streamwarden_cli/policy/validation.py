"""From the source of a policy to a document that is right, or to all that is wrong with it."""

from collections.abc import Iterator, Mapping
from functools import partial

from streamwarden_cli.documents.expectations import Schema
from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.reading import read_model
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.policy.document import PolicyDocument
from streamwarden_cli.policy.schemas import schema_at
from streamwarden_cli.policy.steps import repeated_actions


def read_document(source: Source) -> PolicyDocument:
    """Raises DocumentErrors with all that is wrong."""
    schema_at = partial(_schema_at, source)
    return read_model(source, PolicyDocument, schema_at, _repetitions(source))


def _repetitions(source: Source) -> Iterator[Problem]:
    """Ids, and actions of one rule, that are given more than once."""
    rules = [rule if isinstance(rule, Mapping) else {} for rule in _rules(source.data)]
    for index, first in _repeated([rule.get("id") for rule in rules]):
        message = f"the id {rules[index]['id']!r} is taken by rules[{first}]"
        yield source.problem(("rules", index, "id"), message)
    for index, rule in enumerate(rules):
        for location in repeated_actions(rule):
            yield source.problem(("rules", index, *location), "the action is given twice")


def _repeated(entries: list[object]) -> Iterator[tuple[int, int]]:
    """Where a name comes again, and where it came first."""
    first: dict[object, int] = {}
    for index, name in enumerate(entries):
        if not isinstance(name, str):
            continue
        if name in first:
            yield index, first[name]
        first.setdefault(name, index)


def _rules(data: object) -> list[object]:
    rules = data.get("rules") if isinstance(data, Mapping) else None
    return rules if isinstance(rules, list) else []


def _schema_at(source: Source, location: Location) -> Schema:
    return schema_at(location, _kind(source, location))


def _kind(source: Source, location: Location) -> str:
    """The kind of the rule that `location` is in; empty where it says none."""
    match location:
        case ("rules", int(index), *_):
            rule = _rules(source.data)[index]
            kind = rule.get("kind") if isinstance(rule, Mapping) else ""
            return kind if isinstance(kind, str) else ""
        case _:
            return ""
