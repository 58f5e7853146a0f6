"""The table of operations: a new operation is one function and one line here.

Of the API for low latency it has all, of the API for real-time what makes, changes and deletes
resources with tags.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ivs_simulator.operations import (
    ad_configurations,
    channels,
    compositions,
    ingest_configurations,
    playback_key_pairs,
    playback_restriction_policies,
    public_keys,
    recording_configurations,
    stages,
    stream_keys,
    streams,
    tags,
    viewer_sessions,
)
from ivs_simulator.operations import failover_slate_configurations as slates
from ivs_simulator.operations.compositions import COMPOSITIONS
from ivs_simulator.operations.encoder_configurations import ENCODER_CONFIGURATIONS
from ivs_simulator.operations.ingest_configurations import INGEST_CONFIGURATIONS
from ivs_simulator.operations.public_keys import PUBLIC_KEYS
from ivs_simulator.operations.stages import STAGES
from ivs_simulator.operations.storage_configurations import STORAGE_CONFIGURATIONS
from ivs_simulator.state.account_region import AccountRegion

type Answer = Callable[[AccountRegion, dict[str, Any], datetime], dict[str, Any]]

OPERATIONS: dict[str, Answer] = {
    "BatchGetChannel": channels.batch_get_channel,
    "CreateChannel": channels.create_channel,
    "DeleteChannel": channels.delete_channel,
    "GetChannel": channels.get_channel,
    "ListChannels": channels.list_channels,
    "UpdateChannel": channels.update_channel,
    "BatchGetStreamKey": stream_keys.batch_get_stream_key,
    "CreateStreamKey": stream_keys.create_stream_key,
    "DeleteStreamKey": stream_keys.delete_stream_key,
    "GetStreamKey": stream_keys.get_stream_key,
    "ListStreamKeys": stream_keys.list_stream_keys,
    "GetStream": streams.get_stream,
    "GetStreamSession": streams.get_stream_session,
    "ListStreams": streams.list_streams,
    "ListStreamSessions": streams.list_stream_sessions,
    "PutMetadata": streams.put_metadata,
    "StopStream": streams.stop_stream,
    "CreateRecordingConfiguration": recording_configurations.create_recording_configuration,
    "DeleteRecordingConfiguration": recording_configurations.delete_recording_configuration,
    "GetRecordingConfiguration": recording_configurations.get_recording_configuration,
    "ListRecordingConfigurations": recording_configurations.list_recording_configurations,
    "DeletePlaybackKeyPair": playback_key_pairs.delete_playback_key_pair,
    "GetPlaybackKeyPair": playback_key_pairs.get_playback_key_pair,
    "ImportPlaybackKeyPair": playback_key_pairs.import_playback_key_pair,
    "ListPlaybackKeyPairs": playback_key_pairs.list_playback_key_pairs,
    "CreatePlaybackRestrictionPolicy": (
        playback_restriction_policies.create_playback_restriction_policy
    ),
    "DeletePlaybackRestrictionPolicy": (
        playback_restriction_policies.delete_playback_restriction_policy
    ),
    "GetPlaybackRestrictionPolicy": playback_restriction_policies.get_playback_restriction_policy,
    "ListPlaybackRestrictionPolicies": (
        playback_restriction_policies.list_playback_restriction_policies
    ),
    "UpdatePlaybackRestrictionPolicy": (
        playback_restriction_policies.update_playback_restriction_policy
    ),
    "BatchStartViewerSessionRevocation": viewer_sessions.batch_start_viewer_session_revocation,
    "StartViewerSessionRevocation": viewer_sessions.start_viewer_session_revocation,
    "CreateAdConfiguration": ad_configurations.create_ad_configuration,
    "DeleteAdConfiguration": ad_configurations.delete_ad_configuration,
    "GetAdConfiguration": ad_configurations.get_ad_configuration,
    "InsertAdBreak": ad_configurations.insert_ad_break,
    "ListAdConfigurations": ad_configurations.list_ad_configurations,
    "UpdateAdConfiguration": ad_configurations.update_ad_configuration,
    "CreateFailoverSlateConfiguration": slates.create_failover_slate_configuration,
    "DeleteFailoverSlateConfiguration": slates.delete_failover_slate_configuration,
    "GetFailoverSlateConfiguration": slates.get_failover_slate_configuration,
    "ListFailoverSlateConfigurations": slates.list_failover_slate_configurations,
    "UpdateFailoverSlateConfiguration": slates.update_failover_slate_configuration,
    "ListTagsForResource": tags.list_tags_for_resource,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    # Of the API for real-time; the three operations of tags are in both.
    "CreateStage": STAGES.create,
    "DeleteStage": stages.delete_stage,
    "GetStage": STAGES.get,
    "ListStages": STAGES.list,
    "UpdateStage": stages.update_stage,
    "GetComposition": COMPOSITIONS.get,
    "ListCompositions": compositions.list_compositions,
    "StartComposition": compositions.start_composition,
    "StopComposition": compositions.stop_composition,
    "CreateEncoderConfiguration": ENCODER_CONFIGURATIONS.create,
    "DeleteEncoderConfiguration": ENCODER_CONFIGURATIONS.delete,
    "GetEncoderConfiguration": ENCODER_CONFIGURATIONS.get,
    "ListEncoderConfigurations": ENCODER_CONFIGURATIONS.list,
    "CreateIngestConfiguration": ingest_configurations.create_ingest_configuration,
    "DeleteIngestConfiguration": INGEST_CONFIGURATIONS.delete,
    "GetIngestConfiguration": INGEST_CONFIGURATIONS.get,
    "ListIngestConfigurations": ingest_configurations.list_ingest_configurations,
    "UpdateIngestConfiguration": ingest_configurations.update_ingest_configuration,
    "DeletePublicKey": PUBLIC_KEYS.delete,
    "GetPublicKey": PUBLIC_KEYS.get,
    "ImportPublicKey": public_keys.import_public_key,
    "ListPublicKeys": PUBLIC_KEYS.list,
    "CreateStorageConfiguration": STORAGE_CONFIGURATIONS.create,
    "DeleteStorageConfiguration": STORAGE_CONFIGURATIONS.delete,
    "GetStorageConfiguration": STORAGE_CONFIGURATIONS.get,
    "ListStorageConfigurations": STORAGE_CONFIGURATIONS.list,
}

# Nobody takes part in a stage here. A call answers 501.
NOT_SIMULATED: frozenset[str] = frozenset(
    {
        "CreateParticipantToken",
        "DisconnectParticipant",
        "GetParticipant",
        "GetStageSession",
        "ListParticipantEvents",
        "ListParticipantReplicas",
        "ListParticipants",
        "ListStageSessions",
        "RevokeConnectionToken",
        "StartParticipantReplication",
        "StopParticipantReplication",
    }
)

# In a line, what AWS does at a call and the simulator does not; for the reference.
SIMPLIFIED: dict[str, str] = {
    "BatchStartViewerSessionRevocation": "done when it answers; only an unknown channel fails",
    "CreateAdConfiguration": "MediaTailor is not asked; an ARN of the right form is enough",
    "CreateFailoverSlateConfiguration": "no slate is shown; it is `CREATED` at once",
    "CreateIngestConfiguration": "one key, also where ingest is redundant; nobody publishes",
    "CreatePlaybackRestrictionPolicy": "the form of origins is not checked",
    "CreateRecordingConfiguration": "no service-linked role is made",
    "CreateStage": "has no endpoints and makes no participant tokens",
    "DeleteEncoderConfiguration": "also while a composition uses it",
    "DeletePlaybackKeyPair": "takes effect at once; views already playing go on",
    "DeleteStorageConfiguration": "also while a composition or a stage uses it",
    "DeleteStreamKey": "takes effect at once",
    "ImportPlaybackKeyPair": "verifies tokens at once",
    "InsertAdBreak": "no ad is played; an `adBreakId` may be used again after its break",
    "PutMetadata": "the payload is checked and forgotten",
    "StartComposition": "nothing is composed, and no event is sent",
    "StartViewerSessionRevocation": "done when it answers; views without a viewer id go on",
    "UpdateAdConfiguration": "MediaTailor is not asked; an ARN of the right form is enough",
    "UpdateFailoverSlateConfiguration": "no slate is shown; it is `CREATED` again at once",
    "UpdatePlaybackRestrictionPolicy": "for views that begin later",
}
