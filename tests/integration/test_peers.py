"""Sweeps tell live channels of each other: streams at the same time, and shared airtime."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.integration.conftest import Deploy
from tests.integration.driver import Stack
from tests.integration.stream_events import end_of

PEERS_LISTED = "Streamwarden Peers Listed"
TWO_PER_TEAM = """
version: 1
rules:
  - id: two-at-a-time
    kind: concurrent_streams
    mode: enforce
    params: {limit: 2, tag: team}
    actions: [stop]
"""
BUDGETS = """
version: 1
rules:
  - id: hours-of-the-team
    kind: broadcast_budget
    mode: enforce
    params: {limit: 6h, period: day, tag: team}
    actions: [stop]
  - id: hours-of-the-account
    kind: broadcast_budget
    mode: notify
    params: {limit: 7h, period: day, account: true}
  - id: hours-of-the-channel
    kind: broadcast_budget
    mode: notify
    params: {limit: 5h, period: day}
"""
WEEK_IN_BERLIN = """
version: 1
rules:
  - id: hours-of-the-week
    kind: broadcast_budget
    mode: enforce
    params: {limit: 6h, period: week, tag: team, zone: Europe/Berlin}
    actions: [stop]
"""
NEWS = {"team": "news"}


def go_live(stack: Stack, name: str, tags: dict[str, str] | None = None) -> Any:
    """A channel that goes on the air, which everybody hears of, a minute after whatever was."""
    stack.later(minutes=1)
    live = stack.go_live(stack.channel(name, tags=NEWS if tags is None else tags))
    stack.observe_events()
    return live


def channels_with_peers(stack: Stack) -> list[str]:
    """The channels that a sweep tells of others."""
    found = [each.body for each in stack.take("StreamInbox")]
    return sorted(
        each["detail"]["resource_arn"].rpartition("/")[2]
        for each in found
        if each["detail-type"] == PEERS_LISTED
    )


def reasons(stack: Stack) -> list[tuple[str, str]]:
    """The actions asked for: which rule's, and why."""
    actions = [each.body for each in stack.take("ActionQueue")]
    return sorted((each["rule_id"], each["reason"]) for each in actions)


def test_the_stream_that_started_last_is_stopped(deploy: Deploy) -> None:
    stack = deploy(policy=TWO_PER_TEAM)
    for name in ("one", "two", "three"):
        live = go_live(stack, name)
    go_live(stack, "elsewhere", {"team": "sports"})

    stack.sweep()

    (action,) = stack.take("ActionQueue")
    assert action.body["stream_id"] == live.stream_id
    assert action.body["reason"] == (
        "3 streams of team 'news' are live, 2 are allowed; this one was the 3rd to start"
    )


def test_who_moves_up_is_left_alone(deploy: Deploy) -> None:
    stack = deploy(policy=TWO_PER_TEAM)
    first = go_live(stack, "one")
    for name in ("two", "three"):
        go_live(stack, name)
    first.leave()
    stack.observe_events()

    stack.sweep()

    assert reasons(stack) == []


def all_live(stack: Stack, teams: Mapping[str, str]) -> None:
    """Channels of these teams that go on the air together, before any sweep sees one live."""
    arns = [stack.channel(name, tags={"team": team}) for name, team in teams.items()]
    for arn in arns:
        stack.go_live(arn)
    stack.observe_events()


def test_streams_that_keep_to_the_limit_cost_a_report_each(deploy: Deploy) -> None:
    stack = deploy(policy=TWO_PER_TEAM)
    all_live(stack, {f"c{number}": f"t{number % 3}" for number in range(6)})
    stack.calls.clear()

    stack.run("Sweep", {})
    asked = Counter(call.operation for call in stack.asked())

    assert asked == {"ListChannels": 1, "ListStreams": 1}
    assert channels_with_peers(stack) == [f"c{number}" for number in range(6)]


def test_a_fleet_that_complies_costs_no_writes(deploy: Deploy) -> None:
    stack = deploy(policy=TWO_PER_TEAM + BUDGETS.partition("rules:")[2])
    all_live(stack, {"one": "news", "two": "news", "three": "sports"})
    assert stack.sweep()["differences"] > 0
    differences = []

    for _ in range(5):
        stack.later(minutes=5)
        differences.append(stack.sweep()["differences"])

    assert differences == [0] * 5


def test_a_team_that_has_used_up_its_budget_is_stopped(deploy: Deploy) -> None:
    stack = deploy(policy=BUDGETS)
    go_live(stack, "one")
    go_live(stack, "two")
    stack.sweep()
    stack.later(hours=2, minutes=57)
    stack.sweep()
    assert reasons(stack) == []

    stack.later(minutes=5)
    stack.sweep()

    reason = "team 'news' has used 6h 5m of 6h today (UTC); 2 streams are live"
    assert reasons(stack) == [("hours-of-the-team", reason)] * 2


