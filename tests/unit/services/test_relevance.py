"""Which events of what is no channel are worth a record: those that can change a finding."""

import pytest

from streamwarden.domain.inputs import Input, parse_input
from testbed import builders
from testbed.builders import CHANNEL, COMPOSITION, STAGE, WHOLE_ACCOUNT, at
from tests.unit.services.fakes import Calls, Harness

ERRORS = builders.compiled_rule(
    "event_alert",
    {"detail_type": ["IVS Stage *"], "where": "detail.error_code == 'BITRATE_EXCEEDED'"},
)
LIMITS = builders.compiled_rule("account_limit")
MATCHING = builders.publish_error(at())
NOT_MATCHING = builders.publish_error(at(), code="QUOTA_EXCEEDED")


def unknown(*resources: str) -> Input:
    raw = builders.raw_event("IVS News", at(), {"event_name": "Big"}, resources=resources)
    return parse_input(raw)


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        (MATCHING, STAGE),
        (NOT_MATCHING, None),
        (unknown(STAGE), None),
        (unknown(COMPOSITION), None),
        (unknown(CHANNEL), CHANNEL),
        (builders.account_limit(at()), WHOLE_ACCOUNT),
        (unknown(), WHOLE_ACCOUNT),
        (builders.listed(WHOLE_ACCOUNT, at(), channels=4), WHOLE_ACCOUNT),
    ],
)
def test_only_what_matters_to_a_rule_has_a_subject(given: Input, subject: str | None) -> None:
    observer = Harness(builders.policy_of(ERRORS, LIMITS)).observer()

    assert observer.subject_of(given) == subject


def test_without_a_rule_that_listens_a_stage_says_nothing() -> None:
    observer = Harness(builders.policy_of(LIMITS, builders.max_duration())).observer()

    assert observer.subject_of(MATCHING) is None


def test_a_rule_about_tags_makes_nobody_read_what_is_done_on_a_stage() -> None:
    """A busy one has several events a second, and none of them changes its tags."""
    owned = builders.compiled_rule(
        "required_tags", {"tags": {"team": {}}, "on": ["stage", "composition"]}
    )
    observer = Harness(builders.policy_of(ERRORS, owned)).observer()

    assert observer.subject_of(NOT_MATCHING) is None
    assert observer.subject_of(MATCHING) == STAGE
    tagged = builders.tags_set(at(), {"team": "news"}, arn=STAGE)
    assert observer.subject_of(tagged) == STAGE
    assert observer.subject_of(builders.listed(COMPOSITION, at())) == COMPOSITION


def test_what_matches_is_remembered_with_the_record() -> None:
    harness = Harness(builders.policy_of(ERRORS))

    decision = harness.observer().observe(STAGE, [MATCHING, NOT_MATCHING])

    (matched,) = harness.store.load(STAGE).state.matched_events.values()
    assert [each.cause for each in matched] == ["BITRATE_EXCEEDED"]
    assert [each.rule_id for each in decision.opened] == ["event-alert"]
    assert harness.timers.next_at() == at(1)


def test_what_no_rule_listens_for_any_more_is_forgotten() -> None:
    harness = Harness(builders.policy_of(ERRORS))
    harness.observer().observe(STAGE, [MATCHING])
    (before,) = harness.store.load(STAGE).state.matched_events
    others = builders.compiled_rule("event_alert", {"detail_type": ["IVS *"]})
    harness.policy = builders.policy_of(others)

    harness.observer().observe(STAGE, [NOT_MATCHING])

    (after,) = harness.store.load(STAGE).state.matched_events
    assert after != before


def test_the_same_event_again_is_not_saved() -> None:
    harness, calls = Harness(builders.policy_of(ERRORS)), Calls()
    harness.observer().observe(STAGE, [MATCHING])

    harness.observer(calls).observe(STAGE, [MATCHING])

    assert calls.made == ["load"]
