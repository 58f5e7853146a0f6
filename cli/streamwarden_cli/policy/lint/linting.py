"""All that is wrong with rules that are written right, and all the warnings there are on them."""

from collections.abc import Iterator, Sequence
from typing import Final

from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.lint.actions import never_done
from streamwarden_cli.policy.lint.callers import unknown_callers
from streamwarden_cli.policy.lint.decided import decided_conditions
from streamwarden_cli.policy.lint.false_tags import exempting_false
from streamwarden_cli.policy.lint.fights import fights
from streamwarden_cli.policy.lint.matching import about_nobody, exempts_everybody, finds_nothing
from streamwarden_cli.policy.lint.other_spelling import other_spelling
from streamwarden_cli.policy.lint.overlap import overlaps
from streamwarden_cli.policy.lint.places import misplaced_arns
from streamwarden_cli.policy.lint.self_triggering import self_triggering
from streamwarden_cli.policy.lint.steps import warns_too_late
from streamwarden_cli.policy.lint.unreachable import unreachable
from streamwarden_cli.policy.lint.warnings import Check, LintWarning
from streamwarden_cli.policy.lint.zones import misleading_zones
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule

# What can only do harm; the rules of each check stand by themselves.
_ERRORS: Final[Sequence[Check]] = (decided_conditions, self_triggering, other_spelling)
# What is wrong in one place is said once, by the first that finds it.
_CHECKS: Final[Sequence[Check]] = (
    misplaced_arns,
    about_nobody,
    finds_nothing,
    exempts_everybody,
    exempting_false,
    never_done,
    warns_too_late,
    unreachable,
    misleading_zones,
    unknown_callers,
)


def errors_of(rules: Sequence[ParsedRule]) -> list[LintWarning]:
    """For which the policy is refused."""
    alone = [fault for rule in rules for check in _ERRORS for fault in check(rule)]
    return [*alone, *fights([rule for rule in rules if rule.document.enabled])]


def lint(policy: ParsedPolicy, level: str) -> list[Problem]:
    """In the order of the file; `level` is the word before each."""
    return sorted(each.problem(policy.source, level) for each in _warnings(policy))


def _warnings(policy: ParsedPolicy) -> Iterator[LintWarning]:
    sound = []
    for rule in policy.rules:
        text: set[Location] = set()
        for check in _CHECKS:
            found = [each for each in check(rule) if each.location not in text]
            text |= {each.location for each in found}
            yield from found
        if not text:
            sound.append(rule)
    yield from overlaps(sound)
