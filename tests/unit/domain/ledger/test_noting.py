"""What of a decision stands in the ledger: what changed, why, by which inputs, and who asked."""

from collections.abc import Sequence
from copy import replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.inputs import Input, Recheck, parse_input
from streamwarden.domain.ledger.chain import chained
from streamwarden.domain.ledger.entry import MOST_BYTES, Cause, Entry, What
from streamwarden.domain.ledger.noting import Report, entries_of
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode, PlannedAction
from testbed import builders as build
from testbed.builders import CHANNEL, STREAM, at

ANN: Final = "arn:aws:iam::210987654321:user/ann"
POLICY: Final = build.policy_of(build.max_duration())


def entries(
    decision: Decision,
    *inputs: Input,
    before: Standing | None = None,
    reports: Sequence[Report] = (),
) -> tuple[Entry, ...]:
    return entries_of(
        CHANNEL, before or Standing(), decision, inputs, reports, "enforce:abc", at(5)
    )


def marathon(policy: Policy = POLICY, hours: float = 5) -> Decision:
    return build.decide_on(policy, at(hours), build.stream_start(at()))


def test_an_entry_says_what_was_decided_and_why() -> None:
    (entry,) = entries(marathon(), Recheck(resource_arn=CHANNEL, time=at(5)))

    opened, requested = entry.noted
    assert (opened.what, requested.what) == (What.OPENED, What.REQUESTED)
    assert opened.rule_id == requested.rule_id == "max-duration"
    assert opened.mode is requested.mode is Mode.ENFORCE
    assert opened.stream_id == requested.stream_id == STREAM
    assert opened.subject == STREAM
    assert "on the air for 5h" in opened.reason
    assert (requested.action, requested.attempt) == ("stop", 1)
    assert requested.action_id == marathon().actions[0].id
    assert (entry.resource_arn, entry.at, entry.decided_under) == (CHANNEL, at(5), "enforce:abc")


def test_what_is_over_is_told_with_the_reason_of_the_rule_now() -> None:
    before = marathon().standing
    ended = build.decide_on(
        POLICY, at(6), build.stream_start(at()), build.stream_end(at(6)), before=before
    )

    (entry,) = entries(ended, build.stream_end(at(6)), before=before)

    (resolved,) = entry.noted
    assert resolved.what is What.RESOLVED
    assert "not on the air" in resolved.reason


def test_a_rule_that_is_gone_is_named_as_the_reason() -> None:
    before = marathon().standing
    decision = build.decide_on(build.policy_of(), at(6), build.stream_start(at()), before=before)

    (entry,) = entries(decision, before=before)

    assert entry.noted[0].reason == "the policy does not have the rule any more"


def test_a_rule_that_goes_further_is_noted() -> None:
    before = marathon(build.policy_of(build.max_duration(Mode.NOTIFY))).standing
    decision = build.decide_on(POLICY, at(6), build.stream_start(at()), before=before)

    (entry,) = entries(decision, before=before)

    assert [each.what for each in entry.noted] == [What.MODE_CHANGED, What.REQUESTED]
    assert entry.noted[0].mode is Mode.ENFORCE


@pytest.mark.parametrize("is_over", [False, True])
def test_an_answer_of_ivs_is_noted_with_its_request(is_over: bool) -> None:
    """Also where the breach was over before it arrived: the incident still knows of the request."""
    opened = marathon()
    (action,) = opened.actions
    before = opened
    if is_over:
        before = build.decide_on(
            POLICY, at(6), build.stream_start(at()), build.stream_end(at(6)), before=opened
        )
    answer = build.action_finished(
        at(6), action.id, OutcomeStatus.FAILED, reason="ivs:StopStream: AccessDeniedException"
    )

    (entry,) = entries(before, answer, before=before.standing, reports=[answer])

    finished = entry.noted[0]
    assert (finished.what, finished.answer) == (What.FINISHED, OutcomeStatus.FAILED)
    assert finished.reason == "ivs:StopStream: AccessDeniedException"
    assert (finished.rule_id, finished.action) == ("max-duration", "stop")
    assert finished.action_id == action.id


def test_an_answer_that_comes_when_nothing_waits_for_it_names_its_rule() -> None:
    """An incident waits for an hour while another breach is open; an early warning never does."""
    (action,) = marathon().actions
    late = build.action_finished(at(9), action.id, reason="stopped it")

    (entry,) = entries(build.decide_on(POLICY, at(9)), late, reports=[late])

    (finished,) = entry.noted
    assert (finished.rule_id, finished.subject, finished.mode) == ("max-duration", STREAM, None)


def test_an_answer_to_a_request_that_nobody_knows_is_noted_as_it_is() -> None:
    answer = build.action_finished(at(6), "strange", OutcomeStatus.DONE)

    (entry,) = entries(build.decide_on(POLICY, at(6)), answer, reports=[answer])

    assert (entry.noted[0].action_id, entry.noted[0].rule_id) == ("strange", "")


