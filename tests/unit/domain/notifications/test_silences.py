"""A silence keeps incidents from being told for a time, and is told itself, with its author."""

from datetime import datetime
from typing import Any

import pytest

from streamwarden.domain.commands import AnyCommand, EndSilence, PauseActions, SilenceIncidents
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.ledger.noting import entries_of
from streamwarden.domain.notifications.silences import silence_of
from streamwarden.domain.state.controls import AccountControls, Sender
from streamwarden.domain.verdicts import NotificationStatus, Severity
from testbed.builders import NOON, WHOLE_ACCOUNT, at, policy_of, state_from
from testbed.notified_world import news

AUTHOR = Sender(id="AIDAEXAMPLE", claimed_arn="arn:aws:iam::210987654321:user/alice")
SOON, END = at(minutes=1), at(4)


def silence(when: datetime = NOON, **more: Any) -> SilenceIncidents:
    given: dict[str, Any] = {"until": END, **more}
    return SilenceIncidents(
        resource_arn=WHOLE_ACCOUNT, time=when, author=AUTHOR, reason="a final", **given
    )


def ended(given: SilenceIncidents, when: datetime = SOON) -> EndSilence:
    return EndSilence(
        resource_arn=WHOLE_ACCOUNT,
        time=when,
        author=Sender(id="AIDABOB"),
        reason="the final is over",
        silence_id=given.silence_id,
    )


def controls_of(*commands: AnyCommand) -> AccountControls:
    controls = state_from(*commands, arn=WHOLE_ACCOUNT).account_controls
    assert controls is not None
    return controls


def decided(*commands: AnyCommand, now: datetime, before: Standing | None = None) -> Decision:
    state = state_from(*commands, arn=WHOLE_ACCOUNT)
    return decide(state, before or Standing(), policy_of(), now)


@pytest.mark.parametrize(
    ("given", "is_silenced"),
    [
        ({"rule": "no-marathons"}, True),
        ({"rule": "no-*"}, True),
        ({"rule": "short-shows"}, False),
        ({"channel": "channel 1"}, True),
        ({"channel": "channel ?"}, True),
        ({"channel": "arn:aws:ivs:eu-west-1:111122223333:channel/c1"}, True),
        ({"channel": "channel 2"}, False),
        ({"owner": "sports"}, True),
        ({"owner": "news"}, False),
        ({"rule": "no-*", "owner": "news"}, False),
        ({"rule": "*", "severity": Severity.LOW}, False),
        ({"rule": "*", "severity": Severity.MEDIUM}, True),
    ],
)
def test_it_matches_by_all_that_is_given(given: dict[str, Any], is_silenced: bool) -> None:
    notified = news(1, severity=Severity.MEDIUM, owner="sports")

    found = silence_of(controls_of(silence(**given)), notified, SOON)

    assert (found is not None) is is_silenced


@pytest.mark.parametrize(
    ("highest", "is_silenced"), [(Severity.HIGH, False), (Severity.CRITICAL, True)]
)
def test_what_is_critical_is_told_unless_that_is_said(highest: Severity, is_silenced: bool) -> None:
    controls = controls_of(silence(rule="*", severity=highest))

    found = silence_of(controls, news(1, severity=Severity.CRITICAL), SOON)

    assert (found is not None) is is_silenced


def test_it_lasts_until_it_ends_by_itself_or_by_a_command_in_any_order() -> None:
    given = silence(rule="*")
    alone, both, reverse = (
        controls_of(given),
        controls_of(given, ended(given, at(1))),
        controls_of(ended(given, at(1)), given),
    )

    assert both == reverse
    assert [silence_of(alone, news(1), each) is not None for each in (SOON, at(1), END)] == [
        True,
        True,
        False,
    ]
    assert [silence_of(both, news(1), each) is not None for each in (SOON, at(1))] == [True, False]


def test_of_several_the_one_that_ends_last_counts() -> None:
    short, long = silence(rule="*"), silence(rule="no-*", until=at(9))

    found = silence_of(controls_of(short, long), news(1), SOON)

    assert found is not None
    assert found.id == long.silence_id


def test_what_operators_have_set_is_always_told() -> None:
    pause = PauseActions(resource_arn=WHOLE_ACCOUNT, time=NOON, author=AUTHOR, reason="x")
    commands = (silence(rule="*", severity=Severity.CRITICAL), pause)

    notifications = decided(*commands, now=SOON).notifications

    assert len(notifications) == 2
    assert [silence_of(controls_of(*commands), each, SOON) for each in notifications] == [None] * 2


def test_people_are_told_once_that_it_is_set_and_that_it_has_ended_by_itself() -> None:
    given = silence(rule="no-*")

    first = decided(given, now=SOON)
    again = decided(given, now=at(1), before=first.standing)
    over = decided(given, now=END, before=again.standing)

    (notified,), (end,) = first.notifications, over.notifications
    assert (notified.status, notified.severity) == (NotificationStatus.CHANGED, Severity.MEDIUM)
    assert notified.text == (
        "Nothing is told of incidents of rule no-*, up to severity high, until 2026-03-14 16:00 "
        "UTC: a final (user/alice (AIDAEXAMPLE))."
    )
    assert notified.undo == (f"streamwarden silence --end {given.silence_id} --reason …",)
    assert first.recheck_at == END
    assert again.notifications == ()
    assert "has ended by itself" in end.text
    assert (notified.incident, over.recheck_at) == (end.incident, None)


def test_people_are_told_who_has_ended_it() -> None:
    given = silence(rule="no-*")
    before = decided(given, now=SOON).standing

    over = decided(given, ended(given, at(1)), now=at(1, minutes=1), before=before)

    (notified,) = over.notifications
    assert notified.title.endswith(f"silence {given.silence_id} has ended")
    assert "the final is over (AIDABOB)" in notified.text


def test_one_that_silences_what_is_critical_is_told_as_high() -> None:
    (notified,) = decided(silence(owner="x", severity=Severity.CRITICAL), now=SOON).notifications

    assert notified.severity is Severity.HIGH
    assert "of owner x, also critical ones" in notified.text


def test_the_ledger_says_what_was_silenced_until_when_and_by_whom() -> None:
    given = silence(channel="studio")
    commands = (given, ended(given))

    (entry,) = entries_of(
        WHOLE_ACCOUNT, Standing(), decided(*commands, now=SOON), commands, commands, "x", SOON
    )

    assert [each.reason for each in entry.noted] == [
        f"silence {given.silence_id} of incidents on channel studio, up to severity high, "
        "until 2026-03-14 16:00 UTC: a final",
        f"silence {given.silence_id} ends: the final is over",
    ]
    assert [each.author for each in entry.causes] == ["AIDAEXAMPLE", "AIDABOB"]
