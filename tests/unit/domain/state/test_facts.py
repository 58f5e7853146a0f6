"""What is concluded from late, lost, repeated and contradicting inputs."""

from copy import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from streamwarden.domain.state.facts import Facts
from testbed.builders import (
    CHANNEL,
    KEY,
    NEXT_RECORDING,
    NEXT_STREAM,
    RECORDING,
    STREAM,
    api_call,
    at,
    channel_created,
    channel_deleted,
    channel_listed,
    channel_not_listed,
    channel_updated,
    facts_from,
    key_created,
    key_deleted,
    key_observed,
    limit_breach,
    recording_event,
    recording_start,
    recording_start_failure,
    session_created,
    session_ended,
    starvation_end,
    starvation_start,
    stream_end,
    stream_event,
    stream_listed,
    stream_not_listed,
    stream_start,
    tag_change,
    tags_removed,
    tags_set,
)


def live_stream(facts: Facts) -> str | None:
    return facts.live.stream_id if facts.live else None


def current_stream(facts: Facts) -> str | None:
    return facts.session.stream_id if facts.session else None


class TestSession:
    def test_a_channel_of_which_nothing_is_known_is_idle(self) -> None:
        facts = facts_from()

        assert facts.session is None
        assert facts.live is None

    def test_a_created_session_is_going_on_but_not_on_the_air(self) -> None:
        facts = facts_from(session_created(at()))

        assert current_stream(facts) == STREAM
        assert live_stream(facts) is None

    def test_a_started_stream_is_on_the_air_since_its_start(self) -> None:
        facts = facts_from(session_created(at()), stream_start(at(seconds=7)))

        assert facts.live is not None
        assert facts.live.on_air_at == at(seconds=7)

    @pytest.mark.parametrize("end", [stream_end, session_ended])
    def test_either_end_event_is_terminal(self, end: Any) -> None:
        facts = facts_from(stream_start(at()), end(at(1)))

        assert facts.session is None

    def test_a_session_has_ended_at_the_first_of_its_two_end_events(self) -> None:
        facts = facts_from(stream_end(at(1, seconds=4)), session_ended(at(1)), stream_start(at()))

        assert facts.state.sessions[STREAM].ended_at == at(1)

    def test_an_end_that_arrives_before_the_start_keeps_the_session_over(self) -> None:
        facts = facts_from(stream_end(at(1)), stream_start(at()), session_created(at()))

        assert facts.session is None

    def test_an_ended_stream_that_is_still_listed_is_over(self) -> None:
        facts = facts_from(stream_start(at()), stream_end(at(1)), stream_listed(at(1, seconds=5)))

        assert facts.session is None

    def test_a_newer_session_closes_an_older_one_whose_end_was_lost(self) -> None:
        facts = facts_from(stream_start(at()), session_created(at(1), NEXT_STREAM))

        assert current_stream(facts) == NEXT_STREAM
        assert live_stream(facts) is None

    def test_the_end_of_a_newer_session_does_not_bring_the_older_one_back(self) -> None:
        facts = facts_from(
            stream_start(at()), stream_start(at(1), NEXT_STREAM), stream_end(at(2), NEXT_STREAM)
        )

        assert facts.session is None

    def test_a_late_start_of_an_older_session_does_not_close_the_newer_one(self) -> None:
        facts = facts_from(stream_start(at(1), NEXT_STREAM), session_created(at()))

        assert live_stream(facts) == NEXT_STREAM

    def test_a_late_end_of_an_older_session_does_not_close_the_newer_one(self) -> None:
        facts = facts_from(
            stream_start(at()),
            session_created(at(1), NEXT_STREAM),
            stream_start(at(1, seconds=7), NEXT_STREAM),
            stream_end(at(1, seconds=3)),
        )

        assert live_stream(facts) == NEXT_STREAM

    def test_the_drained_end_of_an_unknown_session_does_not_close_the_next_one_listed_live(
        self,
    ) -> None:
        facts = facts_from(
            session_created(at(1), NEXT_STREAM),
            stream_start(at(1, seconds=7), NEXT_STREAM),
            stream_end(at(1, seconds=4)),  # all other events of this session were lost
            stream_listed(at(1, minutes=10), NEXT_STREAM, start_time=at(1, seconds=7)),
        )

        assert live_stream(facts) == NEXT_STREAM

    def test_a_listed_stream_is_on_the_air_since_its_start_time(self) -> None:
        facts = facts_from(stream_listed(at(2), start_time=at()))

        assert facts.live is not None
        assert facts.live.on_air_at == at()

    def test_any_event_of_a_running_stream_shows_it_on_the_air_when_its_start_was_lost(
        self,
    ) -> None:
        facts = facts_from(stream_event("Stream Takeover", at(1)))

        assert live_stream(facts) == STREAM

    def test_a_limit_breach_is_no_sign_of_being_on_the_air(self) -> None:
        facts = facts_from(limit_breach(at()))

        assert current_stream(facts) == STREAM
        assert live_stream(facts) is None

    @pytest.mark.parametrize("name", ["Stream Failure", "Stream Takeover Failure"])
    def test_an_attempt_that_failed_hides_no_live_stream(self, name: str) -> None:
        facts = facts_from(stream_start(at()), stream_event(name, at(1), NEXT_STREAM))

        assert live_stream(facts) == STREAM

    def test_what_is_listed_is_not_shadowed_by_a_later_session_that_came_to_naught(self) -> None:
        listed = stream_listed(at(2), start_time=at())

        facts = facts_from(stream_start(at()), session_created(at(1), NEXT_STREAM), listed)

        assert live_stream(facts) == STREAM

    def test_a_stream_listed_long_after_its_end_never_ended(self) -> None:
        ended = stream_end(at(1))
        drained = facts_from(
            stream_start(at()), ended, stream_listed(at(1, minutes=4), start_time=at())
        )
        going_on = facts_from(
            stream_start(at()), ended, stream_listed(at(1, minutes=6), start_time=at())
        )

        assert live_stream(drained) is None
        assert live_stream(going_on) == STREAM

    def test_a_stream_listed_long_after_an_end_is_over_once_it_ends_again(self) -> None:
        facts = facts_from(
            stream_start(at()),
            stream_end(at(1)),
            stream_listed(at(2), start_time=at()),
            session_ended(at(2, minutes=1)),
        )

        assert facts.session is None

    def test_a_stream_listed_long_after_its_end_is_over_once_it_is_not_listed(self) -> None:
        facts = facts_from(
            stream_start(at()),
            stream_end(at(1)),
            stream_listed(at(1, minutes=6), start_time=at()),
            stream_not_listed(at(1, minutes=11)),
        )

        assert facts.session is None

    def test_sessions_that_began_at_the_same_moment_are_told_apart_by_their_ids(self) -> None:
        one_way = facts_from(stream_start(at(), "st-a"), stream_start(at(), "st-b"))
        the_other = facts_from(stream_start(at(), "st-b"), stream_start(at(), "st-a"))

        assert live_stream(one_way) == live_stream(the_other) == "st-b"

    def test_the_newer_session_is_the_later_moment_whatever_its_offset(self) -> None:
        in_california = timezone(timedelta(hours=-8))
        older = stream_listed(at(), STREAM, start_time=at())
        newer = stream_listed(at(1), NEXT_STREAM, start_time=at(1).astimezone(in_california))

        facts = facts_from(older, replace(newer, time=at(1).astimezone(in_california)))

        assert live_stream(facts) == NEXT_STREAM


