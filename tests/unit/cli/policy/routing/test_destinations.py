"""What is said of destinations is what their kinds say of themselves, and nothing that is secret.

The kind that is made up here is one file, as every kind is: nothing else is told of it.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from streamwarden.adapters import destinations
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden_cli.policy.compilation import compile_policy
from streamwarden_cli.policy.reference import markdown, schema
from tests.unit.cli.policy.conftest import Run
from tests.unit.cli.policy.documents import errors_of, lint_of

_PIGEON = '''
"""A bird."""

from enum import StrEnum

from msgspec import Struct

from streamwarden.domain.notifications.kinds import DestinationKind
from streamwarden.domain.notifications.message import Limits


class Colour(StrEnum):
    WHITE = "white"
    GREY = "grey"


class Options(Struct, frozen=True):
    """What bird it is. `colour` is of feathers."""

    coop: str
    colour: Colour = Colour.GREY
    weight: int = 400

    def __post_init__(self):
        if self.weight > 900:
            raise ValueError("no bird weighs so much")


KIND = DestinationKind(
    meaning="A bird that carries a message.",
    secret="the way home",
    target="the ARN of the roof",
    target_pattern="arn:.*",
    target_example="arn:aws:…",
    limits=Limits(largest=1),
    options=Options,
)
'''
POLICY = """\
version: 1
destinations:
  bird: {{kind: carrier_pigeon, {}}}
rules:
  - {{id: a, kind: takeover, mode: notify}}
"""
HOOK = """\
version: 1
destinations:
  hook: {{kind: webhook, secret: hook, options: {{headers: {{X-Tenant: "{}"}}}}}}
rules:
  - {{id: a, kind: takeover, mode: notify}}
