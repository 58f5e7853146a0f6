"""Recordings from the configuration to the bucket: objects, events, and what goes wrong."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.recording.storage import Bucket
from ivs_simulator.state.options import REALISTIC, Latencies, Options
from ivs_simulator.world import World
from tests.unit.simulator.broadcasting.studio import BUCKET, GOOD, Disk, Studio
from tests.unit.simulator.conftest import ACCOUNT

KMS = replace(GOOD, is_kms_encrypted=True)
FOREIGN = replace(GOOD, owner_account="999988887777")
ELSEWHERE = replace(GOOD, region="us-west-2")


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_a_stream_leaves_its_media_and_says_where(studio: Studio) -> None:
    channel = studio.channel()
    stream_id = studio.stream(channel, 95)

    started, ended = studio.details()
    prefix = started["recording_s3_key_prefix"]
    assert prefix.startswith(f"ivs/v1/{ACCOUNT}/{channel.rpartition('/')[2]}/2026/3/14/18/2/")
    assert started == {
        "channel_name": "arena",
        "stream_id": stream_id,
        "recording_status": "Recording Start",
        "recording_status_reason": "",
        "recording_s3_bucket_name": BUCKET,
        "recording_s3_key_prefix": prefix,
        "recording_duration_ms": 0,
        "recording_session_id": started["recording_session_id"],
    }
    assert ended == {
        **started,
        "recording_status": "Recording End",
        "recording_duration_ms": 95_000,
        "recording_session_stream_ids": [stream_id],
    }
    stored = studio.stored()
    assert stored[0] == f"{prefix}/events/recording-started.json"
    assert stored[-1] == f"{prefix}/events/recording-ended.json"
    assert {f"{prefix}/media/hls/720p30/{name}" for name in ("playlist.m3u8", "0.ts")} <= {*stored}
    assert [key for key in stored if "thumbnails" in key] == [
        f"{prefix}/media/thumbnails/thumb{number}.jpg" for number in range(2)
    ]
    document = studio.document(stored[-1])
    assert document["media"]["hls"]["duration_ms"] == 95_000
    assert document["recording_started_at"] == "2026-03-14T18:02:11Z"
    assert document["recording_ended_at"] == "2026-03-14T18:03:46Z"


def test_the_start_is_announced_before_anything_is_stored() -> None:
    studio, found = Studio(), []

    def receive(event: dict[str, Any]) -> None:
        if event["detail-type"] == "IVS Recording State Change":
            found.append([key.rpartition("/")[2] for key in studio.stored()][-1:])

    studio.world = World(lambda: studio.now, receive, storage=studio.disk)
    studio.ivs = studio.client()
    studio.stream(studio.channel(), 30)

    assert found == [[], ["recording-ended.json"]]


def test_what_is_recorded_is_as_configured(studio: Studio) -> None:
    channel = studio.channel(
        thumbnailConfiguration={"recordingMode": "DISABLED"},
        renditionConfiguration={"renditionSelection": "CUSTOM", "renditions": ["SD"]},
    )

    studio.stream(channel, 20)

    folders = {
        key.split("/media/")[1].rpartition("/")[0] for key in studio.stored() if "med" in key
    }
    assert folders == {"hls", "hls/480p30"}


def test_without_a_configuration_nothing_is_recorded(studio: Studio) -> None:
    studio.stream(studio.ivs.create_channel()["channel"]["arn"], 20)

    assert studio.details() == []
    assert studio.stored() == []


def test_streams_within_the_window_are_one_recording(studio: Studio) -> None:
    channel = studio.channel(window=60)
    first = studio.stream(channel, 40)
    studio.wait(59)
    second = studio.stream(channel, 30.5)
    studio.wait(59)
    assert studio.statuses() == ["Recording Start"]
    studio.wait(1)

    started, ended = studio.details()
    assert ended["recording_session_stream_ids"] == [first, second]
    assert (ended["stream_id"], ended["recording_duration_ms"]) == (second, 70_500)
    for shared in ("recording_s3_key_prefix", "recording_session_id"):
        assert started[shared] == ended[shared]
    prefix = ended["recording_s3_key_prefix"]
    assert all(key.startswith(f"{prefix}/") for key in studio.stored())
    document = studio.document(f"{prefix}/events/recording-ended.json")
    assert document["media"]["hls"]["duration_ms"] == 70_500
    event = studio.received("IVS Recording State Change")[-1]
    assert event["time"] == "2026-03-14T18:05:20Z", "a window after the second stream's end"


def test_a_stream_after_the_window_is_a_recording_of_its_own(studio: Studio) -> None:
    channel = studio.channel(window=60)
    studio.stream(channel, 40)
    studio.later(seconds=60)
    studio.stream(channel, 30)
    studio.wait(60)

    assert studio.statuses() == ["Recording Start", "Recording End"] * 2
    first, second = studio.details()[1::2]
    assert (first["recording_duration_ms"], second["recording_duration_ms"]) == (40_000, 30_000)
    assert first["recording_s3_key_prefix"] != second["recording_s3_key_prefix"]


@pytest.mark.parametrize(
    "ingest",
    [{"width": 854, "height": 480}, {"framerate": 60}, {"video_bitrate": 1_000_000}],
)
def test_another_kind_of_stream_is_not_merged_and_the_first_still_waits(
    studio: Studio, ingest: dict[str, int]
) -> None:
    channel = studio.channel(window=60)
    first = studio.stream(channel, 40)
    studio.wait(5)
    studio.go_live(channel, **ingest)
    assert studio.statuses() == ["Recording Start", "Recording Start"]
    studio.wait(55)

    ended = studio.details()[-1]
    assert ended["recording_status"] == "Recording End"
    assert ended["stream_id"] == first
    assert ended["recording_session_stream_ids"] == [first]


def test_a_changed_channel_begins_a_new_recording(studio: Studio) -> None:
    channel = studio.channel(window=60)
    studio.stream(channel, 40)
    studio.ivs.update_channel(arn=channel, type="ADVANCED_HD")
    studio.go_live(channel)

    assert studio.statuses() == ["Recording Start", "Recording Start"]


def test_a_broadcaster_who_comes_back_at_once_is_merged_once(studio: Studio) -> None:
    channel = studio.channel(window=60)
    ids = [studio.stream(channel, 0), studio.stream(channel, 0), studio.stream(channel, 20)]
    studio.wait(60)

    assert studio.statuses() == ["Recording Start", "Recording End"]
    assert studio.details()[-1]["recording_session_stream_ids"] == ids
    assert studio.details()[-1]["recording_duration_ms"] == 20_000


def test_as_long_as_a_stream_is_written_none_is_merged_with_it(studio: Studio) -> None:
    studio.world.options = Options(
        latencies=Latencies(recording_written=REALISTIC.recording_written)
    )
    channel = studio.channel(window=60)
    studio.stream(channel, 40)
    studio.wait(9)
    studio.stream(channel, 40)
    studio.wait(10)
    studio.stream(channel, 40)
    studio.wait(60)

    merged = [len(each.get("recording_session_stream_ids", ())) for each in studio.details()]
    assert sorted(merged) == [0, 0, 1, 2]


def test_a_recording_takes_its_time_to_be_written(studio: Studio) -> None:
    studio.world.options = Options(latencies=Latencies(recording_written=timedelta(seconds=10)))
    studio.stream(studio.channel(), 40)
    studio.wait(9)
    assert studio.statuses() == ["Recording Start"]
    studio.wait(1)

    assert studio.statuses() == ["Recording Start", "Recording End"]
    assert studio.details()[-1]["recording_duration_ms"] == 40_000


@pytest.mark.parametrize("bucket", [None, KMS, FOREIGN, ELSEWHERE])
def test_a_bucket_ivs_cannot_write_to_fails_the_start(
    studio: Studio, bucket: Bucket | None
) -> None:
    channel = studio.channel()
    studio.state(studio.configuration())
    if bucket is None:
        studio.disk.remove_bucket(BUCKET)
    else:
        studio.disk.add_bucket(bucket)
    studio.stream(channel, 30)

    (failed,) = studio.details()
    assert failed["recording_status"] == "Recording Start Failure"
    assert failed["recording_status_reason"] == "ValidationException"
    assert failed["recording_s3_bucket_name"] == BUCKET
    assert failed["recording_s3_key_prefix"] == ""
    assert failed["recording_duration_ms"] == 0
    (listed,) = studio.ivs.list_stream_sessions(channelArn=channel)["streamSessions"]
    assert listed["hasErrorEvent"] is True
    assert bucket is None or studio.stored() == []


@pytest.mark.parametrize(
    "refused", ["recording-started.json", "master.m3u8", "recording-ended.json"]
)
def test_what_cannot_be_stored_fails_the_recording(studio: Studio, refused: str) -> None:
    channel = studio.channel()
    studio.disk.refused = (refused,)
    studio.stream(channel, 30)

    started, failed = studio.details()
    assert failed == {
        **started,
        "recording_status": "Recording End Failure",
        "recording_status_reason": "InternalServerException",
    }
    document = studio.document(studio.stored()[-1])
    assert document["recording_status"] == "RECORDING_ENDED_WITH_FAILURE"
    assert document["recording_status_message"] == "InternalServerException"
    assert document["media"]["hls"]["duration_ms"] == 0


def test_a_bucket_deleted_meanwhile_fails_the_recording(studio: Studio) -> None:
    channel = studio.channel()
    broadcast = studio.go_live(channel)
    studio.disk.remove_bucket(BUCKET)
    broadcast.leave()

    assert studio.statuses() == ["Recording Start", "Recording End Failure"]


def test_a_recording_a_tester_breaks_keeps_what_was_recorded(studio: Studio) -> None:
    channel = studio.channel(window=60)
    broadcast = studio.go_live(channel)
    studio.later(seconds=25)
    broadcast.fail_recording()
    studio.later(seconds=25)
    broadcast.leave()
    studio.wait(60)

    assert studio.statuses() == ["Recording Start", "Recording End Failure"]
    prefix = studio.details()[-1]["recording_s3_key_prefix"]
    assert studio.stored()[-1] == f"{prefix}/events/recording-failed.json"
    assert studio.document(studio.stored()[-1])["media"]["hls"]["duration_ms"] == 25_000
    assert f"{prefix}/media/hls/720p30/playlist.m3u8" in studio.stored()


def test_silence_is_not_recorded(studio: Studio) -> None:
    broadcast = studio.go_live(studio.channel())
    for span in (25, 15):
        studio.later(seconds=span)
        broadcast.stall()
        studio.later(seconds=60)
        broadcast.resume()
    studio.later(seconds=10)
    broadcast.stall()
    studio.later(seconds=60)
    broadcast.leave()

    assert studio.statuses() == ["Recording Start", "Recording End"]
    assert studio.details()[-1]["recording_duration_ms"] == 50_000


def test_a_recording_that_a_tester_breaks_before_it_begins_fails_once(studio: Studio) -> None:
    channel = studio.channel()
    studio.world.fail_recording(channel)
    for _ in range(2):
        studio.go_live(channel).leave()

    assert studio.statuses() == ["Recording Start Failure", "Recording Start", "Recording End"]
    assert studio.details()[0]["recording_status_reason"] == "InternalServerException"


def test_events_are_remembered_before_they_are_sent() -> None:
    """A storage that works in the background sends them late, from its own thread."""
    waiting = []

    class Slow(Disk):
        def when_stored(self, act: Any) -> None:
            waiting.append(act)

    studio = Studio(disk=Slow())
    channel = studio.channel()
    stream_id = studio.stream(channel, 30)

    session = studio.ivs.get_stream_session(channelArn=channel, streamId=stream_id)["streamSession"]
    assert {"Recording Start", "Recording End"} <= {e["name"] for e in session["truncatedEvents"]}
    assert studio.details() == []
    for act in waiting:
        act()
    assert studio.statuses() == ["Recording Start", "Recording End"]


@pytest.mark.parametrize(
    ("bucket", "state"),
    [(GOOD, "ACTIVE"), (KMS, "ACTIVE"), (FOREIGN, "CREATE_FAILED"), (None, "CREATE_FAILED")],
)
def test_a_configuration_becomes_what_its_bucket_allows(
    studio: Studio, bucket: Bucket | None, state: str
) -> None:
    studio.disk.remove_bucket(BUCKET)
    if bucket is not None:
        studio.disk.add_bucket(bucket)

    assert studio.state(studio.configuration()) == state


def test_a_configuration_takes_its_time(studio: Studio) -> None:
    studio.world.options = Options(
        latencies=Latencies(recording_configuration=REALISTIC.recording_configuration)
    )
    arn = studio.configuration()

    assert studio.state(arn) == "CREATING"
    studio.later(seconds=2)
    assert studio.state(arn) == "ACTIVE"


def test_a_channel_that_did_not_wait_for_its_configuration_is_not_recorded(studio: Studio) -> None:
    studio.disk.remove_bucket(BUCKET)
    channel = studio.channel()
    studio.world.tick()
    studio.disk.add_bucket(GOOD)
    studio.go_live(channel)

    assert studio.statuses() == ["Recording Start Failure"]


def test_a_bucket_of_another_region_is_refused_except_in_us_east_1(studio: Studio) -> None:
    studio.disk.add_bucket(ELSEWHERE)
    with pytest.raises(ClientError) as refused:
        studio.configuration()
    assert refused.value.response["Error"]["Code"] == "ValidationException"

    assert studio.state(studio.configuration("us-east-1"), "us-east-1") == "CREATE_FAILED"


def test_a_configuration_without_a_bucket_is_refused(studio: Studio) -> None:
    with pytest.raises(ClientError) as refused:
        studio.ivs.create_recording_configuration(destinationConfiguration={})

    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_recording_is_announced_under_the_name_its_channel_had(studio: Studio) -> None:
    channel = studio.channel(window=60)
    studio.go_live(channel).leave()
    studio.ivs.delete_channel(arn=channel)
    studio.later(seconds=61)
    studio.world.tick()

    end = studio.received("IVS Recording State Change")[-1]["detail"]
    assert (end["recording_status"], end["channel_name"]) == ("Recording End", "arena")


def test_a_configuration_is_completed_with_the_defaults_of_the_api(studio: Studio) -> None:
    arn = studio.configuration(thumbnailConfiguration={"storage": ["LATEST"]})

    held = studio.ivs.get_recording_configuration(arn=arn)["recordingConfiguration"]
    assert held["thumbnailConfiguration"] == {
        "recordingMode": "INTERVAL",
        "targetIntervalSeconds": 60,
        "storage": ["LATEST"],
    }
    disabled = studio.configuration(thumbnailConfiguration={"recordingMode": "DISABLED"})
    held = studio.ivs.get_recording_configuration(arn=disabled)["recordingConfiguration"]
    assert held["thumbnailConfiguration"] == {"recordingMode": "DISABLED"}


def test_custom_renditions_have_to_be_named(studio: Studio) -> None:
    with pytest.raises(ClientError, match="A CUSTOM renditionSelection needs renditions"):
        studio.configuration(renditionConfiguration={"renditionSelection": "CUSTOM"})