@pytest.mark.parametrize(
    ("requested", "kind", "rule_id"),
    [
        ("KgopvkVuUi7g/limit/st-1@20260314T160000.000000Z/stop", "stop", "limit"),
        ("KgopvkVuUi7g/limit@20260314T160000.000000Z/warn/2", "warn", "limit"),
        ("KgopvkVuUi7g/stop@20260314T160000.000000Z/st-1BkVbLmXaQpT", "stop", ""),
        ("KgopvkVuUi7g/quarantine@20260314T160000.000000Z/key", "quarantine", ""),
        ("KgopvkVuUi7g/rotate_key@20260314T160000.000000Z/release", "rotate_key", ""),
    ],
)
def test_an_answer_says_what_kind_of_action_it_answers(
    requested: str, kind: str, rule_id: str
) -> None:
    """Also one that operators have ordered, or that a quarantine asks for."""
    answer = build.action_finished(at(6), requested)

    (entry,) = entries(build.decide_on(POLICY, at(6)), answer, reports=[answer])

    assert (entry.noted[0].action, entry.noted[0].rule_id) == (kind, rule_id)


@pytest.mark.parametrize(("is_finished", "what"), [(False, What.REQUESTED), (True, What.FINISHED)])
def test_a_rotation_is_noted(is_finished: bool, what: What) -> None:
    given_ = build.rotation_observed(at(6), is_finished=is_finished)

    (entry,) = entries(build.decide_on(POLICY, at(6)), given_, reports=[given_])

    assert (entry.noted[0].what, entry.noted[0].action) == (what, "rotate_key")


def test_a_key_that_was_found_where_one_was_missing_is_noted_as_nothing_to_do() -> None:
    given_ = replace(build.rotation_observed(at(6), is_finished=True), is_needless=True)

    (entry,) = entries(build.decide_on(POLICY, at(6)), given_, reports=[given_])

    assert entry.noted[0].answer is OutcomeStatus.NOTHING_TO_DO
    assert entry.noted[0].reason == "the channel has its stream key"


@pytest.mark.parametrize(
    ("given_", "cause"),
    [
        (
            build.stream_start(at(1)),
            Cause(name="Stream Start", at=at(1), id="f32a5c35-fda3-4fec-9f7f-9fdc67ded052"),
        ),
        (
            Recheck(resource_arn=CHANNEL, time=at(1)),
            Cause(name="Streamwarden Recheck", at=at(1)),
        ),
        (
            build.action_finished(at(1), "an/action"),
            Cause(name="Streamwarden Action Finished", at=at(1), id="an/action"),
        ),
    ],
)
def test_a_cause_is_the_input_with_its_id_and_time(given_: Input, cause: Cause) -> None:
    assert entries(marathon(), given_)[0].causes == (cause,)


def test_the_caller_of_an_api_call_is_its_author() -> None:
    (entry,) = entries(marathon(), build.tags_set(at(1), {"team": "news"}, by=ANN))

    (cause,) = entry.causes
    assert (cause.name, cause.author, cause.at) == ("TagResource", ANN, at(1))


def test_of_many_inputs_the_last_ones_are_named() -> None:
    given_ = [build.stream_start(at(hour), f"st-{hour}") for hour in (3, 1, 4, 2)]

    (entry,) = entries(marathon(), *given_)

    assert [each.at for each in entry.causes] == [at(2), at(3), at(4)]
    assert entry.inputs == 4


def many_breaches(number: int) -> Decision:
    """One breach for each of so many rules, with long reasons."""
    rules = [
        build.compiled_rule(
            "required_tags",
            {"tags": {f"{'k' * 120}{index}": {}}},
            PlannedAction(kind="tag", tags={f"{'k' * 120}{index}": "x"}),
            id=f"{'r' * 60}-{index}",
        )
        for index in range(number)
    ]
    return build.decide_on(build.policy_of(*rules), at(1), build.channel_created(at()))


def test_what_does_not_fit_into_one_entry_stands_in_the_next() -> None:
    found = entries(many_breaches(40), build.channel_created(at()))

    assert len(found) > 1
    noted = [each for entry in found for each in entry.noted]
    assert [each.what for each in noted] == [What.OPENED] * 40 + [What.REQUESTED] * 40
    assert all(entry.left_out == 0 for entry in found)
    assert all(largest(entry) <= MOST_BYTES for entry in found)


def test_one_transaction_holds_all_entries_of_a_decision() -> None:
    decision = many_breaches(1)
    crowded = replace(decision, opened=decision.opened * 900)

    found = entries(crowded)

    assert len(found) == 40
    noted = sum(len(entry.noted) for entry in found)
    assert found[-1].left_out == 901 - noted > 0


def largest(entry: Entry) -> int:
    """Its bytes, in its place in a chain that is as long as can be."""
    place = chained([entry], None, timedelta(days=400))[0].link
    last = replace(place, sequence=10**12 - 2, expires_at=10**10)
    (stored,) = chained([entry], last, timedelta(days=400))
    return len(stored.text.encode())


@given(character=st.characters(), length=st.sampled_from((1, 99, 5_000)))
def test_nobody_outside_makes_an_entry_large(character: str, length: int) -> None:
    """Whatever texts events and answers hold."""
    text = character * length
    raw = build.raw_event("IVS Stream News", at(), {"event_name": text}, event_id=text)
    causes = [
        *(parse_input(raw) for _ in range(3) if length < 5_000),
        *(build.tags_set(at(hour), {}, by=f"{ANN}{text[:900]}") for hour in range(3)),
    ]
    answer = build.action_finished(at(6), text, reason=text)

    handled = build.notification_handled(
        destination=text, reason=text, incident=text, status=text, message_id=text, rule_id=text
    )

    found = entries(marathon(), *causes, answer, handled, reports=[answer, handled])

    assert all(largest(entry) <= MOST_BYTES for entry in found)