"""
RIGHT = "secret: home, target: 'arn:x', options: {coop: north}"


@pytest.fixture(autouse=True)
def _pigeon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "carrier_pigeon.py").write_text(_PIGEON)
    monkeypatch.setattr(destinations, "__path__", [*destinations.__path__, str(tmp_path)])
    destinations.words.cache_clear()
    yield
    destinations.words.cache_clear()


def test_a_destination_is_compiled_as_it_was_written() -> None:
    given = "secret: home, target: 'arn:x', options: {coop: north, colour: white}, digest: false"
    text = POLICY.format(given)

    (found,) = compile_policy(text, "x.yaml").routing.destinations

    assert found == DestinationSpec(
        name="bird",
        kind="carrier_pigeon",
        secret="home",  # a name
        target="arn:x",
        options={"coop": "north", "colour": "white"},
        digest=False,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (RIGHT.replace("secret: home,", ""), "secret: missing (expected the name of the secret "),
        (RIGHT.replace("target: 'arn:x',", ""), "target: missing (expected the ARN of the roof)"),
        (RIGHT.replace("arn:x", "roof"), "target: expected the ARN of the roof (arn:aws:…)"),
        (RIGHT.replace("coop: north", ""), "options.coop: missing (expected text)"),
        (
            RIGHT.replace("north", "north, wheight: 1"),
            "options.wheight: unknown key 'wheight'; did ",
        ),
        (RIGHT.replace("north", "north, colour: red"), "options.colour: expected white or grey, f"),
        (
            RIGHT.replace("north", "north, weight: 1kg"),
            "options.weight: expected a whole number, f",
        ),
        (RIGHT.replace("north", "north, weight: 901"), "options: no bird weighs so much"),
        (RIGHT + ", weight: 1", "weight: 'weight' is an option; write it within `options`"),
        (
            RIGHT.replace("north", "north, secret: x"),
            "options.secret: 'secret' is not an option; w",
        ),
    ],
)
def test_what_a_kind_asks_for_is_demanded(given: str, expected: str) -> None:
    (error,) = errors_of(POLICY.format(given))

    assert error.partition("destinations.bird.")[2].startswith(expected)


def test_an_unknown_kind_is_answered_with_all_there_are() -> None:
    (error,) = errors_of(POLICY.format("").replace("carrier_pigeon", "smoke"))

    assert error.endswith("kind: unknown kind 'smoke' (expected " + _kinds() + ")")


def _kinds() -> str:
    *most, last = destinations.DESTINATION_KINDS
    return f"{', '.join(most)} or {last}"


@pytest.mark.parametrize(
    "text",
    [
        POLICY.format("").replace("carrier_pigeon", "https://hooks.example.com/secret1"),
        POLICY.format("secret: https://hooks.example.com/secret1"),
        POLICY.replace("{{kind: carrier_pigeon, {}}}", "https://hooks.example.com/secret1"),
        "version: 1\ndestinations: https://hooks.example.com/secret1\nrules: []\n",
        POLICY.format("secret: [https://hooks.example.com/secret1]"),
        POLICY.format("secret: a, options: https://hooks.example.com/secret1"),
        POLICY.format("target: https://hooks.example.com/secret1"),
        POLICY.format("webhook: https://hooks.example.com/secret1"),
        POLICY.format(RIGHT) + "routes: [{to: https://hooks.example.com/secret1}]\n",
        POLICY.format(RIGHT).replace("bird:", "https://hooks.example.com/secret1:"),
        POLICY.format(RIGHT).replace("bird:", "secret1a2b3c4d5e6f7a8b9c0:"),
        POLICY.format(RIGHT.replace("coop: north", "https://hooks.example.com/secret1: 1")),
        POLICY.format(RIGHT.replace("north", "north, colour: secret1a2b3c4d5e6f7a8b9c0")),
        POLICY.format(RIGHT + ", digest: https://hooks.example.com/secret1"),
        POLICY.format(RIGHT + ', digest: "https://hooks.example.com/\'secret1\\n"'),
        POLICY.format(RIGHT) + "routes: [{to: bird, name: https://hooks.example.com/secret1}]\n",
        POLICY.format(RIGHT) + "routes: [{to: bird, name: secret1a2b3c4d5e6f7a8b9c0}]\n",
        POLICY.format(RIGHT) + "routes: [{to: bird, severity: xoxb-secret1}]\n",
        POLICY.format(RIGHT) + "inhibit: [{by: {xoxb-secret1: a}, of: {}}]\n",
    ],
)
def test_what_may_be_a_secret_is_in_no_message(text: str, tmp_path: Path, policy: Run) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text)

    for output in (policy("check", file), policy("check", "--json", file)):
        assert output.code == 1
        assert "secret1" not in output.out + output.err


@pytest.mark.parametrize(
    "value",
    [
        "xoxb-123456789012-secret1",
        "sk_live_secret1",
        "ghp_secret1",
        "Bearer secret1a2b3c4d5e6f7a8b9c0",
    ],
)
def test_a_header_holds_no_key(value: str) -> None:
    (error,) = errors_of(HOOK.format(value))

    assert "destinations.hook.options.headers: found what looks like a key" in error
    assert "secret1" not in error


@pytest.mark.parametrize("value", ["eu-1", "0f8fad5b-d9cb-469f-a165-70867728950e", "application/x"])
def test_any_other_header_is_taken(value: str) -> None:
    (found,) = compile_policy(HOOK.format(value), "x.yaml").routing.destinations

    assert found.options["headers"] == {"X-Tenant": value}


def test_what_is_left_out_of_a_message_is_said() -> None:
    (error,) = errors_of(POLICY.format(RIGHT + ", digest: https://hooks.example.com/secret1"))

    assert error.endswith(
        "found '…'; what looks like an address or a key is left out here: a policy is no place "
        "for secrets, and others may have read it"
    )


def test_the_schema_knows_the_kind() -> None:
    found = json.dumps(schema.policy_schema()["$defs"]["DestinationDocument"])

    assert '{"const": "carrier_pigeon", "description": "A bird that carries a message."}' in found
    assert '"$ref": "#/$defs/CarrierPigeonOptions"' in found
    assert '"required": ["secret", "target", "options"]' in found


def test_a_group_means_nothing_where_each_incident_is_told_by_itself() -> None:
    given = POLICY.format(RIGHT) + "routes: [{to: bird, group: {by: [owner]}}]\n"

    assert lint_of(given) == [
        "x.yaml:6:28: warning: routes[0].group: it has no effect: carrier_pigeon is told of each "
        "incident by itself; leave it out"
    ]


def test_nor_where_a_destination_wants_no_digest() -> None:
    given = (
        "version: 1\ndestinations: {mail: {kind: sns, digest: false}}\n"
        "routes: [{to: mail, group: {by: [owner]}}]\n"
        "rules: [{id: a, kind: takeover, mode: notify}]\n"
    )

    (warning,) = lint_of(given)

    assert "routes[0].group: it has no effect: sns is told of each incident by itself" in warning


def test_the_reference_has_the_kind_and_its_options() -> None:
    page = markdown.rendered().splitlines()

    assert (
        "| `carrier_pigeon` | A bird that carries a message. | the way home | the ARN of the roof |"
        in page
    )
    assert (
        "| `carrier_pigeon` | `colour` | white or grey | `grey` | `colour` is of feathers. |"
        in page
    )
    assert "| `carrier_pigeon` | `coop` | text | required |  |" in page
