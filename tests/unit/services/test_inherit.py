"""Tags are carried over to the key that there is now, and the record learns what became of it."""

import pytest

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.actions.base.calls import ListedKey
from streamwarden.domain.inputs import ActionFinished, KeyObserved
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import Action, Mode
from streamwarden.services.errors import PermanentError
from testbed.builders import (
    CHANNEL,
    KEY,
    NEW_KEY,
    at,
    channel_created,
    facts_from,
)
from tests.unit.services.fakes import Calls, FakeIvs, Time, enforcer_on, holding

WANTED = {"team": "news", "env": "prod"}


def carry_out(
    ivs: FakeIvs, inbox: MemoryInbox, max_mode: Mode = Mode.ENFORCE, calls: Calls | None = None
) -> Outcome:
    action = Action(
        id="an/action",
        attempt=1,
        kind="inherit_tags",
        rule_id="a-rule",
        resource_arn=CHANNEL,
        stream_id=None,
        reason="because",
        decided_at=at(),
        tags=WANTED,
    )
    port = (calls or Calls()).watch(ivs)
    enforcer = enforcer_on(port, holding(action), inbox, Time(at(seconds=10.5)), max_mode=max_mode)
    return enforcer.carry_out(action)


def observed(inbox: MemoryInbox) -> Facts:
    return facts_from(channel_created(at(-1), tags=WANTED), *inbox.inputs)


def test_what_is_missing_or_different_is_set_on_the_key() -> None:
    ivs, inbox = FakeIvs(key=ListedKey(KEY, {"env": "test", "own": "tag"})), MemoryInbox()

    outcome = carry_out(ivs, inbox)

    assert outcome == Outcome(OutcomeStatus.DONE, "set env, team on the stream key")
    assert ivs.tagged == WANTED
    assert ivs.tagged_arns == [KEY]
    assert observed(inbox).stream_key_tags == {**WANTED, "own": "tag"}
    assert observed(inbox).tags == WANTED


def test_only_what_the_key_lacks_is_set() -> None:
    ivs, inbox = FakeIvs(key=ListedKey(KEY, {"env": "prod"})), MemoryInbox()

    outcome = carry_out(ivs, inbox)

    assert outcome.reason == "set team on the stream key"
    assert ivs.tagged == {"team": "news"}


def test_a_key_that_carries_them_already_is_left_alone() -> None:
    ivs, inbox = FakeIvs(key=ListedKey(KEY, WANTED)), MemoryInbox()

    outcome = carry_out(ivs, inbox)

    assert outcome.status is OutcomeStatus.NOTHING_TO_DO
    assert ivs.tagged_arns == []
    assert observed(inbox).stream_key_tags == WANTED


def test_without_a_key_there_is_nothing_to_do() -> None:
    inbox = MemoryInbox()

    outcome = carry_out(FakeIvs(), inbox)

    assert outcome == Outcome(OutcomeStatus.NOTHING_TO_DO, "the channel has no stream key")
    assert observed(inbox).has_no_key


def test_a_key_that_replaced_the_one_decided_on_is_tagged() -> None:
    ivs, inbox = FakeIvs(key=ListedKey(NEW_KEY, {})), MemoryInbox()

    carry_out(ivs, inbox)

    assert ivs.tagged_arns == [NEW_KEY]
    key = observed(inbox).stream_key
    assert key is not None
    assert key.arn == NEW_KEY
    assert observed(inbox).stream_key_tags == WANTED


def test_what_is_told_names_the_key_and_its_outcome() -> None:
    inbox = MemoryInbox()

    outcome = carry_out(FakeIvs(key=ListedKey(KEY, {})), inbox)

    observed, finished = inbox.inputs
    assert isinstance(observed, KeyObserved)
    assert isinstance(finished, ActionFinished)
    assert (observed.key_arn, observed.tags, observed.time) == (KEY, {}, at(seconds=10))
    assert (finished.key_arn, finished.tags, finished.time) == (KEY, WANTED, at(seconds=10.5))
    assert finished.outcome == outcome


def test_what_is_refused_is_told_as_failed_and_teaches_nothing_of_the_key() -> None:
    class Forbidden(FakeIvs):
        def tag(self, channel_arn: str, tags: object) -> None:
            raise PermanentError("ivs:TagResource: AccessDeniedException")

    inbox = MemoryInbox()

    outcome = carry_out(Forbidden(key=ListedKey(KEY, {})), inbox)

    (finished,) = inbox.inputs
    assert outcome == Outcome(OutcomeStatus.FAILED, "ivs:TagResource: AccessDeniedException")
    assert isinstance(finished, ActionFinished)
    assert (finished.key_arn, finished.tags) == (None, {})


@pytest.mark.parametrize("max_mode", [Mode.OBSERVE, Mode.NOTIFY])
def test_below_max_mode_nothing_is_even_looked_at(max_mode: Mode) -> None:
    calls = Calls()

    carry_out(FakeIvs(key=ListedKey(KEY, {})), MemoryInbox(), max_mode, calls)

    assert calls.made == []
