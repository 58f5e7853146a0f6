"""From scenarios beside a policy to cases that can be played, or to all that is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from streamwarden_cli.documents.expectations import within
from streamwarden_cli.documents.explanations import SchemaAt, explain_all
from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.source import Location
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.cases.document import ExpectationDocument, ExpectationsDocument
from streamwarden_cli.scenario.reading import read_file
from streamwarden_cli.scenario.recorded import AccountRecord, ChannelRecord
from streamwarden_cli.scenario.timeline import Scenario


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a rule, about the channel that is named, or what the rule is about."""

    rule: str
    channel: str | None
    document: ExpectationDocument


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario with what is expected of it."""

    scenario: Scenario
    expectations: tuple[Expectation, ...]


def read_cases(path: Path, rules: Sequence[str]) -> list[Case]:
    """`rules` are the ids of the policy. Raises DocumentErrors with all that is wrong."""
    cases: list[Case] = []
    scenarios, problems = read_file(path)
    for scenario in scenarios:
        try:
            scenario.check_channels()
            document = _expectations(scenario)
        except DocumentErrors as errors:
            problems += errors.problems
            continue
        problems += _unknown(scenario, document, rules)
        problems += _unknown_in_records(scenario, rules)
        expectations = (
            Expectation(rule, each.channel, each) for rule, each in document.expect.items()
        )
        cases.append(Case(scenario, tuple(expectations)))
    if problems:
        raise DocumentErrors(problems)
    return cases


def _expectations(scenario: Scenario) -> ExpectationsDocument:
    try:
        return ExpectationsDocument.model_validate({"expect": scenario.expect})
    except ValidationError as error:
        problems = explain_all(error, scenario.source, _schema_at, scenario.place)
        raise DocumentErrors(problems) from error


def _unknown(
    scenario: Scenario, document: ExpectationsDocument, rules: Sequence[str]
) -> Iterator[Problem]:
    """The rules and channels that are named and are not there."""
    channels = [*scenario.names, *(each.arn for each in scenario.channels)]
    for rule, each in document.expect.items():
        place = (*scenario.place, "expect", rule)
        if rule not in rules:
            yield scenario.source.problem(place, _no_rule(rule, rules), at_key=True)
        if each.channel is not None and each.channel not in channels:
            hint = did_you_mean(each.channel, scenario.names)
            message = f"no channel is called {each.channel!r}{hint}"
            message += f" (expected {format_list(scenario.names)})" if scenario.names else ""
            yield scenario.source.problem((*place, "channel"), message)


def _unknown_in_records(scenario: Scenario, rules: Sequence[str]) -> Iterator[Problem]:
    """The rules that records of channels, or of the account, name and that are not there."""
    fleet = scenario.fleet
    records: list[tuple[Location, ChannelRecord | AccountRecord | None]] = [
        ((*place, "record"), channel.record)
        for place, channel in zip(fleet.places, fleet.channels, strict=True)
    ]
    for place, record in (*records, ((*scenario.place, "account"), fleet.account)):
        for where, rule in record.rules if record is not None else ():
            if rule not in rules:
                yield scenario.source.problem((*place, *where), _no_rule(rule, rules))


def _no_rule(rule: str, rules: Sequence[str]) -> str:
    expected = f" (expected {format_list(rules)})" if rules else ""
    return f"the policy has no enabled rule {rule!r}{did_you_mean(rule, rules) or expected}"


_schema_at: Final[SchemaAt] = partial(within, ExpectationsDocument.model_json_schema())
