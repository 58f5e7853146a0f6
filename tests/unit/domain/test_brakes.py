"""What holds an action back, and what people are told of it."""

import re
from datetime import datetime
from typing import Any

import pytest

from streamwarden.domain.commands import (
    AnyCommand,
    EndExemption,
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    ReleaseBreaker,
    ResumeActions,
    SetMode,
    UnprotectChannel,
)
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import BreakerTripped, Input
from streamwarden.domain.levels import Mode
from streamwarden.domain.state.controls import NO_CONTROLS, PROTECTED_TAG, Sender
from streamwarden.domain.verdicts import (
    Notification,
    NotificationStatus,
    Severity,
    Status,
    WhenLive,
)
from testbed.builders import (
    CHANNEL,
    NOON,
    ROTATE_KEY,
    STOP,
    WARN,
    WHOLE_ACCOUNT,
    at,
    channel_listed,
    compiled_rule,
    key_observed,
    policy_of,
    repair,
    state_from,
    stream_start,
    tags_removed,
    tags_set,
)

AUTHOR = Sender(id="AIDAEXAMPLE", claimed_arn="arn:aws:iam::210987654321:user/alice")
RULE = "insecure-ingest"
SOON = at(minutes=1)
POLICY = policy_of(compiled_rule("insecure_ingest", {}, STOP, WARN))
LIVE = [channel_listed(at(), insecureIngest=True), stream_start(at())]


def of_channel[T: AnyCommand](kind: type[T], when: datetime = NOON, **more: Any) -> T:
    return kind(resource_arn=CHANNEL, time=when, author=AUTHOR, reason="a final", **more)


def of_account[T: AnyCommand](kind: type[T], when: datetime = NOON, **more: Any) -> T:
    return kind(resource_arn=WHOLE_ACCOUNT, time=when, author=AUTHOR, reason="a test", **more)


def decided(
    *inputs: Input,
    account: tuple[Input, ...] = (),
    now: datetime = SOON,
    before: Standing | None = None,
) -> Decision:
    controls = state_from(*account, arn=WHOLE_ACCOUNT).account_controls or NO_CONTROLS
    state = state_from(*LIVE, *inputs)
    return decide(state, before or Standing(), POLICY, now, Mode.ENFORCE, controls)


def kinds(decision: Decision) -> list[str]:
    return [action.kind for action in decision.actions]


def titles(notifications: tuple[Notification, ...]) -> list[str]:
    return [each.title.partition(": ")[2] for each in notifications]


def test_without_brakes_everything_is_done() -> None:
    assert kinds(decided()) == ["stop", "warn"]


@pytest.mark.parametrize(
    ("inputs", "account", "requested", "why"),
    [
        ([tags_set(at(), {PROTECTED_TAG: "true"})], (), ["warn"], PROTECTED_TAG),
        ([of_channel(ProtectChannel)], (), ["warn"], r"protected: a final \(user/alice"),
        ([], (of_account(PauseActions),), [], r"paused: a test \(user/alice"),
        (
            [],
            (BreakerTripped(resource_arn=WHOLE_ACCOUNT, time=at(), rule_id=RULE),),
            ["warn"],
            "breaker",
        ),
    ],
)
def test_what_a_brake_holds_is_not_requested_and_says_why(
    inputs: list[Input], account: tuple[Input, ...], requested: list[str], why: str
) -> None:
    decision = decided(*inputs, account=account)
    (breach,) = decision.breaches.values()

    assert kinds(decision) == requested
    assert re.search(why, breach.held)
    (opened,) = [e for e in decision.notifications if e.status is NotificationStatus.OPENED]
    assert breach.held in opened.text


def test_a_request_is_withdrawn_when_a_brake_takes_hold_and_made_anew_when_it_lets_go() -> None:
    first = decided()
    paused = of_account(PauseActions, at(minutes=2))
    held = decided(account=(paused,), now=at(minutes=2), before=first.standing)
    resumed = of_account(ResumeActions, at(minutes=9))
    after = decided(account=(paused, resumed), now=at(minutes=9), before=held.standing)

    assert (kinds(first), kinds(held), kinds(after)) == (["stop", "warn"], [], ["stop", "warn"])
    assert first.standing.requested(CHANNEL)
    assert not held.standing.requested(CHANNEL)
    assert titles(held.notifications) == [f"{RULE} held"]
    assert {each.held for each in after.breaches.values()} == {""}


