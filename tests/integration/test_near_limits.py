"""Warnings at shares of a limit that is a number, through sweeps and the real handlers."""

import json

from tests.integration.conftest import Deploy
from tests.integration.driver import Stack

POLICY = """
version: 1
rules:
  - id: crowds
    kind: viewer_ceiling
    mode: enforce
    params: {viewers: 1000, warnings: [80%]}
    steps:
      - {after: 0s, do: [warn]}
      - {after: 10m, do: [stop]}
  - id: five-at-a-time
    kind: concurrent_streams
    mode: notify
    params: {limit: 5, tag: team, warnings: [80%]}
  - id: room
    kind: quota_headroom
    mode: notify
    params: {quotas: {concurrent_streams: 10}, only: [concurrent_streams], warnings: [40%]}
"""


def news(stack: Stack) -> list[tuple[str, str]]:
    """What people are warned of, by rule."""
    found = [each.body for each in stack.take_notifications()]
    return [(each["rule_id"], each["text"]) for each in found if each["status"] == "warning"]


def test_people_and_viewers_are_warned_of_a_crowd_once(deploy: Deploy) -> None:
    stack: Stack = deploy(policy=POLICY)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    found = []

    for crowd in (700, 850, 760, 880, 600, 820):
        live.watched_by(crowd)
        stack.later(minutes=5)
        stack.sweep()
        stack.sweep()
        asked = [each.body["kind"] for each in stack.take("ActionQueue")]
        found.append((asked, [text for _, text in news(stack)]))

    def warned(crowd: int) -> tuple[list[str], list[str]]:
        text = f"this stream is watched by {crowd} viewers; 1,000 are allowed."
        return ["warn"], [f"{text} Above the limit, Streamwarden puts a warning into the stream."]

    assert found == [([], []), warned(850), ([], []), ([], []), ([], []), warned(820)]


def test_the_warning_reaches_the_players(deploy: Deploy) -> None:
    stack: Stack = deploy(policy=POLICY)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    live.watched_by(850)

    stack.sweep()
    stack.deliver_grouped("Enforce", [(e.text, e.group) for e in stack.take("ActionQueue")])

    (call,) = stack.asked("PutMetadata")
    put = json.loads(call.params["metadata"])["streamwarden"]
    assert (call.outcome, put["rule"]) == ("ok", "crowds")
    assert put["text"] == "this stream is watched by 850 viewers; 1,000 are allowed"


def test_streams_that_come_near_the_limit_of_a_team_are_told_of_once(deploy: Deploy) -> None:
    stack: Stack = deploy(policy=POLICY)
    live, found = [], []

    def look() -> None:
        stack.observe_events()
        stack.sweep()
        stack.sweep()
        found.append(news(stack))

    for name in ("one", "two", "three", "four", "five"):
        stack.later(minutes=1)
        live.append(stack.go_live(stack.channel(name, tags={"team": "news"})))
        look()
    for encoder in (live[3], live[2]):
        stack.later(minutes=1)
        encoder.leave()
        look()
    stack.later(minutes=1)
    stack.go_live(live[3].channel_arn)
    look()

    streams = "4 streams of team 'news' are live, 5 are allowed."
    quota = "4 of 10 concurrent streams (40%) in use."
    assert found[:3] == [[], [], []]
    assert sorted(found[3]) == [("five-at-a-time", streams), ("room", quota)]
    assert found[4:] == [[], [], [], []]
