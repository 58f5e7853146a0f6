"""Events come twice, and of every kind: neither changes records, actions or notifications."""

from datetime import timedelta
from typing import Any

from streamwarden_cli.demo import corpus
from streamwarden_cli.demo.stack import DeployedStack
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import IN_ORDER, Account, eventually, now


def test_an_event_delivered_again_changes_nothing(account: Account) -> None:
    channel = account.channel("echo", tags={**IN_ORDER, "show": "short"})
    stream = account.control.go_live(channel, started_at=now() - timedelta(hours=1))
    eventually(lambda: account.live_stream(channel) is None)
    eventually(lambda: account.statuses(channel, "short-shows") == ["opened", "resolved"])
    account.settle()
    items, calls = account.items(channel), account.calls_on(channel)

    for event in _events_of(channel, stream.stream_id, stream.started_at) * 2:
        assert account.deliver(event)

    account.settle()
    assert account.items(channel) == items
    assert account.calls_on(channel) == calls
    # Tags and stream are read at the same time.
    assert (sorted(calls[:-1]), calls[-1]) == (["GetStream", "ListTagsForResource"], "StopStream")
    assert account.statuses(channel, "short-shows") == ["opened", "resolved"]


def test_no_sample_event_ends_in_a_dead_letter_queue(account: Account) -> None:
    stack = DeployedStack(account.local.endpoint, account.outputs, account.control)
    dead_before = len(account.dead_lettered())

    played = corpus.play(stack)

    account.settle()
    taken = sum(map(len, played.taken.values()))
    assert taken > len(played.ignored) > 0, "stages and compositions are no business of this stack"
    assert taken + len(played.ignored) == len(list(corpus.EVENTS.rglob("*.json")))
    assert account.dead_lettered()[dead_before:] == []


def _events_of(channel_arn: str, stream_id: str, started_at: Any) -> list[dict[str, Any]]:
    """Those that the stack has received already: the begin of a stream that has ended since."""
    return [
        {
            "version": "0",
            "id": f"9c3e1d2b-0000-4000-8000-00000000000{at}",
            "detail-type": "IVS Stream State Change",
            "source": "aws.ivs",
            "account": ACCOUNT_ID,
            "region": REGION,
            "time": f"{started_at:%Y-%m-%dT%H:%M:%SZ}",
            "resources": [channel_arn],
            "detail": {"event_name": name, "channel_name": "echo", "stream_id": stream_id},
        }
        for at, name in enumerate(("Session Created", "Stream Start"))
    ]
