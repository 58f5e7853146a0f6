"""Every documented event parses; everything else is a value with a reason, or names its field."""

import contextlib
import copy
import json
import traceback
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain import events
from streamwarden.domain.arn import Place, ResourceType, place_of, resource_type_of
from streamwarden.domain.events import (
    DETAIL_TYPES,
    AdBreakStateChange,
    ApiCall,
    CompositionStateChange,
    ExternalVerdict,
    LimitBreach,
    LimitName,
    MalformedEvent,
    ParticipantRecordingStateChange,
    RecordingStateChange,
    StageUpdate,
    StreamHealthChange,
    StreamStateChange,
    TagChange,
    UnknownEvent,
    parse_event,
)

CORPUS = Path(__file__).parents[4] / "events"
SAMPLES = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*.json"))
MODEL_OF_FOLDER = {
    "ad-break": AdBreakStateChange,
    "api-calls": ApiCall,
    "composition": CompositionStateChange,
    "external-verdict": ExternalVerdict,
    "limit-breach": LimitBreach,
    "participant-recording": ParticipantRecordingStateChange,
    "recording-state": RecordingStateChange,
    "stage": StageUpdate,
    "stream-health": StreamHealthChange,
    "stream-state": StreamStateChange,
    "tag-change": TagChange,
}
ACCOUNT_LEVEL = {"limit-breach/concurrent-broadcasts.json", "limit-breach/concurrent-viewers.json"}
CHANNEL_UNSAID = {"api-calls/delete-stream-key.json"}
OTHER_RESOURCES = (
    "-playback-key-pair.json",
    "-playback-restriction-policy.json",
    "-recording-configuration.json",
    "-ad-configuration.json",
    "-failover-slate-configuration.json",
    "create-stage.json",
    "update-stage.json",
    "delete-stage.json",
    "-composition.json",
    "-encoder-configuration.json",
    "-ingest-configuration.json",
    "-public-key.json",
    "-storage-configuration.json",
)
REAL_TIME = ("composition/", "participant-recording/", "stage/")

STARTED = "stream-state/stream-start.json"
CHANNEL = "arn:aws:ivs:eu-west-1:210987654321:channel/dRBnhbN9SKRM"
STREAM_KEY = "arn:aws:ivs:eu-west-1:210987654321:stream-key/9nTqCw3LxVb0"
KEY = "sk_eu-west-1_Zx9-not-for-logs"


def sample(name: str) -> Any:
    return json.loads((CORPUS / name).read_text(encoding="utf-8"))


def changed(name: str, path: str, value: object) -> Any:
    """The sample with one field set, or removed when the value is an ellipsis."""
    raw = sample(name)
    holder = raw
    *parents, last = path.split("/")
    for key in parents:
        holder = holder[key]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return raw


def kebab(name: str) -> str:
    words = "".join(f" {char}" if char.isupper() else char for char in name)
    return "-".join(words.split()).lower()


