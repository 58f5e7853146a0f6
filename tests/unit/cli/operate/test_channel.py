"""`streamwarden channel` says in words all that a record holds."""

from datetime import datetime

from streamwarden.domain.commands import QuarantineChannel, StopStream
from streamwarden.domain.inputs import Input
from streamwarden.domain.state.controls import Sender
from streamwarden_cli.operate.channel import channel_sections
from streamwarden_cli.operate.sections import Row
from testbed import builders as build
from testbed.builders import CHANNEL, KEY, NEXT_STREAM, STREAM, at
from tests.unit.cli.operate.records import PROTECTED, RULES, recheck, record_after

ANN = "arn:aws:iam::210987654321:user/ann"
LISTED = build.channel_listed(at(), name="studio", insecureIngest=True, tags={"team": "news"})


def rows(now: datetime, *inputs: Input) -> dict[str, list[Row]]:
    record = record_after(*inputs, rules=(*RULES, PROTECTED))
    return {each.key: [*each.rows] for each in channel_sections(record, (), now)}


def test_settings_and_tags_are_said_with_the_authors_of_tags() -> None:
    found = rows(at(2), LISTED, build.tags_set(at(1), {"env": "prod"}, by=ANN))

    assert ("name", "studio") in found["resource"]
    assert ("insecureIngest", "true") in found["resource"]
    assert found["tags"] == [("env", "prod", "set by ann 1h ago"), ("team", "news", "")]


def test_the_live_stream_and_those_before_are_apart() -> None:
    found = rows(
        at(9),
        LISTED,
        build.stream_start(at(1)),
        build.stream_end(at(2)),
        build.stream_start(at(3), NEXT_STREAM),
        build.starvation_start(at(8), NEXT_STREAM),
    )

    assert found["sessions"] == [(STREAM, "2026-03-14 13:00:00, 1h on the air", "")]
    assert found["live"][0] == ("stream", NEXT_STREAM)
    assert found["live"][1] == ("on the air", "2026-03-14 15:00:00 (6h ago)")
    assert found["live"][2][0] == "health"


def test_a_channel_that_is_off_the_air_says_so() -> None:
    (live,) = [
        each for each in channel_sections(record_after(LISTED), (), at(1)) if each.key == "live"
    ]

    assert (live.rows, live.empty) == ((), "off the air")


def test_the_age_of_a_key_counts_from_its_creation_where_that_was_seen() -> None:
    seen = rows(at(24), LISTED, build.key_created(at(1)))
    found = rows(at(24), LISTED, build.key_observed(at(1)))

    assert seen["stream_key"][:2] == [("arn", KEY), ("age", "23h")]
    assert found["stream_key"][1] == ("age", "at least 1d")


def test_what_is_open_and_what_comes_next_is_said() -> None:
    found = rows(at(5), LISTED, build.stream_start(at()), recheck(4))

    assert found["open"][0][1] == "no-marathons"
    assert found["next"][0][0] == "looked at again"
    assert ("actions without an outcome", "1") in found["next"]


def test_a_channel_that_is_gone_says_since_when() -> None:
    found = rows(at(2), LISTED, build.channel_deleted(at(1)))

    assert ("gone", ("since 2026-03-14 13:00:00 (1h ago)", "yellow")) in found["resource"]


def test_a_quarantine_and_a_stop_are_said_with_their_author_and_reason() -> None:
    by, why = Sender(id="AIDAEXAMPLE"), "a leaked key"
    quarantine = QuarantineChannel(
        resource_arn=CHANNEL, time=at(1), until=at(9), author=by, reason=why
    )
    stop = StopStream(resource_arn=CHANNEL, time=at(1, minutes=1), author=by, reason=why)

    found = rows(at(2), LISTED, build.stream_start(at()), quarantine, stop)["orders"]

    assert found == [
        (
            "quarantined",
            ("since 2026-03-14 13:00:00 (1h ago), until 2026-03-14 21:00:00", "yellow"),
        ),
        ("ordered by", "AIDAEXAMPLE: a leaked key"),
        ("stop", f"{STREAM}, by AIDAEXAMPLE 2026-03-14 13:01:00 (59m ago): a leaked key"),
    ]
