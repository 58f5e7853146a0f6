"""Effects that are taken back: tried three times, told once, and then left for hours."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from streamwarden.domain.decision import Standing
from streamwarden.domain.inputs import Input
from streamwarden.domain.policy import Policy
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Action, Mode, Notification, NotificationStatus
from testbed.builders import (
    INHERIT_TAGS,
    KEY,
    STOP,
    action_finished,
    at,
    channel_listed,
    compiled_rule,
    decide_on,
    key_observed,
    policy_of,
    set_tags,
    step,
    stream_end,
    stream_start,
    tags_set,
)

OPENED, REPEATED, ESCALATED, RESOLVED = (
    NotificationStatus.OPENED,
    NotificationStatus.REPEATED,
    NotificationStatus.ESCALATED,
    NotificationStatus.RESOLVED,
)
PIPELINE = "arn:aws:iam::210987654321:role/pipeline"
PROD = {"env": "prod"}
REQUIRED = {"tags": {"env": {"values": ["prod"]}}}
RULE = compiled_rule("required_tags", REQUIRED, set_tags(**PROD))
TAGGED = timedelta(seconds=2)


@dataclass
class World:
    """A channel whose tags a rule sets, two seconds after it is asked to."""

    policy: Policy = field(default_factory=lambda: policy_of(RULE))
    standing: Standing = field(default_factory=Standing)
    inputs: list[Input] = field(default_factory=lambda: [channel_listed(at(), tags=PROD)])
    actions: list[Action] = field(default_factory=list)
    notified: list[Notification] = field(default_factory=list)
    recheck_at: datetime | None = None
    status: OutcomeStatus = OutcomeStatus.DONE

    def see(self, now: datetime, *inputs: Input, max_mode: Mode = Mode.ENFORCE) -> None:
        self.inputs += inputs
        decision = decide_on(
            self.policy, now, *self.inputs, before=self.standing, max_mode=max_mode
        )
        self.standing, self.recheck_at = decision.standing, decision.recheck_at
        self.actions += decision.actions
        self.notified += decision.notifications
        for each in decision.actions:
            finished = now + TAGGED
            set_ = each.tags if self.status is OutcomeStatus.DONE else {}
            key_arn = KEY if each.kind == "inherit_tags" else None
            self.see(
                finished,
                action_finished(finished, each.id, self.status, tags=set_, key_arn=key_arn),
            )

    def take_back(self, *moments: datetime, role: str | None = PIPELINE) -> None:
        for moment in moments:
            self.see(moment, tags_set(moment, {"env": "dev"}, role=role))

    @property
    def statuses(self) -> list[NotificationStatus]:
        return [each.status for each in self.notified]


def hours(*numbers: int) -> list[datetime]:
    return [at(number) for number in numbers]


def test_the_third_time_that_an_effect_is_taken_back_the_action_waits() -> None:
    world = World()

    world.take_back(*hours(1, 2, 3, 4))

    assert [each.decided_at for each in world.actions] == hours(1, 2, 3)
    assert [each.attempt for each in world.actions] == [1, 2, 3]
    assert world.recheck_at == at(16)


def test_attempts_are_counted_on_whether_they_had_an_effect_or_not() -> None:
    """The same action of the same breach has another number each time: queues drop a repetition."""
    world = World(policy_of(compiled_rule("insecure_ingest", {}, set_tags(**PROD))))
    world.see(at(1), channel_listed(at(1), insecureIngest=True))

    world.status = OutcomeStatus.FAILED
    world.take_back(at(2))
    world.status = OutcomeStatus.DONE
    world.see(at(2, 10))
    world.take_back(at(3))

    assert [each.attempt for each in world.actions] == [1, 2, 3, 4]


def test_people_are_notified_once_who_takes_it_back() -> None:
    world = World()

    world.take_back(*hours(1, 2, 3, 4))
    world.see(at(16))
    world.take_back(at(17))

    assert world.statuses == [OPENED, RESOLVED, OPENED, REPEATED, ESCALATED]
    stated = world.notified[-1]
    assert stated.title.endswith("required-tags taken back")
    assert f"sets env=prod; this was taken back by {PIPELINE}, 3 times." in stated.text
    assert "It waits 12h before it tries again." in stated.text


def test_who_is_not_known_is_not_guessed() -> None:
    """What CloudTrail said of an earlier change is not what took the effect back."""
    world = World()
    world.take_back(*hours(1, 2, 3))

    world.see(at(4), channel_listed(at(4), tags={"env": "dev"}))

    assert "taken back by somebody unknown, 3 times" in world.notified[-1].text


def test_each_further_attempt_waits_for_a_day() -> None:
    world = World()
    world.take_back(*hours(1, 2, 3, 4))

    world.see(at(16))
    world.take_back(at(17))

    assert [each.decided_at for each in world.actions] == hours(1, 2, 3, 16)
    assert world.recheck_at == at(17 + 24)


def test_the_incident_resolves_after_a_day_without_a_fight() -> None:
    world = World()
    world.take_back(*hours(1, 2, 3, 4))

    world.see(at(5), tags_set(at(5), PROD))
    assert world.recheck_at == at(5 + 24)
    world.see(at(5 + 24))

    assert world.statuses[-1] is RESOLVED
    assert world.standing.effects == {}
    world.take_back(at(30))
    assert world.actions[-1].attempt == 1


@pytest.mark.parametrize(
    ("between", "attempts"),
    [(timedelta(hours=23), [1, 2, 3]), (timedelta(hours=25), [1, 1, 1])],
)
def test_an_effect_that_lasts_for_a_day_is_no_longer_disputed(
    between: timedelta, attempts: list[int]
) -> None:
    world = World()

    for number in range(3):
        now = at(1) + number * between
        world.take_back(now)

    assert [each.attempt for each in world.actions] == attempts


def test_an_effect_that_was_never_seen_is_not_taken_back() -> None:
    world = World(status=OutcomeStatus.FAILED)

    for number in range(1, 12, 2):
        world.take_back(at(number))
        world.see(at(number + 1), tags_set(at(number + 1), PROD))

    assert len(world.actions) == 6
    assert not world.standing.effects


def test_a_tag_that_marks_a_breach_may_be_taken_off_after_it() -> None:
    """Each stream is another breach: who takes the mark off between two of them does not fight."""
    steps = (step(set_tags(env="late")),)
    world = World(policy_of(compiled_rule("max_duration", {"limit": "PT1M"}, steps=steps)))

    for hour in range(1, 7):
        world.see(at(hour), stream_start(at(hour), f"st-{hour}"))
        world.see(at(hour, 5))
        world.see(at(hour, 10), stream_end(at(hour, 10), f"st-{hour}"))
        world.take_back(at(hour, 20))

    assert [each.attempt for each in world.actions] == [1] * 6
    assert world.standing.effects == {}


def test_a_tag_that_is_taken_off_during_a_breach_is_taken_back() -> None:
    world = World(policy_of(compiled_rule("insecure_ingest", {}, set_tags(**PROD))))
    world.see(at(1), channel_listed(at(1), insecureIngest=True))

    world.take_back(*hours(2, 3, 4, 5))

    assert [each.decided_at for each in world.actions] == hours(1, 2, 3)
    assert world.statuses == [OPENED, ESCALATED]


def test_tags_of_a_stream_key_are_fought_over_likewise() -> None:
    rule = compiled_rule("inherited_tags", {"tags": ["env"]}, INHERIT_TAGS)
    world = World(policy_of(rule))
    world.see(at(0, 30), key_observed(at(0, 30), tags=dict(PROD)))

    for hour in range(1, 7):
        world.see(at(hour), tags_set(at(hour), {"env": "dev"}, arn=KEY))

    assert [each.decided_at for each in world.actions] == hours(1, 2, 3)
    assert "taken back by somebody unknown, 3 times" in world.notified[-1].text


def test_a_stop_is_never_given_up() -> None:
    world = World(policy_of(compiled_rule("insecure_ingest", {}, STOP)))
    world.see(at(1), channel_listed(at(1), insecureIngest=True))

    for hour in range(2, 12):
        world.see(at(hour), stream_start(at(hour), f"st-{hour}"))
        world.see(at(hour, 1), stream_end(at(hour, 1), f"st-{hour}"))

    assert len(world.actions) == 10


def test_a_rule_that_no_longer_enforces_forgets() -> None:
    world = World()
    world.take_back(*hours(1, 2, 3, 4))

    world.see(at(5), max_mode=Mode.NOTIFY)

    assert world.standing.effects == {}