class TestCorpus:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_a_sample_is_the_model_of_its_folder_and_named_after_its_event(self, name: str) -> None:
        folder, file = name.split("/")

        event = parse_event(sample(name))

        assert type(event) is MODEL_OF_FOLDER[folder]
        names = DETAIL_TYPES[event.envelope.detail_type].names
        assert max(filter(file.startswith, map(kebab, names)), key=len) == kebab(event.name)

    @pytest.mark.parametrize("name", SAMPLES)
    def test_a_sample_says_its_channel_unless_it_has_none(self, name: str) -> None:
        has_none = (
            name in ACCOUNT_LEVEL | CHANNEL_UNSAID
            or name.startswith(REAL_TIME)
            or name.endswith(OTHER_RESOURCES)
        )

        assert (parse_event(sample(name)).channel_arn is None) == has_none

    def test_every_name_of_every_detail_type_has_a_sample(self) -> None:
        found = {
            (event.envelope.detail_type, str(event.name))
            for event in (parse_event(sample(name)) for name in SAMPLES)
        }
        state = {
            (detail_type, str(name))
            for detail_type, shape in DETAIL_TYPES.items()
            for name in shape.names
        }

        # AWS lists this detail-type and documents nothing about it: an old name, as far as we know.
        assert {kind for kind, _ in state - found} == {"IVS Publisher Recording State Change"}
        assert found <= state

    def test_every_enum_of_names_is_in_the_table(self) -> None:
        exported = (getattr(events, name) for name in events.__all__)
        enums = {one for one in exported if isinstance(one, type) and issubclass(one, StrEnum)}

        assert enums == {shape.names for shape in DETAIL_TYPES.values()}

    def test_each_delivery_has_its_own_id_and_time(self) -> None:
        raw = [sample(name) for name in SAMPLES]

        assert len({one["id"] for one in raw}) == len(raw)
        assert len({one["time"] for one in raw}) == len(raw)

    def test_no_sample_holds_a_stream_key(self) -> None:
        assert not [name for name in SAMPLES if "sk_" in (CORPUS / name).read_text("utf-8")]


class TestEnvelope:
    def test_time_is_aware_and_in_utc(self) -> None:
        event = parse_event(changed(STARTED, "time", "2026-09-12T11:00:00+02:00"))

        assert event.envelope.time == datetime(2026, 9, 12, 9, tzinfo=UTC)
        assert event.envelope.time.tzinfo is UTC

    def test_account_and_region_come_from_the_arn(self) -> None:
        raw = sample(STARTED) | {
            "account": "111111111111",
            "region": "us-east-1",
            "resources": [CHANNEL.replace("eu-west-1:210987654321", "ap-south-1:222222222222")],
        }

        envelope = parse_event(raw).envelope

        assert (envelope.account, envelope.region) == ("111111111111", "us-east-1")
        assert place_of(envelope.resource_arn or "") == Place("222222222222", "ap-south-1")

    def test_account_and_region_come_from_the_envelope_when_no_resource_is_named(self) -> None:
        envelope = parse_event(sample("limit-breach/concurrent-viewers.json")).envelope

        assert place_of(envelope.resource_arn or "") == Place("210987654321", "eu-west-1")


