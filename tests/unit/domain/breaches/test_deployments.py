"""People are told of each deployment once, and of what differs from the one before it."""

from datetime import datetime, timedelta

import pytest
from msgspec import json
from msgspec.structs import replace

from streamwarden.domain.decide import decide
from streamwarden.domain.decision import NO_STANDING, Decision, Standing
from streamwarden.domain.inputs import DeploymentObserved, Input
from streamwarden.domain.notifications.document import message_document
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.deployment import DeployedRule, Deployment
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.state.retention import Interests, retained
from streamwarden.domain.verdicts import Mode, Notification, NotificationStatus
from testbed.builders import DEPLOYMENT, WHOLE_ACCOUNT, at, policy_of
from testbed.builders import deployment_observed as observed

SECOND = replace(
    DEPLOYMENT,
    policy="bbbbbbbbbbbb",
    rules={
        "owned": DeployedRule(Mode.ENFORCE, "04"),
        "short": DeployedRule(Mode.ENFORCE, "05"),
        "quiet": DeployedRule(Mode.OBSERVE, "06"),
    },
)
POLICY = policy_of()


class Account:
    """What an observer keeps of the account from one batch to the next."""

    def __init__(self) -> None:
        self.state, self.standing = Resource(arn=WHOLE_ACCOUNT), NO_STANDING
        self.notified: list[Notification] = []

    def observe(self, *inputs: Input, now: datetime | None = None) -> Decision:
        now = now or max(each.time for each in inputs if isinstance(each, DeploymentObserved))
        state = apply_inputs(self.state, inputs)
        decision = decide(state, self.standing, POLICY, now)
        self.state = retained(state, self.state, frozenset(), Interests(), now)
        self.standing = decision.standing
        self.notified += decision.notifications
        return decision


def notified(*deployments: Deployment) -> list[Notification]:
    """What people are told when these are observed, an hour after each other."""
    account = Account()
    for hour, each in enumerate(deployments):
        account.observe(observed(at(hour), each))
    return account.notified


def test_the_first_one_is_told_as_the_first() -> None:
    (first,) = notified(DEPLOYMENT)

    assert (first.status, first.rule_id) == (NotificationStatus.CHANGED, "deployment")
    assert first.title == (
        "account 210987654321 in eu-west-1: first known deployment of stack live: "
        "policy aaaaaaaaaaaa, version 1.0.0, mode observe"
    )
    assert "No earlier deployment is known. The policy has 3 rules (1 notify, 2 enforce)." in (
        first.text
    )


def test_a_new_policy_is_told_with_the_rules_that_differ() -> None:
    *_, second = notified(DEPLOYMENT, SECOND)

    assert second.title.endswith(
        "stack live was deployed: policy bbbbbbbbbbbb (before aaaaaaaaaaaa)"
    )
    assert second.text.endswith(
        "Added: quiet. Removed: loud. Changed: owned (mode enforce, before notify), short."
    )


@pytest.mark.parametrize(
    ("change", "title", "text"),
    [
        ({"version": "1.1.0"}, "version 1.1.0 (before 1.0.0)", "No rule differs."),
        ({"mode": "enforce"}, "mode enforce (before observe)", "No rule differs."),
        (
            {"policy": "cccccccccccc"},
            "policy cccccccccccc (before aaaaaaaaaaaa)",
            "No rule differs.",
        ),
        ({"routing": "22222222"}, "who is told has changed", "Who is told has changed."),
        (
            {"version": "2", "rules": None},
            "version 2 (before 1.0.0)",
            "Which rules differ is not known",
        ),
    ],
)
def test_each_part_of_a_deployment_is_told(
    change: dict[str, object], title: str, text: str
) -> None:
    *_, second = notified(DEPLOYMENT, replace(DEPLOYMENT, **change))

    assert second.title.endswith(f"was deployed: {title}")
    assert text in second.text


def test_each_deployment_is_told_once_also_one_that_goes_back() -> None:
    found = notified(DEPLOYMENT, DEPLOYMENT, SECOND, SECOND, DEPLOYMENT, DEPLOYMENT)

    assert [each.deployment and each.deployment.after.policy for each in found] == [
        DEPLOYMENT.policy,
        SECOND.policy,
        DEPLOYMENT.policy,
    ]
    assert len({each.id for each in found}) == 3


def test_two_sweeps_at_once_are_no_second_deployment() -> None:
    account = Account()

    account.observe(observed(at(2), DEPLOYMENT), observed(at(1), DEPLOYMENT))
    account.observe(observed(at(1), DEPLOYMENT), now=at(3))

    assert len(account.notified) == 1


def test_what_was_deployed_before_is_no_news_when_it_arrives_late() -> None:
    account = Account()
    account.observe(observed(at(2), SECOND))

    account.observe(observed(at(1), DEPLOYMENT), now=at(3))

    assert [each.deployment and each.deployment.after.policy for each in account.notified] == [
        SECOND.policy
    ]


def test_what_every_function_reads_has_no_rules() -> None:
    account = Account()
    account.observe(observed(at(), DEPLOYMENT))

    controls = account.state.account_controls
    assert controls is not None
    assert controls.deployment is not None
    assert controls.deployment.value == DEPLOYMENT.without_rules
    assert account.standing == Standing(deployed=DEPLOYMENT)


def test_programs_get_its_parts() -> None:
    *_, second = notified(DEPLOYMENT, SECOND)

    message = Message(id="1", notifications=(second,))
    (incident,) = json.decode(json.encode(message_document(message)))["incidents"]

    assert incident["deployment"] == {
        "stack": "live",
        "current": {"version": "1.0.0", "policy": "bbbbbbbbbbbb", "mode": "observe"},
        "previous": {"version": "1.0.0", "policy": "aaaaaaaaaaaa", "mode": "observe"},
        "rules": {"added": ["quiet"], "removed": ["loud"], "changed": ["owned", "short"]},
        "rule_modes": {"observe": 1, "enforce": 2},
    }


def test_a_long_list_of_rules_is_cut_for_people_and_whole_for_programs() -> None:
    many = {f"rule-{number:03}": DeployedRule(Mode.NOTIFY, "01") for number in range(100)}

    *_, second = notified(
        replace(DEPLOYMENT, rules={}), replace(DEPLOYMENT, policy="b", rules=many)
    )

    assert "rule-009 and 90 more" in second.text
    assert second.deployment is not None
    assert second.deployment.rules is not None
    assert len(second.deployment.rules.added) == 100
    assert len(json.encode(second)) < 4_096


def test_it_is_seen_late_by_the_clock_of_the_observer() -> None:
    """A sweep says when it ran; the notification says when it was decided."""
    account = Account()

    account.observe(observed(at(), DEPLOYMENT), now=at() + timedelta(minutes=20))

    assert account.notified[0].at == at() + timedelta(minutes=20)