class TestListingLag:
    def test_a_listing_without_the_stream_closes_it(self) -> None:
        facts = facts_from(stream_start(at()), stream_not_listed(at(minutes=1)))

        assert facts.session is None

    def test_a_stream_that_began_within_a_minute_of_the_listing_is_not_closed(self) -> None:
        facts = facts_from(stream_start(at()), stream_not_listed(at(seconds=59)))

        assert live_stream(facts) == STREAM

    def test_a_stream_seen_after_the_listing_that_missed_it_is_live_again(self) -> None:
        facts = facts_from(
            stream_start(at()),
            stream_not_listed(at(minutes=10)),
            stream_listed(at(minutes=15), start_time=at()),
        )

        assert live_stream(facts) == STREAM
        assert facts.live is not None
        assert facts.live.on_air_at == at()

    def test_a_late_start_from_before_the_listing_does_not_reopen_the_session(self) -> None:
        facts = facts_from(stream_not_listed(at(2)), stream_start(at()))

        assert facts.session is None

    def test_a_listing_without_the_channel_means_it_is_gone(self) -> None:
        facts = facts_from(channel_listed(at()), channel_not_listed(at(minutes=1)))

        assert facts.is_gone

    def test_a_channel_created_within_a_minute_of_the_listing_is_not_gone(self) -> None:
        facts = facts_from(channel_created(at()), channel_not_listed(at(seconds=59)))

        assert not facts.is_gone


