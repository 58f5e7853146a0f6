"""From the document that people write to the policy that functions load."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from pathlib import Path

import msgspec

from streamwarden.domain.filters import Filter
from streamwarden.domain.needs import Needs
from streamwarden.domain.policy import (
    CompiledPolicy,
    CompiledRule,
    Policy,
    Step,
    encode_policy,
    load_policy,
    needs_of,
)
from streamwarden.domain.policy_outline import FORMAT
from streamwarden.domain.verdicts import RuleNotes
from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.reading import read_text
from streamwarden_cli.documents.source import Source
from streamwarden_cli.policy.digest import digest_of
from streamwarden_cli.policy.document import RuleDocument, filled_in_rules
from streamwarden_cli.policy.lint.decided import decided_beside
from streamwarden_cli.policy.lint.linting import errors_of
from streamwarden_cli.policy.lint.warnings import LintWarning
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule
from streamwarden_cli.policy.routing.pasted import without_pasted
from streamwarden_cli.policy.validation import read_document, sound_rules


def compile_policy(text: str, filename: str) -> CompiledPolicy:
    """The policy with every default filled in. Raises DocumentErrors."""
    return read_policy(text, filename).compiled


def compile_policy_file(path: Path) -> CompiledPolicy:
    """Raises DocumentErrors, also when the file cannot be read."""
    return read_policy_file(path).compiled


def read_policy(text: str, filename: str) -> ParsedPolicy:
    """The policy as it is written and as it is compiled. Raises DocumentErrors."""
    source = read_source(text, filename)
    try:
        return _read(source)
    except DocumentErrors as errors:
        raise DocumentErrors(without_pasted(errors.problems, source.data)) from None


def read_right_rules(text: str, filename: str) -> list[ParsedRule]:
    """The enabled rules that have no error, of a policy that has some. Raises DocumentErrors."""
    parsed, _ = _parse_rules(read_source(text, filename))
    # By place: a rule whose id is wrong has one that stands in for it.
    wrong = {fault.location[:2] for fault in errors_of(parsed)}
    enabled = [each for each in parsed if each.document.enabled]
    return [each for each in enabled if ("rules", each.index) not in wrong]


def _parse_rules(source: Source) -> tuple[list[ParsedRule], list[Problem]]:
    sound, problems = sound_rules(source)
    return [ParsedRule(index, source, each, _compile(each)) for index, each in sound], problems


def _beside(source: Source, sound: list[ParsedRule]) -> Iterator[LintWarning]:
    """What is wrong with the conditions of all other rules."""
    read = {each.index for each in sound}
    for index, rule in enumerate(filled_in_rules(source.data)):
        if index not in read and isinstance(rule, Mapping):
            yield from decided_beside(("rules", index), rule)


def _read(source: Source) -> ParsedPolicy:
    parsed, problems = _parse_rules(source)
    faults = [*errors_of(parsed), *_beside(source, parsed)]
    document = read_document(source, [*problems, *(each.problem(source) for each in faults)])
    rules = tuple(each for each in parsed if each.document.enabled)
    compiled = CompiledPolicy(
        format=FORMAT,
        rules=tuple(each.compiled for each in rules),
        needs=reduce(
            or_,
            (_needs_of(each.document) for each in rules),
            Needs(),
        ),
        # Not of the routing: who is told decides nothing, and a record decided again for a
        # new route, tag of a route or tag of owners would tell nothing new.
        digest=digest_of(each.compiled for each in rules),
        routing=document.compiled_routing(),
    )
    disabled = tuple(each for each in parsed if not each.document.enabled)
    return ParsedPolicy(source, rules, compiled, document, disabled)


def read_policy_file(path: Path) -> ParsedPolicy:
    """Raises DocumentErrors, also when the file cannot be read."""
    return read_policy(read_text(path), str(path))


def load_policy_file(path: Path) -> Policy:
    """The policy exactly as a function would load it. Raises DocumentErrors."""
    return load_policy(encode_policy(compile_policy_file(path)))


def _needs_of(rule: RuleDocument) -> Needs:
    selects = Filter(rule.match, rule.when, rule.unless, rule.unless_until)
    return needs_of(rule.params, selects)


def _compile(rule: RuleDocument) -> CompiledRule:
    return CompiledRule(
        id=rule.id,
        kind=rule.kind,
        mode=rule.mode,
        severity=rule.severity,
        match=rule.match,
        when=rule.when,
        unless=rule.unless,
        unless_until=rule.unless_until,
        params=msgspec.to_builtins(rule.params),
        steps=_steps(rule),
        on_repeat=rule.on_repeat.compiled() if rule.on_repeat else None,
        hold=rule.hold,
        keep=rule.params.keep if rule.keep is None else rule.keep,
        notes=_notes(rule),
    )


def _notes(rule: RuleDocument) -> RuleNotes | None:
    notes = RuleNotes(description=rule.description, owner=rule.owner, runbook=rule.runbook)
    return None if notes == RuleNotes() else notes


def _steps(rule: RuleDocument) -> tuple[Step, ...]:
    """`actions` are one step, at once."""
    if rule.steps:
        return tuple(step.compiled() for step in rule.steps)
    at_once = tuple(action for action in rule.actions if action is not None)
    return (Step(after=timedelta(0), do=at_once),) if at_once else ()
