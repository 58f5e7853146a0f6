"""The pages on deployment and cost name what there is, and links lead to what there is."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from streamwarden_cli.main import main
from streamwarden_cli.policy.compilation import compile_policy
from testbed.template import template
from tests.unit.project.aws_cli import OF_EVERY_COMMAND, operations

ROOT: Final = Path(__file__).parents[3]
DOCS: Final = ROOT / "docs"
PAGE: Final = (DOCS / "deploy.md").read_text()
SERVICES: Final = {"s3api": "s3"}
RULE: Final = {"id": "r", "kind": "insecure_ingest", "severity": "critical", "mode": "notify"}


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def _pipeline() -> Any:
    (text,) = [each for each in _blocks("yaml") if each.startswith("name: ")]
    return yaml.safe_load(text)


def _scripts() -> list[str]:
    """What is typed, what the pipeline runs, and what is written within sentences."""
    runs = [each["run"] for each in _pipeline()["jobs"]["policy"]["steps"] if "run" in each]
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.DOTALL | re.MULTILINE)
    quoted = re.findall(r"`((?:aws|streamwarden|\.tools\S+) [^`]+)`", prose)
    return [*_blocks("sh"), *runs, *(" ".join(each.split()) for each in quoted)]


@cache
def _commands(program: str) -> list[list[str]]:
    """Every command of the program, in words, also one within another."""
    words = [each for script in _scripts() for each in _lines(script)]
    return [
        line[at + 1 : _end(line, at)]
        for line in words
        for at, word in enumerate(line)
        if word == program and (at == 0 or line[at - 1].endswith((";", "|")))
    ]


def _lines(script: str) -> Iterator[list[str]]:
    """A line in words; what is within quotes goes on in the next."""
    text = ""
    for line in script.splitlines():
        text += f"{line}\n"
        apart = re.sub(r'"?\$\((.*?)\)"?(?=\s)', r"; \1 ;", text)
        try:
            yield shlex.split(apart, comments=True)
        except ValueError:
            continue
        text = ""


def _end(line: list[str], begin: int) -> int:
    ends = (at for at, word in enumerate(line) if at > begin and word in ("|", ";", ">"))
    return next(ends, len(line))


def _options(words: list[str]) -> set[str]:
    return {each.partition("=")[0] for each in words if each.startswith("--")}


@pytest.mark.parametrize("words", _commands("aws"), ids=" ".join)
def test_a_command_of_the_aws_cli_is_one_that_there_is(words: list[str]) -> None:
    service, operation = words[:2]
    known = operations(SERVICES.get(service, service))

    assert operation in known
    named = {each.removeprefix("--").removeprefix("no-") for each in _options(words)}
    assert named - OF_EVERY_COMMAND - {"profile"} <= known[operation]


@pytest.mark.parametrize("words", _commands("streamwarden"), ids=" ".join)
def test_a_command_of_ours_is_one_that_there_is(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])

    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert {each for each in _options(words) if each not in shown} == set()


def test_the_parameters_and_outputs_of_the_stack_are_there() -> None:
    deployed = template()
    given = [words for words in _commands(".tools/sam/bin/sam") if "--parameter-overrides" in words]
    named = {
        each.partition("=")[0]
        for words in given
        for each in words[words.index("--parameter-overrides") + 1 :]
        if not each.startswith("--")
    }
    sentences = set(re.findall(r"`([A-Z]\w+)(?:=\w+)?`", PAGE))

    assert named
    assert named <= set(deployed["Parameters"])
    there = {*deployed["Parameters"], *deployed["Outputs"], *deployed["Resources"]}
    assert {each for each in sentences if each.upper() != each} <= there
    assert set(re.findall(r"OutputKey=='(\w+)'", PAGE)) <= set(deployed["Outputs"])


@pytest.mark.parametrize("text", [each for each in _blocks("yaml") if "destinations:" in each])
def test_the_destinations_of_the_page_are_part_of_a_policy(text: str) -> None:
    document = {"version": 1, "rules": [RULE], **yaml.safe_load(text)}

    assert compile_policy(yaml.safe_dump(document), "docs/deploy.md").routing.destinations


def test_the_pipeline_checks_tests_compares_builds_deploys_and_examines_in_this_order() -> None:
    script = " ".join(
        each["run"] for each in _pipeline()["jobs"]["policy"]["steps"] if "run" in each
    )
    steps = ("policy check", "policy test", "policy diff", "make build", "sam deploy", "doctor")

    assert [*steps] == sorted(steps, key=script.index)


@pytest.mark.parametrize("page", ["deploy.md", "real-account.md"])
def test_the_region_is_set_for_botocore_too(page: str) -> None:
    assert re.search(r"^export .*\bAWS_DEFAULT_REGION=", (DOCS / page).read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", ["deploy.md", "cost.md"])
def test_links_lead_to_pages_and_headings(page: str) -> None:
    links = re.findall(r"\]\(([\w./-]*)(?:#([\w-]+))?\)", (DOCS / page).read_text())

    assert links
    for path, heading in links:
        text = (DOCS / (path or page)).read_text()
        assert not heading or heading in set(map(_anchor, _headings(text)))


def _headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
