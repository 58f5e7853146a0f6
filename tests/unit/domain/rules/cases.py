"""What a rule kind finds of a story, told in any order and twice: the frame of all rule tests."""

from collections.abc import Mapping, Sequence
from copy import replace
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pytest

from streamwarden.domain.inputs import Input
from streamwarden.domain.rules.check import Check
from streamwarden.domain.verdicts import Finding, Status, Subject
from testbed.builders import CHANNEL, facts_from


@dataclass(frozen=True, kw_only=True)
class Case:
    """Given these inputs, at `now` the check finds this of what they are about."""

    title: str
    check: Check
    about: str = CHANNEL
    given: tuple[Input, ...] = ()
    now: datetime
    found: Finding


_tables: Final[list[Case]] = []


def each(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Runs a test once for each case, under its title; the cases are among `every_case`."""
    _tables.extend(cases)
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in cases])


def loaded_cases() -> Sequence[Case]:
    """The cases of the modules that are loaded."""
    return _tables


def assert_found(case: Case) -> None:
    """The reason states in words what the finding has `compared`: the tables say it once."""
    finding = found(case)

    assert replace(finding, compared=None) == case.found
    assert finding.recheck_at is None or finding.recheck_at > case.now
    assert found(replace(case, given=case.given[::-1])) == finding
    assert found(replace(case, given=case.given * 2)) == finding


def found(case: Case) -> Finding:
    """What the check of a case finds."""
    event_matcher = case.check.event_matcher()
    matchers = (event_matcher,) if event_matcher else ()
    facts = facts_from(*case.given, arn=case.about, matchers=matchers)
    return case.check.prepare()(facts, case.now)


def subject_of(about: str | Subject) -> Subject:
    """A stream goes by its id alone; whatever else is no stream's may act on any."""
    if isinstance(about, Subject):
        return about
    return Subject(about, (about,)) if about.startswith("st-") else Subject(about)


def compliant(reason: str, subject: str | Subject = "") -> Finding:
    return Finding(status=Status.COMPLIANT, reason=reason, subject=subject_of(subject))


def not_applicable(reason: str) -> Finding:
    return Finding(status=Status.NOT_APPLICABLE, reason=reason)


def pending(reason: str, recheck_at: datetime, subject: str | Subject = "") -> Finding:
    return Finding(
        status=Status.PENDING, reason=reason, subject=subject_of(subject), recheck_at=recheck_at
    )


def breach(
    reason: str,
    since: datetime,
    subject: str | Subject = "",
    *,
    recheck_at: datetime | None = None,
    settled: tuple[str, ...] = (),
    own_tags: Mapping[str, str | None] | None = None,
    forbidden_key_tags: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        status=Status.BREACH,
        reason=reason,
        subject=subject_of(subject),
        since=since,
        recheck_at=recheck_at,
        settled_tags=frozenset(settled),
        own_tags=own_tags,
        forbidden_key_tags=forbidden_key_tags,
    )


OFF_AIR = not_applicable("the channel is not on the air")
NO_SESSION = not_applicable("no session of the channel is known")