class TestFields:
    def test_a_failure_gives_its_reason_and_a_refusal_its_code(self) -> None:
        failure = parse_event(sample("stream-state/stream-failure.json"))
        refusal = parse_event(sample("stream-state/session-ended-with-code.json"))

        assert isinstance(failure, StreamStateChange)
        assert isinstance(refusal, StreamStateChange)
        assert failure.reason == "No processing capacity is available; try again later"
        assert refusal.code == "MultitrackInputNotAllowed"
        assert (failure.code, refusal.reason) == (None, None)

    @pytest.mark.parametrize(
        ("file", "exceeded_by"),
        [("ingest-bitrate", 1_243_700), ("ingest-bitrate-as-limit", 2_010_560)],
    )
    def test_a_limit_is_named_under_either_key(self, file: str, exceeded_by: int) -> None:
        event = parse_event(sample(f"limit-breach/{file}.json"))

        assert isinstance(event, LimitBreach)
        assert event.name is event.limit_name is LimitName.INGEST_BITRATE
        assert (event.limit_value, event.exceeded_by) == (8_500_000, exceeded_by)

    def test_the_documented_limit_key_wins_over_the_other(self) -> None:
        event = parse_event(changed("limit-breach/ingest-bitrate.json", "detail/limit", "Other"))

        assert event.name is LimitName.INGEST_BITRATE

    def test_an_account_limit_has_no_channel(self) -> None:
        event = parse_event(sample("limit-breach/concurrent-broadcasts.json"))

        assert isinstance(event, LimitBreach)
        assert (event.channel_arn, event.channel_name, event.stream_id) == (None, None, None)

    def test_a_limit_may_be_fractional(self) -> None:
        raw = changed("limit-breach/ingest-bitrate.json", "detail/exceeded_by", 0.5)

        event = parse_event(raw)

        assert isinstance(event, LimitBreach)
        assert event.exceeded_by == 0.5

    def test_a_recording_lists_the_streams_it_merged(self) -> None:
        event = parse_event(sample("recording-state/recording-end.json"))

        assert isinstance(event, RecordingStateChange)
        assert len(event.recording_session_stream_ids) == 2
        assert event.recording_session_stream_ids[-1] == event.stream_id
        assert event.recording_duration_ms == 5_367_208

    def test_a_destination_is_named_in_a_composition(self) -> None:
        event = parse_event(sample("composition/destination-failure.json"))

        assert isinstance(event, CompositionStateChange)
        assert (
            event.destination_id == sample("composition/destination-failure.json")["detail"]["id"]
        )
        assert event.error_code == "AccessDeniedException"

    def test_the_former_name_of_participant_recording_is_read_alike(self) -> None:
        raw = sample("participant-recording/recording-end.json")
        raw["detail-type"] = "IVS Publisher Recording State Change"

        assert isinstance(parse_event(raw), ParticipantRecordingStateChange)

    def test_exchanged_tokens_are_read(self) -> None:
        event = parse_event(sample("stage/token-exchanged.json"))

        assert isinstance(event, StageUpdate)
        assert event.previous_token is not None
        assert event.new_token is not None
        assert event.previous_token.capabilities == ("SUBSCRIBE",)
        assert event.new_token.attributes == {"seat": "panel"}

    def test_times_may_have_nanoseconds(self) -> None:
        raw = changed(
            "stage/participant-publish-error.json",
            "detail/event_time",
            "2026-09-12T12:35:20.123456789Z",
        )

        event = parse_event(raw)

        assert isinstance(event, StageUpdate)
        assert event.event_time == datetime(2026, 9, 12, 12, 35, 20, 123457, tzinfo=UTC)

    def test_a_tag_change_gives_the_full_set_after_it(self) -> None:
        event = parse_event(sample("tag-change/tag-change-on-resource.json"))

        assert isinstance(event, TagChange)
        assert event.tags == {"tier": "pro", "team": "events", "cost-center": "CC-1101"}
        assert event.changed_tag_keys == ("cost-center", "team", "tier")
        assert (event.resource_type, event.version) == ("channel", 1)


