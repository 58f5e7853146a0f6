"""The table of what the simulator knows: adding an operation is one function and one line here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from simulator.operations import channels, recording_configurations, stream_keys, streams, tags
from simulator.realm import Realm

type Operation = Callable[[Realm, dict[str, Any], datetime], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
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
    "ListTagsForResource": tags.list_tags_for_resource,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
}
