"""The checklist for a real account asks what there is: commands, options, outputs, resources."""

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from streamwarden_cli.main import main
from testbed.template import template
from tests.unit.project.aws_cli import OF_EVERY_COMMAND, operations

PAGE: Final = (Path(__file__).parents[3] / "docs" / "real-account.md").read_text()
ITEMS: Final = re.findall(
    r"^- \[ \] \*\*(\d+)\. .*?(?=^- \[ \]|^## )", PAGE, re.DOTALL | re.MULTILINE
)


def blocks() -> list[str]:
    return re.findall(r"^ *```sh\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE)


def commands(program: str) -> list[list[str]]:
    """Every command of the program, also one within another, in words."""
    lines = [line.strip() for block in blocks() for line in block.splitlines()]
    return [
        _words(line[found.end() :], found[1])
        for line in lines
        for found in re.finditer(rf"(^|[({{] ?){program} (?=\w)", line)
    ]


def _words(text: str, before: str) -> list[str]:
    """Up to where the command ends. A command in quotes is one word."""
    text = re.sub(r'"\$\((?:[^()]|\([^()]*\))*\)"', "VALUE", text)
    end = {"(": ")", "{": ";"}.get(before.strip(), "\n")
    return shlex.split(text.partition(end)[0])


@pytest.mark.parametrize("words", commands("aws"), ids=" ".join)
def test_a_command_of_the_aws_cli_is_one_that_there_is(words: list[str]) -> None:
    service, operation, *more = words
    options = {each.removeprefix("--") for each in more if each.startswith("--")}

    assert operation in operations(service)
    declared = operations(service)[operation]
    assert {each.removeprefix("no-") for each in options} - OF_EVERY_COMMAND <= declared


@pytest.mark.parametrize("words", commands("streamwarden"), ids=" ".join)
def test_a_command_of_ours_is_one_that_there_is(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])

    assert ended.value.code == 0
    assert all(each in capsys.readouterr().out for each in words if each.startswith("--force"))


def test_what_is_looked_up_is_in_the_template() -> None:
    text = "\n".join(blocks())

    assert set(re.findall(r"\$\(output (\w+)\)", text)) <= set(template()["Outputs"])
    assert set(re.findall(r"\$\(resource (\w+)\)", text)) <= set(template()["Resources"])
    given = set(re.findall(r"--parameter-overrides (.*)", text))
    names = {each.partition("=")[0] for line in given for each in line.split()}
    assert names <= set(template()["Parameters"])


def test_items_are_numbered_and_each_says_what_is_expected() -> None:
    items = re.split(r"^- \[ \] ", PAGE, flags=re.MULTILINE)[1:]

    assert [int(number) for number in ITEMS] == list(range(1, len(items) + 1))
    for item in items:
        assert "```sh\n" in item
        assert "\n  Expected: " in item
