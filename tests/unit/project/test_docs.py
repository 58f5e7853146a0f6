"""The documentation names what there is: commands, parameters, rule kinds, actions."""

import re
import shlex
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.rules import RULE_KINDS
from streamwarden_cli.commands.policy import COMMANDS as POLICY_COMMANDS
from streamwarden_cli.main import COMMANDS, command_parser, main
from streamwarden_cli.policy.actions import allowed_actions
from streamwarden_cli.policy.compilation import compile_policy_file
from tests.unit.project.cloudformation import of_type

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text()
POLICY = (ROOT / "docs/policy.md").read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
TEMPLATE = (ROOT / "template.yaml").read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_shows_every_command(command: str) -> None:
    assert f"streamwarden {command}" in README


def _typed() -> Iterator[Namespace]:
    """What a reader types who has no account of AWS, as the command understands it."""
    text = re.sub(r"^## Deploy it to AWS$.*?^## ", "## ", README, flags=re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    for words in (shlex.split(line, comments=True) for line in "".join(blocks).splitlines()):
        if words[:1] == ["streamwarden"]:
            yield command_parser().parse_args(words[1:])


def test_who_types_the_readme_names_what_its_stack_has() -> None:
    """Rules and destinations of the policy that it runs with, and channels that are made before."""
    rules, destinations, channels = set[str](), set[str](), set[str]()
    for args in _typed():
        match vars(args):
            case {"local_command": "up", "policy": policy}:
                compiled = compile_policy_file(ROOT / policy)
                rules = {each.id for each in compiled.rules}
                destinations = {each.name for each in compiled.routing.destinations}
            case {"sim_command": "create", "channel": channel}:
                channels.add(channel)
            case given:
                assert (given.get("rule") or None) in {None, *rules}, given
                assert given.get("destination") in {None, *destinations}, given
                named = given.get("channel") or given.get("resource")
                assert (named or None) in {None, *channels}, given
    assert rules
    assert channels


def test_readme_shows_what_replay_prints(capsys: pytest.CaptureFixture[str]) -> None:
    (shown,) = re.findall(r"^```\n(\S+ \S+ UTC to .*?)^```$", README, re.DOTALL | re.MULTILINE)

    assert main(["replay", str(ROOT / "events"), "--policy", str(ROOT / "policies/demo.yaml")]) == 0
    assert capsys.readouterr().out.startswith(shown)


def test_readme_names_the_parameters_an_operator_sets() -> None:
    block = TEMPLATE.partition("\nParameters:\n")[2].partition("\nMetadata:")[0]
    parameters = set(re.findall(r"^  (\w+):$", block, flags=re.MULTILINE)) - {"PolicyPath"}

    assert parameters
    assert {name for name in parameters if f"`{name}`" not in README} == set()


def test_the_policy_reference_names_the_api_calls_that_are_forwarded() -> None:
    calls = [
        call
        for rule in ("ApiCallRule", "RealTimeApiCallRule")
        for call in of_type("AWS::Events::Rule")[rule]["EventPattern"]["detail"]["eventName"]
    ]
    output = POLICY.partition("- `event_alert` receives")[2].partition("It forwards no other")[0]

    assert calls
    assert set(re.findall(r"`(\w+)`", output)) == set(calls)


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_the_policy_reference_describes_every_rule_kind(kind: str) -> None:
    (section,) = re.findall(
        rf"^### `{kind}`\n(.*?)(?=^##|^<!--)", POLICY, flags=re.DOTALL | re.MULTILINE
    )

    (actions,) = re.findall(r"^- Actions: (.*?)\.$", section, flags=re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", actions)) == {*allowed_actions(kind), "notify"}
    assert f"kind: {kind}\n" in section


def test_the_changelog_counts_the_rule_kinds() -> None:
    (number,) = re.findall(r"^- ([A-Z][a-z-]+) rule kinds for", CHANGELOG, flags=re.MULTILINE)

    assert number == _in_words(len(RULE_KINDS))


def _in_words(number: int) -> str:
    tens = ("Twenty", "Thirty", "Forty", "Fifty", "Sixty")[number // 10 - 2]
    ones = ("", "-one", "-two", "-three", "-four", "-five", "-six", "-seven", "-eight", "-nine")
    return tens + ones[number % 10]


@pytest.mark.parametrize("command", POLICY_COMMANDS)
def test_the_policy_reference_names_every_command(command: str) -> None:
    assert f"| `policy {command} " in POLICY or f"| `policy {command}` " in POLICY
    assert f"streamwarden policy {command}" in " ".join(README.split()) or command == "compile"


@pytest.mark.parametrize("action", ACTION_KINDS)
def test_the_policy_reference_describes_every_action(action: str) -> None:
    assert re.search(rf"^- `{action}\b", POLICY, flags=re.MULTILINE)


def test_the_first_examples_pass_the_strict_check(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(- id: .*?)```", README, flags=re.DOTALL)
    (document,) = re.findall(r"```yaml\n(# yaml-language-server.*?)```", POLICY, flags=re.DOTALL)
    rules = yaml.safe_dump({"version": 1, "rules": yaml.safe_load(block)})

    for name, text in (("readme.yaml", rules), ("reference.yaml", document)):
        (tmp_path / name).write_text(text)

        assert main(["policy", "check", "--strict", str(tmp_path / name)]) == 0


def test_the_case_of_the_reference_holds_for_the_policy_of_the_reference(tmp_path: Path) -> None:
    blocks = re.findall(
        r"```yaml\n(# yaml-language-server.*?|scenarios:.*?)```", POLICY, flags=re.DOTALL
    )
    (tmp_path / "mine.yaml").write_text(blocks[0])
    (tmp_path / "mine.tests.yaml").write_text(blocks[1])

    assert main(["policy", "test", str(tmp_path / "mine.yaml")]) == 0


@pytest.mark.parametrize("make_target", ["demo", "test", "install", "build"])
def test_the_make_targets_of_the_readme_exist(make_target: str) -> None:
    assert f"make {make_target}" in README
    assert re.search(rf"^{make_target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
