"""Every input that can concern a channel, about few things at few moments, so that they collide."""

from datetime import timedelta

from hypothesis import strategies as st

from streamwarden.domain.inputs import Recheck
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.state.resource import OutcomeStatus
from testbed import builders as build
from testbed.builders import CHANNEL, KEY, NEW_KEY, at

# Few of each, so that inputs speak of the same things at the same moments; the half second is
# there because own inputs are finer than the whole seconds of CloudTrail.
MOMENTS = (
    *(at(minutes=minutes) for minutes in (0, 1, 2, 5, 10, 30, 59, 60, 61, 90, 119, 120)),
    at(minutes=30, seconds=0.5),
)
moments = st.sampled_from(MOMENTS)
stream_ids = st.sampled_from(("st-a", "st-b", "st-c"))
recording_ids = st.sampled_from(("rec-a", "rec-b"))
names = st.sampled_from(("", "studio", "harbour"))
tag_keys = st.sampled_from(("owner", "env", "ingest"))
tag_values = st.sampled_from(("team-a", "nobody", "prod", "test", ""))
authors = st.sampled_from((None, "arn:aws:iam::210987654321:user/ann", "arn:aws:iam::1:root"))
some_tags = st.dictionaries(tag_keys, tag_values, max_size=2)
key_tags = st.sampled_from(
    ({}, {"streamwarden:minted-at": at(-1).isoformat()}, {"streamwarden:minted-at": "lately"})
)
some_settings = st.fixed_dictionaries(
    {},
    optional={
        "name": names,
        "authorized": st.booleans(),
        "insecureIngest": st.booleans(),
        "playbackRestrictionPolicyArn": st.sampled_from(("", "arn:aws:ivs:::policy/eu")),
        "playbackRestrictionPolicy": st.sampled_from(
            (
                None,
                {"arn": "arn:aws:ivs:::policy/eu", "allowedCountries": [], "allowedOrigins": []},
                {"arn": "arn:aws:ivs:::policy/eu", "allowedCountries": ["DE"]},
            )
        ),
        "type": st.sampled_from(("BASIC", "STANDARD")),
        "recordingConfigurationArn": st.sampled_from(
            ("", "arn:aws:ivs:::recording-configuration/r")
        ),
        "multitrackInputConfiguration": st.sampled_from(({"enabled": True}, {"enabled": False})),
    },
)

