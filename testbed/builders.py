"""Small builders: one line per input, rule and policy, so that each test reads as a sentence.

IVS events are built raw and parsed, as they arrive; own inputs are built as values.
"""

from collections.abc import Iterable, Mapping
from copy import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.kind import Target
from streamwarden.domain.arn import ResourceType, account_arn
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Decision, Standing
from streamwarden.domain.filters import Match
from streamwarden.domain.inputs import (
    ActionFinished,
    DeploymentObserved,
    Handling,
    Health,
    IngestObserved,
    Input,
    KeyObserved,
    NotificationHandled,
    PeersListed,
    ResourceListed,
    ResourceNotListed,
    RotationObserved,
    StreamListed,
    StreamNotListed,
    StreamStillListed,
    parse_input,
)
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.policy import (
    CompiledPolicy,
    CompiledRule,
    OnRepeat,
    Policy,
    Step,
    encode_policy,
    load_policy,
)
from streamwarden.domain.policy_outline import FORMAT
from streamwarden.domain.rules.tags.tagged import Taggable, Tagged
from streamwarden.domain.state.deployment import DeployedRule, Deployment
from streamwarden.domain.state.event_matching import EventMatcher
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.ingest import AudioTrack, Ingest, VideoTrack
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.state.resource import Outcome, OutcomeStatus, Resource
from streamwarden.domain.verdicts import Mode, PlannedAction, SettingsChange, Severity, WhenLive