@pytest.mark.parametrize(
    ("inputs", "account"),
    [
        ([of_channel(ProtectChannel, until=at(1))], ()),
        ([], (of_account(PauseActions, until=at(1)),)),
    ],
)
def test_a_brake_with_an_end_lets_go_by_itself(
    inputs: list[Input], account: tuple[Input, ...]
) -> None:
    held = decided(*inputs, account=account)
    after = decided(*inputs, account=account, now=at(1), before=held.standing)

    assert "stop" not in kinds(held)
    assert held.recheck_at is not None
    assert held.recheck_at <= at(1)
    assert "stop" in kinds(after)


@pytest.mark.parametrize("first_end", [None, at(2)])
def test_no_operator_ends_a_pause_or_a_protection_by_one_that_ends_sooner(
    first_end: datetime | None,
) -> None:
    """Which takes an administrator. In any order, since commands overtake each other."""
    soon = at(minutes=5)
    pauses = [of_account(PauseActions, until=first_end), of_account(PauseActions, SOON, until=soon)]
    protections = [
        of_channel(ProtectChannel, until=first_end),
        of_channel(ProtectChannel, SOON, until=soon),
    ]

    for account in (pauses, pauses[::-1]):
        assert kinds(decided(account=(*account,), now=at(1))) == []
    for inputs in (protections, protections[::-1]):
        assert kinds(decided(*inputs, now=at(1))) == ["warn"]


def test_what_an_administrator_has_ended_lengthens_no_later_pause_or_protection() -> None:
    soon = at(minutes=5)
    account: list[Input] = [
        of_account(PauseActions),
        of_account(ResumeActions, at(minutes=1)),
        of_account(PauseActions, at(minutes=2), until=soon),
    ]
    inputs: list[Input] = [
        of_channel(ProtectChannel),
        of_channel(UnprotectChannel, at(minutes=1)),
        of_channel(ProtectChannel, at(minutes=2), until=soon),
    ]

    for order in (1, -1):
        held = decided(*inputs[::order], account=(*account[::order],), now=at(minutes=3))
        after = decided(*inputs[::order], account=(*account[::order],), now=soon)
        assert (kinds(held), kinds(after)) == ([], ["stop", "warn"])


def test_a_pause_that_ends_sooner_is_told_neither_as_one_nor_as_its_end() -> None:
    first = account_decided(of_account(PauseActions, until=at(2)))
    both = [of_account(PauseActions, until=at(2)), of_account(PauseActions, SOON, until=at(1))]
    shorter = account_decided(*both, before=first.standing)
    meanwhile = account_decided(*both, before=shorter.standing, now=at(1))
    over = account_decided(*both, before=meanwhile.standing, now=at(2))

    assert (shorter.notifications, meanwhile.notifications) == ((), ())
    assert titles(over.notifications) == ["actions are no longer paused"]


def test_a_rule_does_not_apply_to_an_exempted_channel_until_the_end() -> None:
    given = of_channel(ExemptChannel, rule_id=RULE, until=at(10))

    during = decided(given)
    soon = decided(given, now=at(5), before=during.standing)
    after = decided(given, now=at(10), before=soon.standing)
    ended = decided(given, of_channel(EndExemption, at(1), rule_id=RULE), now=at(1))

    assert during.verdicts[0].status is Status.EXEMPT
    assert "a final (user/alice" in during.verdicts[0].finding.reason
    assert (kinds(during), during.notifications, during.recheck_at) == ([], (), at(5))
    assert [each.status for each in soon.notifications] == [NotificationStatus.WARNING]
    assert "ends at 2026-03-14 22:00 UTC" in soon.notifications[0].text
    assert (kinds(soon), kinds(after), kinds(ended)) == ([], ["stop", "warn"], ["stop", "warn"])


def modes(*account: Input) -> Mode:
    return decided(account=account).verdicts[0].mode


