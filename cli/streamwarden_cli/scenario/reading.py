"""From a file to scenarios that can be played, or to everything that is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from streamwarden_cli.documents.expectations import within
from streamwarden_cli.documents.explanations import SchemaAt
from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors, InvalidInput, Problem
from streamwarden_cli.documents.reading import (
    STANDARD_INPUT,
    is_mapping_given,
    read_model,
    read_text,
)
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.scenario.building import Builder
from streamwarden_cli.scenario.document import ScenarioDocument, ScenariosDocument
from streamwarden_cli.scenario.faults import Fault
from streamwarden_cli.scenario.fleet import Fleet
from streamwarden_cli.scenario.timeline import Scenario

# What a command says that plays a scenario and compares nothing.
NOT_JUDGED: Final = "what it expects of a policy is not judged here; use streamwarden policy test"
_SCENARIOS: Final = "scenarios"
_POLICY: Final = frozenset({"version", "rules"})
_IS_POLICY: Final = "expected a scenario, found a policy; replay takes it with --policy"
_NO_FLEET: Final = (
    "expected `channels`: what `fleet export` writes, or `aws ivs list-channels` prints"
)


def read_scenarios(path: Path) -> list[Scenario]:
    """Raises DocumentErrors with all that is wrong, also when the file cannot be read."""
    scenarios, problems = read_file(path)
    if problems:
        raise DocumentErrors(problems)
    return scenarios


def read_file(path: Path) -> tuple[list[Scenario], list[Problem]]:
    """The scenarios that can be played, and what is wrong with the others.

    Raises DocumentErrors when the file as a whole cannot be used.
    """
    return scenarios_of(read_source(read_text(path), str(path), clock_times=True), path.parent)


def read_scenario(path: Path, name: str | None = None) -> Scenario:
    """The scenario of this name; without a name, the only one. Raises InvalidInput."""
    scenarios = read_scenarios(path)
    found = [each for each in scenarios if name in (None, each.name)]
    if len(found) == 1:
        return found[0]
    names = "".join(f"\n  {each.name}" for each in scenarios)
    problem = "name one of its scenarios" if name is None else f"no one scenario is called {name!r}"
    raise InvalidInput(f"{path}: {problem}:{names}")


def is_scenario(path: Path) -> bool:
    """Whether the command takes the file for a scenario, and not for events."""
    return path.suffix in (".yaml", ".yml") or (path == STANDARD_INPUT and is_mapping_given())


def scenario_among(paths: Sequence[Path], name: str | None = None) -> Scenario | None:
    """Of this name, if one of the files is a scenario.

    Raises InvalidInput, also for several files: each has channels and a beginning of its own.
    """
    found = [each for each in paths if is_scenario(each)]
    if not found:
        return None
    if len(found) > 1:
        raise InvalidInput(f"{found[1]}: one scenario can be played at a time")
    scenario = read_scenario(found[0], name)
    scenario.check_channels()
    return scenario


def read_fleet(path: Path) -> Fleet:
    """The channels of a scenario, or those that the API lists. Raises as `read_whole_fleet`."""
    scenario = read_scenario(path)
    if not scenario.is_given:
        raise _no_fleet(scenario)
    return scenario.fleet


def read_whole_fleet(path: Path) -> Scenario:
    """With its steps, which may create channels. Raises DocumentErrors, InvalidInput.

    A scenario that is empty has one channel; an empty fleet is a mistake.
    """
    scenario = read_scenario(path)
    if not scenario.is_given and not scenario.steps:
        raise _no_fleet(scenario)
    return scenario


def _no_fleet(scenario: Scenario) -> DocumentErrors:
    return DocumentErrors([scenario.source.problem(scenario.place, _NO_FLEET)])


def scenarios_of(source: Source, folder: Path) -> tuple[list[Scenario], list[Problem]]:
    """As `read_file`. `folder` is where the file is; files of events are found from there."""
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for place, document in _documents(source):
        try:
            scenarios.append(Builder(source, place, document, folder).scenario())
        except Fault as fault:
            problems.append(fault.problem(source))
        except DocumentErrors as errors:
            problems += errors.problems
    return scenarios, problems


def _documents(source: Source) -> Iterator[tuple[Location, ScenarioDocument]]:
    """One scenario is the file itself; several are a list."""
    data: Any = source.data
    if isinstance(data, Mapping) and data.keys() >= _POLICY:
        raise DocumentErrors([source.problem((), _IS_POLICY)])
    if isinstance(data, Mapping) and _SCENARIOS in data:
        several = _read(source, ScenariosDocument).scenarios
        yield from (((_SCENARIOS, index), each) for index, each in enumerate(several))
    else:
        yield (), _read(source, ScenarioDocument)


def _read[M: BaseModel](source: Source, model: type[M]) -> M:
    return read_model(source, model, _SCHEMAS[model])


def _schema(model: type[BaseModel], **more: object) -> SchemaAt:
    schema = model.model_json_schema()
    return partial(within, {**schema, "properties": {**schema["properties"], **more}})


# The key that makes a file one of several scenarios is expected beside those of a single one.
_SCHEMAS: Final[Mapping[type[BaseModel], SchemaAt]] = {
    ScenarioDocument: _schema(ScenarioDocument, **{_SCENARIOS: {}}),
    ScenariosDocument: _schema(ScenariosDocument),
}