ACCOUNT = "210987654321"
REGION = "eu-west-1"
CHANNEL = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/KgopvkVuUi7g"
OTHER_CHANNEL = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/Zqumpm08hsE8"
KEY = f"arn:aws:ivs:{REGION}:{ACCOUNT}:stream-key/fEh0fVbtkMnp"
NEW_KEY = f"arn:aws:ivs:{REGION}:{ACCOUNT}:stream-key/9ZbTVnVv2fgK"
KEY_PAIR = f"arn:aws:ivs:{REGION}:{ACCOUNT}:playback-key/f99cde61-c2b0-4df3-8941-ca7d38acca1a"
CONFIGURATION = f"arn:aws:ivs:{REGION}:{ACCOUNT}:recording-configuration/KAk1sHBl2L47"
STAGE = f"arn:aws:ivs:{REGION}:{ACCOUNT}:stage/AtUlF8oNuvW2"
COMPOSITION = f"arn:aws:ivs:{REGION}:{ACCOUNT}:composition/MCDUNK1GfPij"
ENCODER = f"arn:aws:ivs:{REGION}:{ACCOUNT}:encoder-configuration/UVwxyz34abCD"
INGEST = f"arn:aws:ivs:{REGION}:{ACCOUNT}:ingest-configuration/WXyzab56cdEF"
PUBLIC_KEY = f"arn:aws:ivs:{REGION}:{ACCOUNT}:public-key/YZabcd78efGH"
STORAGE = f"arn:aws:ivs:{REGION}:{ACCOUNT}:storage-configuration/ABcdef90ghIJ"
WHOLE_ACCOUNT = account_arn(ACCOUNT, REGION)
DEPLOYMENT = Deployment(
    stack="live",
    version="1.0.0",
    policy="aaaaaaaaaaaa",
    mode="observe",
    routing="11111111",
    rules={
        "owned": DeployedRule(Mode.NOTIFY, "01"),
        "short": DeployedRule(Mode.ENFORCE, "02"),
        "loud": DeployedRule(Mode.ENFORCE, "03"),
    },
)
RESTRICTION = f"arn:aws:ivs:{REGION}:{ACCOUNT}:playback-restriction-policy/ABcdef34ghIJ"
AD_CONFIGURATION = f"arn:aws:ivs:{REGION}:{ACCOUNT}:ad-configuration/EFghij56klMN"
SLATE = f"arn:aws:ivs:{REGION}:{ACCOUNT}:failover-slate-configuration/OPqrst78uvWX"
STREAM = "st-ro045LtfYVCP3txTHWpWbBC"
NEXT_STREAM = "st-1WBhqG5KSFdPE0SPgjtHfb1"
EVIDENCE = "https://evidence.example.com/4711.jpg"
RECORDING = "r9vmu7yL1GbrKOC2"
NEXT_RECORDING = "b2Kx81LmQ0tYwz7P"

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def at(hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
    """A moment, counted from noon."""
    return NOON + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def raw_event(
    detail_type: str,
    when: datetime,
    detail: Mapping[str, object],
    *,
    source: str = "aws.ivs",
    resources: tuple[str, ...] = (CHANNEL,),
    event_id: str = "f32a5c35-fda3-4fec-9f7f-9fdc67ded052",
) -> dict[str, object]:
    return {
        "version": "0",
        "id": event_id,
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": when.isoformat(),
        "region": REGION,
        "resources": list(resources),
        "detail": dict(detail),
    }


def stream_event(name: str, when: datetime, stream_id: str = STREAM, **more: str) -> Input:
    detail = {"event_name": name, "channel_name": "", "stream_id": stream_id, **more}
    return parse_input(raw_event("IVS Stream State Change", when, detail))


def session_created(when: datetime, stream_id: str = STREAM) -> Input:
    return stream_event("Session Created", when, stream_id)


def stream_start(when: datetime, stream_id: str = STREAM) -> Input:
    return stream_event("Stream Start", when, stream_id)


def stream_end(when: datetime, stream_id: str = STREAM) -> Input:
    return stream_event("Stream End", when, stream_id)


def session_ended(when: datetime, stream_id: str = STREAM) -> Input:
    return stream_event("Session Ended", when, stream_id)


def health_event(name: str, when: datetime, stream_id: str = STREAM) -> Input:
    detail = {"event_name": name, "channel_name": "", "stream_id": stream_id}
    return parse_input(raw_event("IVS Stream Health Change", when, detail))


def starvation_start(when: datetime, stream_id: str = STREAM) -> Input:
    return health_event("Starvation Start", when, stream_id)


def starvation_end(when: datetime, stream_id: str = STREAM) -> Input:
    return health_event("Starvation End", when, stream_id)


def limit_breach(
    when: datetime,
    stream_id: str | None = STREAM,
    *,
    name: str = "Ingest Bitrate",
    limit: float = 8_500_000,
    excess: float = 1_243_700,
) -> Input:
    detail = {
        "limit_name": name,
        "limit_value": limit,
        "exceeded_by": excess,
        "limit_unit": "bits per second",
        "channel_name": "",
        "stream_id": stream_id,
    }
    return parse_input(raw_event("IVS Limit Breach", when, detail))


def account_limit(
    when: datetime,
    name: str = "Concurrent Broadcasts",
    *,
    limit: float = 100,
    excess: float = 1,
    unit: str = "active streams",
) -> Input:
    detail = {
        "limit_name": name,
        "limit_value": limit,
        "exceeded_by": excess,
        "limit_unit": unit,
    }
    return parse_input(raw_event("IVS Limit Breach", when, detail, resources=()))


def publish_error(when: datetime, event_id: str = "e-1", code: str = "BITRATE_EXCEEDED") -> Input:
    detail = {
        "session_id": "st-BwB3tBdp0Dejs",
        "event_name": "Participant Publish Error",
        "event_time": when.isoformat(),
        "user_id": "guest-9",
        "participant_id": "nem4DvEgheTe",
        "error_code": code,
    }
    raw = raw_event("IVS Stage Update", when, detail, resources=(STAGE,), event_id=event_id)
    return parse_input(raw)


def external_verdict(
    when: datetime,
    stream_id: str | None = STREAM,
    *,
    label: str = "Violence",
    confidence: float = 0.9,
    source: str = "rekognition",
    evidence: str = EVIDENCE,
    viewers: tuple[Mapping[str, object], ...] = (),
) -> Input:
    detail = {
        "stream_id": stream_id,
        "label": label,
        "confidence": confidence,
        "evidence_url": evidence,
        "source": source,
        "viewers": list(viewers),
    }
    event = raw_event("Streamwarden External Verdict", when, detail, source="external-verdict")
    return parse_input(event)


def recording_event(
    status: str,
    when: datetime,
    recording_id: str = RECORDING,
    *,
    reason: str = "",
    streams: tuple[str, ...] = (STREAM,),
    lasted: timedelta = timedelta(0),
    prefix: str = "",
) -> Input:
    """Of several streams, which IVS names only when the recording ends, the last one is its own."""
    detail = {
        "recording_status": status,
        "recording_status_reason": reason,
        "recording_s3_bucket_name": "demo-vod",
        "recording_s3_key_prefix": prefix,
        "recording_duration_ms": round(lasted.total_seconds() * 1000),
        "recording_session_id": recording_id,
        "channel_name": "",
        "stream_id": streams[-1],
    }
    if status == "Recording End":
        detail["recording_session_stream_ids"] = list(streams)
    return parse_input(raw_event("IVS Recording State Change", when, detail))


def recording_start(
    when: datetime, recording_id: str = RECORDING, stream_id: str = STREAM
) -> Input:
    return recording_event("Recording Start", when, recording_id, streams=(stream_id,))


def recording_end(
    when: datetime, lasted: timedelta, recording_id: str = RECORDING, *streams: str
) -> Input:
    return recording_event(
        "Recording End", when, recording_id, streams=streams or (STREAM,), lasted=lasted
    )


def recording_start_failure(when: datetime, recording_id: str = RECORDING) -> Input:
    reason = "ValidationException"
    return recording_event("Recording Start Failure", when, recording_id, reason=reason)


def recording_end_failure(when: datetime, recording_id: str = RECORDING) -> Input:
    reason = "InternalServerException"
    return recording_event("Recording End Failure", when, recording_id, reason=reason)


def rotation_observed(when: datetime, *, is_finished: bool) -> RotationObserved:
    return RotationObserved(resource_arn=CHANNEL, time=when, is_finished=is_finished)


def notification_handled(number: int = 1, **changes: Any) -> NotificationHandled:
    """A report of the notification with this number, which was sent."""
    given: dict[str, Any] = {
        "resource_arn": CHANNEL,
        "time": NOON,
        "destination": "chat",
        "handling": Handling.SENT,
        "reason": "in a message of its own",
        "notification": f"{number:016}",
        "incident": f"{CHANNEL}/max-duration",
        "status": "opened",
        "rule_id": "max-duration",
        "message_id": f"{number:032}",
    }
    return NotificationHandled(**{**given, **changes})


def api_call(
    name: str,
    when: datetime,
    request: Mapping[str, object],
    response: Mapping[str, object] | None = None,
    *,
    error: str | None = None,
    by: str | None = None,
    role: str | None = None,
) -> Input:
    issuer = {"sessionIssuer": {"arn": role}} if role else {}
    detail = {
        "eventTime": when.isoformat(),
        "userIdentity": {"sessionContext": issuer} | ({"arn": by} if by else {}),
        "eventSource": "ivs.amazonaws.com",
        "eventName": name,
        "requestParameters": dict(request),
        "responseElements": response,
        "errorCode": error,
        "readOnly": False,
    }
    return parse_input(raw_event("AWS API Call via CloudTrail", when, detail, resources=()))


def channel_created(
    when: datetime,
    *,
    tags: Mapping[str, str] | None = None,
    by: str | None = None,
    **settings: object,
) -> Input:
    channel = {"arn": CHANNEL, "tags": dict(tags or {}), **settings}
    key = {"arn": KEY, "channelArn": CHANNEL, "tags": {}}
    response = {"channel": channel, "streamKey": key}
    return api_call("CreateChannel", when, settings, response, by=by)


def channel_updated(when: datetime, **settings: object) -> Input:
    request = {"arn": CHANNEL, **settings}
    return api_call("UpdateChannel", when, request, {"channel": request})


def channel_deleted(when: datetime) -> Input:
    return api_call("DeleteChannel", when, {"arn": CHANNEL})


def tags_set(
    when: datetime,
    tags: Mapping[str, str],
    *,
    arn: str = CHANNEL,
    by: str | None = None,
    role: str | None = None,
) -> Input:
    request = {"resourceArn": arn, "tags": dict(tags)}
    return api_call("TagResource", when, request, by=by, role=role)


def tags_removed(when: datetime, *keys: str, arn: str = CHANNEL, by: str | None = None) -> Input:
    request = {"resourceArn": arn, "tagKeys": list(keys)}
    return api_call("UntagResource", when, request, by=by)


def tag_change(when: datetime, tags: Mapping[str, str], *changed: str, arn: str = CHANNEL) -> Input:
    detail = {
        "service": "ivs",
        "resource-type": "channel",
        "version": 4,
        "changed-tag-keys": list(changed),
        "tags": dict(tags),
    }
    source, resources = "aws.tag", (arn,)
    return parse_input(
        raw_event("Tag Change on Resource", when, detail, source=source, resources=resources)
    )


def key_created(
    when: datetime,
    *,
    key_arn: str = KEY,
    tags: Mapping[str, str] | None = None,
    by: str | None = None,
    role: str | None = None,
) -> Input:
    key = {"arn": key_arn, "channelArn": CHANNEL, "tags": dict(tags or {})}
    request = {"channelArn": CHANNEL, "tags": dict(tags or {})}
    return api_call("CreateStreamKey", when, request, {"streamKey": key}, by=by, role=role)


def key_deleted(when: datetime, *, by: str | None = None) -> Input:
    """CloudTrail does not name the channel: it is known by the key."""
    return api_call("DeleteStreamKey", when, {"arn": KEY}, by=by)


def key_observed(
    when: datetime,
    key_arn: str | None = KEY,
    minted_at: datetime | None = None,
    tags: dict[str, str] | None = None,
) -> KeyObserved:
    return KeyObserved(
        resource_arn=CHANNEL, time=when, key_arn=key_arn, minted_at=minted_at, tags=tags
    )


def deployment_observed(when: datetime, deployment: Deployment = DEPLOYMENT) -> DeploymentObserved:
    return DeploymentObserved(resource_arn=WHOLE_ACCOUNT, time=when, deployment=deployment)


def key_pair_imported(
    when: datetime,
    *,
    name: str = "laptop",
    fingerprint: str = "98:0d:1a:a0",
    tags: Mapping[str, str] | None = None,
    by: str | None = None,
) -> Input:
    asked = {"name": name, "tags": dict(tags or {}), "publicKeyMaterial": "-----BEGIN…"}
    made = {"arn": KEY_PAIR, "name": name, "fingerprint": fingerprint, "tags": dict(tags or {})}
    return api_call("ImportPlaybackKeyPair", when, asked, {"keyPair": made}, by=by)


def key_pair_deleted(when: datetime) -> Input:
    return api_call("DeletePlaybackKeyPair", when, {"arn": KEY_PAIR})


def configuration_created(
    when: datetime, *, name: str = "archive", tags: Mapping[str, str] | None = None
) -> Input:
    asked = {"name": name, "tags": dict(tags or {}), "recordingReconnectWindowSeconds": 60}
    made = {**asked, "arn": CONFIGURATION, "state": "CREATING"}
    response = {"recordingConfiguration": made}
    return api_call("CreateRecordingConfiguration", when, asked, response)


def restriction_created(
    when: datetime, *, tags: Mapping[str, str] | None = None, **settings: object
) -> Input:
    made = {**settings, "arn": RESTRICTION, "tags": dict(tags or {})}
    response = {"playbackRestrictionPolicy": made}
    return api_call("CreatePlaybackRestrictionPolicy", when, settings, response)


def ads_created(
    when: datetime, *, tags: Mapping[str, str] | None = None, by: str | None = None
) -> Input:
    made = {"name": "ads", "arn": AD_CONFIGURATION, "tags": dict(tags or {})}
    return api_call("CreateAdConfiguration", when, {}, {"adConfiguration": made}, by=by)


# What makes one of each type that the API for real-time has, and where its answer is.
REAL_TIME_MADE: Final = {
    STAGE: ("CreateStage", "stage"),
    COMPOSITION: ("StartComposition", "composition"),
    ENCODER: ("CreateEncoderConfiguration", "encoderConfiguration"),
    INGEST: ("CreateIngestConfiguration", "ingestConfiguration"),
    PUBLIC_KEY: ("ImportPublicKey", "publicKey"),
    STORAGE: ("CreateStorageConfiguration", "storageConfiguration"),
}


def real_time_made(
    arn: str,
    when: datetime,
    *,
    tags: Mapping[str, str] | None = None,
    by: str | None = None,
    **members: object,
) -> Input:
    name, member = REAL_TIME_MADE[arn]
    return api_call(
        name, when, {}, {member: {"arn": arn, "tags": dict(tags or {}), **members}}, by=by
    )


def restriction_updated(when: datetime, **settings: object) -> Input:
    request = {"arn": RESTRICTION, **settings}
    response = {"playbackRestrictionPolicy": {**request, "tags": {}}}
    return api_call("UpdatePlaybackRestrictionPolicy", when, request, response)


def listed(
    arn: str, when: datetime, *, tags: Mapping[str, str] | None = None, **settings: Any
) -> ResourceListed:
    return ResourceListed(resource_arn=arn, time=when, settings=settings, tags=dict(tags or {}))


def channel_listed(
    when: datetime, *, tags: Mapping[str, str] | None = None, **settings: Any
) -> ResourceListed:
    return ResourceListed(resource_arn=CHANNEL, time=when, settings=settings, tags=dict(tags or {}))


def channel_not_listed(when: datetime) -> ResourceNotListed:
    return ResourceNotListed(resource_arn=CHANNEL, time=when)


def stream_listed(
    when: datetime,
    stream_id: str = STREAM,
    *,
    health: str = "HEALTHY",
    start_time: datetime | None = None,
    viewers: int | None = None,
) -> StreamListed:
    return StreamListed(
        resource_arn=CHANNEL,
        time=when,
        stream_id=stream_id,
        health=Health(health),
        start_time=start_time or when,
        viewer_count=viewers,
    )


def stream_still_listed(when: datetime, stream_id: str = STREAM) -> StreamStillListed:
    return StreamStillListed(resource_arn=CHANNEL, time=when, stream_id=stream_id)


def video_track(
    width: int | None = 1920,
    height: int | None = 1080,
    *,
    framerate: int | None = 60,
    bitrate: int | None = 8_500_000,
    codec: str = "avc1.64002A",
    name: str = "Track0",
) -> VideoTrack:
    return VideoTrack(
        name=name, width=width, height=height, framerate=framerate, bitrate=bitrate, codec=codec
    )


def ingest_observed(
    when: datetime,
    *video: VideoTrack,
    audio: tuple[AudioTrack, ...] = (
        AudioTrack(name="Track0", bitrate=160_000, codec="mp4a.40.2"),
    ),
    stream_id: str = STREAM,
) -> IngestObserved:
    ingest = Ingest(video=video or (video_track(),), audio=audio)
    return IngestObserved(resource_arn=CHANNEL, time=when, stream_id=stream_id, ingest=ingest)


def stream_not_listed(when: datetime) -> StreamNotListed:
    return StreamNotListed(resource_arn=CHANNEL, time=when)


def peers_listed(
    when: datetime,
    peers: Mapping[str, Peers],
    stream_id: str = STREAM,
    *,
    is_healthy: bool = True,
) -> PeersListed:
    return PeersListed(
        resource_arn=CHANNEL,
        time=when,
        stream_id=stream_id,
        peers=dict(peers),
        is_healthy=is_healthy,
    )


def action_finished(
    when: datetime,
    action_id: str,
    status: OutcomeStatus = OutcomeStatus.DONE,
    *,
    reason: str = "as asked",
    tags: Mapping[str, str | None] | None = None,
    settings: Mapping[str, Any] | None = None,
    arn: str = CHANNEL,
    key_arn: str | None = None,
    decided_at: datetime | None = None,
) -> ActionFinished:
    return ActionFinished(
        resource_arn=arn,
        time=when,
        action_id=action_id,
        decided_at=decided_at,
        outcome=Outcome(status, reason),
        tags=dict(tags or {}),
        settings=dict(settings or {}),
        key_arn=key_arn,
    )


def state_from(
    *inputs: Input, arn: str = CHANNEL, matchers: Iterable[EventMatcher] = ()
) -> Resource:
    return apply_inputs(Resource(arn=arn), inputs, matchers)


def facts_from(*inputs: Input, arn: str = CHANNEL, matchers: Iterable[EventMatcher] = ()) -> Facts:
    return Facts(state_from(*inputs, arn=arn, matchers=matchers))


# What is done to one stream, and not to its channel.
ON_STREAM = [word for word, kind in ACTION_KINDS.items() if kind.target is Target.STREAM]
STOP = PlannedAction(kind="stop")
ROTATE_KEY = PlannedAction(kind="rotate_key")
INHERIT_TAGS = PlannedAction(kind="inherit_tags")
WARN = PlannedAction(kind="warn")


def set_tags(**tags: str) -> PlannedAction:
    return PlannedAction(kind="tag", tags=tags)


def repair(
    settings: Mapping[str, Any],
    live: WhenLive = WhenLive.WAIT,
    *,
    even_if_managed: bool = False,
    within: timedelta = timedelta(days=7),
) -> PlannedAction:
    change = SettingsChange(set=settings, live=live, within=within, even_if_managed=even_if_managed)
    return PlannedAction(kind="repair", settings=change)


def step(*actions: PlannedAction, **after: float) -> Step:
    """What is done so long after a breach opened: `step(STOP, minutes=10)`."""
    return Step(after=timedelta(**after), do=actions)


def compiled_rule(
    kind: str,
    params: Mapping[str, Any] | None = None,
    *actions: PlannedAction,
    id: str | None = None,  # noqa: A002  # the word that a policy uses
    mode: Mode = Mode.ENFORCE,
    severity: Severity = Severity.MEDIUM,
    match: Match | None = None,
    when: str | None = None,
    unless: str | None = None,
    unless_until: datetime | None = None,
    steps: tuple[Step, ...] = (),
    on_repeat: OnRepeat | None = None,
    hold: timedelta = timedelta(0),
    keep: timedelta = timedelta(0),
) -> CompiledRule:
    """A rule that does its actions at once, or one thing after the other in `steps`."""
    return CompiledRule(
        id=id or kind.replace("_", "-"),
        kind=kind,
        mode=mode,
        severity=severity,
        match=match or Match(),
        when=when,
        unless=unless,
        unless_until=unless_until,
        params=dict(params or {}),
        steps=steps or ((step(*actions),) if actions else ()),
        on_repeat=on_repeat,
        hold=hold,
        keep=keep,
    )


def policy_of(*rules: CompiledRule) -> Policy:
    """The rules as the functions load them: through the compiled JSON."""
    return load_policy(encode_policy(CompiledPolicy(format=FORMAT, rules=rules)))


def max_duration(mode: Mode = Mode.ENFORCE, severity: Severity = Severity.MEDIUM) -> CompiledRule:
    """At most four hours on the air, else stop."""
    return compiled_rule("max_duration", {"limit": "PT4H"}, STOP, mode=mode, severity=severity)


@cache
def every_kind(mode: Mode = Mode.ENFORCE) -> Policy:
    """One rule of each kind, one that warns and goes on in steps, and one that looks at everything
    a selector can see."""
    owner = {"tags": {"owner": {"pattern": "team-.*"}, "env": {"values": ["prod", "test"]}}}
    hours = {"start": "09:00:00", "end": "14:00:00", "closed": ["2026-03-15"]}
    seen = "session.takeovers > `0` || contains(session.limit_hits || `[]`, 'Ingest Bitrate')"
    return policy_of(
        compiled_rule("max_duration", {"limit": "PT1H"}, STOP, mode=mode),
        compiled_rule("starvation", {"limit": "PT10M"}, STOP, mode=mode),
        compiled_rule("insecure_ingest", {}, STOP, set_tags(ingest="insecure"), mode=mode),
        compiled_rule("required_tags", owner, set_tags(owner="team-unknown"), mode=mode),
        compiled_rule(
            "required_tags",
            {"tags": {"env": {"case": "lower"}}, "on": list(Tagged)},
            set_tags(env="unknown"),
            id="tags-everywhere",
            mode=mode,
        ),
        compiled_rule("inherited_tags", {"tags": ["o*", "env"]}, INHERIT_TAGS, mode=mode),
        compiled_rule("orphans", {"unused": "PT1H"}, set_tags(unused="yes"), mode=mode),
        compiled_rule("playback_key_age", {"limit": "PT1H"}, set_tags(key="old"), mode=mode),
        compiled_rule("playback_key_allowlist", {"fingerprints": ["98:0d"]}, mode=mode),
        compiled_rule("recording_failed", {}, mode=mode),
        compiled_rule("stream_key_age", {"limit": "PT2H"}, ROTATE_KEY, mode=mode),
        compiled_rule("allowed_hours", hours, STOP, mode=mode),
        compiled_rule("never_live", {}, set_tags(ingest="broken"), mode=mode),
        compiled_rule("limit_breach", {}, STOP, mode=mode),
        compiled_rule("takeover", {}, STOP, mode=mode),
        compiled_rule(
            "external_verdict", {"labels": ["V*"], "min_confidence": 0.5}, STOP, mode=mode
        ),
        compiled_rule("flapping", {"sessions": 1, "window": "PT1H"}, STOP, mode=mode),
        compiled_rule("stream_failure", {}, set_tags(ingest="failed"), mode=mode),
        compiled_rule("viewer_ceiling", {"viewers": 10, "warnings": ["50%"]}, STOP, mode=mode),
        compiled_rule("no_viewers", {"limit": "PT30M"}, STOP, mode=mode),
        compiled_rule("concurrent_streams", {"limit": 1, "tag": "owner"}, STOP, mode=mode),
        compiled_rule("broadcast_budget", {"limit": "PT1H", "period": "day"}, STOP, mode=mode),
        compiled_rule(
            "broadcast_budget",
            {"limit": "PT2H", "period": "month", "account": True},
            STOP,
            id="shared-budget",
            mode=mode,
        ),
        compiled_rule(
            "ingest_ceiling",
            {"short_edge": 720, "bitrate": 5_000_000, "warnings": ["80%"]},
            STOP,
            mode=mode,
        ),
        compiled_rule("zombie_session", {"limit": "PT10M"}, STOP, mode=mode),
        compiled_rule("private_required", {}, STOP, mode=mode),
        compiled_rule("playback_restriction", {"policies": ["*:policy/eu"]}, mode=mode),
        compiled_rule(
            "playback_restriction",
            {"countries": ["DE"], "origins": ["https://*"], "strict_origin": True},
            id="restricted-to",
            mode=mode,
        ),
        compiled_rule("channel_type", {"types": ["BASIC"], "multitrack": "forbidden"}, mode=mode),
        compiled_rule("recording_required", {}, set_tags(vod="missing"), mode=mode),
        compiled_rule(
            "recording_forbidden",
            {},
            repair({"recordingConfigurationArn": ""}, WhenLive.STOP),
            mode=mode,
        ),
        compiled_rule("unmanaged_channel", {"tag": "owner", "names": ["studio*"]}, mode=mode),
        compiled_rule("tag_limit", {"tags": 1, "on": list(Taggable)}, mode=mode),
        compiled_rule(
            "protected_tags",
            {"tags": ["e*"], "by": ["*:user/ann"], "on": list(Taggable)},
            PlannedAction(kind="restore_tags"),
            mode=mode,
        ),
        compiled_rule(
            "owner_from_creator",
            {"tag": "owner", "on": list(Taggable)},
            set_tags(owner="nobody"),
            PlannedAction(kind="set_owner"),
            mode=mode,
        ),
        compiled_rule(
            "forbidden_tags",
            {"tags": ["e*"], "values": ["t*"], "on": list(Taggable)},
            PlannedAction(kind="remove_tags"),
            mode=mode,
        ),
        compiled_rule(
            "forbidden_tags",
            {"tags": ["env"], "on": ["stream_key"]},
            PlannedAction(kind="remove_key_tags"),
            id="forbidden-on-keys",
            mode=mode,
        ),
        compiled_rule("key_missing", {"limit": "PT10M"}, set_tags(key="missing"), mode=mode),
        compiled_rule("key_drift", {"by": ["*:user/ann"]}, mode=mode),
        compiled_rule("not_recording", {"limit": "PT1M"}, STOP, mode=mode),
        compiled_rule("recording_integrity", {"at_least": 0.9}, mode=mode),
        compiled_rule("account_limit", {}, mode=mode),
        compiled_rule("quota_headroom", {"quotas": {"concurrent_streams": 5}}, mode=mode),
        compiled_rule("event_alert", {"detail_type": ["IVS *"], "name": ["*End*"]}, mode=mode),
        compiled_rule(
            "max_duration",
            {"limit": "PT1H", "warnings": ["PT5M", "PT30M"]},
            id="in-steps",
            mode=mode,
            steps=(
                step(WARN, set_tags(env="late")),
                step(set_tags(env="test"), minutes=10),
                step(WARN, STOP, minutes=30),
            ),
        ),
        compiled_rule(
            "max_duration",
            {"limit": "PT30M"},
            id="short-tests",
            mode=mode,
            match=Match(tags={"env": ("test", "st*")}),
            when=seen,
            unless="channel.name == 'studio'",
        ),
    )


def with_repetition(policy: Policy, times: int = 2) -> Policy:
    """The same rules, each of which tells people once it was broken so many times in a week."""
    repeat = OnRepeat(times=times, within=timedelta(days=7), do=())
    rule_sets = {
        resource: replace(
            rule_set,
            rules=tuple(replace(rule, on_repeat=repeat) for rule in rule_set.rules),
            has_repeats=True,
        )
        for resource, rule_set in policy.rule_sets.items()
    }
    return replace(policy, rule_sets=rule_sets)


def decide_on(
    policy: Policy,
    now: datetime,
    *inputs: Input,
    before: Decision | Standing | None = None,
    max_mode: Mode = Mode.ENFORCE,
) -> Decision:
    """The decision on all that the inputs say; `before` is the decision that went before it."""
    standing = before.standing if isinstance(before, Decision) else before or Standing()
    state = state_from(*inputs, matchers=policy.about(ResourceType.CHANNEL).matchers)
    return decide(state, standing, policy, now, max_mode)