def test_what_was_aired_before_counts_for_whoever_starts_next(deploy: Deploy) -> None:
    stack = deploy(policy=BUDGETS)
    first = go_live(stack, "one")
    stack.later(hours=6)
    first.leave()
    stack.observe_events()
    stack.take("ActionQueue")

    go_live(stack, "two")
    assert reasons(stack) == []
    stack.sweep()

    reason = "team 'news' has used 6h 5m of 6h today (UTC)"
    assert reasons(stack) == [("hours-of-the-team", reason)]


def test_yesterday_is_another_budget(deploy: Deploy) -> None:
    stack = deploy(policy=BUDGETS)
    first = go_live(stack, "one")
    stack.later(hours=6)
    first.leave()
    stack.observe_events()
    stack.take("ActionQueue")
    stack.later(hours=6)

    go_live(stack, "two")
    stack.sweep()

    assert reasons(stack) == []


def test_a_week_is_shared_by_the_clock_of_its_zone(deploy: Deploy) -> None:
    stack = deploy(policy=WEEK_IN_BERLIN)
    first = go_live(stack, "one")  # at noon on a Saturday
    stack.later(hours=4)
    first.leave()
    stack.observe_events()
    stack.later(hours=28)
    go_live(stack, "two")
    stack.sweep()
    stack.later(hours=1, minutes=50)
    stack.sweep()
    assert reasons(stack) == []

    stack.later(minutes=10)
    stack.sweep()
    reason = "team 'news' has used 6h 5m of 6h this week (Europe/Berlin)"
    assert reasons(stack) == [("hours-of-the-week", reason)]

    stack.later(hours=1)  # at 23:03 UTC the next week has begun in Berlin
    go_live(stack, "three")
    stack.sweep()
    assert reasons(stack) == []


def test_airtime_stays_when_the_session_is_forgotten(deploy: Deploy) -> None:
    stack = deploy(policy=BUDGETS)
    live = go_live(stack, "one")
    stack.later(hours=2)
    live.leave()
    stack.observe_events()
    stack.later(hours=20)  # the session itself is kept for a day
    stack.client("ivs").update_channel(arn=live.channel_arn, name="renamed")
    stack.later(hours=5)
    stack.client("ivs").update_channel(arn=live.channel_arn, name="renamed-again")
    stack.observe_events()

    (record,) = [each for each in stack.items() if each["sk"]["S"] == "record"]
    assert "sessions" not in json.loads(record["document"]["S"])
    assert json.loads(record["entry"]["S"])["aired"] == {"day UTC": ["2026-03-14", 25]}


def test_a_stream_whose_end_was_lost_is_counted_until_its_last_sign(deploy: Deploy) -> None:
    stack = deploy(policy=BUDGETS)
    live = go_live(stack, "one")
    stack.sweep()
    stack.later(hours=2)
    live.leave()
    stack.events.clear()
    stack.later(minutes=3)

    stack.sweep()

    (record,) = [each for each in stack.items() if each["sk"]["S"] == "record"]
    # Nothing tells of the two hours: what is not known for certain is nobody's budget.
    assert "aired" not in json.loads(record["entry"]["S"])


def show_of_half_an_hour_that_stays_listed(stack: Stack, hours: int) -> Any:
    """Its end event arrives, and IVS goes on listing it for some hours."""
    live = go_live(stack, "one")
    stack.later(minutes=30)
    live.stall()
    stack.events.clear()
    stack.deliver("StreamEvents", end_of(live) | {"time": stack.now.isoformat()})
    for _ in range(hours * 6):
        stack.later(minutes=10)
        stack.sweep()
    return live


def test_the_next_show_is_not_stopped_for_what_stayed_listed_after_its_end(deploy: Deploy) -> None:
    stack = deploy(policy=BUDGETS)
    live = show_of_half_an_hour_that_stays_listed(stack, hours=7)
    live.leave()
    stack.events.clear()
    stack.later(minutes=5)
    stack.sweep()
    stack.take("ActionQueue")

    stack.go_live(live.channel_arn)
    stack.observe_events()
    stack.sweep()

    assert reasons(stack) == []


def test_what_was_aired_counts_while_it_stays_listed_after_its_end(deploy: Deploy) -> None:
    stack = deploy(policy=BUDGETS.replace("6h", "45m"))
    show_of_half_an_hour_that_stays_listed(stack, hours=1)
    go_live(stack, "two")
    stack.sweep()
    assert reasons(stack) == []

    stack.later(minutes=20)
    stack.sweep()

    ((rule, reason),) = reasons(stack)
    assert rule == "hours-of-the-team"
    assert reason.startswith("team 'news' has used 55m of 45m today")
