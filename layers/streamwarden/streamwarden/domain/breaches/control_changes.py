"""Notifications of what operators have set, of breakers and of deployments: each is told once.

A wrong rule, a pause that nobody ended and a protection that somebody took away look the same from
outside: streams that are not stopped. So people are told of each, with its author.
"""

from collections.abc import Iterator
from copy import replace
from datetime import datetime

from streamwarden.domain.breaches.deployments import deployed_after, deployment_news
from streamwarden.domain.breaker import release_of, tripped_since
from streamwarden.domain.decision import Decision, Standing, first_of
from streamwarden.domain.notifications.news import News, notification_of
from streamwarden.domain.notifications.silences import silenced_in_words
from streamwarden.domain.notifications.undoing import (
    RESUMING,
    as_in_policy,
    releasing_breaker,
    turning_down,
    unprotecting,
)
from streamwarden.domain.state.controls import (
    PROTECTED_TAG,
    PROTECTED_VALUE,
    AccountControls,
    ChannelControls,
    ModeSetting,
    Pause,
    Protection,
    Silence,
)
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.verdicts import NotificationStatus, Severity


def with_control_changes(
    decision: Decision, before: Standing, facts: Facts, now: datetime
) -> Decision:
    """The decision, and what people are told of controls that have changed."""
    is_protected = decision.standing.is_protected
    changes = [*_changes(facts, now)]
    news = [
        *(each for each in changes if _is_news(each, before)),
        *_tag_change(facts, before, is_protected, now),
        *deployment_news(before, facts),
    ]
    standing = replace(
        decision.standing,
        controls_notified={each.name: each.at for each in changes},
        deployed=deployed_after(before, facts),
    )
    return replace(
        decision,
        standing=standing,
        notifications=(
            *decision.notifications,
            *(
                notification_of(each, facts, topic="control", about=each.name, now=now)
                for each in news
            ),
        ),
        recheck_at=first_of([decision.recheck_at, *_ends(facts, now)]),
    )


def _is_news(change: News, before: Standing) -> bool:
    """What was ordered before an end that people were told of may arrive after it."""
    return before.controls_notified.get(change.name) != change.at


def _tag_change(
    facts: Facts, before: Standing, is_protected: bool, now: datetime
) -> Iterator[News]:
    """What a listing finds protected is no news: a first deployment finds all of them."""
    change = facts.state.tag_changes.get(PROTECTED_TAG)
    is_found = is_protected and change is None
    if is_protected is before.is_protected or is_found or facts.is_gone:
        return
    if change is not None and (change.value == PROTECTED_VALUE) is not is_protected:
        change = None  # a listing found it, and the call that did it was not seen
    author = facts.state.tag_authors.get(PROTECTED_TAG) if change else None
    who = author.value.full_name if author and author.value.is_named else "somebody unknown"
    does = "set" if is_protected else "removed or changed"
    yield News(
        name=PROTECTED_TAG,
        at=change.at if change else now,
        severity=Severity.MEDIUM if is_protected else Severity.HIGH,
        title="protected by its tag" if is_protected else "no longer protected by its tag",
        text=f"{who} has {does} the tag {PROTECTED_TAG}",
    )


def _changes(facts: Facts, now: datetime) -> Iterator[News]:
    if facts.state.controls is not None:
        yield from _channel_changes(facts.arn, facts.state.controls, now)
    if facts.state.account_controls is not None:
        yield from _account_changes(facts.state.account_controls, now)


def _channel_changes(arn: str, controls: ChannelControls, now: datetime) -> Iterator[News]:
    given = controls.longest_protection
    if given is None:
        return
    at, protection = _as_of(given, now)
    yield News(
        name="protection",
        at=at,
        severity=Severity.MEDIUM,
        title="protected" if protection else "no longer protected",
        text=_describe(protection, "Nothing destructive is done to the channel")
        if protection
        else "Rules may act on the channel again",
        undo=(unprotecting(arn),) if protection else (),
    )


def _account_changes(controls: AccountControls, now: datetime) -> Iterator[News]:
    if (pause := controls.longest_pause) is not None:
        yield _pause_change(pause, now)
    for rule_id in controls.tripped:
        yield _breaker_change(controls, rule_id)
    for rule_id, given in controls.modes.items():
        mode = f"{given.value.mode or 'the mode of the policy again'}"
        yield _mode_change(f"mode/{rule_id}", rule_id, given, mode)
    for name, given in controls.mode_limits.items():
        rule_id, _, mode = name.rpartition("/")
        yield _mode_change(f"limit/{name}", rule_id, given, f"{mode} at most")
    for silence in controls.silences.values():
        yield _silence_change(controls, silence, now)