class TestApiCalls:
    def test_a_refused_call_has_an_error_code_and_no_response(self) -> None:
        event = parse_event(sample("api-calls/update-channel-refused.json"))

        assert isinstance(event, ApiCall)
        assert event.error_code == "ConflictException"
        assert event.response_elements == {}

    def test_the_caller_and_the_role_behind_the_session_are_told_apart(self) -> None:
        event = parse_event(sample("api-calls/stop-stream.json"))

        assert isinstance(event, ApiCall)
        assert event.user_arn == "arn:aws:sts::210987654321:assumed-role/moderation/moderator-3"
        assert event.role_arn == "arn:aws:iam::210987654321:role/moderation"
        assert event.event_name == "StopStream"
        assert event.read_only is False

    @pytest.mark.parametrize(
        ("request_parameters", "response_elements"),
        [
            ({"channelArn": CHANNEL}, None),
            ({"arn": CHANNEL}, None),
            ({"resourceArn": CHANNEL}, None),
            ({"resourceArn": quote(CHANNEL, safe="")}, None),
            ({"name": "x"}, {"channel": {"arn": CHANNEL}}),
            (None, {"streamKey": {"channelArn": CHANNEL}}),
            ({"arn": STREAM_KEY}, {"streamKey": {"arn": STREAM_KEY, "channelArn": CHANNEL}}),
        ],
    )
    def test_the_channel_is_found_where_the_call_puts_it(
        self, request_parameters: object, response_elements: object
    ) -> None:
        raw = sample("api-calls/tag-resource.json")
        raw["detail"]["requestParameters"] = request_parameters
        raw["detail"]["responseElements"] = response_elements

        assert parse_event(raw).channel_arn == CHANNEL

    @pytest.mark.parametrize(
        ("request_parameters", "response_elements"),
        [
            (None, None),
            ({"resourceArn": STREAM_KEY}, None),
            ({"channelArn": 7}, {"channel": "odd", "streamKey": []}),
        ],
    )
    def test_a_call_on_something_else_has_no_channel(
        self, request_parameters: object, response_elements: object
    ) -> None:
        raw = sample("api-calls/tag-resource.json")
        raw["detail"]["requestParameters"] = request_parameters
        raw["detail"]["responseElements"] = response_elements

        assert parse_event(raw).channel_arn is None

    def test_what_a_call_made_is_the_channel_whatever_else_the_answer_holds(self) -> None:
        key = {"arn": STREAM_KEY, "channelArn": CHANNEL, "tags": {"of": "the key"}}
        channel = {"arn": CHANNEL, "name": "studio"}
        raw = sample("api-calls/create-channel.json")
        raw["detail"]["responseElements"] = {"streamKey": key, "channel": channel}

        event = parse_event(raw)

        assert isinstance(event, ApiCall)
        assert event.created == channel

    @pytest.mark.parametrize(
        ("name", "created"),
        [
            ("create-recording-configuration.json", "studio-archive"),
            ("create-playback-restriction-policy.json", "dach"),
            ("update-playback-restriction-policy.json", "dach"),
            ("import-playback-key-pair.json", "laptop"),
            ("delete-playback-key-pair.json", None),
            ("stop-stream.json", None),
        ],
    )
    def test_what_a_call_made_is_found_under_any_name(self, name: str, created: str | None) -> None:
        event = parse_event(sample(f"api-calls/{name}"))

        assert isinstance(event, ApiCall)
        assert event.created.get("name") == created

    def test_a_printed_call_keeps_what_the_caller_sent_to_itself(self) -> None:
        raw = changed("api-calls/stop-stream.json", "detail/requestParameters", {"value": KEY})

        assert KEY not in repr(parse_event(raw))


class TestWhatItIsAbout:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_every_sample_says_what_it_is_about(self, name: str) -> None:
        assert resource_type_of(parse_event(sample(name)).resource_arn or "") is not None

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("api-calls/delete-stream-key.json", ResourceType.STREAM_KEY),
            ("api-calls/create-stream-key.json", ResourceType.CHANNEL),
            ("api-calls/create-channel.json", ResourceType.CHANNEL),
            ("api-calls/import-playback-key-pair.json", ResourceType.PLAYBACK_KEY_PAIR),
            ("api-calls/delete-playback-key-pair.json", ResourceType.PLAYBACK_KEY_PAIR),
            (
                "api-calls/create-recording-configuration.json",
                ResourceType.RECORDING_CONFIGURATION,
            ),
            (
                "api-calls/update-playback-restriction-policy.json",
                ResourceType.PLAYBACK_RESTRICTION_POLICY,
            ),
            ("api-calls/update-ad-configuration.json", ResourceType.AD_CONFIGURATION),
            (
                "api-calls/create-failover-slate-configuration.json",
                ResourceType.FAILOVER_SLATE_CONFIGURATION,
            ),
            ("api-calls/create-stage.json", ResourceType.STAGE),
            ("api-calls/start-composition.json", ResourceType.COMPOSITION),
            ("api-calls/stop-composition.json", ResourceType.COMPOSITION),
            ("api-calls/create-encoder-configuration.json", ResourceType.ENCODER_CONFIGURATION),
            ("api-calls/update-ingest-configuration.json", ResourceType.INGEST_CONFIGURATION),
            ("api-calls/import-public-key.json", ResourceType.PUBLIC_KEY),
            ("api-calls/delete-storage-configuration.json", ResourceType.STORAGE_CONFIGURATION),
            ("limit-breach/concurrent-viewers.json", ResourceType.ACCOUNT),
            ("limit-breach/ingest-bitrate.json", ResourceType.CHANNEL),
            ("stage/participant-published.json", ResourceType.STAGE),
            ("composition/session-start.json", ResourceType.COMPOSITION),
            ("tag-change/tag-change-on-resource.json", ResourceType.CHANNEL),
        ],
    )
    def test_it_is_what_the_call_names_or_else_the_envelope(
        self, name: str, expected: ResourceType
    ) -> None:
        assert resource_type_of(parse_event(sample(name)).resource_arn or "") is expected

    @pytest.mark.parametrize("resource", [STREAM_KEY, quote(STREAM_KEY, safe="")])
    def test_tags_of_a_stream_key_are_about_the_key(self, resource: str) -> None:
        raw = changed(
            "api-calls/tag-resource.json", "detail/requestParameters/resourceArn", resource
        )

        assert parse_event(raw).resource_arn == STREAM_KEY

    def test_a_refused_call_that_made_nothing_is_about_nothing(self) -> None:
        raw = changed("api-calls/import-playback-key-pair.json", "detail/responseElements", ...)

        assert parse_event(raw).resource_arn is None

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("resources", ["arn:aws:s3:::a-bucket"]),
            ("account", "everybody"),
            ("region", ""),
        ],
    )
    def test_an_event_without_a_place_is_about_nothing(self, path: str, value: object) -> None:
        raw = changed("limit-breach/concurrent-viewers.json", path, value)

        assert parse_event(raw).resource_arn is None


