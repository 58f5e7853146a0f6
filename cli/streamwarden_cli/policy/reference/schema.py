"""The JSON Schema of a policy, for editors: they complete and check while somebody writes.

It is what pydantic says of the models, and what only the rule kinds know: which parameters and
actions each of them has. `policy check` finds more than a schema can say.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from streamwarden.adapters.destinations import DESTINATION_KINDS
from streamwarden.domain.actions import ACTION_KINDS
from streamwarden_cli.policy.actions import NOTIFY, allowed_actions, is_word_alone, model_of
from streamwarden_cli.policy.document import Defaults, PolicyDocument, params_of
from streamwarden_cli.policy.reference.glossary import ACTIONS, MODES, NOTIFYING, SEVERITIES
from streamwarden_cli.policy.reference.kinds import Kind, all_kinds
from streamwarden_cli.policy.reference.shipped import example_of
from streamwarden_cli.policy.routing.options import options_of
from streamwarden_cli.shipped import POLICIES

PATH: Final = POLICIES / "policy.schema.json"

type Schema = dict[str, Any]

_PLACE: Final = "#/$defs/{model}"
_ACTION: Final = "ActionDocument"


def policy_schema() -> Schema:
    """The whole document, draft 2020-12."""
    document = PolicyDocument.model_json_schema(ref_template=_PLACE)
    definitions: Schema = document.pop("$defs")
    rule = definitions["RuleDocument"]
    rule["allOf"] = [*_actions_by_kind(rule, definitions), *_params_by_kind(definitions)]
    rule["properties"]["params"] = {"type": "object", "description": "What the kind asks for."}
    kinds = {each.name: each.demand for each in all_kinds()}
    rule["properties"]["kind"] = _choice("The family of check that the rule uses.", kinds)
    rule["required"] = [each for each in rule["required"] if each not in Defaults.model_fields]
    _describe_destinations(definitions)
    definitions["Mode"] = _choice("How far the rule may go.", MODES)
    definitions["Severity"] = _choice("How much a breach matters.", SEVERITIES)
    definitions[_ACTION] = _any_of(ACTION_KINDS)
    for model in filter(None, map(model_of, ACTION_KINDS)):
        schema = model.model_json_schema(ref_template=_PLACE)
        definitions |= _own_definitions(schema, model.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_tidied(document),
        "title": "A policy of Streamwarden",
        "$defs": {name: _tidied(definitions[name]) for name in sorted(definitions)},
    }


def rendered() -> str:
    return json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"


def _describe_destinations(definitions: Schema) -> None:
    destination = definitions["DestinationDocument"]
    kinds = {word: kind.meaning for word, kind in DESTINATION_KINDS.items()}
    destination["properties"]["kind"] = _choice("Where people are told.", kinds)
    destination["properties"]["options"] = {"type": "object", "description": "Its own settings."}
    destination["allOf"] = [*_fields_by_kind(definitions)]


def _fields_by_kind(definitions: Schema) -> Iterator[Schema]:
    """What a destination of each kind must have, may have, and does not take."""
    for word, kind in DESTINATION_KINDS.items():
        model = options_of(word)
        schema = model.model_json_schema(ref_template=_PLACE)
        definitions |= _own_definitions(schema, model.__name__)
        properties: Schema = {
            field: {"description": wanted} if wanted else False
            for field, wanted in (("secret", kind.secret), ("target", kind.target))
        }
        properties["options"] = {"$ref": _PLACE.format(model=model.__name__)}
        is_required = {
            "secret": bool(kind.secret),
            "target": bool(kind.target) and not kind.is_target_optional,
            "options": bool(schema.get("required")),
        }
        required = [field for field, is_so in is_required.items() if is_so]
        yield _if_kind([word], {"properties": properties, "required": required})


def _params_by_kind(definitions: Schema) -> Iterator[Schema]:
    for kind in all_kinds():
        schema = params_of(kind.name).json_schema(ref_template=_PLACE)
        name = schema["title"]
        definitions |= _own_definitions(schema, name)
        _describe(definitions[name], kind)
        then: Schema = {"properties": {"params": {"$ref": _PLACE.format(model=name)}}}
        if schema.get("required"):
            then["required"] = ["params"]
        yield _if_kind([kind.name], then)


def _describe(params: Schema, kind: Kind) -> None:
    """What the docstring says of each parameter, and how somebody uses them."""
    params["description"] = " ".join(filter(None, (kind.demand, kind.details)))
    for parameter in kind.parameters:
        found = params["properties"][parameter.name]
        text = [parameter.about, f"({parameter.type})" if parameter.about else parameter.type]
        found["description"] = " ".join(filter(None, text))
    example = example_of(kind.name)
    if example is not None and example.rule.get("params"):
        params["examples"] = [example.rule["params"]]


def _actions_by_kind(rule: Schema, definitions: Schema) -> Iterator[Schema]:
    """What the kinds that may do the same may do, wherever a rule says what to do."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for kind in all_kinds():
        groups.setdefault(tuple(allowed_actions(kind.name)), []).append(kind.name)
    for allowed, kinds in groups.items():
        then = _where_actions_stand(rule, definitions, _any_of(allowed))
        yield _if_kind(kinds, then or {})


