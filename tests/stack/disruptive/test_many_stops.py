"""Twenty streams that must end at once: each is stopped once, and no call of IVS is throttled."""

from collections import Counter

from tests.stack.account import IN_ORDER, Account, eventually

_CHANNELS = 20


def test_twenty_streams_are_stopped_once_each_and_no_call_is_throttled(account: Account) -> None:
    tags = {**IN_ORDER, "show": "forbidden"}
    channels = [account.channel(f"forbidden-{n}", tags=tags) for n in range(_CHANNELS)]
    eventually(lambda: all(map(account.is_recorded, channels)))
    account.release_breakers(always=True)
    account.settle()

    for channel in channels:
        account.control.go_live(channel)

    eventually(lambda: _stops(account, channels).total() == _CHANNELS)
    account.settle()
    assert _stops(account, channels) == dict.fromkeys(channels, 1)
    calls = [call for call in account.calls() if any(each in str(call) for each in channels)]
    made = Counter(call["operation"] for call in calls)
    assert made == dict.fromkeys(("ListTagsForResource", "GetStream", "StopStream"), _CHANNELS)
    assert {call["outcome"] for call in calls} == {"ok"}
    assert not any(map(account.live_stream, channels))


def _stops(account: Account, channels: list[str]) -> Counter[str]:
    stops = (call for call in account.calls() if call["operation"] == "StopStream")
    stopped = (call["params"]["channelArn"] for call in stops if call["outcome"] == "ok")
    return Counter(arn for arn in stopped if arn in channels)