UNKNOWN = [
    (
        "detail-type",
        "IVS Failover Slate Change",
        "There is no model for the detail-type 'IVS Failover",
    ),
    ("source", "aws.medialive", "The source is 'aws.medialive', not aws.ivs."),
    ("source", "aws.tag", "The source is 'aws.tag', not aws.ivs."),
    ("detail/event_name", "Stream Paused", "No IVS Stream State Change is named 'Stream Paused'."),
]


class TestUnknown:
    @pytest.mark.parametrize(("path", "value", "reason"), UNKNOWN)
    def test_what_has_no_model_is_a_value_with_a_reason(
        self, path: str, value: str, reason: str
    ) -> None:
        event = parse_event(changed(STARTED, path, value))

        assert isinstance(event, UnknownEvent)
        assert event.reason.startswith(reason)
        assert event.reason.endswith(".")
        assert event.channel_arn == sample(STARTED)["resources"][0]
        named = path == "detail/event_name"
        assert event.name == (value if named else event.envelope.detail_type)

    def test_a_call_to_another_service_is_unknown(self) -> None:
        raw = changed("api-calls/tag-resource.json", "detail/eventSource", "ivschat.amazonaws.com")

        event = parse_event(raw)

        assert isinstance(event, UnknownEvent)
        assert event.reason == (
            "In detail, eventSource is 'ivschat.amazonaws.com', not ivs.amazonaws.com."
        )

    def test_a_call_we_do_not_follow_is_unknown(self) -> None:
        raw = changed("api-calls/stop-stream.json", "detail/eventName", "PutMetadata")

        assert isinstance(parse_event(raw), UnknownEvent)

    def test_a_tag_change_of_another_service_is_unknown(self) -> None:
        raw = changed("tag-change/tag-change-on-resource.json", "detail/service", "ec2")

        assert isinstance(parse_event(raw), UnknownEvent)

    @pytest.mark.parametrize("name", SAMPLES)
    def test_new_fields_change_nothing(self, name: str) -> None:
        raw = sample(name)
        extended = copy.deepcopy(raw) | {"replay-name": "x"}
        extended["detail"] |= {"new_field": {"deep": [1]}, "slots": 1, "envelope": "mine"}

        assert parse_event(extended) == parse_event(raw)

    @pytest.mark.parametrize("path", ["detail/code", "detail/reason"])
    def test_a_null_is_an_absent_field(self, path: str) -> None:
        assert parse_event(changed(STARTED, path, None)) == parse_event(sample(STARTED))


