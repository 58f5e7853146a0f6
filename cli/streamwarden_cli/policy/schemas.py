"""The JSON Schema of what may stand at a place of a policy; kinds and actions have their own."""

from functools import cache

from streamwarden.adapters.destinations import DESTINATION_KINDS
from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.documents.expectations import Schema, within
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.actions import model_of
from streamwarden_cli.policy.document import PolicyDocument, params_of
from streamwarden_cli.policy.routing.options import options_of


def schema_at(location: Location, kind: str) -> Schema:
    """What may stand at a place of a policy; `kind` is that of the rule or destination."""
    match location:
        case ("rules", int(), "params", *rest) if kind in RULE_KINDS:
            root = _schema_of_params(kind)
        case (
            ("rules", int(), "actions", int(), *rest)
            | (
                "rules",
                int(),
                "steps",
                int(),
                "do",
                int(),
                *rest,
            )
            | ("rules", int(), "on_repeat", "do", int(), *rest)
        ):
            root = _schema_of_action(rest[0]) if rest else {}
        case ("destinations", str(), "options", *rest) if kind in DESTINATION_KINDS:
            root = _schema_of_options(kind)
        case _:
            root, rest = _schema_of_document(), list(location)
    return within(root, rest)


@cache
def _schema_of_document() -> Schema:
    return PolicyDocument.model_json_schema()


@cache
def _schema_of_params(kind: str) -> Schema:
    return params_of(kind).json_schema()


@cache
def _schema_of_action(word: str | int) -> Schema:
    model = model_of(str(word)) if word in ACTION_KINDS else None
    return {} if model is None else model.model_json_schema()


@cache
def _schema_of_options(kind: str) -> Schema:
    return options_of(kind).model_json_schema()
