"""One timer per channel, set for the moment that a rule waits for."""

import json
from datetime import timedelta
from typing import Any

from streamwarden.adapters.scheduler import SchedulerTimers
from tests.integration.driver import NOON, Stack, arn_of

TIMER = "eu-west-1-123456789012-studio"
POLICY = """
version: 1
rules:
  - {id: long, kind: max_duration, mode: enforce, params: {limit: 4h}, actions: [stop]}
  - {id: stalled, kind: starvation, mode: enforce, params: {limit: 10m}, actions: [stop]}
"""


def timer(stack: Stack) -> dict[str, Any]:
    (name, schedule), *others = stack.schedules().items()
    assert (name, others) == (TIMER, [])
    found: dict[str, Any] = schedule
    return found


def on_air(deploy: Any) -> Stack:
    stack: Stack = deploy(POLICY)
    stack.go_live(stack.channel("studio"))
    stack.observe_events()
    return stack


def test_a_timer_waits_for_the_moment_that_a_rule_names(deploy: Any) -> None:
    stack = on_air(deploy)

    schedule = timer(stack)

    assert schedule["ScheduleExpression"] == "at(2026-03-14T16:00:00)"
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    assert schedule["ActionAfterCompletion"] == "DELETE"
    assert schedule["GroupName"] == "timers"
    assert schedule["Target"]["Arn"] == stack.arns["StreamInbox"]
    assert schedule["Target"]["RoleArn"] == stack.arns["TimerRole"]


def test_a_timer_that_fires_makes_the_observer_look_again(deploy: Any) -> None:
    stack = on_air(deploy)
    stack.later(hours=4)

    again = stack.deliver("StreamEvents", timer(stack)["Target"]["Input"])

    assert again == []
    (action,) = stack.take("ActionQueue")
    assert action.body["rule_id"] == "long"


def test_an_earlier_moment_moves_the_timer(deploy: Any) -> None:
    stack = on_air(deploy)
    stack.later(hours=1)
    stack.world.broadcast("arn:aws:ivs:eu-west-1:123456789012:channel/studio").stall()

    stack.observe_events()

    assert timer(stack)["ScheduleExpression"] == "at(2026-03-14T13:10:00)"


def test_a_later_moment_leaves_the_timer(deploy: Any) -> None:
    stack = on_air(deploy)
    stack.later(hours=1)
    live = stack.world.broadcast("arn:aws:ivs:eu-west-1:123456789012:channel/studio")
    live.stall()
    stack.observe_events()
    stack.later(minutes=1)
    live.resume()

    stack.observe_events()

    assert timer(stack)["ScheduleExpression"] == "at(2026-03-14T13:10:00)"


def test_a_timer_that_came_too_early_is_set_again(deploy: Any) -> None:
    stack = on_air(deploy)
    stack.later(hours=1)
    live = stack.world.broadcast("arn:aws:ivs:eu-west-1:123456789012:channel/studio")
    live.stall()
    live.resume()
    stack.observe_events()
    stack.client("scheduler").delete_schedule(Name=TIMER, GroupName="timers")
    recheck = _recheck(stack.now + timedelta(minutes=10))
    stack.later(minutes=10)

    stack.deliver("StreamEvents", recheck)

    assert timer(stack)["ScheduleExpression"] == "at(2026-03-14T16:00:00)"


def test_a_moment_between_two_seconds_is_waited_out(deploy: Any) -> None:
    stack = deploy(POLICY)
    studio = stack.channel("studio")
    stack.go_live(studio, started_at=NOON + timedelta(milliseconds=1))
    stack.later(seconds=1)

    stack.sweep()

    assert timer(stack)["ScheduleExpression"] == "at(2026-03-14T16:00:01)"


def test_what_waits_for_nothing_sets_no_timer(deploy: Any) -> None:
    stack = deploy(POLICY)

    stack.channel("studio")

    assert stack.schedules() == {}


def _recheck(at: Any) -> str:
    arn = "arn:aws:ivs:eu-west-1:123456789012:channel/studio"
    return json.dumps(
        {
            "source": "streamwarden",
            "detail-type": "Streamwarden Recheck",
            "time": at.isoformat(),
            "resources": [arn],
            "detail": {"resource_arn": arn, "time": at.isoformat()},
        }
    )


def test_a_timer_is_never_asked_for_in_the_past(deploy: Any) -> None:
    stack = deploy(POLICY)
    client, inbox = stack.client("scheduler"), stack.arns["StreamInbox"]
    dead_letters, role = stack.arns["StreamInboxDeadLetters"], "arn:aws:iam::1:role/r"
    timers = SchedulerTimers(client, "timers", inbox, dead_letters, role, lambda: stack.now)

    timers.set(arn_of("studio"), stack.now - timedelta(minutes=1))

    schedule = timer(stack)
    assert (
        schedule["ScheduleExpression"]
        == f"at({stack.now + timedelta(seconds=2):%Y-%m-%dT%H:%M:%S})"
    )
    assert schedule["Target"]["DeadLetterConfig"] == {"Arn": dead_letters}
