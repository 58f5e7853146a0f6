"""A repair that is interrupted at any outside call ends as one that was not."""

import pytest

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.inputs import ActionFinished
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, Mode, SettingsChange
from streamwarden.services.enforce import Enforcer
from tests.unit.domain.builders import CHANNEL, at, channel_listed, facts_from
from tests.unit.services.fakes import Calls, Crash, FakeIvs, Time, holding

WANTED = {"insecureIngest": False}
ACTION = Action(
    id="an/action",
    attempt=1,
    kind="repair",
    rule_id="a-rule",
    resource_arn=CHANNEL,
    stream_id=None,
    reason="because",
    decided_at=at(),
    settings=SettingsChange(set=WANTED),
)


def enforcer(ivs: FakeIvs, inbox: MemoryInbox, calls: Calls) -> Enforcer:
    port = calls.watch(ivs)
    return Enforcer(
        requests=calls.watch(holding(ACTION)),
        streams=port,
        keys=port,
        channels=port,
        operations=port,
        outcomes=calls.watch(inbox),
        max_mode=Mode.ENFORCE,
        clock=Time(at(0, minutes=1)),
    )


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 5))
def test_a_crash_at_any_call_changes_nothing(crash_at: int, is_after: bool) -> None:
    ivs, inbox, calls = FakeIvs(settings={"insecureIngest": True}), MemoryInbox(), Calls()
    with pytest.raises(Crash):
        enforcer(ivs, inbox, Calls(crash_at, is_after)).carry_out(ACTION)

    enforcer(ivs, inbox, calls).carry_out(ACTION)

    assert calls.made[:2] == ["requested", "channel"]
    assert ivs.settings == WANTED
    assert facts_from(channel_listed(at(), insecureIngest=True), *inbox.inputs).settings == WANTED


def test_no_call_is_left_out() -> None:
    ivs, calls = FakeIvs(settings={"insecureIngest": True}), Calls()

    enforcer(ivs, MemoryInbox(), calls).carry_out(ACTION)

    assert calls.made == ["requested", "channel", "make", "put"]


def test_what_is_found_in_order_is_told_too() -> None:
    """The record may be wrong: an event of another caller was lost."""
    inbox = MemoryInbox()

    outcome = enforcer(FakeIvs(settings=dict(WANTED)), inbox, Calls()).carry_out(ACTION)

    (finished,) = inbox.inputs
    assert isinstance(finished, ActionFinished)
    assert outcome.status is OutcomeStatus.NOTHING_TO_DO
    assert finished.settings == WANTED