class TestGone:
    def test_a_channel_of_which_nothing_is_known_is_not_gone(self) -> None:
        assert not facts_from().is_gone

    def test_a_deleted_channel_is_gone(self) -> None:
        facts = facts_from(channel_created(at()), channel_deleted(at(1)))

        assert facts.is_gone

    def test_a_channel_only_known_by_its_deletion_is_gone(self) -> None:
        assert facts_from(channel_deleted(at())).is_gone

    def test_an_older_event_that_arrives_after_the_deletion_changes_nothing(self) -> None:
        facts = facts_from(channel_deleted(at(1)), stream_start(at()))

        assert facts.is_gone

    def test_a_channel_listed_again_is_not_gone(self) -> None:
        facts = facts_from(channel_not_listed(at()), channel_listed(at(1)))

        assert not facts.is_gone

    def test_a_refused_deletion_is_no_deletion(self) -> None:
        refused = api_call("DeleteChannel", at(1), {"arn": CHANNEL}, error="ConflictException")

        facts = facts_from(channel_created(at()), refused)

        assert not facts.is_gone

    def test_a_deleted_channel_stays_gone_when_its_last_recording_ends_later(self) -> None:
        # `Recording End` lags the end of the stream by the reconnect window, up to 300 seconds.
        facts = facts_from(
            channel_created(at()),
            channel_deleted(at(1)),
            recording_event("Recording End", at(1, minutes=5)),
        )

        assert facts.is_gone


class TestSettings:
    def test_settings_are_known_once_the_channel_was_listed(self) -> None:
        facts = facts_from(channel_listed(at(), name="studio", insecureIngest=False))

        assert facts.are_settings_known
        assert facts.settings == {"name": "studio", "insecureIngest": False}

    def test_settings_are_known_once_the_channel_was_seen_being_created(self) -> None:
        assert facts_from(channel_created(at(), name="studio")).are_settings_known

    def test_a_stream_event_or_an_update_alone_does_not_make_settings_known(self) -> None:
        facts = facts_from(stream_start(at()), channel_updated(at(), name="studio"))

        assert not facts.are_settings_known

    def test_each_setting_is_the_one_last_written(self) -> None:
        facts = facts_from(
            channel_updated(at(2), insecureIngest=True),
            channel_listed(at(1), name="studio", insecureIngest=False),
        )

        assert facts.settings == {"name": "studio", "insecureIngest": True}

    def test_a_stream_event_tells_the_name(self) -> None:
        facts = facts_from(stream_event("Stream Start", at(), channel_name="studio"))

        assert facts.name == "studio"

    def test_a_stream_event_of_an_unnamed_channel_does_not_take_its_name_away(self) -> None:
        facts = facts_from(channel_listed(at(), name="studio"), stream_start(at(1)))

        assert facts.name == "studio"

    def test_a_setting_that_only_the_creating_request_named_is_known(self) -> None:
        # In the one record AWS publishes, `type` is in the request and not in the response.
        request = {"name": "studio", "type": "BASIC"}
        response = {"channel": {"arn": CHANNEL, "name": "studio", "tags": {}}}

        facts = facts_from(api_call("CreateChannel", at(), request, response))

        assert facts.settings["type"] == "BASIC"
        assert facts.settings["insecureIngest"] is False

    def test_settings_come_in_one_order_whatever_was_learned_first(self) -> None:
        members: dict[str, Any] = {f"setting{number}": number for number in range(12)}

        facts = facts_from(channel_listed(at(), **members), channel_updated(at(1), name="studio"))

        assert list(facts.settings) == sorted(facts.settings)


