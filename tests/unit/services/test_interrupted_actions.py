"""What changes tags and settings ends the same, if it is interrupted at any outside call or not."""

import pytest

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.inputs import ActionFinished
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, Mode, SettingsChange
from testbed.builders import CHANNEL, at, channel_listed, facts_from
from tests.unit.services.fakes import Calls, Crash, FakeIvs, Time, enforcer_on, holding

WRONG = {"insecureIngest": True}
RIGHT = {"insecureIngest": False}
TAGS = {"email": "a", "team": "news"}
# What each action is to change, and the calls that it takes.
ACTIONS = {
    "repair": ["load", "load", "channel", "make", "put"],
    "tag": ["load", "load", "make", "put"],
    "set_owner": ["load", "load", "make", "put"],
    "restore_tags": ["load", "load", "make", "put"],
    "remove_tags": ["load", "load", "make", "put"],
}
CRASHES = [(kind, number) for kind, calls in ACTIONS.items() for number in range(1, len(calls) + 1)]


def action(kind: str) -> Action:
    return Action(
        id="an/action",
        attempt=1,
        kind=kind,
        rule_id="a-rule",
        resource_arn=CHANNEL,
        stream_id=None,
        reason="because",
        decided_at=at(),
        tags={} if kind in ("repair", "remove_tags") else {"team": "sport"},
        tag_keys=("email",) if kind == "remove_tags" else (),
        settings=SettingsChange(set=RIGHT) if kind == "repair" else None,
    )


def ivs() -> FakeIvs:
    return FakeIvs(settings=dict(WRONG), tagged=dict(TAGS))


def carry_out(kind: str, control: FakeIvs, inbox: MemoryInbox, calls: Calls) -> OutcomeStatus:
    given = action(kind)
    enforcer = enforcer_on(
        calls.watch(control),
        calls.watch(holding(given)),
        calls.watch(inbox),
        Time(at(0, minutes=1)),
        max_mode=Mode.ENFORCE,
    )
    return enforcer.carry_out(given).status


def end_of(control: FakeIvs, inbox: MemoryInbox) -> list[object]:
    """What IVS holds, and what is known of it."""
    facts = facts_from(channel_listed(at(), tags=TAGS, **WRONG), *inbox.inputs)
    assert facts.tags == control.tagged
    assert facts.settings == control.settings
    return [control.tagged, control.settings]


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize(("kind", "crash_at"), CRASHES)
def test_a_crash_at_any_call_changes_nothing(kind: str, crash_at: int, is_after: bool) -> None:
    smooth, notified = ivs(), MemoryInbox()
    carry_out(kind, smooth, notified, Calls())

    rough, inbox = ivs(), MemoryInbox()
    with pytest.raises(Crash):
        carry_out(kind, rough, inbox, Calls(crash_at, is_after))
    carry_out(kind, rough, inbox, Calls())

    assert end_of(rough, inbox) == end_of(smooth, notified) != [TAGS, WRONG]


@pytest.mark.parametrize("kind", ACTIONS)
def test_no_call_is_left_out(kind: str) -> None:
    calls = Calls()

    assert carry_out(kind, ivs(), MemoryInbox(), calls) is OutcomeStatus.DONE

    assert calls.made == ACTIONS[kind]


def test_settings_that_are_found_in_order_are_told_too() -> None:
    """The record may be wrong: an event of another caller was lost."""
    inbox = MemoryInbox()

    status = carry_out("repair", FakeIvs(settings=dict(RIGHT)), inbox, Calls())

    (finished,) = inbox.inputs
    assert isinstance(finished, ActionFinished)
    assert status is OutcomeStatus.NOTHING_TO_DO
    assert finished.settings == RIGHT