def test_an_operator_lowers_the_mode_of_a_rule_and_an_administrator_sets_it() -> None:
    lowered = of_account(LimitMode, at(1), rule_id=RULE, mode=Mode.OBSERVE)
    raised = of_account(LimitMode, at(2), rule_id=RULE, mode=Mode.ENFORCE)
    reset = of_account(SetMode, at(3), rule_id=RULE)
    notify = of_account(SetMode, at(4), rule_id=RULE, mode=Mode.NOTIFY)

    assert modes(lowered) is Mode.OBSERVE
    assert modes(lowered, raised) is Mode.OBSERVE  # no limit undoes another one
    assert modes(lowered, raised, reset) is Mode.ENFORCE
    assert modes(lowered, raised, reset, notify) is Mode.NOTIFY


def account_decided(
    *inputs: Input, before: Standing | None = None, now: datetime = SOON
) -> Decision:
    state = state_from(*inputs, arn=WHOLE_ACCOUNT)
    return decide(state, before or Standing(), POLICY, now, Mode.ENFORCE)


def test_a_limit_is_told_as_what_it_is_since_a_lower_one_may_be_in_force() -> None:
    lowered = of_account(LimitMode, at(1), rule_id=RULE, mode=Mode.NOTIFY)
    reset = of_account(SetMode, at(2), rule_id=RULE)

    assert titles(account_decided(lowered, reset, now=at(3)).notifications) == [
        f"the mode of {RULE} is the mode of the policy again",
        f"the mode of {RULE} is notify at most",
    ]


def test_each_change_of_a_control_is_told_once_with_its_author() -> None:
    pause = of_account(PauseActions)
    first = account_decided(pause)
    again = account_decided(pause, pause, before=first.standing)
    resume = of_account(ResumeActions, at(minutes=2))
    over = account_decided(pause, resume, before=again.standing, now=at(minutes=2))

    assert titles(first.notifications) == ["actions are paused"]
    assert "user/alice" in first.notifications[0].text
    assert again.notifications == ()
    assert titles(over.notifications) == ["actions are no longer paused"]


def test_a_tripped_breaker_pages_once_and_resolves_with_its_release() -> None:
    tripped = BreakerTripped(resource_arn=WHOLE_ACCOUNT, time=at(), rule_id=RULE)
    first = account_decided(tripped)
    again = account_decided(tripped, before=first.standing)
    release = of_account(ReleaseBreaker, at(minutes=5), rule_id=RULE, number=3)
    over = account_decided(tripped, release, before=again.standing, now=at(minutes=5))

    (page,) = first.notifications
    assert (page.severity, page.status) == (Severity.CRITICAL, NotificationStatus.OPENED)
    assert (page.rule_id, again.notifications) == (RULE, ())
    (resolved,) = over.notifications
    assert (resolved.status, resolved.rule_id) == (NotificationStatus.RESOLVED, RULE)
    assert "3 more actions" in resolved.text


def test_a_release_that_was_on_its_way_when_the_breaker_tripped_is_told_as_one() -> None:
    tripped = BreakerTripped(resource_arn=WHOLE_ACCOUNT, time=at(seconds=8), rule_id=RULE)
    first = account_decided(tripped)
    release = of_account(ReleaseBreaker, at(), rule_id=RULE)
    over = account_decided(tripped, release, before=first.standing)

    assert titles(over.notifications) == [f"the breaker of {RULE} was released"]


def test_a_pause_is_told_that_was_prolonged_before_its_end_and_arrives_after_it() -> None:
    pause = of_account(PauseActions, until=at(minutes=10))
    over = account_decided(pause, now=at(minutes=10))
    prolonged = of_account(PauseActions, at(minutes=9), until=at(hours=2))
    after = account_decided(pause, prolonged, before=over.standing, now=at(minutes=11))
    again = account_decided(pause, prolonged, before=after.standing, now=at(minutes=12))

    assert titles(over.notifications) == ["actions are no longer paused"]
    assert (titles(after.notifications), again.notifications) == (["actions are paused"], ())


def test_a_change_of_the_protecting_tag_is_told_with_its_author() -> None:
    alice = "arn:aws:iam::210987654321:user/alice"
    protecting = tags_set(at(), {PROTECTED_TAG: "true"}, by=alice)
    first = decided(protecting)
    removing = tags_removed(at(minutes=3), PROTECTED_TAG, by=alice)
    after = decided(protecting, removing, now=at(minutes=3), before=first.standing)

    assert "protected by its tag" in titles(first.notifications)
    assert "no longer protected by its tag" in titles(after.notifications)
    (removed,) = [
        e for e in after.notifications if e.title.endswith("no longer protected by its tag")
    ]
    assert alice in removed.text
    assert "stop" in kinds(after)