def _where_actions_stand(schema: Schema, definitions: Schema, actions: Schema) -> Schema | None:
    """The parts of a schema that lead to actions, with these there; None where nothing does."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name == _ACTION:
            return actions
        return _where_actions_stand(definitions[name], definitions, actions)
    for choice in schema.get("anyOf", ()):
        if (found := _where_actions_stand(choice, definitions, actions)) is not None:
            return found
    if "items" in schema:
        within = _where_actions_stand(schema["items"], definitions, actions)
        return None if within is None else {"items": within}
    parts = {
        name: found
        for name, part in schema.get("properties", {}).items()
        if (found := _where_actions_stand(part, definitions, actions)) is not None
    }
    return {"properties": parts} if parts else None


def _any_of(actions: Iterable[str]) -> Schema:
    text = [each for action in actions for each in _forms(action)]
    return {"anyOf": [*text, {"const": NOTIFY, "description": NOTIFYING}]}


def _forms(action: str) -> Iterator[Schema]:
    """How an action may be written: as a word, as a mapping, or either."""
    if is_word_alone(action):
        yield {"const": action, "description": ACTIONS[action]}
    model = model_of(action)
    if model is not None:
        yield {"$ref": _PLACE.format(model=model.__name__), "description": ACTIONS[action]}


def _if_kind(kinds: list[str], then: Schema) -> Schema:
    wanted: Schema = {"const": kinds[0]} if len(kinds) == 1 else {"enum": kinds}
    return {"if": {"properties": {"kind": wanted}, "required": ["kind"]}, "then": then}


def _choice(description: str, descriptions: Mapping[Any, str]) -> Schema:
    """One of some words, each with what it means, which an editor shows beside it."""
    text = [{"const": str(word), "description": meaning} for word, meaning in descriptions.items()]
    return {"type": "string", "description": description, "oneOf": text}


def _own_definitions(schema: Schema, name: str) -> Schema:
    return {**schema.pop("$defs", {}), name: schema}


def _tidied(schema: Any) -> Any:
    """Without the titles that pydantic makes of names, and defaults that stand for nothing."""
    if isinstance(schema, list):
        return [_tidied(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {key: schema[key] for key in schema if not _is_noise(key, schema[key])}
    # What is under these is data, or names that somebody chose.
    return {
        key: {name: _tidied(each) for name, each in part.items()}
        if key == "properties"
        else part
        if key in ("default", "examples")
        else _tidied(part)
        for key, part in kept.items()
    }


def _is_noise(key: str, value: object) -> bool:
    if key == "title":
        return isinstance(value, str)
    return key == "default" and (value is None or value in ([], {}) or isinstance(value, Mapping))