class TestTags:
    def test_no_tags_are_known_of_an_unlisted_channel(self) -> None:
        assert facts_from(stream_start(at())).tags == {}

    def test_listed_tags_are_the_whole_set(self) -> None:
        facts = facts_from(
            channel_listed(at(), tags={"owner": "a"}), channel_listed(at(1), tags={"env": "prod"})
        )

        assert facts.tags == {"env": "prod"}

    def test_later_changes_are_applied_to_the_listed_tags(self) -> None:
        facts = facts_from(
            channel_listed(at(), tags={"owner": "a", "env": "prod", "team": "x"}),
            tags_set(at(1), {"owner": "b", "tier": "pro"}),
            tags_removed(at(1), "env"),
        )

        assert facts.tags == {"owner": "b", "team": "x", "tier": "pro"}

    def test_changes_that_arrive_before_the_listing_they_follow_are_applied(self) -> None:
        facts = facts_from(tags_set(at(1), {"owner": "b"}), channel_listed(at(), tags={}))

        assert facts.tags == {"owner": "b"}

    def test_changes_older_than_the_listing_are_part_of_it(self) -> None:
        facts = facts_from(
            channel_listed(at(1), tags={"owner": "b"}),
            tags_set(at(), {"owner": "a", "env": "prod"}),
        )

        assert facts.tags == {"owner": "b"}

    def test_the_later_of_two_changes_holds(self) -> None:
        facts = facts_from(
            channel_listed(at(), tags={}),
            tags_removed(at(2), "owner"),
            tags_set(at(1), {"owner": "a"}),
        )

        assert facts.tags == {}

    def test_a_tag_change_event_tells_the_whole_set(self) -> None:
        facts = facts_from(
            channel_listed(at(), tags={"owner": "a"}), tag_change(at(1), {"env": "prod"})
        )

        assert facts.tags == {"env": "prod"}

    def test_tags_come_in_alphabetical_order(self) -> None:
        facts = facts_from(channel_listed(at(), tags={"b": "2"}), tags_set(at(1), {"a": "1"}))

        assert list(facts.tags) == ["a", "b"]

    def test_a_tag_set_in_the_same_second_as_the_channel_was_created_is_kept(self) -> None:
        # CloudTrail knows whole seconds only, and a tool creates and tags within one.
        facts = facts_from(channel_created(at()), tags_set(at(), {"owner": "a"}))

        assert facts.tags == {"owner": "a"}

    def test_a_tag_set_in_the_same_second_as_a_listing_is_kept(self) -> None:
        # A sweep's clock has microseconds, so its listing seems to come after the call.
        listed_at = at() + timedelta(milliseconds=700)
        listed = channel_listed(listed_at, tags={"owner": "a"})

        assert facts_from(listed, tags_set(at(), {"exempt": "yes"})).tags == {
            "exempt": "yes",
            "owner": "a",
        }
        assert facts_from(listed, tags_removed(at(), "owner")).tags == {}
        changed = tag_change(at(), {"exempt": "yes"}, "exempt", "owner")
        assert facts_from(listed, changed).tags == {"exempt": "yes"}

    def test_a_tag_of_a_key_changed_in_the_same_second_as_a_listing_is_kept(self) -> None:
        listed_at = at() + timedelta(milliseconds=700)
        listed = key_observed(listed_at, KEY, tags={"owner": "a"})
        changed = tag_change(at(), {"owner": "b"}, "owner", arn=KEY)

        assert facts_from(listed, changed).stream_key_tags == {"owner": "b"}

    @pytest.mark.parametrize("milliseconds", [0, 1, 700])
    def test_a_setting_changed_in_the_same_second_as_a_listing_is_kept(
        self, milliseconds: int
    ) -> None:
        listed_at = at() + timedelta(milliseconds=milliseconds)
        listed = channel_listed(listed_at, type="STANDARD")
        created = channel_created(at(), type="STANDARD")
        changed = channel_updated(at(), type="BASIC")

        assert facts_from(created, listed, changed).settings["type"] == "BASIC"
        later = channel_listed(at(seconds=1), type="STANDARD")
        assert facts_from(changed, later).settings["type"] == "STANDARD"


