"""What is no longer kept of a resource opens no breach, closes none, and makes nothing live."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from streamwarden.domain.inputs import Input, Recheck
from streamwarden.domain.policy import CompiledRule
from streamwarden.domain.state.facts import Facts
from streamwarden.services.fleet import fleet_entry
from testbed import builders as build
from testbed.builders import CHANNEL, KEY, STOP, STREAM, at
from tests.unit.services.fakes import Harness

MALLORY = "arn:aws:iam::1:user/mallory"


class Timeline:
    """One channel under one rule: what is told of it minute by minute."""

    def __init__(self, rule: CompiledRule) -> None:
        self.harness = Harness(build.policy_of(rule))

    def observe(self, minute: float, *inputs: Input) -> None:
        self.harness.time.now = at(minutes=minute)
        self.harness.observer().observe(CHANNEL, inputs)

    def look(self, minute: float) -> None:
        self.observe(minute, Recheck(resource_arn=CHANNEL, time=at(minutes=minute)))

    @property
    def breaches(self) -> list[str]:
        return [each.rule_id for each in self.harness.store.load(CHANNEL).breaches.values()]

    @property
    def actions(self) -> int:
        return len(self.harness.outbox.actions)


def attempts(first_minute: float, count: int = 6) -> Iterable[tuple[float, Input, Input]]:
    """Sessions that never get on the air, one a minute."""
    for number in range(count):
        minute = first_minute + number
        stream_id = f"st-{minute:023}"
        moment = at(minutes=minute)
        yield (
            minute,
            build.session_created(moment, stream_id),
            build.session_ended(moment, stream_id),
        )


def test_a_start_that_is_notified_again_is_not_counted_again() -> None:
    timeline = Timeline(build.compiled_rule("flapping", {"sessions": 6, "window": "PT1H"}, STOP))
    for minute in range(6):
        timeline.observe(minute, build.stream_start(at(minutes=minute), f"st-{minute}{'a' * 20}"))

    timeline.observe(6, build.stream_start(at(), f"st-0{'a' * 20}"))

    assert (timeline.breaches, timeline.actions) == ([], 0)


def test_a_stream_that_is_over_does_not_come_back_to_life() -> None:
    timeline = Timeline(build.compiled_rule("max_duration", {"limit": "PT1H"}, STOP))
    timeline.observe(0, build.stream_start(at()))
    timeline.observe(59, build.stream_end(at(minutes=59)))
    for number in range(6):
        failure = build.stream_event("Stream Failure", at(minutes=60 + number), f"st-{number}")
        timeline.observe(60 + number, failure)

    timeline.observe(90, build.stream_start(at()))

    assert (timeline.breaches, timeline.actions) == ([], 0)
    assert Facts(timeline.harness.store.load(CHANNEL).state).live is None


def test_a_recording_of_long_ago_that_is_notified_again_explains_nothing() -> None:
    timeline = Timeline(build.compiled_rule("not_recording", {"limit": "PT1M"}))
    timeline.observe(0, build.channel_created(at(), recordingConfigurationArn="arn:r"))
    for number in range(4):
        stream_id, recording_id = f"st-{number}", f"rec-{number}"
        start, end = at(minutes=number * 10), at(minutes=number * 10 + 5)
        timeline.observe(
            number * 10 + 5,
            build.stream_start(start, stream_id),
            build.recording_start(start, recording_id, stream_id),
            build.stream_end(end, stream_id),
            build.recording_end(end, timedelta(minutes=5), recording_id, stream_id),
        )
    timeline.observe(60, build.stream_start(at(minutes=60), "st-live"))
    timeline.look(62)
    assert timeline.breaches == ["not-recording"]

    timeline.observe(63, build.recording_start(at(), "rec-0", "st-0"))

    assert timeline.breaches == ["not-recording"]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (
            build.compiled_rule("recording_integrity", {"at_least": 0.9}),
            build.recording_end(at(minutes=60), timedelta(minutes=10)),
        ),
        (
            build.compiled_rule("stream_failure"),
            build.stream_event("Stream Failure", at(minutes=60), reason="no capacity"),
        ),
        (build.compiled_rule("limit_breach"), build.limit_breach(at(minutes=59))),
        (build.compiled_rule("recording_failed"), build.recording_end_failure(at(minutes=60))),
    ],
    ids=lambda each: each.kind if isinstance(each, CompiledRule) else "",
)
def test_failed_attempts_close_no_breach_of_the_stream_before(
    rule: CompiledRule, fault: Input
) -> None:
    timeline = Timeline(rule)
    timeline.observe(60, build.stream_start(at()), build.stream_end(at(minutes=60)), fault)
    opened = timeline.breaches
    assert opened == [rule.id]

    for minute, *notified in attempts(61, 12):
        timeline.observe(minute, *notified)

    assert timeline.breaches == opened


def test_hits_of_one_limit_do_not_hide_those_of_another() -> None:
    timeline = Timeline(build.compiled_rule("limit_breach", {"limits": ["Ingest Resolution"]}))
    timeline.observe(
        1, build.stream_start(at()), build.limit_breach(at(), name="Ingest Resolution")
    )

    for minute in range(2, 20):
        timeline.observe(minute, build.limit_breach(at(minutes=minute)))

    assert timeline.breaches == ["limit-breach"]


@pytest.mark.parametrize(
    ("kind", "readings"),
    [
        ("starvation", lambda minute: {"health": "STARVING", "viewers": int(minute)}),
        ("no_viewers", lambda minute: {"viewers": 0}),
    ],
)
def test_however_many_readings_come_the_first_one_counts(
    kind: str, readings: Callable[[float], dict[str, object]]
) -> None:
    timeline = Timeline(build.compiled_rule(kind, {"limit": "PT45M"}))
    timeline.observe(0, build.stream_start(at()))

    for minute in range(5, 60, 5):
        listed = build.stream_listed(
            at(minutes=minute),
            start_time=at(),
            **readings(minute),  # type: ignore[arg-type]
        )
        timeline.observe(minute, listed)

    assert timeline.breaches == [kind.replace("_", "-")]


@pytest.mark.parametrize(
    ("kind", "is_kept"), [("max_duration", False), ("starvation", False), ("no_viewers", True)]
)
def test_a_viewer_count_changes_no_record_where_no_rule_reads_viewers(
    kind: str, *, is_kept: bool
) -> None:
    timeline = Timeline(build.compiled_rule(kind, {"limit": "PT45M"}))
    listed = build.stream_listed(at(minutes=5), start_time=at(), viewers=7)

    timeline.observe(5, build.stream_start(at()), listed)

    assert (fleet_entry(timeline.harness.store.load(CHANNEL)).viewers == 7) is is_kept


def test_a_viewer_count_is_not_kept_for_an_exemption_that_has_ended() -> None:
    rule = build.compiled_rule(
        "max_duration", {"limit": "PT45M"}, unless="session.viewers", unless_until=at(minutes=9)
    )
    timeline = Timeline(rule)
    timeline.observe(5, build.stream_start(at()), build.stream_listed(at(minutes=5), viewers=7))
    before = fleet_entry(timeline.harness.store.load(CHANNEL)).viewers

    timeline.look(9)

    assert (before, fleet_entry(timeline.harness.store.load(CHANNEL)).viewers) == (7, None)


def test_airtime_is_not_kept_without_a_budget() -> None:
    timeline = Timeline(build.compiled_rule("max_duration", {"limit": "PT45M"}))

    timeline.observe(5, build.stream_start(at()), build.stream_end(at(minutes=5)))

    assert timeline.harness.store.load(CHANNEL).state.airtime == {}


def test_a_protected_tag_stays_changed_by_whoever_changed_it() -> None:
    rule = build.compiled_rule("protected_tags", {"tags": ["exempt"], "by": ["*:user/ann"]})
    timeline = Timeline(rule)
    timeline.observe(1, build.tags_set(at(minutes=1), {"exempt": "yes"}, by=MALLORY))

    for minute in range(2, 12):
        others = {f"{name}{minute}": "" for name in "abc"}
        timeline.observe(minute, build.tags_set(at(minutes=minute), others, by=MALLORY))

    assert timeline.breaches == ["protected-tags"]


def test_a_tag_that_was_always_there_stays_however_many_there_are() -> None:
    rule = build.compiled_rule(
        "max_duration", {"limit": "PT1H"}, STOP, unless="channel.tags.exempt == 'yes'"
    )
    timeline = Timeline(rule)
    own = {f"t{number:02}": "x" for number in range(49)} | {"exempt": "yes"}
    stack = {
        f"aws:cloudformation:{name}": name for name in ("stack-name", "stack-id", "logical-id")
    }
    timeline.observe(0, build.channel_listed(at(), tags=own | stack), build.stream_start(at()))

    changed = build.tags_set(at(minutes=70), {"t01": "w" * 250, "t02": "w" * 250})
    timeline.observe(70, changed)
    timeline.look(71)

    assert (timeline.breaches, timeline.actions) == ([], 0)


def test_what_rules_read_of_a_keys_tags_is_kept_whole() -> None:
    params = {"tags": {"cost-center": {"values": ["emea-marketing-4711"]}}, "on": ["stream_key"]}
    timeline = Timeline(build.compiled_rule("required_tags", params))
    notes = {f"note{number}": "x" * 140 for number in range(20)}
    tags = {"cost-center": "emea-marketing-4711", **notes}

    timeline.observe(0, build.channel_created(at(-1)), build.key_observed(at(), tags=tags))
    timeline.look(1)

    assert timeline.breaches == []


def test_tags_of_a_key_that_were_summarised_are_listed_again_by_a_sweep() -> None:
    timeline = Timeline(build.compiled_rule("inherited_tags", {"tags": ["*"]}))
    timeline.observe(
        0, build.channel_created(at(-1)), build.key_observed(at(), tags={"owner": "ann"})
    )
    assert fleet_entry(timeline.harness.store.load(CHANNEL)).are_key_tags_known

    timeline.observe(10, build.tags_set(at(minutes=10), {"a": "x" * 250}, arn=KEY))
    assert not fleet_entry(timeline.harness.store.load(CHANNEL)).are_key_tags_known

    timeline.observe(12, build.key_observed(at(minutes=12), tags={"a": "x" * 250}))
    assert fleet_entry(timeline.harness.store.load(CHANNEL)).are_key_tags_known


def test_airtime_of_a_long_stream_is_not_counted_twice() -> None:
    timeline = Timeline(
        build.compiled_rule("broadcast_budget", {"limit": "PT20H", "period": "month"})
    )
    for number in range(20):
        minute = number * 15
        stream_id = f"st-{number}"
        timeline.observe(minute, build.stream_start(at(minutes=minute), stream_id))
        timeline.observe(minute + 4, build.stream_end(at(minutes=minute + 4), stream_id))
    start = at(hours=6)
    timeline.observe(360, build.stream_start(start, STREAM))
    before = Facts(timeline.harness.store.load(CHANNEL).state).aired_before

    for hour in range(7, 24 * 5):
        listed = build.stream_listed(at(hours=hour), STREAM, start_time=start)
        timeline.observe(hour * 60, listed)

    assert Facts(timeline.harness.store.load(CHANNEL).state).aired_before == before


def test_what_an_encoder_says_of_itself_is_cut() -> None:
    timeline = Timeline(build.compiled_rule("ingest_ceiling", {"video_tracks": 1}))
    track = build.video_track(1920, 1080, codec="x" * 9_000)

    timeline.observe(1, build.stream_start(at()), build.ingest_observed(at(), *[track] * 200))

    ingest = timeline.harness.store.load(CHANNEL).state.sessions[STREAM].ingest
    assert ingest is not None
    assert len(ingest.value.video) == 8
    assert max(len(each.codec) for each in ingest.value.video) <= 40
