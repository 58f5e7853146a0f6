"""The sweep finds what events did not tell, for a handful of calls."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import pytest

from ivs_simulator.broadcasting.viewers import time_out
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.options import Options, Quotas
from ivs_simulator.wire.errors import ErrorCode, IvsError
from streamwarden.adapters import ivs
from streamwarden.adapters.continuation import LambdaContinuation
from tests.integration.conftest import POLICY, Deploy
from tests.integration.driver import ACCOUNT, REGION, Killed, Stack, arn_of
from tests.integration.stream_events import end_of

NO_DIFFERENCE = {"differences": 0, "outdated": 0, "rechecked": 0}
SCHEDULED: Final[Mapping[str, Any]] = {}
RECHECK = "Streamwarden Recheck"
MOST_CALLS = """
version: 1
rules:
  - id: small-pictures
    kind: ingest_ceiling
    mode: enforce
    params: {short_edge: 720, bitrate: 5_000_000, video_codecs: "avc1.*", audio_codecs: "mp4a.*"}
    actions: [stop]
"""
ZOMBIES = """
version: 1
rules:
  - id: no-zombies
    kind: zombie_session
    mode: enforce
    actions: [stop]
"""
UNWATCHED = """
version: 1
rules:
  - id: no-empty-rooms
    kind: no_viewers
    mode: enforce
    params: {limit: 30m}
    actions: [stop]