def test_a_removal_that_only_a_listing_finds_is_news_of_its_own_and_of_nobody_known() -> None:
    """Its id must not be that of the call before, which people were told of already."""
    alice = "arn:aws:iam::210987654321:user/alice"
    protecting = tags_set(at(), {PROTECTED_TAG: "true"}, by=alice)
    first = decided(protecting)
    found = channel_listed(at(1), insecureIngest=True)
    after = decided(protecting, found, now=at(1), before=first.standing)

    (notified,) = [e for e in first.notifications if "protected by its tag" in e.title]
    (removed,) = [e for e in after.notifications if "protected by its tag" in e.title]
    assert removed.title.endswith("no longer protected by its tag")
    assert removed.id != notified.id
    assert "alice" not in removed.text


def test_what_a_first_listing_finds_protected_is_no_news() -> None:
    listed = channel_listed(at(), tags={PROTECTED_TAG: "true"}, insecureIngest=True)

    decision = decide(state_from(listed), Standing(), POLICY, at(minutes=1))

    assert titles(decision.notifications) == [f"{RULE} breach"]


def test_the_end_of_a_protection_by_command_is_told() -> None:
    protection = of_channel(ProtectChannel)
    first = decided(protection)
    over = of_channel(UnprotectChannel, at(minutes=5))
    after = decided(protection, over, now=at(minutes=5), before=first.standing)

    assert "protected" in titles(first.notifications)
    assert "no longer protected" in titles(after.notifications)


def test_the_stop_that_a_repair_needs_is_held_as_any_other() -> None:
    planned = repair({"insecureIngest": False}, WhenLive.STOP)
    policy = policy_of(compiled_rule("insecure_ingest", {}, planned))
    state = state_from(*LIVE, tags_set(at(), {PROTECTED_TAG: "true"}))

    free = decide(state_from(*LIVE), Standing(), policy, SOON)
    held = decide(state, Standing(), policy, SOON)

    assert [each.kind for each in free.actions] == ["stop"]
    assert held.actions == ()
    (breach,) = held.breaches.values()
    assert PROTECTED_TAG in breach.held


def test_a_rotation_that_waits_for_its_window_says_what_holds_it() -> None:
    """For days, maybe: without it a protected channel keeps an old key, and nobody knows why."""
    policy = policy_of(compiled_rule("stream_key_age", {"limit": "P30D"}, ROTATE_KEY))
    known: list[Input] = [channel_listed(at()), key_observed(at(), minted_at=at(hours=-24 * 40))]
    paused = state_from(of_account(PauseActions), arn=WHOLE_ACCOUNT).account_controls
    assert paused is not None

    free = decide(state_from(*known), Standing(), policy, SOON)
    held = decide(state_from(*known), Standing(), policy, SOON, Mode.ENFORCE, paused)
    protected = decide(state_from(*known, of_channel(ProtectChannel)), Standing(), policy, SOON)

    reasons = [each.held for d in (free, held, protected) for each in d.breaches.values()]
    assert [reason.partition(":")[0] for reason in reasons] == [
        "",
        "actions are paused",
        "the channel is protected",
    ]


def test_each_brake_that_holds_the_action_of_an_incident_is_told_once() -> None:
    """An observer that remembers a pause names it first, although the channel is protected."""
    paused, resumed = of_account(PauseActions), of_account(ResumeActions, at(minutes=3))
    protected = of_channel(ProtectChannel)

    first = decided(protected, account=(paused,), now=at(minutes=2))
    second = decided(protected, account=(paused, resumed), now=at(minutes=3), before=first.standing)
    again = of_account(PauseActions, at(minutes=4))
    third = decided(protected, account=(again,), now=at(minutes=4), before=second.standing)

    texts = [each.text for each in second.notifications if each.rule_id == RULE]
    assert ["protected: a final" in each for each in texts] == [True]
    assert [each for each in third.notifications if each.rule_id == RULE] == []