peers = st.dictionaries(
    st.sampled_from(("", "owner")),
    st.builds(
        Peers,
        value=st.sampled_from(("", "team-a")),
        live=st.sampled_from((1, 2)),
        rank=st.sampled_from((1, 2)),
        limits=st.sampled_from(((), (1,))),
        aired=st.sampled_from(({}, {"month UTC": 3600}, {"day UTC": 5400, "month UTC": 9000})),
    ),
)
stream_states = st.one_of(
    st.builds(
        build.stream_event,
        st.sampled_from(
            ("Session Created", "Stream Start", "Stream End", "Session Ended", "Stream Takeover")
        ),
        moments,
        stream_ids,
        channel_name=names,
    ),
    st.builds(
        build.stream_event,
        st.just("Stream Failure"),
        moments,
        stream_ids,
        reason=st.sampled_from(("no capacity", "")),
    ),
    st.builds(
        build.stream_event,
        st.sampled_from(("Session Ended", "Stream Takeover Failure")),
        moments,
        stream_ids,
        code=st.sampled_from(("MultitrackInputRequired", "StreamTakeoverLimitBreached")),
    ),
)
ingest = st.one_of(
    st.builds(
        build.health_event,
        st.sampled_from(("Starvation Start", "Starvation End")),
        moments,
        stream_ids,
    ),
    st.builds(
        build.limit_breach,
        moments,
        st.none() | stream_ids,
        limit=st.sampled_from((8_500_000, 8_500_000.0, 8_500_000.5)),
    ),
)
verdicts = st.builds(
    build.external_verdict,
    moments,
    st.none() | stream_ids,
    label=st.sampled_from(("Violence", "Vaping")),
    confidence=st.sampled_from((0.5, 0.9)),
    viewers=st.sampled_from(((), ({"id": "ann"},))),
)
recordings = st.builds(
    build.recording_event,
    st.sampled_from(
        ("Recording Start", "Recording End", "Recording Start Failure", "Recording End Failure")
    ),
    moments,
    recording_ids,
    reason=st.sampled_from(("", "ValidationException")),
    streams=st.lists(stream_ids, min_size=1, max_size=2).map(tuple),
    lasted=st.sampled_from((timedelta(0), timedelta(minutes=29))),
)
api_calls = st.one_of(
    st.builds(
        lambda when, tags, by, members: build.channel_created(when, tags=tags, by=by, **members),
        moments,
        some_tags,
        authors,
        some_settings,
    ),
    st.builds(lambda when, members: build.channel_updated(when, **members), moments, some_settings),
    st.builds(build.channel_deleted, moments),
    st.builds(build.tags_set, moments, some_tags, by=authors),
    st.builds(build.tags_removed, moments, tag_keys, by=authors),
    st.builds(
        build.key_created,
        moments,
        key_arn=st.sampled_from((KEY, NEW_KEY)),
        tags=key_tags,
        by=authors,
    ),
    st.builds(build.key_deleted, moments, by=authors),
    st.builds(build.tags_set, moments, some_tags, arn=st.sampled_from((KEY, NEW_KEY)), by=authors),
    st.builds(build.tags_removed, moments, tag_keys, arn=st.just(KEY), by=authors),
    st.builds(
        build.api_call,
        st.just("UpdateChannel"),
        moments,
        st.just({"arn": CHANNEL, "name": "refused"}),
        error=st.just("ConflictException"),
    ),
)
tag_changes = st.builds(
    build.tag_change, moments, some_tags, arn=st.sampled_from((CHANNEL, CHANNEL, KEY))
)
own_inputs = st.one_of(
    st.builds(Recheck, resource_arn=st.just(CHANNEL), time=moments),
    st.builds(
        lambda when, tags, members: build.channel_listed(when, tags=tags, **members),
        moments,
        some_tags,
        some_settings,
    ),
    st.builds(build.channel_not_listed, moments),
    st.builds(
        build.stream_listed,
        moments,
        stream_ids,
        health=st.sampled_from(("HEALTHY", "STARVING", "UNKNOWN")),
        start_time=moments,
        viewers=st.sampled_from((None, 0, 1, 12)),
    ),
    st.builds(build.stream_still_listed, moments, stream_ids),
    st.builds(
        lambda when, stream_id, track: build.ingest_observed(when, track, stream_id=stream_id),
        moments,
        stream_ids,
        st.builds(
            build.video_track,
            st.sampled_from((1920, 1280, None)),
            st.sampled_from((1080, 720)),
            bitrate=st.sampled_from((8_500_000, 3_500_000, None)),
        ),
    ),
    st.builds(build.stream_not_listed, moments),
    st.builds(build.peers_listed, moments, peers, stream_ids),
    st.builds(
        build.action_finished,
        moments,
        st.sampled_from(("KgopvkVuUi7g/max-duration/st-a/stop", "KgopvkVuUi7g/required-tags/tag")),
        st.sampled_from(OutcomeStatus),
        reason=st.sampled_from(("as asked", "IVS refused")),
        tags=some_tags,
        key_arn=st.sampled_from((None, KEY)),
        decided_at=st.none() | moments,
    ),
    st.builds(build.rotation_observed, moments, is_finished=st.booleans()),
    st.builds(
        build.key_observed,
        moments,
        st.sampled_from((KEY, NEW_KEY, None)),
        st.none() | moments,
        tags=st.none() | some_tags,
    ),
)
inputs = st.one_of(stream_states, ingest, verdicts, recordings, api_calls, tag_changes, own_inputs)
histories = st.lists(inputs, max_size=16)
states = st.lists(inputs, max_size=6).map(lambda given: build.state_from(*given))
