"""What somebody outside says of a stream, from its event to what is done about it."""

from typing import Any

import pytest

from streamwarden.domain.events.viewers import Viewer
from streamwarden.domain.inputs import StreamNotListed
from streamwarden.domain.inputs import envelope_of as own_envelope_of
from streamwarden_cli.verdicts.event import Statement, envelope_of
from tests.integration.driver import ACCOUNT, REGION, Stack

POLICY = """
version: 1
defaults: {mode: enforce, severity: critical}
rules:
  - id: no-violence
    kind: external_verdict
    params: {labels: "*Violence*", min_confidence: 0.9}
    actions: [stop, revoke_viewers]
"""
SAID = Statement(
    label="Weapon Violence",
    confidence=0.97,
    evidence_url="https://evidence.example.com/1.jpg",
    source="rekognition",
)
REASON = (
    "rekognition says 'Weapon Violence' with confidence 0.97: https://evidence.example.com/1.jpg"
)


def of(stack: Stack, channel: str, stream_id: str | None = None, *viewers: str) -> dict[str, Any]:
    named = tuple(Viewer(each) for each in viewers)
    statement = Statement(**{**_members(SAID), "stream_id": stream_id, "viewers": named})
    return envelope_of(statement, channel, stack.now)


def _members(statement: Statement) -> dict[str, Any]:
    return {name: getattr(statement, name) for name in statement.__struct_fields__}


def act(stack: Stack) -> None:
    while stack.pump("Enforce"):
        pass


def test_the_stream_that_is_judged_is_stopped_and_people_read_why(deploy: Any) -> None:
    stack: Stack = deploy(POLICY)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    stack.later(minutes=5)

    assert stack.deliver("StreamEvents", of(stack, live.channel_arn)) == []
    act(stack)

    assert not live.is_live
    (notification,) = stack.take_notifications()
    assert REASON in notification.body["text"]


def test_a_stream_that_came_later_is_left_alone(deploy: Any) -> None:
    stack: Stack = deploy(POLICY)
    first = stack.go_live(stack.channel("studio"))
    first_id, earlier = first.stream_id, of(stack, first.channel_arn)
    stack.observe_events()
    stack.later(minutes=5)
    first.leave()
    stack.later(minutes=5)
    second = stack.go_live(first.channel_arn)
    stack.observe_events()
    stack.later(minutes=5)

    named = of(stack, first.channel_arn, first_id)
    assert stack.deliver("StreamEvents", named, earlier) == []
    act(stack)

    assert second.is_live
    (notification,) = stack.take_notifications()
    assert notification.body["stream_id"] == first_id
    assert stack.asked("StopStream") == []


def test_viewers_who_are_named_are_revoked_once(deploy: Any) -> None:
    stack: Stack = deploy(POLICY)
    live = stack.go_live(stack.channel("studio", authorized=True))
    stack.observe_events()
    verdict = of(stack, live.channel_arn, live.stream_id, "ann", "ben")

    stack.deliver("StreamEvents", verdict)
    act(stack)
    stack.pump("StreamEvents")
    stack.deliver("StreamEvents", verdict)
    act(stack)

    (call,) = stack.asked("BatchStartViewerSessionRevocation")
    assert [each["viewerId"] for each in call.params["viewerSessions"]] == ["ann", "ben"]


@pytest.mark.parametrize("elsewhere", [f"us-east-1:{ACCOUNT}", f"{REGION}:999999999999"])
def test_a_verdict_about_a_channel_elsewhere_is_dead_lettered(deploy: Any, elsewhere: str) -> None:
    stack: Stack = deploy(POLICY)
    verdict = of(stack, f"arn:aws:ivs:{elsewhere}:channel/studio")

    assert stack.deliver("StreamEvents", verdict) == []

    (dead_letter,) = stack.take("StreamInboxDeadLetters")
    expected = f"expected a channel of account {ACCOUNT} in {REGION}"
    assert f"Unprocessable: resources[0]: {expected}" in dead_letter.attributes["reason"]
    assert stack.items() == []


def test_an_own_input_that_comes_by_an_event_bus_is_dead_lettered(deploy: Any) -> None:
    stack: Stack = deploy(POLICY)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    gone = own_envelope_of(StreamNotListed(resource_arn=live.channel_arn, time=stack.now))
    before = stack.items()

    assert stack.deliver("StreamEvents", {**of(stack, live.channel_arn), **gone}) == []

    (dead_letter,) = stack.take("StreamInboxDeadLetters")
    assert dead_letter.attributes["reason"].startswith("Unprocessable: source: expected another")
    assert stack.items() == before
