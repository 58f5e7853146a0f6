"""The JSON Schema is one, lets right policies pass and refuses what it can."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.policy.actions import allowed_actions
from streamwarden_cli.policy.compilation import compile_policy
from streamwarden_cli.policy.document import params_of
from streamwarden_cli.policy.reference import schema
from streamwarden_cli.policy.reference.kinds import kind_of
from streamwarden_cli.policy.reference.shipped import policies_in
from streamwarden_cli.shipped import POLICIES
from tests.unit.cli.policy.conftest import Run

SCHEMA = schema.policy_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
HEADER = "# yaml-language-server: $schema=policy.schema.json"
RULE = "id: a, kind: max_duration, params: {limit: 4h}"


def faults_of(text: str) -> list[str]:
    return [each.json_path for each in VALIDATOR.iter_errors(read_source(text, "x.yaml").data)]


def test_the_command_prints_the_schema(policy: Run) -> None:
    output = policy("schema")

    assert (output.code, output.err) == (0, "")
    assert json.loads(output.out) == SCHEMA


def test_it_is_a_schema_of_the_draft_that_it_names() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_reference_leads_somewhere() -> None:
    named = set(_references(SCHEMA))

    assert {each.removeprefix("#/$defs/") for each in named} <= SCHEMA["$defs"].keys()


def _references(part: Any) -> list[str]:
    match part:
        case dict():
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [each for value in part.values() for each in _references(value)]
        case list():
            return [each for value in part for each in _references(value)]
        case _:
            return []


@pytest.mark.parametrize("file", policies_in(POLICIES), ids=lambda file: file.name)
def test_shipped_policies_pass_and_name_the_schema(file: Path) -> None:
    text = file.read_text()

    assert text.splitlines()[0] == HEADER
    assert (file.parent / HEADER.partition("=")[2]).exists()
    assert faults_of(text) == []


def test_the_shipped_schema_is_the_one_that_would_be_written_now() -> None:
    assert schema.PATH.read_text() == schema.rendered(), "run `make reference`"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rules: []", "$.rules"),
        ("rules: [{id: a}]", "$.rules[0]"),
        (f"rules: [{{{RULE}}}]\nversion: 2", "$.version"),
        (f"rules: [{{{RULE}}}]\nrulez: 1", "$"),
        (f"rules: [{{{RULE}}}]\ndefaults: {{mode: watch}}", "$.defaults.mode"),
        (f"rules: [{{{RULE}, sevrity: low}}]", "$.rules[0]"),
        (f"rules: [{{{RULE}, severity: severe}}]", "$.rules[0].severity"),
        (f"rules: [{{{RULE}, match: {{tag: {{}}}}}}]", "$.rules[0].match"),
        (f"rules: [{{{RULE}, match: {{name: []}}}}]", "$.rules[0].match.name"),
        (f"rules: [{{{RULE}, when: 1}}]", "$.rules[0].when"),
        (f"rules: [{{{RULE}, actions: stop}}]", "$.rules[0].actions"),
        (f"rules: [{{{RULE}, actions: [tag]}}]", "$.rules[0].actions[0]"),
        (f"rules: [{{{RULE}, actions: [tag: {{}}]}}]", "$.rules[0].actions[0]"),
        (f"rules: [{{{RULE}, actions: [rotate_key]}}]", "$.rules[0].actions[0]"),
        (
            f"rules: [{{{RULE}, steps: [{{after: 0s, do: [rotate_key]}}]}}]",
            "$.rules[0].steps[0].do[0]",
        ),
        (f"rules: [{{{RULE}, steps: [{{do: [stop]}}]}}]", "$.rules[0].steps[0]"),
        ("rules: [{id: A_b, kind: recording_failed}]", "$.rules[0].id"),
        ("rules: [{id: a, kind: max_durations}]", "$.rules[0].kind"),
        ("rules: [{id: a, kind: max_duration}]", "$.rules[0]"),
        ("rules: [{id: a, kind: max_duration, params: {}}]", "$.rules[0].params"),
        ("rules: [{id: a, kind: starvation, params: {limit: soon}}]", "$.rules[0].params.limit"),
        ("rules: [{id: a, kind: starvation, params: {limits: 1m}}]", "$.rules[0].params"),
        (
            'rules: [{id: a, kind: allowed_hours, params: {start: "9", end: "17:00"}}]',
            "$.rules[0].params.start",
        ),
        (
            "rules: [{id: a, kind: allowed_hours, params: {days: [monday]}}]",
            "$.rules[0].params.days[0]",
        ),
        (
            "rules: [{id: a, kind: required_tags, params: {tags: {team: {patern: x}}}}]",
            "$.rules[0].params.tags.team",
        ),
    ],
)
def test_what_is_refused(text: str, place: str) -> None:
    text = text if "version" in text else f"version: 1\n{text}"

    assert place in faults_of(text)
    with pytest.raises(DocumentErrors):
        compile_policy(text, "x.yaml")


MAIL = f"rules: [{{{RULE}}}]\ndestinations: {{mail: {{kind: sns}}}}\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (MAIL.replace("sns", "snss"), "$.destinations.mail.kind"),
        (MAIL.replace("kind: sns", "secret: x"), "$.destinations.mail"),
        (MAIL.replace("sns", "sns, secret: x"), "$.destinations.mail"),
        (MAIL.replace("sns", "sns, options: {colour: red}"), "$.destinations.mail.options"),
        (MAIL.replace("sns", "sns, digest: 'no'"), "$.destinations.mail.digest"),
        (MAIL.replace("mail", "Mail"), "$.destinations"),
        (MAIL.replace("mail: {kind: sns}", ""), "$.destinations"),
        (f"{MAIL}routes: [{{severity: high}}]", "$.routes[0]"),
        (f"{MAIL}routes: [{{to: mail, contine: true}}]", "$.routes[0]"),
        (f"{MAIL}routes: [{{to: mail, continue: 1}}]", "$.routes[0].continue"),
        (f"{MAIL}routes: [{{to: mail, severity: hihg}}]", "$.routes[0].severity"),
        (f"{MAIL}routes: [{{to: mail, repeat: often}}]", "$.routes[0].repeat"),
        (f"{MAIL}routes: [{{to: mail, group: {{by: [team]}}}}]", "$.routes[0].group.by[0]"),
        (f"{MAIL}routes: [{{to: mail, quiet: {{hours: 22-7}}}}]", "$.routes[0].quiet"),
        (f"{MAIL}inhibit: [{{by: {{rule: a}}}}]", "$.inhibit[0]"),
    ],
)
def test_what_is_refused_of_who_is_told(text: str, place: str) -> None:
    test_what_is_refused(text, place)


@pytest.mark.parametrize(
    "text",
    [
        MAIL,
        f"{MAIL}routes: [{{to: mail}}, {{to: [mail]}}, {{to: []}}]",
        f"{MAIL}routes: [{{to: mail, rule: [a, b], tags: {{tier: free}}, status: [opened]}}]",
        f"{MAIL}routes: [{{to: mail, repeat: 4h, group: {{by: [rule, owner], wait: 0s}}}}]",
        f'{MAIL}routes: [{{to: mail, quiet: {{hours: "22:00-07:00", days: [sat]}}}}]',
        f"{MAIL}inhibit: [{{by: {{rule: a}}, of: {{at_most: low}}}}]\nowner_tag: team",
    ],
)
def test_what_passes_of_who_is_told(text: str) -> None:
    assert faults_of(f"version: 1\n{text}") == []
    compile_policy(f"version: 1\n{text}", "x.yaml")


@pytest.mark.parametrize(
    "more",
    [
        "when: null, unless: channel.tags.a",
        "mode: enforce, actions: [notify, stop, tag: {set: {a: b}}, warn: {text: hello}]",
        "mode: enforce, steps: [{after: 0s, do: [warn]}, {after: PT10M, do: [stop]}]",
        "match: {tags: {tier: [a, 'b*']}, name: x, region: eu-west-1}",
    ],
)
def test_what_passes(more: str) -> None:
    text = f"version: 1\nrules: [{{{RULE}, {more}}}]"

    assert faults_of(text) == []
    compile_policy(text, "x.yaml")


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_kind_has_its_own_parameters_and_actions(kind: str) -> None:
    then = [
        each["then"]["properties"]
        for each in SCHEMA["$defs"]["RuleDocument"]["allOf"]
        if kind in (each["if"]["properties"]["kind"].get("enum") or [])
        or each["if"]["properties"]["kind"].get("const") == kind
    ]
    merged = {name: part for each in then for name, part in each.items()}

    model = SCHEMA["$defs"][merged["params"]["$ref"].rpartition("/")[2]]
    assert model["properties"].keys() == {each.name for each in kind_of(kind).parameters}
    assert all(each.get("description") for each in model["properties"].values())
    forms = merged["actions"]["items"]["anyOf"]
    words = {each.get("const") or _model(each) for each in forms}
    assert words - {"notify"} == set(allowed_actions(kind))


def _model(form: dict[str, Any]) -> str:
    model = SCHEMA["$defs"][form["$ref"].rpartition("/")[2]]
    (key,) = model["properties"]
    return str(key)


def test_no_two_models_share_a_name() -> None:
    found: dict[str, Any] = {}

    for kind in RULE_KINDS:
        own = params_of(kind).json_schema()
        models = {own["title"]: {**own, "$defs": {}}, **own.get("$defs", {})}
        assert all(found.setdefault(name, model) == model for name, model in models.items())
