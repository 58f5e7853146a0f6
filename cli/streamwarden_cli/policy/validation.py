"""From the source of a policy to a document that is right, or to all that is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from pydantic import ValidationError

from streamwarden.domain.verdicts import Mode, Severity
from streamwarden_cli.documents.expectations import Schema
from streamwarden_cli.documents.explanations import explain_all
from streamwarden_cli.documents.parsing import stream_keys_in
from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.reading import read_model
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.policy.document import PolicyDocument, RuleDocument, filled_in_rules
from streamwarden_cli.policy.routing.names import destinations_in, unknown_destinations
from streamwarden_cli.policy.schemas import schema_at
from streamwarden_cli.policy.steps import repeated_actions

# What no check of another key depends on, and a value that is right.
_STANDS_ALONE: Final[Mapping[str, object]] = {
    "id": "a",
    "description": "a",
    "owner": "a",
    "runbook": "https://example.com",
    "mode": Mode.NOTIFY,
    "severity": Severity.MEDIUM,
    "enabled": True,
    "for": "0s",
    "keep": "0s",
}
_RULE_KEYS: Final = {each.alias or name for name, each in RuleDocument.model_fields.items()}


def read_document(source: Source, more: Iterable[Problem]) -> PolicyDocument:
    """Raises DocumentErrors with all that is wrong.

    `more` is what is wrong beside what the models find.
    """
    problems = [
        *more,
        *_repetitions(source),
        *unknown_destinations(source),
        *stream_keys_in(source),
    ]
    return read_model(source, PolicyDocument, partial(_schema_at, source), problems)


def sound_rules(source: Source) -> tuple[list[tuple[int, RuleDocument]], list[Problem]]:
    """The rules of which more can be found than the models do, and what is wrong with the others.

    What only stands beside, such as an unknown key, hides nothing else that is wrong with a rule.
    """
    sound: list[tuple[int, RuleDocument]] = []
    problems: list[Problem] = []
    filled_in = filled_in_rules(source.data)
    for index, rule in enumerate(filled_in):
        if not isinstance(rule, Mapping):
            continue
        try:
            sound.append((index, _read_rule(rule)))
        except ValidationError as error:
            place = ("rules", index)
            schema_at = partial(_schema_within, source, place)
            problems += explain_all(error, source, schema_at, place)
    return sound, problems


def _read_rule(rule: Mapping[object, object]) -> RuleDocument:
    """The rule without what no other check looks at, if that is wrong. Raises ValidationError."""
    known = {key: value for key, value in rule.items() if key in _RULE_KEYS}
    try:
        return RuleDocument.model_validate(known)
    except ValidationError as error:
        wrong = {each["loc"][0] for each in error.errors() if each["loc"]}
        aside = {key: value for key, value in _STANDS_ALONE.items() if key in wrong}
        if not aside:
            raise
        kept = {key: value for key, value in known.items() if key not in wrong & aside.keys()}
        return RuleDocument.model_validate({**kept, **aside})


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


def _schema_within(source: Source, place: Location, location: Location) -> Schema:
    return _schema_at(source, (*place, *location))


def _schema_at(source: Source, location: Location) -> Schema:
    return schema_at(location, _kind(source, location))


def _kind(source: Source, location: Location) -> str:
    """The kind of the rule or destination that `location` is in; empty where it says none."""
    match location:
        case ("rules", int(index), *_):
            part = dict(enumerate(_rules(source.data))).get(index)
        case ("destinations", str(name), *_):
            part = destinations_in(source.data).get(name)
        case _:
            part = None
    kind = part.get("kind") if isinstance(part, Mapping) else ""
    return kind if isinstance(kind, str) else ""
