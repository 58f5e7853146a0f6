"""`streamwarden history` tells in order what a record still knows."""

from streamwarden_cli.operate.history import history_section
from streamwarden_cli.operate.record_history import record_history
from testbed import builders as build
from testbed.builders import STREAM, at
from tests.unit.cli.operate.records import PROTECTED, RULES, recheck, record_after

ANN = "arn:aws:iam::210987654321:user/ann"


def test_streams_tags_keys_and_what_was_decided_come_in_order_with_their_authors() -> None:
    record = record_after(
        build.channel_listed(at(), name="studio", tags={"team": "news"}),
        build.key_created(at(0, 1), by=ANN),
        build.stream_start(at(1)),
        build.tags_set(at(3), {"env": "prod"}, by=ANN),
        recheck(5),
        build.stream_end(at(6)),
        rules=(*RULES, PROTECTED),
    )

    notified = [(f"{each.at:%H:%M}", each.author, each.text) for each in record_history(record)]

    assert notified == [
        ("12:00", "", "channel first seen"),
        ("12:01", "ann", "stream key made"),
        ("13:00", "", "on the air"),
        ("15:00", "ann", "tag env set to 'prod'"),
        ("18:00", "", "ended after 5h on the air"),
        ("18:00", "", "breach resolved"),
    ]


def test_the_stalls_of_a_stream_that_is_on_the_air_are_told() -> None:
    record = record_after(
        build.channel_listed(at(), name="studio"),
        build.stream_start(at(1)),
        build.starvation_start(at(2)),
        build.starvation_end(at(2, 5)),
    )

    assert [each.text for each in record_history(record)[-2:]] == [
        "ingest stalled",
        "ingest delivers again",
    ]


def test_a_recording_and_a_failure_are_told() -> None:
    record = record_after(
        build.channel_listed(at(), name="studio", tags={"team": "news"}),
        build.recording_start(at(1)),
        build.stream_event("Stream Failure", at(2), reason="no video"),
        build.recording_end_failure(at(3), build.NEXT_RECORDING),
    )

    texts = [each.text for each in record_history(record)]

    assert f"recording {build.RECORDING} began" in texts
    assert "failed: no video" in texts
    assert any("Recording End Failure" in each for each in texts)


def test_a_row_names_the_stream_where_no_rule_is_concerned() -> None:
    record = record_after(build.channel_listed(at(), name="studio"), build.stream_start(at(1)))

    rows = history_section(record_history(record)).rows

    assert ("2026-03-14 13:00:00", "session", STREAM, "", "on the air") in rows