"""


def found(stack: Stack, inbox: str) -> list[str]:
    """What a sweep puts into an inbox, by detail-type."""
    return [each.body["detail-type"] for each in stack.take(inbox)]


def without_moment(report: Mapping[str, Any]) -> dict[str, Any]:
    """What a sweep answers, but for when it began."""
    return {name: value for name, value in report.items() if name != "began_at"}


def records(stack: Stack) -> list[dict[str, Any]]:
    """What the table holds, but for what it keeps of the sweeps themselves."""
    return [each for each in stack.items() if each["sk"]["S"] == "record"]


def test_a_fleet_costs_a_call_per_hundred(stack: Stack) -> None:
    stack.world.options = Options(quotas=Quotas(concurrent_streams=200))
    for number in range(250):
        stack.channel(f"c{number}", is_known=False)
    for number in range(120):
        stack.go_live(arn_of(f"c{number}"))
    stack.calls.clear()

    report = stack.run("Sweep", {})

    seen = {"channels": 250, "streams": 120, "differences": 370}
    assert without_moment(report) == {**seen, "outdated": 0, "rechecked": 0}
    asked = Counter(call.operation for call in stack.asked())
    assert asked == {"ListChannels": 3, "ListStreams": 2}


def test_where_nothing_differs_nothing_is_said(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio", tags={"team": "news"}, insecureIngest=True))
    stack.channel("idle", latencyMode="NORMAL")
    stack.observe_events()
    stack.sweep()
    stack.calls.clear()

    report = stack.run("Sweep", {})

    assert live.is_live
    assert without_moment(report) == {**NO_DIFFERENCE, "channels": 2, "streams": 1}
    assert found(stack, "ChangeInbox") == found(stack, "StreamInbox") == []
    assert len(stack.asked()) == 2


def test_a_channel_that_cloudtrail_told_of_is_known(stack: Stack) -> None:
    stack.client("ivs").create_channel(name="studio", tags={"team": "news"}, authorized=True)
    stack.observe_events()

    assert stack.run("Sweep", {})["differences"] == 0


def test_a_lost_start_is_made_good(stack: Stack) -> None:
    studio = stack.channel("studio")
    live = stack.go_live(studio)
    stack.events.clear()
    stack.later(hours=5)

    stack.run("Sweep", {})

    assert stack.pump("StreamEvents") == []
    (action,) = stack.take("ActionQueue")
    assert action.body["stream_id"] == live.stream_id


def test_a_lost_start_is_made_good_also_when_the_session_was_announced(stack: Stack) -> None:
    stack.go_live(stack.channel("studio"))
    created, _ = stack.events
    assert created["detail"]["event_name"] == "Session Created"
    stack.events[:] = [created]
    stack.observe_events()
    stack.later(hours=5)

    stack.sweep()

    (action,) = stack.take("ActionQueue")
    assert action.body["rule_id"] == "no-marathons"


def test_a_lost_end_is_made_good(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    stack.later(hours=2)
    live.leave()
    stack.events.clear()
    stack.later(minutes=2)

    stack.sweep()

    assert stack.run("Sweep", {})["differences"] == 0
    stack.later(hours=4)
    stack.sweep()
    assert stack.take("ActionQueue") == []


def test_a_stall_that_nobody_told_of_is_found(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    live.stall()
    stack.events.clear()

    stack.sweep()
    stack.later(minutes=13)
    stack.sweep()

    (action,) = stack.take("ActionQueue")
    assert action.body["rule_id"] == "stalled-ingest"
    assert action.body["confirm"] == {"that": "stalled"}


def test_a_recovery_that_nobody_told_of_is_found(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    live.stall()
    stack.observe_events()
    live.resume()
    stack.events.clear()
    stack.later(minutes=5)

    stack.sweep()
    stack.later(minutes=13)
    stack.sweep()

    assert stack.take("ActionQueue") == []


def test_viewers_are_reported_when_it_matters(deploy: Deploy) -> None:
    stack = deploy(policy=UNWATCHED)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    differences = []

    for crowd in (0, 0, 1, 5, 200, 210, 300, 0, 0):
        live.watched_by(crowd)
        stack.later(minutes=5)
        differences.append(stack.sweep()["differences"])

    assert differences == [1, 0, 1, 0, 1, 0, 1, 1, 0]


def test_viewers_that_no_rule_reads_cost_no_write(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    before = records(stack)

    for crowd in (0, 5, 200):
        live.watched_by(crowd)
        stack.later(minutes=5)
        stack.sweep()

    assert records(stack) == before


def test_a_count_that_timed_out_is_no_count(deploy: Deploy) -> None:
    stack = deploy(policy=UNWATCHED)
    studio = stack.channel("studio")
    stack.go_live(studio)
    stack.observe_events()
    time_out(stack.world.account_region(ACCOUNT, REGION), studio, 1)

    timed_out, counted = stack.sweep(), stack.sweep()

    assert (timed_out["differences"], counted["differences"]) == (0, 1)


def test_a_new_policy_is_enforced_by_the_next_sweep_though_nothing_happens(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.channel("idle")
    stack.observe_events()
    stack.sweep()
    stack.later(hours=2)
    report = stack.run("Sweep", {})
    assert without_moment(report) == {**NO_DIFFERENCE, "channels": 2, "streams": 1}

    stack.deploy_policy(POLICY.replace("{limit: 4h}", "{limit: 1h}"))
    stack.calls.clear()
    report = stack.sweep()

    assert (report["differences"], report["outdated"], report["rechecked"]) == (0, 2, 2)
    (action,) = stack.take("ActionQueue")
    assert action.body["stream_id"] == live.stream_id
    assert len(stack.asked()) == 2  # the two listings; to decide again costs no call
    assert stack.run("Sweep", {})["outdated"] == 0
    swept, _ = [each for each in stack.logs() if each.get("outdated")]
    assert (swept["outdated"], swept["rechecked"]) == (2, 2)
    assert [each["RecordsOutdated"] for each in stack.logs() if "RecordsOutdated" in each][-2:] == [
        [2.0],
        [0.0],
    ]


def test_a_stack_turned_to_enforce_acts_with_the_next_sweep(observing: Stack) -> None:
    observing.go_live(observing.channel("studio"))
    observing.observe_events()
    observing.later(hours=5)
    observing.sweep()
    assert observing.take("ActionQueue") == []

    observing.refs["Mode"] = "enforce"
    observing.start_cold()
    observing.sweep()

    assert [each.body["kind"] for each in observing.take("ActionQueue")] == ["stop"]


def test_a_stream_that_nobody_watches_is_stopped(deploy: Deploy) -> None:
    stack = deploy(policy=UNWATCHED)
    live = stack.go_live(stack.channel("studio"))
    live.watched_by(3)
    stack.observe_events()
    stack.sweep()
    stack.later(hours=2)
    live.watched_by(0)
    stack.sweep()
    assert stack.take("ActionQueue") == []

    stack.later(minutes=33)
    stack.sweep()

    (action,) = stack.take("ActionQueue")
    assert action.body["rule_id"] == "no-empty-rooms"
    assert action.body["reason"] == "nobody has watched for 33m; 30m is allowed"


def asked_for_sessions(stack: Stack) -> list[str]:
    """The streams that GetStreamSession was asked about since the last time."""
    asked = [each.params["streamId"] for each in stack.asked("GetStreamSession")]
    stack.calls.clear()
    return asked


def test_what_an_encoder_sends_is_read_once(deploy: Deploy) -> None:
    stack = deploy(policy=MOST_CALLS)
    ingest = Ingest(width=1920, height=1080, framerate=60, video_bitrate=8_250_000)
    live = stack.go_live(stack.channel("studio"), ingest=ingest)
    small = stack.go_live(stack.channel("small"))
    stack.observe_events()

    stack.sweep()

    assert sorted(asked_for_sessions(stack)) == sorted([live.stream_id, small.stream_id])
    (action,) = stack.take("ActionQueue")
    assert action.body["stream_id"] == live.stream_id
    assert action.body["reason"] == (
        "video 1080p60 (1920x1080) at 8.25 Mbit/s; at most 720p and 5 Mbit/s is allowed"
    )
    stack.later(minutes=2)
    stack.sweep()
    assert asked_for_sessions(stack) == []


def test_several_tracks_are_read(deploy: Deploy) -> None:
    stack = deploy(policy=MOST_CALLS)
    studio = stack.channel(
        "studio",
        containerFormat="FRAGMENTED_MP4",
        multitrackInputConfiguration={
            "enabled": True,
            "policy": "ALLOW",
            "maximumResolution": "FULL_HD",
        },
    )
    stack.go_live(studio, ingest=Ingest(width=1920, height=1080, video_bitrate=7_000_000, tracks=2))
    stack.observe_events()

    stack.sweep()

    (action,) = stack.take("ActionQueue")
    assert action.body["reason"] == (
        "video Track0 1080p30 (1920x1080) at 4.846154 Mbit/s, "
        "Track1 720p30 (1280x720) at 2.153846 Mbit/s of 2 tracks, 7 Mbit/s together; "
        "at most 720p and 5 Mbit/s is allowed"
    )


def test_no_more_than_twenty_sessions_are_read_in_a_sweep(deploy: Deploy) -> None:
    stack = deploy(policy=MOST_CALLS)
    for number in range(25):
        stack.channel(f"c{number}", is_known=False)
    for number in range(25):
        stack.go_live(arn_of(f"c{number}"))
    stack.events.clear()

    asked = []
    for _ in range(3):
        stack.sweep()
        asked.append(asked_for_sessions(stack))
        stack.later(minutes=5)

    assert [len(each) for each in asked] == [20, 5, 0]
    assert not set(asked[0]) & set(asked[1])


def test_a_policy_that_needs_no_encoder_asks_for_none(stack: Stack) -> None:
    stack.go_live(stack.channel("studio"))

    stack.sweep()

    assert asked_for_sessions(stack) == []


def test_a_stream_that_is_listed_long_after_its_end_is_stopped(deploy: Deploy) -> None:
    stack = deploy(policy=ZOMBIES)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    live.stall()
    stack.events.clear()
    stack.deliver("StreamEvents", end_of(live))
    differences = []
    for _ in range(2):
        stack.later(minutes=5)
        differences.append(stack.sweep()["differences"])
        assert stack.take("ActionQueue") == []
    stack.later(minutes=5)
    stack.calls.clear()

    differences.append(stack.sweep()["differences"])

    (action,) = stack.take("ActionQueue")
    assert action.body["reason"] == (
        "still listed as live after its end event, for 14m 30s; 10m is allowed"
    )
    assert differences == [1, 1, 1]
    assert Counter(call.operation for call in stack.asked()) == {
        "ListChannels": 1,
        "ListStreams": 1,
    }


def test_a_zombie_that_is_gone_is_none(deploy: Deploy) -> None:
    stack = deploy(policy=ZOMBIES)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    live.stall()
    stack.events.clear()
    stack.deliver("StreamEvents", end_of(live))
    for _ in range(3):
        stack.later(minutes=5)
        stack.sweep()
    (_,) = stack.take("ActionQueue")
    live.leave()
    stack.events.clear()
    stack.later(minutes=5)

    stack.sweep()

    stack.later(minutes=5)
    assert stack.sweep()["differences"] == 0
    (item,) = records(stack)
    assert "breaches" not in item


def test_a_stream_that_starves_unmatched_is_stopped(deploy: Deploy) -> None:
    stack = deploy(policy=ZOMBIES)
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    live.stall()
    stack.events.clear()
    for _ in range(2):
        stack.later(minutes=5)
        stack.sweep()
    assert stack.take("ActionQueue") == []
    stack.later(minutes=5)

    stack.sweep()

    (action,) = stack.take("ActionQueue")
    assert action.body["reason"] == (
        "listed as live, starving and without any event, for 10m, which is the limit"
    )
    assert action.body["confirm"] == {"that": "not healthy"}


def test_a_deleted_channel_is_forgotten_once(stack: Stack) -> None:
    studio = stack.channel("studio")
    stack.client("ivs").delete_channel(arn=studio)
    stack.events.clear()
    stack.later(minutes=5)

    stack.sweep()

    (item,) = records(stack)
    assert json.loads(item["entry"]["S"])["is_gone"]
    assert stack.run("Sweep", {})["differences"] == 0


def test_a_change_that_nobody_told_of_is_found(stack: Stack) -> None:
    studio = stack.channel("studio")
    stack.later(minutes=1)
    stack.client("ivs").update_channel(arn=studio, name="renamed")
    stack.events.clear()

    stack.run("Sweep", {})

    (listed,) = stack.take("ChangeInbox")
    assert listed.body["detail"]["settings"]["name"] == "renamed"


def test_a_timer_that_did_not_fire_is_made_good(stack: Stack) -> None:
    stack.go_live(stack.channel("studio"))
    stack.observe_events()
    stack.sweep()
    stack.later(hours=4, minutes=1)
    assert stack.run("Sweep", {})["differences"] == 0
    stack.later(minutes=2)

    stack.run("Sweep", {})

    assert found(stack, "StreamInbox") == [RECHECK]


def test_one_channel_is_looked_at_once_per_sweep(stack: Stack) -> None:
    live = stack.go_live(stack.channel("studio"))
    stack.observe_events()
    stack.later(hours=5)
    live.leave()

    stack.run("Sweep", {})

    assert found(stack, "StreamInbox") == ["Streamwarden Stream Not Listed"]


def test_a_new_stream_in_the_place_of_another_is_found(stack: Stack) -> None:
    studio = stack.channel("studio")
    first = stack.go_live(studio)
    stack.observe_events()
    stack.later(hours=3)
    first.leave()
    stack.later(minutes=1)
    second = stack.go_live(studio)
    stack.events.clear()

    stack.sweep()

    (channel,) = [item for item in stack.items() if item["sk"]["S"] == "record"]
    assert json.loads(channel["entry"]["S"])["live_stream_id"] == second.stream_id


def test_a_stream_key_in_a_tag_makes_no_difference_for_ever(stack: Stack) -> None:
    studio = stack.channel("studio", is_known=False)
    note = f"key is {stack.world.key_value(studio)}"
    stack.client("ivs").tag_resource(resourceArn=studio, tags={"note": note})
    stack.events.clear()
    stack.sweep()

    assert stack.run("Sweep", {})["differences"] == 0


def test_long_tags_do_not_make_a_batch_too_large(stack: Stack) -> None:
    tags = {f"{number:03}": "字" * 256 for number in range(50)}
    for number in range(10):
        stack.channel(f"c{number}", is_known=False, tags=tags)

    assert stack.run("Sweep", {})["differences"] == 10

    sent = [len(params) for _, call, params in stack.requests if call == "SendMessageBatch"]
    assert len(sent) > 1
    assert max(sent) < 300_000
    assert len(found(stack, "ChangeInbox")) == 10


def test_a_sweep_waits_longer_for_ivs_than_others_do(stack: Stack) -> None:
    stack.channel("studio", is_known=False)
    stack.world.fail_next("ListChannels", IvsError(ErrorCode.THROTTLING, "slow down"), times=5)

    assert stack.run("Sweep", {})["channels"] == 1


def test_a_sweep_that_is_throttled_fails_as_a_whole(stack: Stack) -> None:
    def throttled(operation: str, moment: str) -> None:
        if operation == "ListStreams":
            raise RuntimeError("no")

    stack.on_call = throttled
    stack.channel("studio", is_known=False)
    answer: Any = None

    try:
        answer = stack.run("Sweep", {})
    except RuntimeError:
        stack.on_call = lambda operation, moment: None

    assert answer is None
    assert found(stack, "ChangeInbox") == []


@pytest.fixture
def large(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A known account of four pages of channels and two of streams, of which a channel is gone."""
    monkeypatch.setattr(ivs, "_PAGE", 2)
    for number in range(8):
        stack.channel(f"c{number}", is_known=False)
    for number in range(3):
        stack.go_live(arn_of(f"c{number}"))
    stack.sweep()
    stack.later(minutes=5)
    stack.client("ivs").delete_channel(arn=arn_of("c7"))
    stack.events.clear()
    stack.calls.clear()
    stack.seconds_left = lambda: 50
    return stack


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """With what the function has asked to be invoked, and was not yet."""
    requests: list[Any] = []
    monkeypatch.setattr(LambdaContinuation, "go_on", lambda _, request: requests.append(request))
    return requests


