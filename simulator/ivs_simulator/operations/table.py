"""The table of operations: a new operation is one function and one line here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ivs_simulator.operations import (
    ad_configurations,
    channels,
    playback_key_pairs,
    playback_restriction_policies,
    recording_configurations,
    stream_keys,
    streams,
    tags,
    viewer_sessions,
)
from ivs_simulator.operations import failover_slate_configurations as slates
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
}

# In a line, what AWS does at a call and the simulator does not; for the reference.
SIMPLIFIED: dict[str, str] = {
    "BatchStartViewerSessionRevocation": "done when it answers; only an unknown channel fails",
    "CreateAdConfiguration": "MediaTailor is not asked; an ARN of the right form is enough",
    "CreateFailoverSlateConfiguration": "no slate is shown; it is `CREATED` at once",
    "CreatePlaybackRestrictionPolicy": "the form of origins is not checked",
    "CreateRecordingConfiguration": "no service-linked role is made",
    "DeletePlaybackKeyPair": "takes effect at once; views already playing go on",
    "DeleteStreamKey": "takes effect at once",
    "ImportPlaybackKeyPair": "verifies tokens at once",
    "InsertAdBreak": "no ad is played; an `adBreakId` may be used again after its break",
    "PutMetadata": "the payload is checked and forgotten",
    "StartViewerSessionRevocation": "done when it answers; views without a viewer id go on",
    "UpdateAdConfiguration": "MediaTailor is not asked; an ARN of the right form is enough",
    "UpdateFailoverSlateConfiguration": "no slate is shown; it is `CREATED` again at once",
    "UpdatePlaybackRestrictionPolicy": "for views that begin later",
}