TIME = "expected an RFC 3339 date-time with a time zone, found "
IN_RESOURCES = "expected a channel ARN (the channel is in resources[0]), found "
BITRATE = "limit-breach/ingest-bitrate.json"
VERDICT = "external-verdict/streamwarden-external-verdict.json"
MALFORMED: list[tuple[str, str, object, str, str]] = [
    (STARTED, "id", ..., "id", "expected str, found nothing"),
    (STARTED, "account", 210987654321, "account", "expected str, found int"),
    (STARTED, "time", ..., "time", TIME + "nothing"),
    (STARTED, "time", 1789200000, "time", TIME + "int"),
    (STARTED, "time", "soon", "time", TIME + "'soon'"),
    (STARTED, "time", "2026-09-12T09:00:00", "time", TIME + "'2026-09-12T09:00:00'"),
    (
        STARTED,
        "time",
        "0001-01-01T00:00:00+01:00",
        "time",
        "expected a moment since 2015, found '0001-01-01T00:00:00+01:00'",
    ),
    (STARTED, "resources", ..., "resources", "expected array, found nothing"),
    (STARTED, "resources", [7], "resources[0]", "expected str, found int"),
    (STARTED, "resources", [], "resources[0]", IN_RESOURCES + "nothing"),
    (STARTED, "resources", ["dRBnhbN9SKRM"], "resources[0]", IN_RESOURCES + "'dRBnhbN9SKRM'"),
    ("stream-health/starvation-end.json", "resources", [], "resources[0]", IN_RESOURCES),
    ("recording-state/recording-end.json", "resources", [], "resources[0]", IN_RESOURCES),
    ("ad-break/ad-break-inserted.json", "resources", [], "resources[0]", IN_RESOURCES),
    (BITRATE, "resources", [], "resources[0]", IN_RESOURCES),
    (STARTED, "detail", ..., "detail", "expected an object, found nothing"),
    (STARTED, "detail", [], "detail", "expected an object, found list"),
    (STARTED, "detail/event_name", ..., "detail.event_name", "found nothing"),
    (STARTED, "detail/event_name", {}, "detail.event_name", "found dict"),
    (STARTED, "detail/stream_id", ..., "detail.stream_id", "expected str, found nothing"),
    (STARTED, "detail/stream_id", 5, "detail.stream_id", "expected str, found int"),
    (STARTED, "detail/code", 5, "detail.code", "expected str, found int"),
    (BITRATE, "detail/limit_name", ..., "detail.limit_name", "found nothing"),
    (BITRATE, "detail/limit_value", "8500000", "detail.limit_value", "found str"),
    (BITRATE, "detail/exceeded_by", True, "detail.exceeded_by", "found bool"),
    (
        "recording-state/recording-end.json",
        "detail/recording_session_stream_ids",
        ["st-a", 5],
        "detail.recording_session_stream_ids[1]",
        "expected str, found int",
    ),
    (
        "ad-break/ad-break-inserted.json",
        "detail/target_start_time",
        "10:05",
        "detail.target_start_time",
        TIME + "'10:05'",
    ),
    ("composition/destination-start.json", "detail/id", 7, "detail.id", "expected str"),
    (
        "stage/token-exchanged.json",
        "detail/new_token/expiration_time",
        "later",
        "detail.new_token.expiration_time",
        TIME,
    ),
    ("api-calls/stop-stream.json", "detail/eventTime", 5, "detail.eventTime", TIME + "int"),
    (
        "api-calls/stop-stream.json",
        "detail/requestParameters",
        "all of them",
        "detail.requestParameters",
        "expected object, found str",
    ),
    ("api-calls/stop-stream.json", "detail/userIdentity/arn", 5, "detail.userIdentity.arn", "int"),
    (VERDICT, "resources", [], "resources[0]", IN_RESOURCES),
    (VERDICT, "detail/label", "", "detail.label", "at least 1 characters, found 0"),
    (VERDICT, "detail/label", "x" * 65, "detail.label", "at most 64 characters, found 65"),
    (VERDICT, "detail/label", "a\x1b[2J", "detail.label", r"found 'a\x1b[2J'"),
    (VERDICT, "detail/label", "ends\n", "detail.label", r"found 'ends\n'"),
    (VERDICT, "detail/source", "a\u202eb", "detail.source", r"found 'a\u202eb'"),
    (VERDICT, "detail/confidence", 94, "detail.confidence", "expected at most 1, found 94"),
    (VERDICT, "detail/confidence", True, "detail.confidence", "expected float, found bool"),
    (VERDICT, "detail/evidence_url", ..., "detail.evidence_url", "expected str, found nothing"),
    (
        VERDICT,
        "detail/evidence_url",
        "http://a.example/b",
        "detail.evidence_url",
        "a URL such as https://",
    ),
    (
        VERDICT,
        "detail/evidence_url",
        "https://u@a.example/",
        "detail.evidence_url",
        "a URL such as https://",
    ),
    (
        VERDICT,
        "detail/evidence_url",
        "https://a.example/b c",
        "detail.evidence_url",
        "a URL such as https://",
    ),
    (
        VERDICT,
        "detail/evidence_url",
        "https://a.example/b\n",
        "detail.evidence_url",
        "a URL such as https://",
    ),
    (VERDICT, "detail/viewers", [{"id": "v"}] * 21, "detail.viewers", "at most 20"),
    (VERDICT, "detail/viewers", [{"id": ""}], "detail.viewers[0].id", "at least 1"),
    (
        "tag-change/tag-change-on-resource.json",
        "detail/changed-tag-keys",
        "tier",
        "detail.changed-tag-keys",
        "expected array, found str",
    ),
]


