"""Each message has the commands that take back, prevent or let go what is done."""

from datetime import datetime
from typing import Any, Final

import pytest

from streamwarden.domain.commands import (
    AnyCommand,
    LimitMode,
    PauseActions,
    ProtectChannel,
    ResumeActions,
    SetMode,
)
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Standing
from streamwarden.domain.inputs import BreakerTripped, Input
from streamwarden.domain.levels import Mode
from streamwarden.domain.state.controls import NO_CONTROLS, PROTECTED_TAG, Sender
from streamwarden.domain.verdicts import NotificationStatus, PlannedAction
from testbed.builders import (
    CHANNEL,
    STOP,
    WHOLE_ACCOUNT,
    at,
    channel_listed,
    compiled_rule,
    policy_of,
    state_from,
    stream_start,
)

RULE: Final = "insecure-ingest"
EXEMPT: Final = f"streamwarden exempt {CHANNEL} --rule {RULE} --until … --reason …"
LIVE: Final = (channel_listed(at(), insecureIngest=True), stream_start(at()))
QUARANTINE: Final = PlannedAction(kind="quarantine")


def order[T: AnyCommand](kind: type[T], arn: str, when: datetime, **more: Any) -> T:
    author = Sender(id="AIDAEXAMPLE", claimed_arn="arn:aws:iam::210987654321:user/alice")
    return kind(resource_arn=arn, time=when, author=author, reason="a final", **more)


def opened(
    *given: Input, account: Input | None = None, action: PlannedAction = STOP, **rule: Any
) -> tuple[str, ...]:
    """The commands of the message that opens the incident."""
    policy = policy_of(compiled_rule("insecure_ingest", {}, action, **rule))
    about = state_from(account, arn=WHOLE_ACCOUNT).account_controls if account else None
    decision = decide(
        state_from(*LIVE, *given), Standing(), policy, at(minutes=1), controls=about or NO_CONTROLS
    )
    (found,) = [
        each
        for each in decision.notifications
        if each.status is NotificationStatus.OPENED and "breach" in each.title
    ]
    return found.undo


def test_a_rule_can_leave_a_channel_alone() -> None:
    assert opened() == (EXEMPT,)


def test_a_quarantine_can_be_ended() -> None:
    release = f"streamwarden release {CHANNEL} --reason …"

    assert opened(action=QUARANTINE) == (release, EXEMPT)
    assert opened(action=QUARANTINE, mode=Mode.NOTIFY) == (EXEMPT,)


@pytest.mark.parametrize(
    ("given", "account", "command"),
    [
        (
            (),
            order(PauseActions, WHOLE_ACCOUNT, at()),
            "streamwarden resume --reason …",
        ),
        (
            (),
            BreakerTripped(resource_arn=WHOLE_ACCOUNT, time=at(), rule_id=RULE),
            f"streamwarden breaker release --rule {RULE} --reason …",
        ),
        (
            (order(ProtectChannel, CHANNEL, at()),),
            None,
            f"streamwarden unprotect {CHANNEL} --reason …",
        ),
    ],
    ids=["a pause", "a breaker", "a protection"],
)
def test_what_is_held_can_be_let_go(
    given: tuple[Input, ...], account: Input | None, command: str
) -> None:
    assert opened(*given, account=account) == (command, EXEMPT)


def test_a_protection_by_tag_is_taken_off_by_its_tag() -> None:
    protected = channel_listed(at(seconds=1), insecureIngest=True, tags={PROTECTED_TAG: "true"})

    untag = f"aws ivs untag-resource --resource-arn {CHANNEL} --tag-keys {PROTECTED_TAG}"
    assert opened(protected) == (untag, EXEMPT)


@pytest.mark.parametrize(
    ("given", "commands"),
    [
        ((order(PauseActions, WHOLE_ACCOUNT, at()),), ("streamwarden resume --reason …",)),
        (
            (
                order(PauseActions, WHOLE_ACCOUNT, at()),
                order(ResumeActions, WHOLE_ACCOUNT, at(seconds=1)),
            ),
            (),
        ),
        (
            (BreakerTripped(resource_arn=WHOLE_ACCOUNT, time=at(), rule_id=RULE),),
            (
                f"streamwarden breaker release --rule {RULE} --reason …",
                f"streamwarden mode {RULE} notify --reason …",
            ),
        ),
        (
            (order(SetMode, WHOLE_ACCOUNT, at(), rule_id=RULE, mode=Mode.ENFORCE),),
            (f"streamwarden mode {RULE} policy --reason …",),
        ),
        ((order(SetMode, WHOLE_ACCOUNT, at(), rule_id=RULE, mode=None),), ()),
        (
            (order(LimitMode, WHOLE_ACCOUNT, at(), rule_id=RULE, mode=Mode.OBSERVE),),
            (f"streamwarden mode {RULE} policy --reason …",),
        ),
    ],
)
def test_what_operators_set_can_be_taken_back(
    given: tuple[Input, ...], commands: tuple[str, ...]
) -> None:
    state = state_from(*given, arn=WHOLE_ACCOUNT)

    (notification,) = decide(state, Standing(), policy_of(), at(minutes=1)).notifications

    assert notification.undo == commands