def run_all(
    stack: Stack, invoked: list[Any], first: Mapping[str, Any] = SCHEDULED
) -> list[dict[str, Any]]:
    """The answers of an invocation, and of all that it leads to."""
    answers = [stack.run("Sweep", first)]
    while invoked:
        answers.append(stack.run("Sweep", invoked.pop(0)))
    return answers


ONCE = {"ListChannels": 4, "ListStreams": 2}


def test_a_sweep_that_has_no_time_left_goes_on_in_another(large: Stack, invoked: list[Any]) -> None:
    answers = run_all(large, invoked)

    *parts, report = answers
    assert parts == [{}] * 5
    seen = {"channels": 7, "streams": 3, "differences": 1}
    assert without_moment(report) == {**seen, "outdated": 0, "rechecked": 0}
    assert Counter(call.operation for call in large.asked()) == ONCE
    assert found(large, "ChangeInbox") == ["Streamwarden Resource Not Listed"]
    swept = [each for each in large.logs() if each.get("message") == "swept"]
    assert (swept[-1]["channels"], swept[-1]["differences"]) == (7, 1)
    assert not [each for each in large.items() if each["sk"]["S"] == "sweep"]


@pytest.mark.parametrize("part", range(6))
def test_a_sweep_that_is_killed_goes_on_with_the_schedule(
    large: Stack, invoked: list[Any], part: int
) -> None:
    for _ in range(part):
        large.run("Sweep", invoked.pop(0) if invoked else {})

    def kill(operation: str, moment: str) -> None:
        if (operation, moment) == ("PutItem", "after"):
            raise Killed(operation)

    large.on_call = kill
    with pytest.raises(Killed):
        large.run("Sweep", invoked.pop(0) if invoked else {})
    large.on_call = lambda operation, moment: None
    large.start_cold()
    large.later(seconds=40)
    assert large.run("Sweep", {}) == {}
    large.later(seconds=10)

    answers = run_all(large, invoked)

    assert answers[-1]["differences"] == 1
    assert Counter(call.operation for call in large.asked()) == ONCE
    assert set(found(large, "ChangeInbox")) == {"Streamwarden Resource Not Listed"}