class TestMalformed:
    @pytest.mark.parametrize(("name", "path", "value", "field", "reason"), MALFORMED)
    def test_the_operator_is_told_which_field_and_why(
        self, name: str, path: str, value: object, field: str, reason: str
    ) -> None:
        with pytest.raises(MalformedEvent) as refused:
            parse_event(changed(name, path, value))

        assert refused.value.field == field
        assert reason in refused.value.reason
        assert str(refused.value) == f"{field}: {refused.value.reason}"

    def test_an_event_that_is_no_object_is_malformed(self) -> None:
        raw: Any = [sample(STARTED)]

        with pytest.raises(MalformedEvent, match="event: expected an object, found list"):
            parse_event(raw)

    @pytest.mark.parametrize("path", ["time", "resources", "detail", "detail/event_name"])
    @pytest.mark.parametrize("value", [KEY, [KEY], f"{'x' * 50} {KEY}", KEY.upper(), f"[{KEY}]"])
    def test_a_stream_key_is_never_repeated(self, path: str, value: object) -> None:
        raw = changed(STARTED, path, value)

        try:
            notified = repr(parse_event(raw))
        except MalformedEvent:
            notified = traceback.format_exc()

        assert "not-for-logs" not in notified.lower()

    def test_a_key_in_place_of_a_channel_is_shown_as_one(self) -> None:
        with pytest.raises(MalformedEvent, match=r"found 'sk_REDACTED'"):
            parse_event(changed(STARTED, "resources", [KEY]))

    def test_a_long_value_is_cut(self) -> None:
        with pytest.raises(MalformedEvent) as refused:
            parse_event(changed(STARTED, "time", "y" * 5_000))

        assert len(str(refused.value)) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(KEY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(name=st.sampled_from(SAMPLES), data=st.data())
def test_a_damaged_event_is_never_a_crash(name: str, data: st.DataObject) -> None:
    raw = sample(name)
    holder = data.draw(st.sampled_from([raw, raw["detail"]]))
    holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(JSON)

    with contextlib.suppress(MalformedEvent):
        parse_event(raw)
