"""An enforcing stack acts on breaches of its policy, tells people, and leaves all others alone."""

import re
from datetime import datetime, timedelta

import msgspec
import pytest

from ivs_simulator.control.client import OnAir
from streamwarden.domain.verdicts import Action
from tests.stack.account import Account, eventually, now
from tests.stack.channels import Channels
from tests.stack.roles import role_of

_SHORT, _LONG = timedelta(seconds=15), timedelta(hours=12)


def test_a_timer_is_set_for_the_moment_a_limit_is_reached(
    account: Account, channels: Channels
) -> None:
    """Of the show whose limit is far: the timer is there whenever the test looks."""
    eventually(lambda: account.timer(channels.long_show) == _timer(channels.long_stream, _LONG))


def test_a_stream_over_its_limit_is_stopped_by_the_enforcer_alone(
    account: Account, channels: Channels
) -> None:
    eventually(lambda: account.live_stream(channels.short_show) is None)
    eventually(lambda: not account.breaches(channels.short_show))

    account.settle()
    (stop,) = [call for call in account.calls() if _is_stop_of(channels.short_show, call)]
    assert stop["outcome"] == "ok"
    # Events tell of a start in whole seconds.
    started_at = channels.short_stream.started_at.replace(microsecond=0)
    assert datetime.fromisoformat(stop["at"]) >= started_at + _SHORT
    assert role_of(stop["caller_arn"]) == account.outputs.enforce_role_arn.rpartition("/")[2]
    assert account.timer(channels.short_show) != _timer(channels.short_stream, _SHORT), "it fired"


def test_people_are_notified_once_that_a_breach_opened_and_once_that_it_is_over(
    account: Account, channels: Channels
) -> None:
    eventually(lambda: "resolved" in account.statuses(channels.short_show, "short-shows"))

    account.settle()
    opened, resolved = account.notifications(channels.short_show, "short-shows")
    assert (opened["status"], resolved["status"]) == ("opened", "resolved")
    assert re.search(r"on the air for .*15s.*\. Streamwarden stops the stream\.", opened.text)
    assert "the channel is not on the air" in resolved.text


def test_no_ivs_call_is_made_for_a_stream_that_keeps_to_the_policy(
    account: Account, channels: Channels
) -> None:
    eventually(lambda: account.timer(channels.long_show))

    account.settle()
    assert account.live_stream(channels.long_show) == channels.long_stream.stream_id
    assert account.calls_on(channels.long_show) == []
    assert account.breaches(channels.long_show) == {}


def test_a_forged_action_stops_nobody(account: Account, channels: Channels) -> None:
    forged = Action(
        id="forged/action",
        attempt=1,
        kind="stop",
        rule_id="long-shows",
        resource_arn=channels.long_show,
        stream_id=channels.long_stream.stream_id,
        reason="because somebody can write to the queue",
        decided_at=now(),
    )
    account.client("sqs").send_message(
        QueueUrl=account.outputs.action_queue_url,
        MessageBody=msgspec.json.encode(forged).decode(),
        MessageGroupId=channels.long_show,
        MessageDeduplicationId=forged.id,
    )

    (line,) = eventually(lambda: account.logged("enforce", forged.reason))
    account.settle()
    assert line["outcome"] == "skipped"
    assert account.live_stream(channels.long_show) == channels.long_stream.stream_id
    assert account.calls_on(channels.long_show) == []


def test_required_tags_that_are_missing_are_set(account: Account, channels: Channels) -> None:
    def tags() -> dict[str, str]:
        answer = account.client("ivs").list_tags_for_resource(resourceArn=channels.garage)
        found: dict[str, str] = answer["tags"]
        return found

    assert eventually(tags) == {"team": "unassigned"}
    eventually(lambda: account.statuses(channels.garage, "owned") == ["opened", "resolved"])


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("tls-only", "the channel allows insecure ingest"),
        ("recordings-arrive", "Recording Start Failure"),
    ],
)
def test_what_no_action_can_mend_is_notified_and_not_acted_upon(
    account: Account, channels: Channels, rule: str, reason: str
) -> None:
    (notification,) = eventually(lambda: account.notifications(channels.garage, rule))

    account.settle()
    assert (notification["status"], reason in notification.text) == ("opened", True)
    assert rule in account.breaches(channels.garage)
    assert account.calls_on(channels.garage) == ["TagResource"], "the missing tag, and nothing else"
    assert account.live_stream(channels.garage) is not None


def _timer(stream: OnAir, limit: timedelta) -> str:
    """`Stream Start` says in whole seconds when the stream began."""
    return f"at({stream.started_at + limit:%Y-%m-%dT%H:%M:%S})"


def _is_stop_of(channel_arn: str, call: dict[str, object]) -> bool:
    return call["operation"] == "StopStream" and channel_arn in str(call["params"])