def test_a_token_that_ivs_refuses_begins_the_listing_again(
    large: Stack, invoked: list[Any]
) -> None:
    for _ in range(3):
        large.run("Sweep", invoked.pop(0) if invoked else {})
    refusal = IvsError(ErrorCode.VALIDATION, "The value of nextToken is not valid")
    large.world.fail_next("ListChannels", refusal)

    (*_, report) = run_all(large, invoked, invoked.pop())

    assert (report["channels"], report["differences"]) == (7, 1)
    (line,) = [each for each in large.logs() if each.get("message") == "listing begun again"]
    assert line["listing"] == "channels"


def test_a_sweep_reports_in_its_log(stack: Stack) -> None:
    stack.channel("studio", is_known=False)

    stack.run("Sweep", {})

    (line,) = [each for each in stack.logs() if each.get("message") == "swept"]
    assert (line["channels"], line["streams"], line["differences"]) == (1, 0, 1)


def test_a_sweep_has_every_destination_looked_at(deploy: Deploy) -> None:
    stack = deploy(
        "version: 1\n"
        "destinations:\n  mail: {kind: sns}\n  chat: {kind: slack, secret: chat}\n"
        "rules:\n  - {id: tls, kind: insecure_ingest, mode: notify}\n"
    )

    stack.run("Sweep", {})

    woken = [each.body for each in stack.take("NotificationQueue")]
    assert woken == [{"destination": "mail"}, {"destination": "chat"}]


def test_an_invocation_that_goes_on_with_a_sweep_wakes_nobody_again(stack: Stack) -> None:
    stack.run("Sweep", {"only": "begun"})

    assert stack.take("NotificationQueue") == []


def test_a_sweep_that_can_wake_nobody_compares_the_account_all_the_same(stack: Stack) -> None:
    stack.refs["NotificationQueue"] += "-gone"
    stack.start_cold()
    stack.channel("studio", is_known=False)

    report = stack.run("Sweep", {})

    assert report["differences"] == 1
    (line,) = [each for each in stack.logs() if each.get("message") == "destinations not woken"]
    assert line["reason"].startswith("sqs:SendMessage: ")