def _pause_change(given: Stamped[Pause | None], now: datetime) -> News:
    at, pause = _as_of(given, now)
    return News(
        name="pause",
        at=at,
        severity=Severity.HIGH,
        status=NotificationStatus.OPENED if pause else NotificationStatus.RESOLVED,
        title="actions are paused" if pause else "actions are no longer paused",
        text=_describe(pause, "Streamwarden carries out no action")
        if pause
        else "Streamwarden carries out actions again",
        undo=(RESUMING,) if pause else (),
    )


def _breaker_change(controls: AccountControls, rule_id: str) -> News:
    tripped_at, release = controls.tripped[rule_id], release_of(controls, rule_id)
    if release is None or tripped_since(controls, rule_id) is not None:
        return News(
            name=f"breaker/{rule_id}",
            at=tripped_at,
            severity=Severity.CRITICAL,
            status=NotificationStatus.OPENED,
            title=f"the breaker of {rule_id} has tripped",
            text=(
                f"Rule {rule_id} wants destructive actions on more channels within ten minutes "
                "than its breaker lets pass. Further ones are held. Look at the rule first. "
                "A release of the breaker lets them go, mode notify turns the rule down"
            ),
            rule_id=rule_id,
            undo=(releasing_breaker(rule_id), turning_down(rule_id)),
        )
    number = release.value.number
    passing = "all actions for ten minutes" if number is None else f"{number} more actions"
    return News(
        name=f"breaker/{rule_id}",
        at=release.at,
        severity=Severity.CRITICAL,
        status=NotificationStatus.RESOLVED,
        title=f"the breaker of {rule_id} was released",
        text=f"It lets {passing} pass: {release.value.reason} ({release.value.author})",
        rule_id=rule_id,
    )


def _mode_change(name: str, rule_id: str, given: Stamped[ModeSetting], mode: str) -> News:
    setting = given.value
    return News(
        name=name,
        at=given.at,
        severity=Severity.MEDIUM,
        title=f"the mode of {rule_id} is {mode}",
        text=f"{setting.reason} ({setting.author})",
        rule_id=rule_id,
        undo=(as_in_policy(rule_id),) if setting.mode is not None else (),
    )


def _silence_change(controls: AccountControls, given: Stamped[Silence], now: datetime) -> News:
    silence, end = given.value, controls.end_of(given.value)
    matched, is_over = silenced_in_words(silence), end <= now
    return News(
        name=f"silence/{silence.id}",
        at=end if is_over else given.at,
        severity=Severity.HIGH if silence.severity is Severity.CRITICAL else Severity.MEDIUM,
        title=f"silence {silence.id} has ended" if is_over else f"silence {silence.id} is set",
        text=f"People are told again of {matched}{_ended_by(controls, silence)}"
        if is_over
        else (
            f"Nothing is told of {matched}, until {silence.until:%Y-%m-%d %H:%M} UTC: "
            f"{silence.reason} ({silence.author})"
        ),
        undo=() if is_over else (f"streamwarden silence --end {silence.id} --reason …",),
    )


def _ended_by(controls: AccountControls, silence: Silence) -> str:
    ended = controls.silence_ends.get(silence.id)
    if ended is None or ended.at >= silence.until:
        return f". The silence of {silence.author} has ended by itself"
    return f": {ended.value.reason} ({ended.value.author})"


def _as_of[T: (Pause, Protection)](
    given: Stamped[T | None], now: datetime
) -> tuple[datetime, T | None]:
    """Since when it is as it is now: what has an end is over after it."""
    control = given.value
    if control is not None and control.until is not None and control.until <= now:
        return control.until, None
    return given.at, control


def _describe(control: Pause | Protection, effect: str) -> str:
    until = f" until {control.until:%Y-%m-%d %H:%M} UTC" if control.until else ""
    return f"{effect}{until}: {control.reason} ({control.author})"


def _ends(facts: Facts, now: datetime) -> Iterator[datetime]:
    """When a control ends by itself, of which people are told."""
    controls, account = facts.state.controls, facts.state.account_controls
    for given in (controls and controls.longest_protection, account and account.longest_pause):
        end = given.value.until if given and given.value else None
        if end is not None and end > now:
            yield end
    if account is not None:
        yield from map(account.end_of, account.silences_at(now))
