"""Rules about key pairs, configurations and policies: what they are about, and in which words."""

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.filters import Match
from streamwarden.domain.inputs import Input, ResourceNotListed, parse_input
from streamwarden.domain.verdicts import NotificationStatus, Status
from testbed import builders
from testbed.builders import COMPOSITION, KEY_PAIR, REGION, STAGE, at, set_tags, state_from

LAPTOP = builders.key_pair_imported(at(), name="laptop", tags={"env": "prod"})
ON = {"on": ["playback_key_pair"], "tags": {"team": {}}}


def verdict_on(
    *given: Input, match: Match | None = None, when: str | None = None, unless: str | None = None
) -> tuple[Status, str]:
    rule = builders.compiled_rule("required_tags", ON, match=match, when=when, unless=unless)
    state = state_from(*given, arn=KEY_PAIR)
    (verdict,) = decide(state, Standing(), builders.policy_of(rule), at(1)).verdicts
    return verdict.status, verdict.finding.reason


@pytest.mark.parametrize(
    "match",
    [
        Match(),
        Match(name=("lap*",)),
        Match(tags={"env": ("prod",)}),
        Match(arn=("*:playback-key/*",), region=(REGION,), account=("2*",)),
    ],
)
def test_what_matches_is_judged(match: Match) -> None:
    assert verdict_on(LAPTOP, match=match) == (Status.BREACH, "tag 'team' is missing")


@pytest.mark.parametrize(
    ("match", "why"),
    [
        (Match(name=("desk*",)), "the playback key pair's name is 'laptop', not 'desk*'"),
        (Match(tags={"vip": ("*",)}), "the playback key pair has no tag 'vip'"),
        (Match(tags={"env": ("test",)}), "tag 'env' is 'prod', not 'test'"),
        (
            Match(region=("us-*",)),
            "the playback key pair's region is 'eu-west-1', not 'us-*'",
        ),
        (
            Match(type=("STANDARD",)),
            "`match.type` is the type of a channel; the playback key pair has none",
        ),
    ],
)
def test_what_does_not_match_is_said_in_its_own_words(match: Match, why: str) -> None:
    assert verdict_on(LAPTOP, match=match) == (Status.NOT_APPLICABLE, why)


def test_expressions_see_the_resource() -> None:
    assert verdict_on(LAPTOP, when="resource.name == 'laptop' && !channel")[0] is Status.BREACH
    assert verdict_on(LAPTOP, unless="resource.tags.env")[0] is Status.EXEMPT


def test_what_is_gone_is_judged_no_more() -> None:
    missed = ResourceNotListed(resource_arn=KEY_PAIR, time=at(0, 30))

    assert verdict_on(LAPTOP, missed) == (
        Status.NOT_APPLICABLE,
        "the playback key pair no longer exists",
    )


@pytest.mark.parametrize("comes_late", [False, True])
def test_what_was_told_of_a_composition_does_not_end_with_it(comes_late: bool) -> None:
    """It ends by failing, and a sweep may find that before the event comes. Its tags are judged no
    more."""
    detail = {"event_name": "Session Failure", "stage_arn": STAGE, "error_code": "StageDeleted"}
    kind = "IVS Composition State Change"
    failed = parse_input(builders.raw_event(kind, at(), detail, resources=(COMPOSITION,)))
    policy = builders.policy_of(
        builders.compiled_rule("event_alert", {"detail_type": [kind]}),
        builders.compiled_rule("required_tags", {"on": ["composition"], "tags": {"team": {}}}),
    )
    made = builders.real_time_made(COMPOSITION, at(-1))
    missed = ResourceNotListed(resource_arn=COMPOSITION, time=at(0, 5))
    inputs = (made, missed, failed) if comes_late else (made, failed, missed)
    matchers = policy.about(ResourceType.COMPOSITION).matchers
    state = state_from(*inputs, arn=COMPOSITION, matchers=matchers)

    verdicts = {each.kind: each for each in decide(state, Standing(), policy, at(0, 6)).verdicts}

    assert verdicts["event_alert"].status is Status.BREACH
    assert verdicts["required_tags"].finding.reason == "the composition no longer exists"


def test_before_it_is_listed_nothing_is_known_of_it() -> None:
    tagged = builders.tags_set(at(), {"env": "prod"}, arn=KEY_PAIR)

    assert verdict_on(tagged) == (
        Status.NOT_APPLICABLE,
        "the playback key pair's settings are not known yet; the next sweep reads them",
    )


def test_rules_about_channels_say_nothing_of_a_key_pair() -> None:
    policy = builders.policy_of(builders.max_duration())

    assert decide(state_from(LAPTOP, arn=KEY_PAIR), Standing(), policy, at(1)).verdicts == ()


def played(*given: Input, before: Decision | None = None) -> Decision:
    rule = builders.compiled_rule("required_tags", ON, set_tags(team="unassigned"))
    state = state_from(LAPTOP, *given, arn=KEY_PAIR)
    standing = before.standing if before else Standing()
    return decide(state, standing, builders.policy_of(rule), at(1))


def test_what_is_missing_is_set_on_the_resource_itself() -> None:
    (action,) = played().actions

    assert action.resource_arn == KEY_PAIR
    assert action.tags == {"team": "unassigned"}
    assert action.id.startswith("f99cde61-c2b0-4df3-8941-ca7d38acca1a/required-tags@")


def test_people_read_its_name_and_what_became_of_it() -> None:
    opened = played()
    (action,) = opened.actions
    done = builders.action_finished(
        at(1), action.id, reason="set team", tags={"team": "unassigned"}, arn=KEY_PAIR
    )

    notified = played(done, before=opened).notifications

    (opening,) = opened.notifications
    assert opening.title == "playback key pair laptop: required-tags breach"
    assert [each.status for each in notified] == [NotificationStatus.RESOLVED]
    assert notified[0].text == "all required tags are in order. Streamwarden set team."
