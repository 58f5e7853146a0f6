"""Every event name AWS documents, by the detail-type that carries it."""

from enum import StrEnum


class StreamStateName(StrEnum):
    SESSION_CREATED = "Session Created"
    STREAM_START = "Stream Start"
    STREAM_END = "Stream End"
    SESSION_ENDED = "Session Ended"
    STREAM_FAILURE = "Stream Failure"
    STREAM_TAKEOVER = "Stream Takeover"
    STREAM_TAKEOVER_FAILURE = "Stream Takeover Failure"


class HealthName(StrEnum):
    STARVATION_START = "Starvation Start"
    STARVATION_END = "Starvation End"


class LimitName(StrEnum):
    INGEST_BITRATE = "Ingest Bitrate"
    INGEST_RESOLUTION = "Ingest Resolution"
    CONCURRENT_BROADCASTS = "Concurrent Broadcasts"
    CONCURRENT_VIEWERS = "Concurrent Viewers"


class RecordingStatus(StrEnum):
    """Low-latency and real-time recordings share these words, not the key that carries them."""

    RECORDING_START = "Recording Start"
    RECORDING_END = "Recording End"
    RECORDING_START_FAILURE = "Recording Start Failure"
    RECORDING_END_FAILURE = "Recording End Failure"


class AdBreakName(StrEnum):
    AD_BREAK_INSERTED = "Ad Break Inserted"


class CompositionName(StrEnum):
    SESSION_START = "Session Start"
    SESSION_END = "Session End"
    SESSION_FAILURE = "Session Failure"
    DESTINATION_START = "Destination Start"
    DESTINATION_END = "Destination End"
    DESTINATION_FAILURE = "Destination Failure"
    DESTINATION_RECONNECTING = "Destination Reconnecting"


class StageUpdateName(StrEnum):
    PARTICIPANT_PUBLISHED = "Participant Published"
    PARTICIPANT_UNPUBLISHED = "Participant Unpublished"
    PARTICIPANT_PUBLISH_ERROR = "Participant Publish Error"
    PARTICIPANT_REPLICATION_START = "Participant Replication Start"
    PARTICIPANT_REPLICATION_END = "Participant Replication End"
    TOKEN_EXCHANGED = "Token Exchanged"  # noqa: S105 - the name of an event


class ApiCallName(StrEnum):
    """The calls that change what a policy is about; every other call is an unknown event."""

    CREATE_CHANNEL = "CreateChannel"
    UPDATE_CHANNEL = "UpdateChannel"
    DELETE_CHANNEL = "DeleteChannel"
    TAG_RESOURCE = "TagResource"
    UNTAG_RESOURCE = "UntagResource"
    CREATE_STREAM_KEY = "CreateStreamKey"
    DELETE_STREAM_KEY = "DeleteStreamKey"
    STOP_STREAM = "StopStream"
    IMPORT_PLAYBACK_KEY_PAIR = "ImportPlaybackKeyPair"
    DELETE_PLAYBACK_KEY_PAIR = "DeletePlaybackKeyPair"
    CREATE_RECORDING_CONFIGURATION = "CreateRecordingConfiguration"
    DELETE_RECORDING_CONFIGURATION = "DeleteRecordingConfiguration"
    CREATE_PLAYBACK_RESTRICTION_POLICY = "CreatePlaybackRestrictionPolicy"
    UPDATE_PLAYBACK_RESTRICTION_POLICY = "UpdatePlaybackRestrictionPolicy"
    DELETE_PLAYBACK_RESTRICTION_POLICY = "DeletePlaybackRestrictionPolicy"
    CREATE_AD_CONFIGURATION = "CreateAdConfiguration"
    UPDATE_AD_CONFIGURATION = "UpdateAdConfiguration"
    DELETE_AD_CONFIGURATION = "DeleteAdConfiguration"
    CREATE_FAILOVER_SLATE_CONFIGURATION = "CreateFailoverSlateConfiguration"
    UPDATE_FAILOVER_SLATE_CONFIGURATION = "UpdateFailoverSlateConfiguration"
    DELETE_FAILOVER_SLATE_CONFIGURATION = "DeleteFailoverSlateConfiguration"
    CREATE_STAGE = "CreateStage"
    UPDATE_STAGE = "UpdateStage"
    DELETE_STAGE = "DeleteStage"
    START_COMPOSITION = "StartComposition"
    STOP_COMPOSITION = "StopComposition"
    CREATE_ENCODER_CONFIGURATION = "CreateEncoderConfiguration"
    DELETE_ENCODER_CONFIGURATION = "DeleteEncoderConfiguration"
    CREATE_INGEST_CONFIGURATION = "CreateIngestConfiguration"
    UPDATE_INGEST_CONFIGURATION = "UpdateIngestConfiguration"
    DELETE_INGEST_CONFIGURATION = "DeleteIngestConfiguration"
    IMPORT_PUBLIC_KEY = "ImportPublicKey"
    DELETE_PUBLIC_KEY = "DeletePublicKey"
    CREATE_STORAGE_CONFIGURATION = "CreateStorageConfiguration"
    DELETE_STORAGE_CONFIGURATION = "DeleteStorageConfiguration"


class TagChangeName(StrEnum):
    """These events carry no name of their own; the detail-type is the name."""

    TAG_CHANGE = "Tag Change on Resource"


class ExternalVerdictName(StrEnum):
    """Neither do these. They are no events of AWS: people and services send their verdicts."""

    EXTERNAL_VERDICT = "Streamwarden External Verdict"
