"""The pictures of docs/architecture.md show what there is: queues, functions, arrows."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final

from tests.unit.project.cloudformation import dead_letter_queues, of_type

ROOT: Final = Path(__file__).parents[3]
PAGE: Final = (ROOT / "docs" / "architecture.md").read_text()
PACKAGES: Final = {
    "streamwarden": ROOT / "layers/streamwarden/streamwarden",
    "functions": ROOT / "functions",
    "streamwarden_cli": ROOT / "cli/streamwarden_cli",
    "ivs_simulator": ROOT / "simulator/ivs_simulator",
}
_FLOWCHART: Final = re.compile(r"^```mermaid\nflowchart \w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
_IMPORT: Final = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
_ARROW: Final = re.compile(r"\s(<?-->|-\.->)\s")

type Arrow = tuple[str, str]


def picture(heading: str) -> str:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    (text,) = _FLOWCHART.findall(section)
    return str(text)


def arrows(text: str, *kinds: str) -> set[Arrow]:
    """From where to where the arrows of these kinds lead; `a & b --> c & d` are four."""
    found: set[Arrow] = set()
    for line in text.splitlines():
        parts = _ARROW.split(line)
        for left, kind, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            if kind in kinds:
                found |= set(product(_names(left), _names(right)))
    return found


def _names(group: str) -> list[str]:
    return [each.group() for part in group.split(" & ") if (each := re.search(r"\w+", part))]


def drawn_queues() -> set[str]:
    return set(re.findall(r"\b(\w+)\[\[\1\]\]", picture("The stack")))


def drawn_functions() -> set[str]:
    return set(re.findall(r"\b(\w+)\(\[\1\]\)", picture("The stack")))


@cache
def functions() -> dict[str, dict[str, Any]]:
    found = of_type("AWS::Serverless::Function")
    return {name.removesuffix("Function"): properties for name, properties in found.items()}


def test_the_stack_shows_every_queue_and_no_other() -> None:
    assert drawn_queues() == set(of_type("AWS::SQS::Queue"))
    assert picture("The stack").count("[[") == len(drawn_queues())


def test_the_stack_shows_every_function_and_no_other() -> None:
    assert drawn_functions() == set(functions())
    assert picture("The stack").count("([") == len(drawn_functions())


def _reading() -> Iterator[Arrow]:
    for name, properties in functions().items():
        for event in properties["Events"].values():
            if event["Type"] == "SQS":
                yield event["Properties"]["Queue"]["Fn::GetAtt"][0], name


def _sending() -> Iterator[Arrow]:
    """A function knows the queues it sends to by its variables."""
    queues = set(of_type("AWS::SQS::Queue")) - dead_letter_queues()
    for name, properties in functions().items():
        for variable, value in properties["Environment"]["Variables"].items():
            if variable == "SOURCE_QUEUE_URL":  # what it is fed by
                continue
            if isinstance(value, dict) and value.get("Ref") in queues:
                yield name, value["Ref"]


def _invoking() -> Iterator[Arrow]:
    """A function knows the functions it invokes by its variables."""
    for name, properties in functions().items():
        for value in properties["Environment"]["Variables"].values():
            if isinstance(value, dict) and "Fn::GetAtt" in value:
                invoked = value["Fn::GetAtt"][0].removesuffix("Function")
                if invoked in functions():
                    yield name, invoked


def _giving_up() -> Iterator[Arrow]:
    for name, queue in of_type("AWS::SQS::Queue").items():
        if "RedrivePolicy" in queue:
            yield name, queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    for name, properties in functions().items():
        if "EventInvokeConfig" in properties:
            on_failure = properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
            yield name, on_failure["Destination"]["Fn::GetAtt"][0]


def test_between_queues_and_functions_the_arrows_are_those_of_the_template() -> None:
    ours = drawn_queues() | drawn_functions()
    drawn = {each for each in arrows(picture("The stack"), "-->") if ours.issuperset(each)}

    assert drawn == {*_reading(), *_sending(), *_invoking()}


def test_the_functions_at_the_table_are_those_that_know_its_name() -> None:
    using = {
        name
        for name, properties in functions().items()
        if "TABLE_NAME" in properties["Environment"]["Variables"]
    }

    drawn = {each for each in arrows(picture("The stack"), "-->", "<-->") if "table" in each}
    assert {name for each in drawn for name in each} - {"table"} == using


def test_dotted_arrows_lead_to_dead_letters() -> None:
    assert arrows(picture("The stack"), "-.->") == set(_giving_up())


def contracts(kind: str) -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return [each for each in settings["contracts"] if each["type"] == kind]


def _layers() -> Iterator[Arrow]:
    """From each layer of a package to the one below it, as the contracts say."""
    for contract in contracts("layers"):
        if "containers" not in contract:
            continue
        levels = [re.findall(r"\w+", level) for level in contract["layers"]]
        for upper, lower in pairwise(levels):
            yield from product(upper, lower)


def _imports() -> Iterator[Arrow]:
    """Which of our packages imports which other."""
    for package, folder in PACKAGES.items():
        for file in folder.rglob("*.py"):
            yield from ((package, name) for name in _IMPORT.findall(file.read_text()))


def test_within_a_package_the_arrows_are_those_of_the_contracts() -> None:
    headings = ("The packages", "Inside the domain", "Inside the simulator")
    drawn = set[Arrow]().union(*(arrows(picture(each), "-->") for each in headings))

    assert {each for each in drawn if PACKAGES.keys().isdisjoint(each)} == set(_layers())


def test_between_packages_the_arrows_are_those_of_the_imports() -> None:
    drawn = arrows(picture("The packages"), "-->")

    imported = {each for each in _imports() if PACKAGES.keys() >= set(each) and each[0] != each[1]}
    assert {each for each in drawn if not PACKAGES.keys().isdisjoint(each)} == imported


def test_no_arrow_is_one_that_a_contract_forbids() -> None:
    forbidden = {
        arrow
        for contract in contracts("forbidden")
        for arrow in product(contract["source_modules"], contract["forbidden_modules"])
    }

    assert forbidden.isdisjoint(arrows(picture("The packages"), "-->"))