class TestStalls:
    def test_a_stream_that_never_starved_delivers(self) -> None:
        assert facts_from(stream_start(at())).stalled_since is None

    def test_starvation_stalls_the_live_stream_until_it_ends(self) -> None:
        starving = (stream_start(at()), starvation_start(at(minutes=5)))

        assert facts_from(*starving).stalled_since == at(minutes=5)
        assert facts_from(*starving, starvation_end(at(minutes=6))).stalled_since is None

    def test_a_repeated_or_late_end_of_an_earlier_stall_does_not_end_this_one(self) -> None:
        facts = facts_from(
            stream_start(at()),
            starvation_start(at(minutes=20)),
            starvation_end(at(minutes=6)),
            starvation_start(at(minutes=5)),
            starvation_end(at(minutes=6)),
        )

        assert facts.stalled_since == at(minutes=20)

    def test_a_healthy_listing_ends_a_stall_whose_end_was_lost(self) -> None:
        facts = facts_from(starvation_start(at(minutes=5)), stream_listed(at(minutes=9)))

        assert facts.stalled_since is None

    def test_a_starving_listing_shows_a_stall_whose_start_was_lost(self) -> None:
        facts = facts_from(
            stream_start(at()),
            stream_listed(at(minutes=9), health="STARVING"),
            stream_listed(at(minutes=14), health="STARVING"),
        )

        assert facts.stalled_since == at(minutes=9)

    def test_a_listing_of_unknown_health_says_nothing_of_stalls(self) -> None:
        starving = starvation_start(at(minutes=5))

        facts = facts_from(starving, stream_listed(at(minutes=9), health="UNKNOWN"))

        assert facts.stalled_since == at(minutes=5)

    def test_an_ended_stream_is_not_stalled(self) -> None:
        facts = facts_from(starvation_start(at(minutes=5)), stream_end(at(minutes=6)))

        assert facts.stalled_since is None

    def test_a_new_session_does_not_inherit_the_stall_of_the_last(self) -> None:
        facts = facts_from(starvation_start(at()), stream_start(at(1), NEXT_STREAM))

        assert facts.stalled_since is None

    def test_a_second_start_of_starvation_means_that_the_first_had_ended(self) -> None:
        # Only its `Starvation End` was lost: a stream that delivers not cannot start to starve.
        facts = facts_from(
            stream_start(at()), starvation_start(at(minutes=5)), starvation_start(at(minutes=50))
        )

        assert facts.stalled_since == at(minutes=50)


class TestRecordings:
    def test_recordings_come_oldest_first_whatever_arrives_first(self) -> None:
        facts = facts_from(recording_start(at(1), NEXT_RECORDING), recording_start(at()))

        assert [each.recording_id for each in facts.recordings] == [RECORDING, NEXT_RECORDING]

    def test_a_recording_known_only_by_its_failure_is_placed_by_it(self) -> None:
        facts = facts_from(recording_start_failure(at(1), NEXT_RECORDING), recording_start(at()))

        assert facts.recordings[-1].recording_id == NEXT_RECORDING


class TestStreamKey:
    def test_a_key_seen_being_made_counts_from_then(self) -> None:
        facts = facts_from(stream_start(at()), key_created(at(1)))

        assert facts.key_minted_at == at(1)

    def test_the_key_that_comes_with_a_channel_counts_from_its_creation(self) -> None:
        assert facts_from(channel_created(at(1))).key_minted_at == at(1)

    def test_a_minted_at_tag_tells_the_age_of_the_key(self) -> None:
        tags = {"streamwarden:minted-at": at(-5).isoformat()}

        assert facts_from(key_created(at(), tags=tags)).key_minted_at == at(-5)

    @pytest.mark.parametrize("senseless", ["", "yesterday", "2026-03-14T12:00:00"])
    def test_a_senseless_minted_at_tag_is_ignored(self, senseless: str) -> None:
        facts = facts_from(key_created(at(), tags={"streamwarden:minted-at": senseless}))

        assert facts.key_minted_at == at()

    def test_a_key_of_unknown_age_counts_from_when_the_channel_was_first_seen(self) -> None:
        facts = facts_from(key_observed(at(5)), stream_start(at(1)), channel_listed(at(3)))

        assert facts.key_minted_at == at(1)

    def test_of_a_channel_never_seen_no_age_is_known(self) -> None:
        assert facts_from().key_minted_at is None

    def test_a_deleted_key_is_no_key(self) -> None:
        facts = facts_from(key_created(at()), key_deleted(at(1)))

        assert facts.has_no_key

    def test_a_key_deleted_and_made_within_one_second_is_there(self) -> None:
        # A rotation deletes, then creates; CloudTrail knows whole seconds only.
        facts = facts_from(key_deleted(at()), key_created(at()))

        assert not facts.has_no_key
        assert facts.key_minted_at == at()

    def test_observing_a_key_without_its_age_does_not_forget_when_it_was_made(self) -> None:
        facts = facts_from(
            stream_start(at()), key_created(at(10)), key_observed(at(12), KEY, minted_at=None)
        )

        assert facts.key_minted_at == at(10)
