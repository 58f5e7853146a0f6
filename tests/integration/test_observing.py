"""From an event to what follows from it: actions, notices, and as few calls as possible."""

import json
from datetime import datetime, timedelta
from hashlib import sha256

from streamwarden.domain.inputs import StreamNotListed
from testbed.template import ROOT
from tests.integration.conftest import POLICY, Deploy
from tests.integration.driver import NOON, Stack
from tests.integration.messages import own


def test_a_stream_that_is_on_for_too_long_is_to_be_stopped(stack: Stack) -> None:
    studio = stack.channel("studio")
    live = stack.go_live(studio)
    stack.later(hours=4)

    assert stack.observe_events() == []

    (action,) = stack.take("ActionQueue")
    assert action.body["kind"] == "stop"
    assert action.body["stream_id"] == live.stream_id
    assert action.body["rule_id"] == "no-marathons"
    assert action.group == sha256(action.body["id"].encode()).hexdigest()


def test_an_action_is_deduplicated_by_its_id_attempt_and_decision(stack: Stack) -> None:
    studio = stack.channel("studio")
    stack.go_live(studio)
    stack.later(hours=4)

    stack.observe_events()

    (action,) = stack.take("ActionQueue")
    decided_at = datetime.fromisoformat(action.body["decided_at"]).isoformat()
    name = f"{action.body['id']}#{action.body['attempt']}#{decided_at}"
    assert action.deduplication == sha256(name.encode()).hexdigest()


def test_people_are_notified_once_per_destination(deploy: Deploy) -> None:
    stack = deploy(f"""{POLICY}
destinations:
  chat: {{kind: sns, target: "arn:aws:sns:eu-west-1:123456789012:chat"}}
  mail: {{kind: sns}}
""")
    stack.go_live(stack.channel("studio"))
    stack.later(hours=4)

    stack.observe_events()

    waiting = [each["pk"]["S"] for each in stack.items() if each["sk"]["S"].startswith("pending/")]
    assert sorted(waiting) == ["destination/chat", "destination/mail"]
    assert {each.body["status"] for each in stack.take_notifications()} == {"opened"}


def test_what_is_in_order_costs_no_ivs_call_and_no_message(stack: Stack) -> None:
    studio = stack.channel("studio", tags={"governed": "yes", "team": "news"})
    stack.calls.clear()
    live = stack.go_live(studio)
    live.stall()
    live.resume()
    live.leave()

    assert stack.observe_events() == []

    assert stack.asked() == []
    assert stack.take("ActionQueue") == stack.take_notifications() == []


def test_an_unstopped_stream_is_to_be_stopped_again_after_a_while(stack: Stack) -> None:
    studio = stack.channel("studio")
    stack.go_live(studio)
    stack.later(hours=4)
    stack.observe_events()
    stack.sweep()
    stack.take("ActionQueue")
    stack.later(minutes=5)

    stack.sweep()

    assert stack.take("ActionQueue") == []
    stack.later(minutes=3)
    stack.sweep()
    (action,) = stack.take("ActionQueue")
    assert action.body["attempt"] == 2


def test_an_end_that_arrives_before_its_start_leaves_nothing_to_stop(stack: Stack) -> None:
    studio = stack.channel("studio")
    live = stack.go_live(studio)
    stack.later(hours=1)
    live.leave()
    stack.later(hours=4)
    stack.events.reverse()

    stack.observe_events()

    assert stack.take("ActionQueue") == []


def test_a_missing_tag_is_to_be_set(stack: Stack) -> None:
    stack.channel("studio", tags={"governed": "yes"})

    (action,) = stack.take("ActionQueue")

    assert action.body["kind"] == "tag"
    assert action.body["tags"] == {"team": "unassigned"}


def test_tags_set_in_time_need_no_action(stack: Stack) -> None:
    stack.channel("studio", tags={"governed": "yes"}, is_known=False)
    stack.client("ivs").tag_resource(
        resourceArn="arn:aws:ivs:eu-west-1:123456789012:channel/studio", tags={"team": "news"}
    )

    stack.observe_events()
    stack.sweep()

    assert stack.take("ActionQueue") == []


def test_an_observing_stack_tells_but_asks_for_nothing(observing: Stack) -> None:
    observing.go_live(observing.channel("studio"))
    observing.later(hours=4)

    observing.observe_events()

    assert observing.take("ActionQueue") == []
    (notification,) = observing.take_notifications()
    assert "mode enforce stops the stream" in notification.body["text"]


def test_people_hear_that_it_is_over(stack: Stack) -> None:
    stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    stack.observe_events()
    stack.pump("Enforce")
    stack.pump("StreamEvents")

    stack.observe_events()

    statuses = [each.body["status"] for each in stack.take_notifications()]
    assert statuses == ["opened", "resolved"]


def test_a_batch_about_one_channel_is_taken_in_as_a_whole(stack: Stack) -> None:
    studio = stack.channel("studio")
    stack.go_live(studio)
    over = StreamNotListed(resource_arn=studio, time=NOON + timedelta(hours=5))
    stack.later(hours=5)
    observed, stack.events[:] = list(stack.events), []

    stack.deliver("StreamEvents", *observed, own(over))

    assert stack.take("ActionQueue") == []


def test_every_sample_event_is_understood(stack: Stack) -> None:
    # Verdicts are those of another account, and are refused for it.
    found = sorted((ROOT / "events").glob("*/*.json"))
    samples = [each for each in found if each.parent.name != "external-verdict"]
    bodies = [json.loads(each.read_text()) for each in samples]
    stack.now = datetime.fromisoformat(max(each["time"] for each in bodies))

    again = [body for each in bodies for body in stack.deliver("StreamEvents", each)]

    assert len(samples) > 30
    assert again == []
    assert stack.take("StreamInboxDeadLetters") == []
