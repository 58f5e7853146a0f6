"""What somebody outside says of a stream, from its event to what is done about it."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from streamwarden.domain.events.viewers import Viewer
from streamwarden.domain.inputs import StreamNotListed
from streamwarden.domain.inputs import envelope_of as own_envelope_of
from streamwarden_cli.commands import verdict
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering import order
from streamwarden_cli.verdicts.event import Statement, envelope_of
from streamwarden_cli.verdicts.sending import VerdictBus
from tests.integration.deployed_stack import deployed
from tests.integration.driver import ACCOUNT, REGION, Stack

type Say = Callable[..., tuple[str, str]]

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


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """`streamwarden verdict` of an operator, with a bus that delivers while the command waits."""

    def said(
        stack: Stack, channel: str, *words: str, code: ExitCode, is_delivered: bool = True
    ) -> tuple[str, str]:
        found, seconds = deployed(stack, monkeypatch), iter(range(100))

        def put(envelope: dict[str, Any]) -> str:
            if is_delivered:
                stack.deliver("StreamEvents", envelope)
            return str(envelope["id"])

        clock = SimpleNamespace(sleep=lambda _: None, monotonic=lambda: float(next(seconds)))
        monkeypatch.setattr(order, "time", clock)
        monkeypatch.setattr(verdict, "account_of_options", lambda *_: found.account)
        monkeypatch.setattr(DeployedStack, "find", lambda *_: found)
        monkeypatch.setattr(VerdictBus, "of_stack", lambda *_: SimpleNamespace(put=put))
        asked = ["--confidence", "0.95", "--evidence", "https://a.example/1", "--json"]
        assert main(["verdict", channel, *words, *asked]) == code
        answer = json.loads(capsys.readouterr().out)
        return answer["outcome"], answer["text"]

    return said


def test_an_operator_reads_what_followed_from_a_verdict(deploy: Any, say: Say) -> None:
    stack: Stack = deploy(POLICY)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    stack.later(minutes=5)

    words = ("--label", "Violence")
    first = say(stack, live.channel_arn, *words, code=ExitCode.DONE)
    stack.later(minutes=1)
    second = say(stack, live.channel_arn, *words, code=ExitCode.NOTHING)

    assert first == ("decided", "no-violence: opened; no-violence: requested stop")
    assert second[0] == "nothing-to-do"
    assert second[1].startswith("a rule asks for it, and nothing new follows; `streamwarden why")


@pytest.mark.parametrize(("label", "is_delivered"), [("Smoke", True), ("Violence", False)])
def test_a_verdict_that_no_rule_takes_is_told_from_one_that_a_rule_takes(
    deploy: Any, say: Say, label: str, is_delivered: bool
) -> None:
    stack: Stack = deploy(POLICY)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()

    words, code = ("--label", label), ExitCode.NOT_SEEN
    outcome, text = say(stack, live.channel_arn, *words, code=code, is_delivered=is_delivered)

    assert outcome == "not-seen"
    assert text.startswith("no rule was seen to take it within 15 s: none asks for such a verdict")


def test_nobody_waits_who_does_not_want_to(deploy: Any, say: Say) -> None:
    stack: Stack = deploy(POLICY)
    words = ("--label", "Violence", "--no-wait")

    said = say(stack, stack.channel("studio"), *words, code=ExitCode.DONE, is_delivered=False)

    assert said == ("sent", "sent; nobody looked what came of it")


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
