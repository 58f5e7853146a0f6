"""What differs between what a case expects and what came of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import PlannedAction, SettingsChange, Status, Verdict
from streamwarden_cli.policy.carried import with_carried
from streamwarden_cli.policy.cases.reading import Case, Expectation
from streamwarden_cli.replay.outcomes import Done, Outcomes


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one rule, and one thing that is expected of it."""

    rule: str
    what: str
    expected: str
    found: str


def compare(case: Case, played: Outcomes) -> list[Difference]:
    return [each for wanted in case.expectations for each in _differences(wanted, case, played)]


def _differences(wanted: Expectation, case: Case, played: Outcomes) -> Iterator[Difference]:
    arn = _resource(wanted, case, played)
    place = (arn, wanted.rule)
    verdict = played.verdicts.get(place)
    if verdict is None:
        message = "the rule is about no channel of the case"
        yield Difference(wanted.rule, "verdict", _describe_wanted_verdict(wanted), message)
        return
    yield from _of_verdict(wanted, verdict)
    yield from _of_breaches(wanted, played.breaches.get(place, []))
    if wanted.document.actions is not None:
        expected = [each for each in wanted.document.actions if each is not None]
        done = played.actions.get(place, [])
        if not _are_done(expected, done):
            message = _describe_list([_describe_planned(each) for each in expected])
            yield Difference(
                wanted.rule, "actions", message, _describe_list(map(_describe_done, done))
            )
    if wanted.document.notifications is not None:
        statuses = [str(each.status) for each in played.notifications.get(place, [])]
        expected_statuses = [str(each) for each in wanted.document.notifications]
        if statuses != expected_statuses:
            expectation = _describe_list(expected_statuses)
            yield Difference(wanted.rule, "notifications", expectation, _describe_list(statuses))


def _resource(wanted: Expectation, case: Case, played: Outcomes) -> str:
    """The channel that is named, or else the first one of the scenario.

    Of a scenario without channels, what the rule says something of: the account, say, or a stage.
    """
    if wanted.channel is not None:
        return played.channels.get(wanted.channel, wanted.channel)
    judged = played.resources_judged_by(wanted.rule)
    first = played.channels.get(next(iter(case.scenario.names), ""), "")
    if not judged or (case.scenario.has_own_channels and first in judged):
        return first
    applying = (arn for arn in judged if _applies(played.verdicts[arn, wanted.rule]))
    return next(applying, judged[0])


def _applies(verdict: Verdict) -> bool:
    return verdict.status is not Status.NOT_APPLICABLE


def _of_verdict(wanted: Expectation, verdict: Verdict) -> Iterator[Difference]:
    status, reason = wanted.document.verdict, wanted.document.reason
    if status is not None and verdict.status is not status:
        found = f"{verdict.status}: {verdict.finding.reason}"
        yield Difference(wanted.rule, "verdict", str(status), found)
    elif status is not None and reason is not None and reason not in verdict.finding.reason:
        yield Difference(wanted.rule, "reason", f"…{reason}…", verdict.finding.reason)


def _of_breaches(wanted: Expectation, reasons: Sequence[str]) -> Iterator[Difference]:
    """A breach that an action ended is none any more: without a verdict, any on the way will do."""
    reason = wanted.document.reason
    if wanted.document.verdict is not None or reason is None:
        return
    if not any(reason in each for each in reasons):
        found = "; ".join(dict.fromkeys(reasons)) or "no breach"
        yield Difference(wanted.rule, "reason", f"…{reason}…", found)


def _describe_wanted_verdict(wanted: Expectation) -> str:
    return str(wanted.document.verdict) if wanted.document.verdict else "one"


def _are_done(expected: Sequence[PlannedAction], done: Sequence[Done]) -> bool:
    return len(expected) == len(done) and all(
        _is_done(planned, found) for planned, found in zip(expected, done, strict=True)
    )


def _is_done(planned: PlannedAction, done: Done) -> bool:
    """A tag action has the tags that were missing, which may be less than it is to set; which tags
    a key takes over, the rule says and not the action."""
    return (
        done.outcome.status is OutcomeStatus.DONE
        and planned.kind == done.kind
        and (not planned.tags or planned.tags == done.tags)
        and (planned.settings is None or _sets(planned.settings, done.settings))
        and (not planned.text or planned.text == done.text)
    )


def _sets(planned: SettingsChange, done: SettingsChange | None) -> bool:
    return done is not None and planned.set == done.set


def _describe_planned(planned: PlannedAction) -> str:
    return with_carried(planned, planned.text)


def _describe_done(done: Done) -> str:
    message = with_carried(done)
    if done.outcome.status is OutcomeStatus.DONE:
        return message
    return f"{message} ({done.outcome.status}: {done.outcome.reason})"


def _describe_list(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
